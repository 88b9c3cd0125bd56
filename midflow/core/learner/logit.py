"""A chance from features by logistic regression: the part that deciding needs, in plain Python."""

from collections.abc import Iterable, Sequence
from math import exp

import msgspec

FARTHEST = 5.0
"""Standard deviations from the mean at which a feature is cut off, so that nothing is extrapolated far."""
SUREST = 0.001
"""No chance is nearer to 0 or 1 than this."""
SHORT, LONG = 2.0, 14.0
"""Half-lives in days of the two looks back that `trusted` takes."""


class Logit(msgspec.Struct, frozen=True, kw_only=True):
    """Fitted weights over standardised features: one mean, scale (> 0) and weight for each, and the intercept."""

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float


def chance(model: Logit, features: Sequence[float]) -> float:
    """Return the chance in [`SUREST`, 1 - `SUREST`] that `model` gives a row of features; ValueError on another length."""
    total = model.intercept
    for value, mean, scale, weight in zip(features, model.means, model.scales, model.weights, strict=True):
        total += weight * min(max((value - mean) / scale, -FARTHEST), FARTHEST)
    return min(max(1 / (1 + exp(-min(max(total, -30.0), 30.0))), SUREST), 1 - SUREST)


def pulls(model: Logit, features: Sequence[float]) -> tuple[float, ...]:
    """Return by how much, in log-odds, each feature moves the chance away from that of the average row."""
    rows = zip(features, model.means, model.scales, model.weights, strict=True)
    return tuple(w * min(max((value - mean) / scale, -FARTHEST), FARTHEST) for value, mean, scale, w in rows)


def trusted(differences: Iterable[tuple[float, float]]) -> bool:
    """Return whether a model may speak, or the baseline has to: the guard against drift.

    `differences`: for each past day its age in days (>= 0) and the model's summed log
    loss less the baseline's, on predictions made before their outcomes were known.
    Both looks back, a short and a long one, must favour the model (prequential
    comparison, Dawid 1984; exponential forgetting). Without any past it may not.
    """
    short = long = 0.0
    for age, difference in differences:
        short += difference * 0.5 ** (age / SHORT)
        long += difference * 0.5 ** (age / LONG)
    return short < 0.0 and long < 0.0
