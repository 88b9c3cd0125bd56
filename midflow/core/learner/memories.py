"""FSRS-6 for many memories at once, in numpy, with any weights. The edge never imports this module.

The same formulas as `memory`, which is the one to read; arrays of one length
in, arrays of that length out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.memory import AGAIN, EASY, HARD, MAX_INTERVAL_DAYS, MIN_STABILITY, WEIGHTS

Floats = NDArray[np.float64]
Grades = NDArray[np.int64]


def recall_many(stability: Floats, days: Floats, weights: Sequence[float] = WEIGHTS) -> Floats:
    """Return the chances in [0, 1] of a right answer `days` after the last review."""
    decay = -weights[20]
    factor = 0.9 ** (1 / decay) - 1
    return np.asarray((1 + factor * np.maximum(days, 0.0) / stability) ** decay)


def first_many(grades: Grades, weights: Sequence[float] = WEIGHTS) -> tuple[Floats, Floats]:
    """Return stabilities (days) and difficulties (1 to 10) after first answers of these grades, 1 to 4."""
    stability = np.maximum(np.array(weights[:4])[grades - 1], MIN_STABILITY)
    return stability, _clamped(_first_difficulty(grades, weights))


def review_many(
    stability: Floats, difficulty: Floats, days: Floats, grades: Grades, weights: Sequence[float] = WEIGHTS
) -> tuple[Floats, Floats]:
    """Return stabilities and difficulties after answers of these grades, `days` after the last review."""
    w = weights
    again = grades == AGAIN
    chance = recall_many(stability, days, w)
    growth = (
        np.exp(w[8]) * (11 - difficulty) * stability ** -w[9] * (np.exp((1 - chance) * w[10]) - 1)
        * np.where(grades == HARD, w[15], 1.0) * np.where(grades == EASY, w[16], 1.0)
    )  # fmt: skip
    lost = w[11] * difficulty ** -w[12] * ((stability + 1) ** w[13] - 1) * np.exp((1 - chance) * w[14])
    lost = np.minimum(lost, stability / np.exp(w[17] * w[18]))
    short = np.exp(w[17] * (grades - 3 + w[18])) * stability ** -w[19]
    same_day = stability * np.where(again, short, np.maximum(short, 1.0))
    after = np.where(days < 1, same_day, np.where(again, lost, stability * (1 + growth)))
    damped = difficulty - (10 - difficulty) * w[6] * (grades - 3) / 9
    easiest = _first_difficulty(np.array(EASY), w)
    return np.maximum(after, MIN_STABILITY), _clamped(w[7] * easiest + (1 - w[7]) * damped)


def interval_many(stability: Floats, desired_retention: float, weights: Sequence[float] = WEIGHTS) -> Floats:
    """Return the whole days (at least 1) until recall falls to `desired_retention`."""
    decay = -weights[20]
    factor = 0.9 ** (1 / decay) - 1
    days = stability / factor * (desired_retention ** (1 / decay) - 1)
    return np.clip(np.round(days), 1.0, MAX_INTERVAL_DAYS)


def _first_difficulty(grades: Grades, weights: Sequence[float]) -> Floats:
    return np.asarray(weights[4] - np.exp(weights[5] * (grades - 1)) + 1)


def _clamped(difficulty: Floats) -> Floats:
    return np.clip(difficulty, 1.0, 10.0)
