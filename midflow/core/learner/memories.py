"""FSRS-6 for many memories at once, in numpy, with any weights. The edge never imports this module.

The same formulas as `memory`, which is the one to read; arrays of one length
in, arrays of that length out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.memory import AGAIN, EASY, MAX_INTERVAL_DAYS, MIN_STABILITY, WEIGHTS

Floats = NDArray[np.float64]
Grades = NDArray[np.int64]


def recall_many(stability: Floats, days: Floats, weights: Sequence[float] = WEIGHTS) -> Floats:
    """Return the chances in [0, 1] of a right answer `days` after the last review."""
    decay = -weights[20]
    factor = 0.9 ** (1 / decay) - 1
    return np.asarray(np.exp(decay * np.log1p(factor * np.maximum(days, 0.0) / stability)))


def first_many(grades: Grades, weights: Sequence[float] = WEIGHTS) -> tuple[Floats, Floats]:
    """Return stabilities (days) and difficulties (1 to 10) after first answers of these grades, 1 to 4."""
    stability = np.maximum(np.array(weights[:4])[grades - 1], MIN_STABILITY)
    return stability, _clamped(_first_difficulty(grades, weights))


def review_many(
    stability: Floats, difficulty: Floats, days: Floats, grades: Grades, weights: Sequence[float] = WEIGHTS
) -> tuple[Floats, Floats]:
    """Return stabilities and difficulties after answers of these grades, `days` after the last review."""
    w = weights
    again, same_day = grades == AGAIN, days < 1
    after, logs = np.empty_like(stability), np.log(stability)
    # One power costs as much as everything else, so each formula is one exp of logarithms, on its own rows only.
    at = np.flatnonzero(same_day)
    growth = np.exp(w[17] * (grades[at] - 3 + w[18]) - w[19] * logs[at])
    after[at] = stability[at] * np.where(again[at], growth, np.maximum(growth, 1.0))
    missed = 1.0 - recall_many(stability, days, w)
    at = np.flatnonzero(again & ~same_day)
    lost = w[11] * np.exp(missed[at] * w[14] - w[12] * np.log(difficulty[at]))
    lost *= np.expm1(w[13] * np.log1p(stability[at]))
    after[at] = np.minimum(lost, stability[at] / np.exp(w[17] * w[18]))
    at = np.flatnonzero(~again & ~same_day)
    growth = np.exp(w[8] - w[9] * logs[at]) * (11 - difficulty[at]) * np.expm1(missed[at] * w[10])
    growth *= np.array([1.0, 1.0, w[15], 1.0, w[16]])[grades[at]]
    after[at] = stability[at] * (1.0 + growth)
    damped = difficulty - (10 - difficulty) * w[6] * (grades - 3) / 9
    easiest = _first_difficulty(np.array([EASY]), w)
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
