"""What the learner state is made from: evidence values, applied one by one."""

from typing import Literal

import msgspec

from midflow.core.learner.correction import Reviewer, regarded
from midflow.core.learner.memory import AGAIN, PUBLISHED, Fsrs, Grade, counts_as_memory, used
from midflow.core.learner.packed import OnCheck, pack_check, pack_skill, unpack_check, unpack_skill
from midflow.core.learner.response import OnItem, OnSkill, Overall, Tally, Trace, View, learn, learn_from_work
from midflow.core.learner.state import (
    Charge,
    LearnerState,
    Observation,
    OpenOffer,
    Row,
    Showing,
    TaskRecord,
    with_begun,
    with_charge,
    with_error,
    with_load,
    with_met,
    without_charge,
)

NO_ITEM, NO_SKILL, NO_TALLY = OnItem(), OnSkill(), Tally()

MOST_OBSERVED = 10
"""The latest of what mentors saw that is kept to be said in words."""

Dismissal = Literal["not_now", "i_know_this", "not_relevant"]


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An answer to a check, graded. `retention`: the chance of recall at which it falls due.

    `skill`: what the check is about. `expected` and `without_item`: the chances that the response model gave
    it from difficulty and ability, with and without what is known of the check (`response.View`).
    """

    check: str
    grade: Grade
    time: float
    retention: float = 0.9
    skill: str
    expected: float
    without_item: float


class Used(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What checks are about was used at work at `time`, and it went right or wrong.

    `weight` in [0, 1]: how much it says, 1 being as much as an answer. `usual`: how often such work goes
    right, in (0, 1). Checks that were never answered are not remembered by it.
    """

    checks: tuple[str, ...]
    skills: tuple[str, ...]
    right: bool
    time: float
    weight: float
    usual: float
    retention: float = 0.9


class Observed(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A mentor whom the person chose saw a task go right or wrong; `used`: what that says of checks and skills."""

    task: str
    right: bool
    time: float
    used: tuple[Used, ...]


class Worked(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A task begun in a case, or found gone wrong; `again`: of one that was found so before, which counts once.

    `met`: it was a moment at which a unit could have been shown.
    """

    task: str
    wrong: bool
    time: float
    again: bool = False
    case: str = ""
    met: bool = False


class WentOn(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The person did something else at `time` while a prompt waited; `task` as before where it was none."""

    time: float
    case: str
    task: str


class Offered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A unit shown at a `task`, or withheld by chance; `charged` when it takes attention budget.

    `waiting`: it is displayed at the next breakpoint.
    """

    decision: str
    unit: str
    task: str
    time: float
    expires: float
    shown: bool
    charged: bool
    waiting: bool = False


class Released(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A prompt that waited may be displayed until `expires`."""

    decision: str
    unit: str
    expires: float


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
    """A prompt was dismissed for a reason, or passed over (`not_now`); `version`: of the unit that it was about."""

    unit: str
    reason: Dismissal
    time: float
    version: str = ""


class Known(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """All that was known at some time: where the evidence before it is not kept, it begins here."""

    state: LearnerState


Evidence = (
    Answered
    | Used
    | Observed
    | Known
    | Worked
    | WentOn
    | Offered
    | Released
    | Undelivered
    | Engaged
    | Completed
    | Dismissed
)


def apply(  # noqa: C901 - a case for each kind of evidence
    state: LearnerState, evidence: Evidence, fsrs: Fsrs = PUBLISHED
) -> LearnerState:
    """Return the state after `evidence`; the argument is left as it was. `fsrs`: how memory fades here."""
    match evidence:
        case Answered():
            return _answered(state, evidence, fsrs)
        case Used():
            return _used(state, evidence, fsrs)
        case Observed():
            return _observed(state, evidence, fsrs)
        case Known(state=known):
            return known
        case Worked():
            return _worked(state, evidence)
        case WentOn(time=time, case=case, task=task):
            return msgspec.structs.replace(state, row=Row(time=time, case=case, task=task))
        case Offered():
            return _offered(state, evidence)
        case Released(decision=decision, unit=unit, expires=expires):
            offer = OpenOffer(decision=decision, unit=unit, expires=expires)
            return msgspec.structs.replace(state, open=offer)
        case Undelivered():
            return _undelivered(state, evidence)
        case Engaged():
            return _engaged(state, evidence)
        case Completed(unit=unit, time=time):
            return _showing(_taken_up(_closed(state, unit), unit), unit, completed=time)
        case Dismissed():
            return _dismissed(state, evidence)


def trace(state: LearnerState, check: str, skill: str) -> Trace:
    """Return what is known of the person where an answer to `check` is concerned."""
    row, on = state.checks.get(check), state.skills.get(skill)
    return Trace(
        state.answering,
        NO_SKILL if on is None else unpack_skill(on),
        NO_ITEM if row is None else unpack_check(row).item,
    )


def after_answer(
    state: LearnerState, e: Answered, fsrs: Fsrs
) -> tuple[bytes, bytes, Overall, Reviewer] | None:
    """Return what is known after an answer of its check, its skill, all answers and all reviews; None where nothing moves.

    An answer within one sitting says nothing of memory, and is not the first attempt that is scored.
    """
    row = state.checks.get(e.check)
    before = None if row is None else unpack_check(row)
    if before is not None and not counts_as_memory(before.recalled.memory, e.time):
        return None
    on = state.skills.get(e.skill)
    known = Trace(
        state.answering,
        NO_SKILL if on is None else unpack_skill(on),
        NO_ITEM if before is None else before.item,
    )
    after = learn(known, View((), e.expected, e.without_item), e.grade != AGAIN, e.skill, e.time)
    recalled, reviewer, _ = regarded(
        before and before.recalled,
        state.reviewer,
        NO_TALLY,
        e.grade,
        e.time,
        retention=e.retention,
        fsrs=fsrs,
    )
    return pack_check(OnCheck(recalled, after.item)), pack_skill(after.skill), after.overall, reviewer


def _answered(state: LearnerState, e: Answered, fsrs: Fsrs) -> LearnerState:
    after = after_answer(state, e, fsrs)
    if after is None:
        return state
    check, skill, answering, reviewer = after
    return msgspec.structs.replace(
        state,
        checks={**state.checks, e.check: check},
        skills={**state.skills, e.skill: skill},
        answering=answering,
        reviewer=reviewer,
    )


def _used(state: LearnerState, e: Used, fsrs: Fsrs) -> LearnerState:
    checks, skills, overall = {**state.checks}, {**state.skills}, state.answering
    for check in e.checks:
        row = checks.get(check)
        if row is None:
            continue
        on = unpack_check(row)
        memory = used(
            on.recalled.memory, e.right, e.time, weight=e.weight, desired_retention=e.retention, fsrs=fsrs
        )
        moved = msgspec.structs.replace(on.recalled, memory=memory)
        checks[check] = pack_check(msgspec.structs.replace(on, recalled=moved))
    for skill in e.skills:
        on_skill = unpack_skill(skills[skill]) if skill in skills else NO_SKILL
        overall, on_skill = learn_from_work(overall, on_skill, e.right, e.usual, e.weight / len(e.skills))
        skills[skill] = pack_skill(on_skill)
    return msgspec.structs.replace(state, checks=checks, skills=skills, answering=overall)


def _observed(state: LearnerState, e: Observed, fsrs: Fsrs) -> LearnerState:
    for one in e.used:
        state = _used(state, one, fsrs)
    seen = Observation(time=e.time, task=e.task, right=e.right)
    return msgspec.structs.replace(state, observed=(*state.observed, seen)[-MOST_OBSERVED:])


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
        row=state.row if e.wrong else _later(state.row, Row(time=e.time, case=e.case, task=e.task)),
        met=with_met(state.met, e.time) if e.met else state.met,
    )


def _later(one: Row | None, other: Row) -> Row:
    return one if one is not None and one.time > other.time else other


def _offered(state: LearnerState, e: Offered) -> LearnerState:
    shown = state.units.get(e.unit, Showing()).shown + e.shown
    state = _showing(state, e.unit, shown=shown, last=e.time)
    if e.shown:
        state = _showing(state, e.unit, times=state.tasks.get(e.task, TaskRecord()).times)
    if e.charged:
        state = with_charge(state, Charge(time=e.time, decision=e.decision))
    if e.shown:
        offer = OpenOffer(decision=e.decision, unit=e.unit, expires=e.expires, waiting=e.waiting)
        state = msgspec.structs.replace(state, open=offer)
    return state


def _engaged(state: LearnerState, e: Engaged) -> LearnerState:
    """Only the prompt that is open stays open; one that is over, or read later, blocks nothing."""
    state = _taken_up(state, e.unit)
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
        return _showing(state, e.unit, known=True, known_at=e.time)
    if e.reason == "not_relevant":
        return _showing(state, e.unit, irrelevant=True, version=e.version)
    return _showing(state, e.unit, ignored=before.ignored + 1, put_off=True)


def _taken_up(state: LearnerState, unit: str) -> LearnerState:
    """What was put off and is opened after all was not passed over."""
    before = state.units.get(unit, Showing())
    if not before.put_off:
        return state
    return _showing(state, unit, ignored=max(0, before.ignored - 1), put_off=False)


def _closed(state: LearnerState, unit: str) -> LearnerState:
    if state.open is None or state.open.unit != unit:
        return state
    return msgspec.structs.replace(state, open=None)


def _showing(state: LearnerState, unit: str, **changes: float | bool | str) -> LearnerState:
    changed = msgspec.structs.replace(state.units.get(unit, Showing()), **changes)
    return msgspec.structs.replace(state, units={**state.units, unit: changed})
