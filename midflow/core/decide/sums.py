"""Sums over everybody: how work of one kind went. Need reads them, and each task begun or gone wrong moves them on.

The kinds: everyone, a task, a task in a state of its record, and a task in a
state after the step that came before it in the case. Live work and back-tests
keep them with this same code.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from midflow.core.learner.state import DAY, TaskRecord, weights

EVERYONE = ""
LATELY_HALF_LIFE = 28.0
"""Days after which a day counts half in what the base rate looks at."""


class Sums(TaskRecord, frozen=True, kw_only=True, array_like=True):
    """The record of one kind of work over everybody.

    `lately_begun` and `lately_erred` weigh whole days, as of the `day` since the epoch.
    """

    lately_begun: float = 0.0
    lately_erred: float = 0.0
    day: int = 0


NOTHING = Sums()


class Kinds(NamedTuple):
    """What one task begun belongs to, each by the name under which its sums stand."""

    everyone: str
    task: str
    state: str
    step: str


def kinds(task: str, state: str, before: str) -> Kinds:
    """Return the kinds of a task begun in a `state` of its record; `before`: the case's step before it, "" at its start."""
    return Kinds(EVERYONE, task, f"{task}\n{state}", f"{before}\n{task}\n{state}")


def begun(sums: Mapping[str, Sums], of: Iterable[str], time: float) -> dict[str, Sums]:
    """Return the sums of `of` after one more was begun at `time` (seconds)."""
    return {name: _noted(sums.get(name, NOTHING), time, wrong=False) for name in of}


def erred(sums: Mapping[str, Sums], of: Iterable[str], time: float) -> dict[str, Sums]:
    """Return the sums of `of` after one was found gone wrong at `time` (seconds)."""
    return {name: _noted(sums.get(name, NOTHING), time, wrong=True) for name in of}


def lately(sums: Sums, day: int) -> tuple[float, float]:
    """Return how much was (begun, found wrong) lately, as it weighs on a day (not before the sums' own)."""
    age = day - sums.day
    if age <= 0:
        return sums.lately_begun, sums.lately_erred
    left = 0.5 ** (age / LATELY_HALF_LIFE)
    return sums.lately_begun * left, sums.lately_erred * left


def _noted(sums: Sums, time: float, *, wrong: bool) -> Sums:
    now, left, one = weights(sums.as_of, time)
    today = int(time // DAY)
    day = max(sums.day, today)
    some, bad = lately(sums, day)
    more = 1.0 if today == day else 0.5 ** ((day - today) / LATELY_HALF_LIFE)
    right = not wrong
    return Sums(
        begun=sums.begun * left + one * right, erred=sums.erred * left + one * wrong, as_of=now,
        times=sums.times + right, errors=sums.errors + wrong, right=sums.right + 1 if right else 0,
        last=time if right and time > sums.last else sums.last,
        last_error=time if wrong and time > sums.last_error else sums.last_error,
        lately_begun=some + more * right, lately_erred=bad + more * wrong, day=day,
    )  # fmt: skip
