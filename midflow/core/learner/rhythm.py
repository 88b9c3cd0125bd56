"""Rhythm: the chance that this person does this task in the next days."""

from math import log

import msgspec

from midflow.core.learner.trace import HALF_LIVES, WEEKDAY_HALF_LIFE, Trace, counts_at, weekday, weekdays_at

KEPT_DAYS = 90
"""Days after which a task that a person no longer does is no longer predicted."""
STALE_DAYS = 14
"""Days without doing it after which a task is at risk of being done wrong."""

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
