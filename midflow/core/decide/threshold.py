"""The score that a prompt must reach, so that the budget is spent on the best moments and lasts."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable

from midflow.core.decide.situation import Limits

RECENT = 2000
"""Scores that are remembered."""
ANY = -9.0
"""A threshold that every score reaches."""


class Threshold:
    """The scores of late, over all people.

    The budget is a cap, and who comes first would spend it. So each person's share
    of moments that may pass is what their budget holds over what they are expected
    to meet, and the threshold is the score that so large a share of recent scores
    reaches.
    """

    def __init__(self, scores: Iterable[float] = ()) -> None:
        """`scores`: those of the latest moments, in their order."""
        self._order: deque[float] = deque()
        self._sorted: list[float] = []
        for score in scores:
            self.note(score)

    def note(self, score: float) -> None:
        """Remember one moment's score."""
        self._order.append(score)
        insort(self._sorted, score)
        if len(self._order) > RECENT:
            del self._sorted[bisect_left(self._sorted, self._order.popleft())]

    def of(self, expected: float, limits: Limits) -> float:
        """Return the least score that may pass for a person who is expected to meet so many moments in 7 days."""
        holds = min(limits.per_week, 7 * limits.per_day)
        if not self._sorted or expected <= holds:
            return ANY
        return self._sorted[min(int((1 - holds / expected) * len(self._sorted)), len(self._sorted) - 1)]
