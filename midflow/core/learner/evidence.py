"""What the learner state is made from: evidence values, applied one by one."""

from typing import Literal

import msgspec

from midflow.core.learner.memory import Grade, Memory, review
from midflow.core.learner.state import (
    Charge,
    LearnerState,
    OpenOffer,
    Showing,
    TaskRecord,
    with_begun,
    with_charge,
    with_error,
    with_load,
    without_charge,
)

SITTING = 600.0
"""Seconds within which a second answer to the same check says nothing about memory."""

Dismissal = Literal["not_now", "i_know_this", "not_relevant"]


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An answer to a check, graded. `retention`: the chance of recall at which it falls due."""

    check: str
    grade: Grade
    time: float
    retention: float = 0.9


class Worked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A task begun, or found gone wrong; `again`: of one that was found so before, which counts once."""

    task: str
    wrong: bool
    time: float
    again: bool = False


class Offered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A unit shown, or withheld by chance; `charged` when it takes attention budget."""

    decision: str
    unit: str
    time: float
    expires: float
    shown: bool
    charged: bool


class Undelivered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A prompt that no client displayed: its budget comes back. `before`: last showing before it."""

    decision: str
    unit: str
    before: float


class Engaged(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A prompt was opened; it stays the one open thing until `until`."""

    decision: str
    unit: str
    until: float


class Completed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A unit was worked through."""

    unit: str
    time: float


class Dismissed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A prompt was dismissed for a reason, or passed over (`not_now`)."""

    unit: str
    reason: Dismissal


Evidence = Answered | Worked | Offered | Undelivered | Engaged | Completed | Dismissed


def apply(state: LearnerState, evidence: Evidence) -> LearnerState:
    """Return the state after `evidence`; the argument is left as it was."""
    match evidence:
        case Answered():
            return _answered(state, evidence)
        case Worked():
            return _worked(state, evidence)
        case Offered():
            return _offered(state, evidence)
        case Undelivered():
            return _undelivered(state, evidence)
        case Engaged():
            return _engaged(state, evidence)
        case Completed(unit=unit, time=time):
            return _showing(_closed(state, unit), unit, completed=time)
        case Dismissed():
            return _dismissed(state, evidence)


def counts_as_memory(before: Memory | None, time: float) -> bool:
    """Return whether an answer at `time` says something about memory: not within one sitting."""
    return before is None or time - before.last >= SITTING


def _answered(state: LearnerState, e: Answered) -> LearnerState:
    before = state.memories.get(e.check)
    if not counts_as_memory(before, e.time):
        return state
    after = review(before, e.grade, e.time, desired_retention=e.retention)
    return msgspec.structs.replace(state, memories={**state.memories, e.check: after})


def _worked(state: LearnerState, e: Worked) -> LearnerState:
    if e.again:
        known = state.tasks.get(e.task, TaskRecord())
        known = msgspec.structs.replace(known, last_error=max(known.last_error, e.time))
        return msgspec.structs.replace(state, tasks={**state.tasks, e.task: known})
    after = with_error if e.wrong else with_begun
    record = after(state.tasks.get(e.task, TaskRecord()), e.time)
    return msgspec.structs.replace(
        state,
        tasks={**state.tasks, e.task: record},
        overall=after(state.overall, e.time),
        load=state.load if e.wrong else with_load(state.load, e.time),
    )


def _offered(state: LearnerState, e: Offered) -> LearnerState:
    shown = state.units.get(e.unit, Showing()).shown + e.shown
    state = _showing(state, e.unit, shown=shown, last=e.time)
    if e.charged:
        state = with_charge(state, Charge(time=e.time, decision=e.decision))
    if e.shown:
        offer = OpenOffer(decision=e.decision, unit=e.unit, expires=e.expires)
        state = msgspec.structs.replace(state, open=offer)
    return state


def _engaged(state: LearnerState, e: Engaged) -> LearnerState:
    """Only the prompt that is open stays open; one that is over, or read later, blocks nothing."""
    if state.open is None or state.open.decision != e.decision:
        return state
    return msgspec.structs.replace(state, open=OpenOffer(decision=e.decision, unit=e.unit, expires=e.until))


def _undelivered(state: LearnerState, e: Undelivered) -> LearnerState:
    before = state.units.get(e.unit, Showing())
    state = _showing(without_charge(state, e.decision), e.unit, shown=max(0, before.shown - 1), last=e.before)
    return _closed(state, e.unit)


def _dismissed(state: LearnerState, e: Dismissed) -> LearnerState:
    before = state.units.get(e.unit, Showing())
    state = _closed(state, e.unit)
    if e.reason == "i_know_this":
        return _showing(state, e.unit, known=True)
    if e.reason == "not_relevant":
        return _showing(state, e.unit, irrelevant=True)
    return _showing(state, e.unit, ignored=before.ignored + 1)


def _closed(state: LearnerState, unit: str) -> LearnerState:
    if state.open is None or state.open.unit != unit:
        return state
    return msgspec.structs.replace(state, open=None)


def _showing(state: LearnerState, unit: str, **changes: float | bool) -> LearnerState:
    changed = msgspec.structs.replace(state.units.get(unit, Showing()), **changes)
    return msgspec.structs.replace(state, units={**state.units, unit: changed})
