"""What the fitted need looks at: the record of person, task and everyone, and the case at hand."""

from math import cos, log, log1p, pi, sin

import msgspec

from midflow.core.decide.sums import Sums, lately
from midflow.core.learner.state import DAY, HOUR, TaskRecord, rate_counts

FEATURES = (
    "everyone", "task", "state", "step", "person", "own",
    "times", "never", "days_since", "own_errors", "days_since_error", "times_as_of_late",
    "task_times", "case_rows", "case_times", "case_errors", "case_age", "hours_in_case", "my_row_before",
    "case_people", "load_hour", "load_day", "morning", "noon", "state_times", "step_times",
)  # fmt: skip
"""What `features` returns, in its order. The first six are log-odds of having gone wrong, shrunk towards the wider group."""

WEIGHT = 20.0
"""Begun tasks that the wider group's rate counts for, where a group is a kind of work."""
PERSON_WEIGHT = 8.0
"""The same, where the group is a person."""
PRIOR_RATE = 0.1
"""The rate before anything is known."""
NEVER = log1p(365.0)


class CaseFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a case holds before this row: `rows`, `people`, `errors` found, how often `times` the task was done in it.

    `first` and `last`: times of its rows in seconds; `mine`: the latest row is this person's.
    """

    rows: int = 0
    people: int = 0
    errors: int = 0
    times: int = 0
    first: float = 0.0
    last: float = 0.0
    mine: bool = False


class NeedFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Records, None where there is none yet, of: the person with the task (`own`), the person, the task, the task in
    this state (`state`), the task in this state after the case's row before (`step`), everyone.

    `load`: rows of the person, decayed, with half-lives of an hour and a day.
    """

    own: TaskRecord | None
    person: TaskRecord | None
    task: TaskRecord | None
    state: TaskRecord | None
    step: TaskRecord | None
    everyone: TaskRecord | None
    case: CaseFacts
    load: tuple[float, float]


def features(known: NeedFacts, now: float) -> tuple[float, ...]:
    """Return `FEATURES` of a task that is begun at `now`, in seconds since the epoch, from what was known before."""
    everyone, _ = _rate(known.everyone, PRIOR_RATE, WEIGHT, now)
    task, task_times = _rate(known.task, everyone, WEIGHT, now)
    state, state_times = _rate(known.state, task, WEIGHT, now)
    step, step_times = _rate(known.step, state, WEIGHT, now)
    person, _ = _rate(known.person, everyone, PERSON_WEIGHT, now)
    own, lately = _rate(known.own, task, PERSON_WEIGHT, now)
    record = known.own or TaskRecord()
    case = known.case
    clock = 2 * pi * (now % DAY) / DAY
    return (
        *(log(p / (1 - p)) for p in (everyone, task, state, step, person, own)),
        log1p(record.times), float(record.times == 0),
        _days(record.last, now), log1p(record.errors), _days(record.last_error, now), log1p(lately),
        log1p(task_times), log1p(case.rows), log1p(case.times), log1p(case.errors), _days(case.first, now),
        log1p(max(now - case.last, 0.0) / HOUR) if case.rows else 0.0, float(case.mine),
        log1p(case.people), log1p(known.load[0]), log1p(known.load[1]), sin(clock), cos(clock),
        log1p(state_times), log1p(step_times),
    )  # fmt: skip


def base_rate(task: Sums, everyone: Sums, day: int) -> float:
    """Return the baseline on a day since the epoch: how often the task went wrong lately, a day counting half after 28 days.

    The task's rate is shrunk towards everyone's.
    """
    all_begun, all_erred = lately(everyone, day)
    begun, erred = lately(task, day)
    wide = (all_erred + WEIGHT * PRIOR_RATE) / (all_begun + WEIGHT)
    return _clip((erred + WEIGHT * _clip(wide)) / (begun + WEIGHT))


def _rate(record: TaskRecord | None, wider: float, weight: float, now: float) -> tuple[float, float]:
    """The shrunk rate of going wrong, and how much was begun lately."""
    if record is None:
        return _clip(wider), 0.0
    begun, erred = rate_counts(record, now)
    return _clip((erred + weight * wider) / (begun + weight)), begun


def _days(time: float, now: float) -> float:
    """How long ago, on a logarithmic scale; what never was counts as a year ago."""
    if not time:
        return NEVER
    return log1p((now - time) / DAY) if now > time else 0.0


def _clip(p: float) -> float:
    return 0.001 if p < 0.001 else min(p, 0.999)
