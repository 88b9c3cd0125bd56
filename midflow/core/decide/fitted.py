"""What was fitted in this organisation, as decisions use it: the model of need, and the effects measured."""

import msgspec

from midflow.core.decide.effect import Effect, Trials, shrunken
from midflow.core.decide.need_model import FEATURES
from midflow.core.learner.logit import Logit, chance, pulls

ABOUT = {
    "how this kind of work goes for everyone": (
        "everyone", "task", "state", "step", "task_times", "state_times", "step_times",
    ),
    "your own record": (
        "person", "own", "times", "never", "days_since", "own_errors", "days_since_error", "times_as_of_late",
    ),
    "what this case has been through": (
        "case_rows", "case_times", "case_errors", "case_age", "hours_in_case", "my_row_before", "case_people",
    ),
    "how much you began lately": ("load_hour", "load_day"),
    "the time of day": ("morning", "noon"),
}  # fmt: skip
"""What the features are about, in words that a person reads."""

_PLACES = {words: tuple(FEATURES.index(name) for name in names) for words, names in ABOUT.items()}
LEAST_PULL = 0.1
"""Log-odds under which nothing is said to raise a chance."""


class NeedModel(msgspec.Struct, frozen=True, kw_only=True):
    """Need as it was fitted on a day (since the epoch), when `rows` tasks begun could be learnt from.

    `trusted`: it has lately beaten the base rate, and may speak.
    """

    logit: Logit
    rows: int
    day: int
    trusted: bool


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a model said: the chance `p`, on how many `rows` it was fitted, and what raised it most, "" for nothing."""

    p: float
    rows: int
    most: str


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """Trials by kind of unit and by unit. All tasks begun up to the number `reached` have been counted."""

    kinds: dict[str, Trials] = {}
    units: dict[str, Trials] = {}
    reached: int = 0


def says(model: NeedModel, features: tuple[float, ...]) -> float:
    """Return the chance that the model gives, trusted or not."""
    return chance(model.logit, features)


def said(model: NeedModel, features: tuple[float, ...], p: float) -> Said:
    """Return what the model says, `p` being the chance it gives, with what raises it most."""
    pulled = pulls(model.logit, features)
    sums = {words: sum(pulled[place] for place in places) for words, places in _PLACES.items()}
    most = max(sums, key=lambda words: sums[words])
    return Said(p=p, rows=model.rows, most=most if sums[most] >= LEAST_PULL else "")


def effect_of(effects: Effects, unit: str, kind: str, prior: Effect) -> Effect:
    """Return what a unit is expected to achieve: its prior, moved by what its kind and it itself have shown."""
    nothing = Trials()
    return shrunken(prior, effects.kinds.get(kind, nothing), effects.units.get(unit, nothing))
