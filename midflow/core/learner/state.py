"""What is known of one person, as a value: memories, skills, record on tasks, attention spent.

It is a projection of the log. State in, new state out; nothing is changed in place.

To add something, give it a default, so that states stored before can be read: anywhere in `LearnerState` and
`Showing`, which are stored by the names of their fields, and at the end of `TaskRecord`, `Charge` and
`OpenOffer`, which are stored as lists. What is at its default takes no place.
"""

from math import log

import msgspec

from midflow.core.learner.correction import Reviewer
from midflow.core.learner.packed import Memories
from midflow.core.learner.response import Overall

DAY = 86_400.0
HOUR = 3600.0
RECORD_HALF_LIFE = 90 * DAY
"""Seconds after which a task done or gone wrong counts half."""

ATTENTION_WINDOW = 7 * DAY


class TaskRecord(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One person's record on one task; `begun` and `erred` are decayed counts as of `as_of`.

    `times` and `errors` are the plain counts, `last` when it was last begun, `right`
    how often it was begun since an error was last found.
    """

    begun: float = 0.0
    erred: float = 0.0
    as_of: float = 0.0
    times: int = 0
    errors: int = 0
    last: float = 0.0
    last_error: float = 0.0
    right: int = 0


class Showing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How often one unit was shown to one person and what became of it.

    `last` is when it was last shown or withheld by chance, in seconds; `times`: how
    often its task had been begun when it was last shown. `known` since `known_at`:
    the person said so. `irrelevant`: they said so of this `version` of it.
    `put_off`: they said "not now", and may still take it up.
    """

    shown: int = 0
    ignored: int = 0
    last: float = 0.0
    known: bool = False
    irrelevant: bool = False
    completed: float = 0.0
    times: int = 0
    known_at: float = 0.0
    version: str = ""
    put_off: bool = False


class Charge(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One draw on the attention budget, at the decision's time."""

    time: float
    decision: str


class OpenOffer(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The prompt that is on offer or open now; `waiting`: nobody sees it before the next breakpoint."""

    decision: str
    unit: str
    expires: float
    waiting: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One thing that a person did: when (seconds), in which case, which task."""

    time: float
    case: str
    task: str


class Load(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How much the person began of late: tasks, decayed as of the last of them (seconds)."""

    last: float = 0.0
    hour: float = 0.0
    day: float = 0.0


class Met(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """How many moments the person met: decayed, with a half-life of 7 days, as of the last of them (seconds)."""

    last: float = 0.0
    count: float = 0.0


class Observation(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """A mentor saw the person do a task, and it went right or wrong. `time` in seconds."""

    time: float
    task: str
    right: bool


class LearnerState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything a decision about one person reads. Keys: check, skill, task and unit ids.

    `checks` and `skills` are rows of bytes (`packed`); `answering` is the person over all answers,
    `reviewer` over all reviews, `overall` the record over all tasks together. `row` is what they began last.
    `observed`: what mentors saw of late.
    """

    checks: dict[str, bytes] = {}
    skills: dict[str, bytes] = {}
    answering: Overall = Overall()
    reviewer: Reviewer = Reviewer()
    tasks: dict[str, TaskRecord] = {}
    units: dict[str, Showing] = {}
    charges: tuple[Charge, ...] = ()
    open: OpenOffer | None = None
    seen: float = 0.0
    overall: TaskRecord = TaskRecord()
    load: Load = Load()
    row: Row | None = None
    met: Met = Met()
    observed: tuple[Observation, ...] = ()

    @property
    def memories(self) -> Memories:
        """The memory of each check, read when it is asked for."""
        return Memories(self.checks)


def with_begun(record: TaskRecord, time: float) -> TaskRecord:
    """Return the record after the task was begun once more at `time`."""
    now, left, one = weights(record.as_of, time)
    return TaskRecord(
        begun=record.begun * left + one, erred=record.erred * left, as_of=now,
        times=record.times + 1, errors=record.errors, right=record.right + 1,
        last=max(record.last, time), last_error=record.last_error,
    )  # fmt: skip


def with_error(record: TaskRecord, time: float) -> TaskRecord:
    """Return the record after the task was found gone wrong at `time`."""
    now, left, one = weights(record.as_of, time)
    return TaskRecord(
        begun=record.begun * left, erred=record.erred * left + one, as_of=now,
        times=record.times, errors=record.errors + 1,
        last=record.last, last_error=max(record.last_error, time),
    )  # fmt: skip


def with_met(met: Met, time: float) -> Met:
    """Return what was met after one more moment at `time`."""
    return Met(last=max(met.last, time), count=_met(met, time) + 1.0)


def expected(met: Met, time: float) -> float:
    """Return how many moments the person is expected to meet in the 7 days after `time`."""
    return _met(met, time) * log(2)


def _met(met: Met, time: float) -> float:
    return met.count * 0.5 ** (max(time - met.last, 0.0) / ATTENTION_WINDOW)


def load_at(load: Load, now: float) -> tuple[float, float]:
    """Return how many tasks weigh at `now`, with half-lives of an hour and of a day."""
    passed = max(now - load.last, 0.0)
    return load.hour * 0.5 ** (passed / HOUR), load.day * 0.5 ** (passed / DAY)


def with_load(load: Load, time: float) -> Load:
    """Return the load after one more task was begun at `time`."""
    hour, day = load_at(load, time)
    return Load(last=max(load.last, time), hour=hour + 1, day=day + 1)


def rate_counts(record: TaskRecord, now: float) -> tuple[float, float]:
    """Return the decayed (begun, erred) counts as they weigh at `now`."""
    if now <= record.as_of or record.begun == 0.0 == record.erred:
        return record.begun, record.erred
    left = 0.5 ** ((now - record.as_of) / RECORD_HALF_LIFE)
    return record.begun * left, record.erred * left


def weights(since: float, time: float) -> tuple[float, float, float]:
    """Return as of when counts stand after one more at `time`, what is left of those `since`, and what the one weighs."""
    if time >= since:
        return time, 0.5 ** ((time - since) / RECORD_HALF_LIFE), 1.0
    return since, 1.0, 0.5 ** ((since - time) / RECORD_HALF_LIFE)


def with_charge(state: LearnerState, charge: Charge) -> LearnerState:
    """Return the state with one more draw on the budget; those are dropped that no decision will look at.

    Twice the window is kept: a decision may be dated before the latest draw.
    """
    kept = tuple(c for c in state.charges if c.time > charge.time - 2 * ATTENTION_WINDOW)
    return msgspec.structs.replace(state, charges=(*kept, charge))


def without_charge(state: LearnerState, decision: str) -> LearnerState:
    """Return the state with the draw of `decision` refunded."""
    return msgspec.structs.replace(state, charges=tuple(c for c in state.charges if c.decision != decision))
