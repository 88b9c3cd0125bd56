"""One coming answer: what is said of it beforehand, from the person, from everybody and from what was fitted."""

from collections.abc import Iterable
from math import isfinite

import msgspec

from midflow.core.learner.correction import (
    FEATURES,
    FSRS,
    Histories,
    corrected,
    expected_recall,
    history,
    is_review,
    regard,
)
from midflow.core.learner.evidence import trace
from midflow.core.learner.memory import PUBLISHED, Fsrs
from midflow.core.learner.packed import unpack_check
from midflow.core.learner.response import (
    Norms,
    RunKeys,
    Tally,
    View,
    chance,
    history_key,
    look,
    run_keys,
    sigmoid,
)
from midflow.core.learner.state import LearnerState
from midflow.core.learner.trees import Trees, boosted
from midflow.core.learner.weights import UNLEARNED, Calibration, Shift, Weights, calibrated

NO_TALLY = Tally()


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """Weights of the layer over FSRS, in the order of `correction.FEATURES`; without any it is FSRS itself.

    `alike`: how reviews went by the kind of history before them, as of the fit. Raises ValueError for another count, and for what is no finite number.
    """

    values: tuple[float, ...] = FSRS
    bias: float = 0.0
    alike: dict[str, Tally] = {}

    def __post_init__(self) -> None:
        if len(self.values) != len(FEATURES) or not all(map(isfinite, (*self.values, self.bias))):
            raise ValueError(f"a correction is refused: it takes {len(FEATURES)} finite weights and a bias")


class Challenger(msgspec.Struct, frozen=True, kw_only=True):
    """Trees that foretold answers better than the response model, and do it in its place.

    `fitted_to`: the number of the last answer that they were fitted on. What came after it they are judged
    by, and it alone draws the line through their logits.
    """

    trees: Trees
    fitted_to: int


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """What was learned from many answers: the response model, the layer over memory, and memory itself.

    `challenger`: what stands in for the response model, None where nothing does better.
    """

    response: Weights = UNLEARNED
    challenger: Challenger | None = None
    correction: Correction = Correction()
    fsrs: Fsrs = PUBLISHED


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where an answer stands among others: whose sums have to be known to foretell it.

    `runs`: the runs before it; `kind`: the person's history with the check; `alike`: its kind as a review,
    None where it is no review.
    """

    check: str
    skill: str
    runs: RunKeys
    kind: tuple[int, int]
    alike: Histories | None


class Sums(msgspec.Struct, frozen=True, gc=False):
    """What everybody's answers say where one answer is concerned: difficulty, the line, the shift, reviews alike."""

    norms: Norms = Norms()
    line: Calibration = Calibration()
    shift: Shift = Shift()
    alike: Tally = Tally()


class Foretold(msgspec.Struct, frozen=True, gc=False):
    """What is said of an answer before it: `said`, the chance in (0, 1) that it is right, from `view` and `logit`.

    Of a review also `recalled`, the chance that it is remembered, what that was made of (`regarded`), and
    `plain`, what FSRS alone says.
    """

    view: View
    logit: float
    said: float
    regarded: tuple[float, ...] | None = None
    recalled: float | None = None
    plain: float | None = None


def place(state: LearnerState, check: str, skill: str, now: float) -> Place:
    """Return where an answer of the person to `check` at `now` (seconds) stands."""
    known = trace(state, check, skill)
    row = state.checks.get(check)
    before = None if row is None else unpack_check(row).recalled
    alike = history(before) if before is not None and is_review(before, now) else None
    return Place(check, skill, run_keys(known, skill), history_key(known.item, now), alike)


def foretell(state: LearnerState, where: Place, sums: Sums, fitted: Fitted, now: float) -> Foretold:
    """Return what is said of the answer at `where`, at `now` (seconds); `sums` are those of that place."""
    view = look(trace(state, where.check, where.skill), sums.norms, now)
    logit = logit_of(fitted, view)
    said = sigmoid(calibrated(sums.line, logit) + sums.shift.offset)
    if where.alike is None:
        return Foretold(view, logit, said)
    check = unpack_check(state.checks[where.check]).recalled
    numbers = regard(check, state.reviewer, sums.alike, now, fitted.fsrs)
    recalled = corrected(fitted.correction.values, fitted.correction.bias, numbers)
    return Foretold(view, logit, said, numbers, recalled, expected_recall(check.memory, now, fitted.fsrs))


def logit_of(fitted: Fitted, view: View) -> float:
    """Return the logit of the chance of a right answer, before the line: of the trees where they serve."""
    if fitted.challenger is None:
        return chance(fitted.response, view)
    return boosted(fitted.challenger.trees, view.features)


def recall_of(state: LearnerState, check: str, fitted: Fitted, now: float) -> float | None:
    """Return the chance in (0, 1) that the person recalls `check` at `now`, None where it was never answered.

    This is the recall to decide by: FSRS, corrected by what is known of the person and of such reviews.
    """
    row = state.checks.get(check)
    if row is None:
        return None
    known, layer = unpack_check(row).recalled, fitted.correction
    alike = layer.alike.get(named(history(known)), NO_TALLY)
    return corrected(layer.values, layer.bias, regard(known, state.reviewer, alike, now, fitted.fsrs))


def named(kind: Iterable[int]) -> str:
    """Return the name under which sums of a kind of history stand."""
    return ",".join(map(str, kind))
