"""On which days something happened, remembered in a few decaying counts."""

import msgspec

HALF_LIVES = (2.0, 7.0, 28.0, 90.0)
"""Days after which a day counts half, one count for each."""
WEEKDAY_HALF_LIFE = 56.0


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """`counts` by half-life and `weekdays` (Monday first) weigh past days as of the day `as_of`.

    Days are whole days since the epoch, UTC. `first`, `last`: when it happened
    first and last; `days`: how many times it was noted in all.
    """

    counts: tuple[float, float, float, float]
    weekdays: tuple[float, ...]
    as_of: int
    first: int
    last: int
    days: int


def weekday(day: int) -> int:
    """Return the weekday of a day since the epoch, Monday being 0."""
    return (day + 3) % 7


def noted(trace: Trace | None, day: int) -> Trace:
    """Return the trace after one more note on `day`; one from before its latest is taken at its own weight."""
    if trace is None:
        week = tuple(float(weekday(day) == i) for i in range(7))
        return Trace(counts=(1.0, 1.0, 1.0, 1.0), weekdays=week, as_of=day, first=day, last=day, days=1)
    now = max(day, trace.as_of)
    a, b, c, d = (
        count + 0.5 ** ((now - day) / half)
        for count, half in zip(counts_at(trace, now), HALF_LIVES, strict=True)
    )
    week = list(weekdays_at(trace, now))
    week[weekday(day)] += 0.5 ** ((now - day) / WEEKDAY_HALF_LIFE)
    return Trace(
        counts=(a, b, c, d), weekdays=tuple(week), as_of=now,
        first=min(trace.first, day), last=max(trace.last, day), days=trace.days + 1,
    )  # fmt: skip


def counts_at(trace: Trace, day: int) -> tuple[float, float, float, float]:
    """Return the counts as they weigh on `day` (not before `as_of`)."""
    age = day - trace.as_of
    if age <= 0:
        return trace.counts
    (a, b, c, d), (e, f, g, h) = trace.counts, HALF_LIVES
    return a * 0.5 ** (age / e), b * 0.5 ** (age / f), c * 0.5 ** (age / g), d * 0.5 ** (age / h)


def weekdays_at(trace: Trace, day: int) -> tuple[float, ...]:
    """Return the weekday counts as they weigh on `day` (not before `as_of`)."""
    age = day - trace.as_of
    if age <= 0:
        return trace.weekdays
    left = 0.5 ** (age / WEEKDAY_HALF_LIFE)
    return tuple(count * left for count in trace.weekdays)
