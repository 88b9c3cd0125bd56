"""What rules make of an event: whose moment it is, of which task, in which phase."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from midflow.core.content.model import Phase, Timing
from midflow.core.match.history import Seen


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """This person, this task, in this phase. `time` in seconds since the epoch.

    `timing`: when the rule wants a prompt to be shown. `quiet`: the task is begun,
    but the rule's history does not hold; this counts, and nothing is decided on it.
    """

    person: str
    task: str
    phase: Phase
    rule: str
    case: str
    time: float
    because: str = ""
    timing: Timing = "auto"
    quiet: bool = False


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """A rule waits, for this person, for something not to come until `due`; `since` is the event that set it."""

    rule: str
    person: str
    since: Seen
    due: float


class Found(NamedTuple):
    """What rules make of an event: moments now, and timers for what may not come."""

    moments: tuple[Moment, ...] = ()
    timers: tuple[Timer, ...] = ()


class CaseTask(msgspec.Struct, frozen=True, kw_only=True):
    """Who did a task last in a case, and when.

    `times`: how often it was begun there; `state`: the record's status then;
    `before`: the step before it (see `CaseWork`); `wrong`: it has come out as gone wrong.
    """

    task: str
    person: str
    time: float
    times: int = 1
    state: str = ""
    before: str = ""
    wrong: bool = False


class CaseWork(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The tasks begun in a case: how many, by whom, how many came out as wrong, when the first and the last.

    `person` began the last one, and `step` says which it was, in which state.
    """

    rows: int = 0
    people: tuple[str, ...] = ()
    errors: int = 0
    first: float = 0.0
    last: float = 0.0
    person: str = ""
    step: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says of a task done earlier or now: begun, done, or gone wrong."""

    person: str
    task: str
    kind: str
    time: float


class CaseState(msgspec.Struct, frozen=True, kw_only=True):
    """What a case remembers: who did which task last, and its latest event.

    `last` holds what conditions may read as `before`: type, status, activity.
    `trail`: its events that some rule's history asks for, by type.
    """

    tasks: dict[str, CaseTask] = {}
    last: dict[str, str] = {}
    last_person: str = ""
    last_time: float = 0.0
    work: CaseWork = CaseWork()
    trail: dict[str, tuple[Seen, ...]] = {}


LONGEST_STATE = 80


def state_of(data: Mapping[str, Any]) -> str:
    """Return the status that an event's data gives its record, "" where it gives none."""
    status = data.get("status")
    return status[:LONGEST_STATE] if isinstance(status, str) else ""


def with_begun(case: CaseState, *, person: str, task: str, state: str, time: float) -> CaseState:
    """Return the case after the person began the task in it at `time` (seconds), its record being in `state`."""
    work, known = case.work, case.tasks.get(task)
    last = CaseTask(
        task=task, person=person, time=time, times=known.times + 1 if known else 1, state=state, before=work.step
    )  # fmt: skip
    people = work.people if person in work.people else (*work.people, person)
    after = CaseWork(
        rows=work.rows + 1, people=people, errors=work.errors, first=work.first if work.rows else time,
        last=time, person=person, step=f"{task}\n{state}",
    )  # fmt: skip
    return replace(case, tasks={**case.tasks, task: last}, work=after)


def with_error(case: CaseState, task: str) -> CaseState:
    """Return the case after the task that was begun last in it came out as wrong; a second time changes nothing."""
    known = case.tasks.get(task)
    if known is None or known.wrong:
        return case
    tasks = {**case.tasks, task: replace(known, wrong=True)}
    return replace(case, tasks=tasks, work=replace(case.work, errors=case.work.errors + 1))
