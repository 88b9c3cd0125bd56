"""The policies that are compared: what people use, each with what can be tuned in it, and ours.

All see the same: which items were learned, what was asked, whether it was right.
"""

from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from midflow.core.learner.memories import first_many, interval_many, review_many
from midflow.core.learner.memory import AGAIN, DAY, GOOD, Memory, review
from midflow.core.learner.session import (
    EASIEST_MEAN,
    HARDEST_MEAN,
    Askable,
    Planned,
    compose,
    learned,
    next_session,
)
from midflow.core.learner.weights import Calibration
from midflow.evaluate.measures import Floats
from midflow.evaluate.recalls import FIRST_INTERVALS
from midflow.evaluate.remembering import Places, Rights
from midflow.evaluate.schooling import RIGHT_SECONDS, Policy, working

LADDER = (1, 3, 7, 14, 30, 90)
FIXED = (7, 14, 30)
STRETCHES = (0.5, 0.7, 1.0, 1.4, 2.0, 3.0)
"""By what a baseline's intervals may be multiplied when it is tuned."""

ORDERS = ("due", "short", "overdue")
"""What goes first when time is short: due longest, shortest interval, most overdue for its interval."""


class Nothing:
    """Never asks again."""

    def wants(self, day: int, items: int) -> Floats:
        """Return what is due, by what goes first."""
        return np.full((1, items), -np.inf)

    def began(self, what: Places, day: int) -> None:
        """Learn nothing."""

    def answered(self, who: Places, what: Places, right: Rights, day: int) -> None:
        """Learn nothing."""


class Intervals:
    """What all policies with intervals share: when each item was last seen, after how long it is due, what goes first."""

    def __init__(self, learners: int, items: int, *, order: str = "due") -> None:
        self.last = np.zeros((learners, items))
        self.interval = np.ones((learners, items))
        self._order = order

    def wants(self, day: int, items: int) -> Floats:
        """Return what is due, by what goes first."""
        last, interval = self.last[:, :items], self.interval[:, :items]
        first = {"due": -(last + interval), "short": -interval, "overdue": (day - last) / interval}[
            self._order
        ]
        return np.where(day - last >= np.maximum(interval, 1.0), first, -np.inf)

    def began(self, what: Places, day: int) -> None:
        """Note what was learned."""
        self.last[:, what] = day

    def answered(self, who: Places, what: Places, right: Rights, day: int) -> None:
        """Set the intervals by what was right."""
        self.last[who, what] = day


class Ladder(Intervals):
    """Steps of growing intervals: one up for right, down to the first (or by one) for wrong. One step is a fixed interval."""

    def __init__(
        self, learners: int, items: int, *, steps: Sequence[int], stretch: float = 1.0, by_one: bool = False, order: str = "due"
    ) -> None:  # fmt: skip
        super().__init__(learners, items, order=order)
        self._steps = np.array(steps) * stretch
        self._step = np.zeros((learners, items), np.int64)
        self._by_one = by_one
        self.interval[:] = self._steps[0]

    def answered(self, who: Places, what: Places, right: Rights, day: int) -> None:
        """Set the intervals by what was right."""
        super().answered(who, what, right, day)
        step = self._step[who, what]
        down = np.maximum(step - 1, 0) if self._by_one else np.zeros_like(step)
        self._step[who, what] = np.where(right, np.minimum(step + 1, len(self._steps) - 1), down)
        self.interval[who, what] = self._steps[self._step[who, what]]


class Sm2(Intervals):
    """SM-2 (Wozniak 1990), quality 4 for right and 1 for wrong."""

    def __init__(self, learners: int, items: int, *, stretch: float = 1.0, order: str = "due") -> None:
        super().__init__(learners, items, order=order)
        self._stretch = stretch
        self._days = np.full((learners, items), FIRST_INTERVALS[0])
        self._ease = np.full((learners, items), 2.5)
        self._row = np.ones((learners, items), np.int64)
        self.interval[:] = self._days * stretch

    def answered(self, who: Places, what: Places, right: Rights, day: int) -> None:
        """Set the intervals by what was right."""
        super().answered(who, what, right, day)
        row, ease = self._row[who, what], self._ease[who, what]
        grown = np.where(
            row == 0, FIRST_INTERVALS[0], np.where(row == 1, FIRST_INTERVALS[1], self._days[who, what] * ease)
        )
        self._days[who, what] = np.where(right, grown, FIRST_INTERVALS[0])
        # A quality of 4 leaves the ease as it is; one of 1 takes 0.54 from it.
        self._ease[who, what] = np.where(right, ease, np.maximum(1.3, ease - 0.54))
        self._row[who, what] = np.where(right, row + 1, 0)
        self.interval[who, what] = self._days[who, what] * self._stretch


class Fsrs(Intervals):
    """FSRS-6 with its published weights, due at one retention."""

    def __init__(self, learners: int, items: int, *, retention: float, order: str = "due") -> None:
        super().__init__(learners, items, order=order)
        self._retention = retention
        stability, difficulty = first_many(np.full(1, GOOD))
        self._stability = np.full((learners, items), stability[0])
        self._difficulty = np.full((learners, items), difficulty[0])
        self.interval[:] = interval_many(stability, retention)

    def answered(self, who: Places, what: Places, right: Rights, day: int) -> None:
        """Set the intervals by what was right."""
        at = (who, what)
        grades = np.where(right, GOOD, AGAIN).astype(np.int64)
        after = review_many(self._stability[at], self._difficulty[at], day - self.last[at], grades)
        self._stability[at], self._difficulty[at] = after
        self.interval[at] = interval_many(after[0], self._retention)
        super().answered(who, what, right, day)


class Midflow:
    """Ours: the composer of `core/learner/session.py` over FSRS-6 memories, corrected by each person's own answers."""

    def __init__(self, learners: int, items: int, *, seconds: float, success: float = HARDEST_MEAN) -> None:
        self._seconds = seconds
        self._success = success
        self._memories: list[list[Memory]] = [[] for _ in range(learners)]
        self._lines = [Calibration() for _ in range(learners)]

    def wants(self, day: int, items: int) -> Floats:
        """Return what is due, by what goes first."""
        found = np.full((len(self._memories), items), -np.inf)
        now = day * DAY
        until = next_session(now, lambda other: not working(other))
        for who, (memories, line) in enumerate(zip(self._memories, self._lines, strict=True)):
            askables = [
                Askable(check=str(what), memory=memory, seconds=RIGHT_SECONDS, unit=str(what))
                for what, memory in enumerate(memories)
            ]
            asked = self._composed(askables, now, until, line)
            # Who is quicker than planned asks for more.
            names = {one.check for one in asked}
            rest = [one for one in askables if one.check not in names]
            for place, planned in enumerate((*asked, *self._composed(rest, now, until, line))):
                found[who, int(planned.check)] = -place
        return found

    def _composed(
        self, askables: list[Askable], now: float, until: float, line: Calibration
    ) -> tuple[Planned, ...]:
        return compose(
            askables, now=now, until=until, seconds=self._seconds, line=line, success=self._success
        ).asked

    def began(self, what: Places, day: int) -> None:
        """Note what was learned."""
        for memories in self._memories:
            memories.extend(review(None, GOOD, day * DAY) for _ in what)

    def answered(self, who: Places, what: Places, right: Rights, day: int) -> None:
        """Set the intervals by what was right."""
        for learner, item, well in zip(who.tolist(), what.tolist(), right.tolist(), strict=True):
            memory = self._memories[learner][item]
            self._lines[learner] = learned(self._lines[learner], memory, well, day * DAY)
            self._memories[learner][item] = review(memory, GOOD if well else AGAIN, day * DAY)


Maker = Callable[[int, int, float], Policy]
"""Makes a policy for (learners, items, seconds a day)."""


class Contender(NamedTuple):
    """A policy by name: its settings, of which tuning picks one, and the share of right answers it aims between."""

    settings: dict[str, Maker]
    aims: tuple[float, float] | None = None


def _ladders(
    steps: dict[str, tuple[int, ...]], stretches: Sequence[float], downs: Sequence[bool]
) -> dict[str, Maker]:
    return {
        f"{name} x{stretch:g}{' by one' if by_one else ''} {order}": lambda n, m, _s, k=(steps[name], stretch, by_one, order): Ladder(
            n, m, steps=k[0], stretch=k[1], by_one=k[2], order=k[3]
        )
        for name, stretch, by_one, order in product(steps, stretches, downs, ORDERS)
    }  # fmt: skip


def _sm2s() -> dict[str, Maker]:
    return {
        f"x{stretch:g} {order}": lambda n, m, _s, k=(stretch, order): Sm2(n, m, stretch=k[0], order=k[1])
        for stretch, order in product(STRETCHES, ORDERS)
    }


def _fsrs(retention: float) -> Contender:
    return Contender(
        {order: lambda n, m, _s, order=order: Fsrs(n, m, retention=retention, order=order) for order in ORDERS},
        (retention, retention),
    )  # fmt: skip


CONTENDERS: dict[str, Contender] = {
    "midflow": Contender({"": lambda n, m, s: Midflow(n, m, seconds=s)}, (HARDEST_MEAN, EASIEST_MEAN)),
    "midflow_any": Contender({"": lambda n, m, s: Midflow(n, m, seconds=s, success=0.0)}),
    "none": Contender({"": lambda _n, _m, _s: Nothing()}),
    "fixed": Contender(_ladders({f"{days}": (days,) for days in FIXED}, (1.0,), (False,))),
    "ladder": Contender(_ladders({"ladder": LADDER}, STRETCHES, (False, True))),
    "sm2": Contender(_sm2s()),
    "fsrs_80": _fsrs(0.80),
    "fsrs_85": _fsrs(0.85),
    "fsrs_90": _fsrs(0.90),
    "fsrs_95": _fsrs(0.95),
}
SIMPLE = ("fixed", "ladder", "sm2")
