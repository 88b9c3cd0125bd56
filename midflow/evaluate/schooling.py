"""The world around a scheduler: working days, minutes, answers, and what is measured. It knows no policy.

One item a working day is learned in a unit, whatever the scheduler does; what
reviews cost is their own time alone. A learner's luck, absences and pace are
drawn for each seed once, so that every policy meets the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from midflow.evaluate.measures import Floats
from midflow.evaluate.remembering import Family, Places, Rights

HORIZONS = (90, 180, 365)
DELAY = 30
"""Days without any review before the test at the end of a horizon."""

WARMED_UP = 30
"""Days after which a policy has to meet its target."""

MISSED = 0.1
A_DAY = 1
"""Items learned on each working day."""
RIGHT_SECONDS, WRONG_SECONDS = 15.0, 30.0
"""Seconds that an answer takes the median learner; a wrong one is read up and asked again."""

PACE = 0.2
"""Standard deviation of the logarithm of a learner's pace."""


class Policy(Protocol):
    """A scheduler of all learners at once: learners x items. It sees answers, never what is remembered."""

    def wants(self, day: int, items: int) -> Floats:
        """Return how much it wants to ask each of the first `items` today; -inf for not."""
        ...

    def began(self, what: Places, day: int) -> None:
        """These items were learned by everybody in a unit."""
        ...

    def answered(self, who: Places, what: Places, right: Rights, day: int) -> None:
        """These were asked today."""
        ...


@dataclass(frozen=True)
class Course:
    """What happens whatever is scheduled. `known[day]`: items learned by its morning; `luck`: days x learners x items."""

    days: int
    known: list[int]
    present: NDArray[np.bool_]
    luck: NDArray[np.float32]
    pace: Floats

    @property
    def items(self) -> int:
        """How many items there are at the end."""
        return self.luck.shape[2]


@dataclass(frozen=True)
class Schooling:
    """What a policy achieved, one number a learner. By horizon: mean items known, and the share known after the delay.

    `minutes` of review on a working day, up to each horizon; `success`: the share of right answers once warmed up.
    """

    known: dict[int, Floats]
    delayed: dict[int, Floats]
    minutes: dict[int, Floats]
    success: Floats


def course(seeds: Sequence[int], days: int) -> Course:
    """Return the course of these learners over so many days."""
    chances = [np.random.default_rng([seed, 2]) for seed in seeds]
    known = np.cumsum([0, *(A_DAY * working(day) for day in range(days - 1))]).tolist()
    return Course(
        days=days,
        known=known,
        present=np.array([chance.random(days) >= MISSED for chance in chances]).T,
        pace=np.exp([chance.normal(0, PACE) for chance in chances]),
        luck=np.stack(
            [chance.random((days, known[-1] + A_DAY), dtype=np.float32) for chance in chances], axis=1
        ),
    )  # fmt: skip


def working(day: int) -> bool:
    """Return whether a day is a working day: the first is a Monday."""
    return day % 7 < 5


def school(family: Family, policy: Policy, seeds: Sequence[int], course: Course, seconds: float) -> Schooling:
    """Return what comes of `seconds` of review a working day under `policy`.

    A review is begun as long as a right answer would end within the time.
    """
    learners = family([np.random.default_rng([seed, 1]) for seed in seeds], course.items)
    spent, total = np.zeros(len(seeds)), np.zeros(len(seeds))
    asked, right_ones = np.zeros(len(seeds)), np.zeros(len(seeds))
    found = Schooling({}, {}, {}, right_ones)
    for day in range(course.days):
        items = course.known[day]
        if items:
            recall = learners.recall(day, items)
            total += recall.sum(axis=1)
            if working(day):
                who, what, right, cost = _sitting(policy.wants(day, items), recall, day, course, seconds)
                learners.answer(who, what, right, day)
                policy.answered(who, what, right, day)
                spent += cost
                if day >= WARMED_UP:
                    asked += np.bincount(who, minlength=len(seeds))
                    right_ones += np.bincount(who, right, minlength=len(seeds))
        new = np.arange(items, items + A_DAY * working(day))
        if len(new):
            learners.learn(new, day)
            policy.began(new, day)
        if day + 1 in HORIZONS:
            found.known[day + 1] = total / (day + 1)
            found.delayed[day + 1] = learners.recall(day + DELAY, items + len(new)).mean(axis=1)
            found.minutes[day + 1] = spent / 60 / sum(map(working, range(day + 1)))
    right_ones /= np.maximum(asked, 1)
    return found


def _sitting(
    wants: Floats, recall: Floats, day: int, course: Course, seconds: float
) -> tuple[Places, Places, Rights, Floats]:
    """Who was asked what in one day's sitting, whether it was right, and the seconds that each learner spent."""
    one, two = RIGHT_SECONDS * course.pace[:, None], WRONG_SECONDS * course.pace[:, None]
    wants = np.where(course.present[day][:, None], wants, -np.inf)
    most = int(seconds / one.min()) + 1
    order = np.argsort(-wants, axis=1, kind="stable")[:, :most]
    right = np.take_along_axis(course.luck[day, :, : wants.shape[1]] < recall, order, axis=1)
    cost = np.where(right, one, two)
    begun = np.cumsum(cost, axis=1) - cost + one <= seconds
    begun &= np.isfinite(np.take_along_axis(wants, order, axis=1))
    who, place = np.nonzero(begun)
    return who, order[who, place], right[who, place], (cost * begun).sum(axis=1)
