"""Sums over everybody: how work of one kind went. Need reads them, and each task begun or gone wrong moves them on.

The kinds: everyone, a task, a task in a state of its record, and a task in a
state after the step that came before it in the case. Live work and back-tests
keep them with this same code.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from midflow.core.learner.state import DAY, TaskRecord, with_begun, with_error

EVERYONE = ""
LATELY_HALF_LIFE = 28.0
"""Days after which a day counts half in what the base rate looks at."""


class Sums(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The record of one kind of work. `begun` and `erred` weigh whole days as of the day `as_of` since the epoch."""

    record: TaskRecord = TaskRecord()
    begun: float = 0.0
    erred: float = 0.0
    as_of: int = 0


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
    """Return how much was (begun, found wrong) lately, as it weighs on a day (not before `as_of`)."""
    age = day - sums.as_of
    if age <= 0:
        return sums.begun, sums.erred
    left = 0.5 ** (age / LATELY_HALF_LIFE)
    return sums.begun * left, sums.erred * left


def _noted(sums: Sums, time: float, *, wrong: bool) -> Sums:
    day = int(time // DAY)
    now = max(day, sums.as_of)
    some, bad = lately(sums, now)
    one = 0.5 ** ((now - day) / LATELY_HALF_LIFE)
    record = with_error(sums.record, time) if wrong else with_begun(sums.record, time)
    return Sums(record=record, begun=some + one * (not wrong), erred=bad + one * wrong, as_of=now)
