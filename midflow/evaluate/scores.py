"""How good chances are, against what happened. Definitions as published; each returns a plain number."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SHORTEST = 1e-6
"""A chance nearer to 0 or 1 counts as this near in the logarithm."""


def auc(right: Floats, chances: Floats) -> float | None:
    """Return the chance that a right answer was thought likelier than a wrong one; ties count half.

    None where all answers are the same.
    """
    ones = float(right.sum())
    zeros = len(right) - ones
    if not ones or not zeros:
        return None
    _, place, counts = np.unique(chances, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2.0
    return float((middle[place][right == 1.0].sum() - ones * (ones + 1.0) / 2.0) / (ones * zeros))


def log_loss(right: Floats, chances: Floats) -> float:
    """Return the mean of -log(chance of what happened), in nats."""
    p = np.clip(chances, SHORTEST, 1.0 - SHORTEST)
    return float(-np.mean(right * np.log(p) + (1.0 - right) * np.log1p(-p)))


def calibration(right: Floats, chances: Floats, bins: int = 20) -> float:
    """Return the root mean square of (mean chance - share right) over quantile bins."""
    groups = [g for g in np.array_split(np.argsort(chances, kind="stable"), bins) if len(g)]
    return math.sqrt(float(np.mean([(chances[g].mean() - right[g].mean()) ** 2 for g in groups])))


def rmse_bins(right: Floats, chances: Floats, days: Floats, reviews: Floats, lapses: Floats) -> float:
    """Return FSRS's root mean square error: reviews grouped by interval, number of reviews and lapses.

    `days` since the review before, at least 1; `reviews`: which one of the
    card this is, the first being 1; `lapses` before it. Each group weighs as
    many reviews as it has. Bins as in srs-benchmark and fsrs-optimizer.
    """
    bins = np.stack(
        [_bin(days, 2.48, 3.62, 2), _bin(reviews, 1.99, 1.89, 0), _bin(lapses, 1.65, 1.73, 0)], axis=1
    )
    _, group = np.unique(bins, axis=0, return_inverse=True)
    group = group.reshape(-1)
    error = np.bincount(group, weights=chances - right)
    return math.sqrt(float(np.sum(error**2 / np.bincount(group)) / len(right)))


def _bin(values: Floats, first: float, base: float, digits: int) -> Floats:
    power = np.floor(np.log(np.maximum(values, 1e-9)) / math.log(base))
    return np.where(values > 0, np.round(first * base**power, digits), 0.0)
