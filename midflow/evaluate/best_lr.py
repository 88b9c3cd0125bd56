"""Best-LR of Gervet et al. (2020), the strongest published logistic regression, as a baseline.

One-hot item and skill; log(1 + count) of attempts and of wins on the skill
(a weight for each skill), on the item and over all. Where times are real, the
counts are taken over the last hour, day, week, month and over all, as there.
L2 penalty of 1 on the sum of log losses, which is scikit-learn's default.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from math import log1p, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from midflow.core.learner.bulk import Floats, logistic
from midflow.core.learner.response import sigmoid
from midflow.evaluate.cohort import rights
from midflow.evaluate.responses import Answer, Learner

HOUR = 3600.0
WINDOWS = (HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR)
PENALTY = 1.0
ITERATIONS = 300
LIVE_STEP = 0.2
"""Step of AdaGrad where people arrive one by one."""

Cell = tuple[str, float]


class _Counts:
    """How often, and how often right, by skill, item and over all; with times also of late."""

    def __init__(self) -> None:
        self.attempts: dict[str, int] = {}
        self.wins: dict[str, int] = {}
        self.times: dict[str, list[float]] = {}

    def cells(self, key: str, name: str, time: float | None) -> Iterator[Cell]:
        """Yield the columns of one counter; none for what is 0."""
        attempts = self.attempts.get(key, 0)
        if not attempts:
            return
        wins = self.wins.get(key, 0)
        yield f"a {name}", log1p(attempts)
        if wins:
            yield f"w {name}", log1p(wins)
        if time is None:
            return
        for mark in ("a", "w"):
            times = self.times.get(f"{mark} {key}", [])
            for number, window in enumerate(WINDOWS):
                late = len(times) - bisect_left(times, time - window)
                if late:
                    yield f"{mark}{number} {name}", log1p(late)

    def add(self, key: str, answer: Answer) -> None:
        """Count an answer."""
        self.attempts[key] = self.attempts.get(key, 0) + 1
        self.wins[key] = self.wins.get(key, 0) + answer.right
        if answer.time is not None:
            for mark in ("a", "w") if answer.right else ("a",):
                times = self.times.setdefault(f"{mark} {key}", [])
                times.append(max(answer.time, times[-1]) if times else answer.time)


def encoded(answers: Sequence[Answer]) -> Iterator[list[Cell]]:
    """Yield the columns of each of one person's answers, from what was before it."""
    counts = _Counts()
    for answer in answers:
        skill, item = f"s {answer.skill}", f"i {answer.item}"
        yield [
            (item, 1.0),
            (skill, 1.0),
            *counts.cells(skill, skill, answer.time),
            *counts.cells(item, "item", answer.time),
            *counts.cells("all", "all", answer.time),
        ]
        for key in (skill, item, "all"):
            counts.add(key, answer)


def best_lr(train: Sequence[Learner], test: Sequence[Learner]) -> Floats:
    """Return chances for `test` of the regression fitted on `train`."""
    columns: dict[str, int] = {}
    rows = _matrix(train, columns, grow=True)
    right = rights(train)

    def loss(weights: Floats) -> tuple[float, Floats]:
        logits = rows @ weights[:-1] + weights[-1]
        p = logistic(logits)
        value = float(np.sum(np.logaddexp(0.0, logits) - right * logits))
        gradient = np.append(rows.T @ (p - right), np.sum(p - right))
        gradient[:-1] += PENALTY * weights[:-1]
        return value + 0.5 * PENALTY * float(weights[:-1] @ weights[:-1]), gradient

    start = np.zeros(len(columns) + 1)
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS, "maxcor": 20}
    ).x
    return logistic(_matrix(test, columns, grow=False) @ found[:-1] + found[-1])


def best_lr_live(people: Sequence[Learner]) -> Floats:
    """Return chances where people arrive one by one: the same columns, learned online by AdaGrad."""
    weights: dict[str, float] = {}
    steps: dict[str, float] = {}
    chances = list[float]()
    for person in people:
        for answer, cells in zip(person.answers, encoded(person.answers), strict=True):
            cells.append(("1", 1.0))
            p = sigmoid(sum(weights.get(name, 0.0) * value for name, value in cells))
            chances.append(p)
            for name, value in cells:
                slope = (p - answer.right) * value
                steps[name] = steps.get(name, 1e-2) + slope * slope
                weights[name] = weights.get(name, 0.0) - LIVE_STEP * slope / sqrt(steps[name])
    return np.array(chances)


def _matrix(people: Sequence[Learner], columns: dict[str, int], *, grow: bool) -> csr_matrix:
    """Return the answers as a sparse matrix; columns that `columns` lacks are added, or left out."""
    values, places, ends = array("d"), array("q"), array("q", [0])
    for person in people:
        for cells in encoded(person.answers):
            for name, value in cells:
                place = columns.setdefault(name, len(columns)) if grow else columns.get(name)
                if place is not None:
                    values.append(value)
                    places.append(place)
            ends.append(len(values))
    data: tuple[Floats, NDArray[np.int64], NDArray[np.int64]] = (
        np.frombuffer(values, dtype=np.float64), np.frombuffer(places, dtype=np.int64), np.frombuffer(ends, dtype=np.int64),
    )  # fmt: skip
    return csr_matrix(data, shape=(len(ends) - 1, len(columns)))
