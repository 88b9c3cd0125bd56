"""The score that a prompt must reach, so that the budget is spent on the best moments and lasts."""

from bisect import bisect_left, insort
from collections import deque
from math import log

from midflow.core.decide.situation import Limits

WEEK = 7 * 86_400.0
RECENT = 2000
"""Scores that are remembered."""


class Threshold:
    """The scores of late, over all people, and how many moments each person has in a week.

    The budget is a cap, and who comes first would spend it. So each person's share
    of moments that may pass is what their budget holds over what they are expected
    to meet, and the threshold is the score that so large a share of recent scores
    reaches.
    """

    def __init__(self) -> None:
        self._order: deque[float] = deque()
        self._sorted: list[float] = []
        self._seen: dict[str, tuple[float, float]] = {}

    def note(self, person: str, score: float, time: float) -> None:
        """Remember one moment of a person; `time` in seconds, not before that of an earlier note."""
        self._order.append(score)
        insort(self._sorted, score)
        if len(self._order) > RECENT:
            del self._sorted[bisect_left(self._sorted, self._order.popleft())]
        self._seen[person] = (time, self._decayed(person, time) + 1.0)

    def expected(self, person: str, time: float) -> float:
        """Return how many moments the person is expected to meet in the next 7 days (half-life 7 days)."""
        return self._decayed(person, time) * log(2)

    def of(self, person: str, limits: Limits, time: float) -> float:
        """Return the least score that may pass for this person at `time`; minus infinity before any is known."""
        if not self._sorted:
            return float("-inf")
        holds = min(limits.per_week, 7 * limits.per_day)
        share = min(holds / max(self.expected(person, time), 1e-9), 1.0)
        return self._sorted[min(int((1 - share) * len(self._sorted)), len(self._sorted) - 1)]

    def _decayed(self, person: str, time: float) -> float:
        last, count = self._seen.get(person, (time, 0.0))
        return count * 0.5 ** (max(time - last, 0.0) / WEEK)
