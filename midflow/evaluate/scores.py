"""How well calibrated chances of right answers are, by quantiles and by FSRS's bins, beside `measures`."""

import math

import numpy as np
from numpy.typing import NDArray

from midflow.evaluate.measures import losses

Floats = NDArray[np.float64]


def log_loss(right: Floats, chances: Floats) -> float:
    """Return the mean of -log(chance of what happened), in nats."""
    return float(losses(right, chances).mean())


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
