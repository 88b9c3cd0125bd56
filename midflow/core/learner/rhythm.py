"""Rhythm: the chance that this person does this task in the next days."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from math import log

import msgspec

from midflow.core.learner.trace import (
    HALF_LIVES,
    WEEKDAY_HALF_LIFE,
    Trace,
    counts_at,
    noted,
    weekday,
    weekdays_at,
)

KEPT_DAYS = 90
"""Days after which a task that a person no longer does is no longer predicted."""
STALE_DAYS = 14
"""Days without doing it after which a task is at risk of being done wrong."""

HORIZONS = {"24h": 1, "7d": 7}
"""How far ahead is predicted, in days."""

FEATURES = (
    "times_2d", "times_7d", "times_28d", "times_90d",
    "present_2d", "present_7d", "present_28d", "present_90d",
    "present_this_weekday", "share_of_days", "days_since", "days_absent",
    "yesterday", "present_yesterday", "times", "days_known", "this_weekday", "expected",
    "others_weekday", "weekend", "overdue", "task_trend", "all_trend", "task_28d", "all_rise",
)  # fmt: skip
"""What `features` returns, in its order."""

_DAILY = 0.5 ** (1 / HALF_LIVES[2])


class Rhythms(msgspec.Struct, frozen=True, kw_only=True):
    """Four traces: of the person with the task, the person with anything, the task by anyone, anything by anyone.

    The first two have a note for each day; the others one for each person and task of a day.
    """

    own: Trace
    person: Trace
    task: Trace
    everyone: Trace


Pair = tuple[str, str]
"""A person and a task."""


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """One person's traces: of anything they did, and of each task."""

    person: Trace
    tasks: dict[str, Trace]


@dataclass
class Traces:
    """The traces of everyone, as they stand before a day; days are noted one after the other."""

    people: dict[str, Own] = field(default_factory=dict[str, Own])
    tasks: dict[str, Trace] = field(default_factory=dict[str, Trace])
    everyone: Trace | None = None

    def note(self, day: int, pairs: Iterable[Pair], there: Collection[str] = ()) -> None:
        """Take in what was done on `day`, each person and task once; `there`: people of whom that day was noted before."""
        here = set(there)
        for person, task in pairs:
            own = self.people.get(person)
            trace = None if own is None else own.person
            mine = {} if own is None else own.tasks
            if trace is None or person not in here:
                trace = noted(trace, day)
                here.add(person)
            self.people[person] = Own(person=trace, tasks={**mine, task: noted(mine.get(task), day)})
            self.tasks[task] = noted(self.tasks.get(task), day)
            self.everyone = noted(self.everyone, day)

    def current(self, day: int) -> Iterator[tuple[Pair, Rhythms]]:
        """Yield what is known before `day` of each person and task that they did within `KEPT_DAYS`, by name."""
        if self.everyone is None:
            return
        for person, own in sorted(self.people.items()):
            if day - own.person.last > KEPT_DAYS:
                continue
            for task, trace in sorted(own.tasks.items()):
                if day - trace.last <= KEPT_DAYS:
                    known = Rhythms(
                        own=trace, person=own.person, task=self.tasks[task], everyone=self.everyone
                    )
                    yield (person, task), known


def features(known: Rhythms, day: int) -> tuple[float, ...]:
    """Return `FEATURES` for what happens from the start of `day` on, from what was known before it.

    `day` in days since the epoch (UTC), later than the last note of each trace.
    """
    own, person, today = known.own, known.person, weekday(day)
    t2, t7, t28, t90 = counts_at(own, day)
    p2, p7, p28, p90 = counts_at(person, day)
    e2, e7, e28, _ = counts_at(known.everyone, day)
    _, k7, k28, k90 = counts_at(known.task, day)
    all_week, own_week = weekdays_at(known.everyone, day), weekdays_at(own, day)
    weeks = _weeks(max((day - person.first) / 7, 1.0))
    present = min(weekdays_at(person, day)[today] / (weeks + 1), 1.0)
    share = min((t28 + 0.1) / (p28 + 0.5), 1.0)
    since, absent = day - own.last, day - person.last
    expected = min((present + 0.01) * share, 0.99)
    return (
        log(t2 + 0.05), log(t7 + 0.1), log(t28 + 0.1), log(t90 + 0.1),
        log(p2 + 0.1), log(p7 + 0.1), log(p28 + 0.1), log(p90 + 0.1),
        log(present + 0.03), log(share), log(since), log(absent),
        float(since == 1), float(absent == 1), log(own.days), log(day - own.first + 1.0),
        log((own_week[today] + 0.3) / (sum(own_week) / 7 + 0.3)), log(expected / (1 - expected)),
        log((all_week[today] + 1) / (sum(all_week) / 7 + 1)), float(today >= 5),
        log(since * own.days / (day - own.first)), log((k7 + 1) / (k90 * 7 / 90 + 1)),
        log((e7 + 1) / (e28 / 4 + 1)), log(k28 + 1), log((e2 + 1) / (e7 * 0.3 + 1)),
    )  # fmt: skip


def decayed_frequency(own: Trace, day: int, days: int) -> float:
    """Return the baseline: the chance of doing the task within `days` from its frequency alone.

    The share of past days with the task, a day counting half after 28 days
    (exponential smoothing of the daily yes or no), taken as a constant daily chance.
    """
    daily = min(counts_at(own, day)[2] * (1 - _DAILY) / _DAILY, 0.998)
    return min(max(1 - (1 - daily) ** days, 0.002), 0.998)


def _weeks(weeks: float) -> float:
    """How much that many past weeks weigh together."""
    weekly = 0.5 ** (7 / WEEKDAY_HALF_LIFE)
    return weekly * (1 - weekly**weeks) / (1 - weekly)
