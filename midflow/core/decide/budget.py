"""The hard attention budget of one person, across all tools."""

from collections.abc import Sequence

from midflow.core.decide.situation import Limits

DAY = 86_400.0


def budget_allows(charges: Sequence[float], limits: Limits, now: float) -> bool:
    """Return whether one more prompt fits.

    `charges`: times of earlier draws, in seconds since the epoch. Windows roll:
    the last 24 hours and the last 7 x 24 hours before `now`, and a gap since the
    last draw. A draw later than `now` (events out of order) counts as well: the
    window is that of the later of the two. What is dated more than 7 days before the
    latest draw does not fit: draws around it may have been forgotten.
    """
    if charges and now < max(charges) - 7 * DAY:
        return False
    if len(_within(charges, now, DAY)) >= limits.per_day:
        return False
    if len(_within(charges, now, 7 * DAY)) >= limits.per_week:
        return False
    return all(abs(now - time) >= limits.gap for time in charges)


def _within(charges: Sequence[float], now: float, span: float) -> list[float]:
    """Draws that share a window of `span` seconds with `now`, before it or after it."""
    return [time for time in charges if abs(now - time) < span]


def violations(charges: Sequence[float], limits: Limits) -> int:
    """Return how many of the draws broke the budget: the count that must be 0."""
    ordered = sorted(charges)
    return sum(not budget_allows(ordered[:i], limits, time) for i, time in enumerate(ordered))
