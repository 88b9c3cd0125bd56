"""What the response model has to beat: the mean of the item, and Elo. Fitted in the same run."""

from collections.abc import Sequence
from itertools import islice

import numpy as np

from midflow.core.learner.bulk import Floats
from midflow.core.learner.response import sigmoid
from midflow.evaluate.cohort import rights
from midflow.evaluate.responses import Answer, Learner
from midflow.evaluate.scores import log_loss

STRENGTHS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
STEPS = ((0.5, 0.02), (0.5, 0.05), (1.0, 0.05), (1.0, 0.1), (1.8, 0.05), (1.8, 0.1))
USUAL_STEP = (1.0, 0.05)
"""Elo moves by a / (1 + b n) after n answers; the pair (a, b) is chosen by log loss on what is fitted on."""

TRIED = 80_000
"""Answers on which Elo's steps are compared."""


class ItemMean:
    """The share of right answers of the item, drawn toward that of all items."""

    def __init__(self, strength: float = 5.0) -> None:
        self.strength = strength
        self.sums: dict[str, tuple[int, int]] = {}
        self.answers = self.right = 0

    def chance(self, item: str) -> float:
        """Return the chance of a right answer."""
        mean = (self.right + 1) / (self.answers + 2)
        right, answers = self.sums.get(item, (0, 0))
        return (right + self.strength * mean) / (answers + self.strength)

    def add(self, answer: Answer) -> None:
        """Count an answer."""
        right, answers = self.sums.get(answer.item, (0, 0))
        self.sums[answer.item] = (right + answer.right, answers + 1)
        self.right += answer.right
        self.answers += 1


def item_mean(train: Sequence[Learner], test: Sequence[Learner]) -> Floats:
    """Return chances for `test`; how far an item is drawn in is chosen on `train`, each answer left out once."""
    found = ItemMean()
    for person in train:
        for answer in person.answers:
            found.add(answer)
    mean = found.right / max(1, found.answers)
    seen = [(a.right, *found.sums[a.item]) for person in train for a in person.answers]
    y, right, answers = (np.array(column, dtype=np.float64) for column in zip(*seen, strict=True))
    found.strength = min(STRENGTHS, key=lambda k: log_loss(y, (right - y + k * mean) / (answers - 1.0 + k)))
    return np.array([found.chance(a.item) for person in test for a in person.answers])


def item_mean_live(people: Sequence[Learner]) -> Floats:
    """Return chances where people arrive one by one and nothing is known before the first."""
    found, chances = ItemMean(), list[float]()
    for person in people:
        for answer in person.answers:
            chances.append(found.chance(answer.item))
            found.add(answer)
    return np.array(chances)


class Elo:
    """A rating of each person, of each person on each skill, of each skill and of each item; each answer moves all four."""

    def __init__(self, step: tuple[float, float]) -> None:
        self.first, self.slowing = step
        self.skills: dict[str, tuple[float, int]] = {}
        self.items: dict[str, tuple[float, int]] = {}
        self.everyone = (0.0, 0)

    def walk(self, answers: Sequence[Answer]) -> list[float]:
        """Return the chances of one person's answers, each before it was known."""
        chances = list[float]()
        person, own = (0.0, 0), dict[str, tuple[float, int]]()
        for a in answers:
            skill, item = self.skills.get(a.skill, (0.0, 0)), self.items.get(a.item, (0.0, 0))
            mine = own.get(a.skill, (0.0, 0))
            p = sigmoid(self.everyone[0] + person[0] + mine[0] + skill[0] + item[0])
            chances.append(p)
            error = a.right - p
            person, own[a.skill] = self._moved(person, error), self._moved(mine, error)
            self.skills[a.skill], self.items[a.item] = self._moved(skill, error), self._moved(item, error)
            self.everyone = self._moved(self.everyone, error)
        return chances

    def _moved(self, rating: tuple[float, int], error: float) -> tuple[float, int]:
        value, answers = rating
        return value + self.first / (1.0 + self.slowing * answers) * error * 0.5, answers + 1


def elo_live(people: Sequence[Learner], step: tuple[float, float] = USUAL_STEP) -> Floats:
    """Return chances where people arrive one by one and nothing is known before the first."""
    elo = Elo(step)
    return np.array([p for person in people for p in elo.walk(person.answers)])


def elo(train: Sequence[Learner], test: Sequence[Learner]) -> Floats:
    """Return chances for `test`, whose people arrive after those of `train`."""
    tried, answers = list[Learner](), 0
    for person in islice(train, None):
        tried.append(person)
        answers += len(person.answers)
        if answers > TRIED:
            break
    y = rights(tried)
    found = Elo(min(STEPS, key=lambda step: log_loss(y, elo_live(tried, step))))
    for person in train:
        found.walk(person.answers)
    return np.array([p for person in test for p in found.walk(person.answers)])
