"""What is known of one person, as a value: memories, record on tasks, attention spent.

It is a projection of the log. State in, new state out; nothing is changed in place.
"""

import msgspec

from midflow.core.learner.memory import Memory

DAY = 86_400.0
RECORD_HALF_LIFE = 90 * DAY
"""Seconds after which a task done or gone wrong counts half."""

ATTENTION_WINDOW = 7 * DAY


class TaskRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One person's record on one task; `begun` and `erred` are decayed counts as of `as_of`.

    `times` and `errors` are the plain counts, `last` when it was last begun.
    """

    begun: float = 0.0
    erred: float = 0.0
    as_of: float = 0.0
    times: int = 0
    errors: int = 0
    last: float = 0.0
    last_error: float = 0.0


class Showing(msgspec.Struct, frozen=True, kw_only=True):
    """How often one unit was shown to one person and what became of it.

    `last` is when it was last shown or withheld by chance, in seconds.
    """

    shown: int = 0
    ignored: int = 0
    last: float = 0.0
    known: bool = False
    irrelevant: bool = False
    completed: float = 0.0


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """One draw on the attention budget, at the decision's time."""

    time: float
    decision: str


class OpenOffer(msgspec.Struct, frozen=True, kw_only=True):
    """The prompt that is on offer or open now."""

    decision: str
    unit: str
    expires: float


class LearnerState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a decision about one person reads. Keys: check, task and unit ids."""

    memories: dict[str, Memory] = {}
    tasks: dict[str, TaskRecord] = {}
    units: dict[str, Showing] = {}
    charges: tuple[Charge, ...] = ()
    open: OpenOffer | None = None
    seen: float = 0.0


def with_begun(record: TaskRecord, time: float) -> TaskRecord:
    """Return the record after the task was begun once more at `time`."""
    now = max(time, record.as_of)
    return msgspec.structs.replace(
        record,
        begun=_decayed(record.begun, record.as_of, now) + _decayed(1.0, time, now),
        erred=_decayed(record.erred, record.as_of, now),
        as_of=now,
        times=record.times + 1,
        last=max(record.last, time),
    )


def with_error(record: TaskRecord, time: float) -> TaskRecord:
    """Return the record after the task was found gone wrong at `time`."""
    now = max(time, record.as_of)
    return msgspec.structs.replace(
        record,
        begun=_decayed(record.begun, record.as_of, now),
        erred=_decayed(record.erred, record.as_of, now) + _decayed(1.0, time, now),
        as_of=now,
        errors=record.errors + 1,
        last_error=max(record.last_error, time),
    )


def rate_counts(record: TaskRecord, now: float) -> tuple[float, float]:
    """Return the decayed (begun, erred) counts as they weigh at `now`."""
    then = max(now, record.as_of)
    return _decayed(record.begun, record.as_of, then), _decayed(record.erred, record.as_of, then)


def with_charge(state: LearnerState, charge: Charge) -> LearnerState:
    """Return the state with one more draw on the budget; draws out of the window are dropped."""
    kept = tuple(c for c in state.charges if c.time > charge.time - ATTENTION_WINDOW)
    return msgspec.structs.replace(state, charges=(*kept, charge))


def without_charge(state: LearnerState, decision: str) -> LearnerState:
    """Return the state with the draw of `decision` refunded."""
    return msgspec.structs.replace(state, charges=tuple(c for c in state.charges if c.decision != decision))


def _decayed(count: float, since: float, now: float) -> float:
    if count == 0.0 or now <= since:
        return count
    return float(count * 0.5 ** ((now - since) / RECORD_HALF_LIFE))
