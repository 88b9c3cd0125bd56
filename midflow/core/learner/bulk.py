"""The learner's arithmetic for many rows at once, in numpy. The edge never imports this module."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.weights import FEATURES, Weights

Floats = NDArray[np.float64]

STEPS = 25
FAR = 5.0
CLOSE = 1e-6
"""Newton's steps: how many at most, from how many logits on one is shortened, and when it is small enough."""

CHUNK = 16_384
"""Rows weighed at a time: the copy that the solver makes of them stays in the processor's cache."""


def learn_weights(features: Floats, right: Floats, *, prior: Weights, strength: float = 50.0) -> Weights:
    """Return the response model's weights after these answers: rows x `FEATURES`, and 0 or 1 a row."""
    if features.shape[1] != len(FEATURES):
        raise ValueError(f"{features.shape[1]} numbers a row do not fit {len(FEATURES)} features")
    found = most_likely(features, right, prior=(*prior.values, prior.bias), strength=strength)
    scale = features.std(axis=0) if len(features) else np.zeros(len(FEATURES))
    return Weights(bias=float(found[-1]), values=tuple(found[:-1].tolist()), scale=tuple(scale.tolist()))


def most_likely(features: Floats, right: Floats, *, prior: Sequence[float], strength: float) -> Floats:
    """Return the weights that answers and prior make most likely (MAP), the bias last, by Newton's method.

    `features`: rows x k; `right`: 0 or 1 a row; `prior`: k weights and a bias.
    `strength`: how many answers' worth of belief each of the prior's weights
    carries, on the scale on which its feature varies here; the bias is free.
    Raises ValueError where shapes do not fit or a number is not finite.
    """
    rows, width = features.shape
    if len(right) != rows or len(prior) != width + 1:
        raise ValueError(f"{rows} x {width} numbers do not fit {len(right)} answers and {len(prior)} weights")
    if not np.isfinite(features).all() or not np.isfinite(prior).all():
        raise ValueError("a feature or a prior weight is no finite number")
    scale = np.append(features.std(axis=0) if rows else np.zeros(width), 1.0)
    held = strength * scale**2 + 1e-9
    held[-1] = 1e-3
    start = np.array(prior, dtype=np.float64)
    found = start.copy()
    for _ in range(STEPS):
        gradient, curvature = held * (found - start), np.diag(held)
        for at in range(0, rows, CHUNK):
            block = np.column_stack([features[at : at + CHUNK], np.ones(min(CHUNK, rows - at))])
            p = logistic(block @ found)
            gradient += block.T @ (p - right[at : at + CHUNK])
            curvature += block.T @ (block * (p * (1.0 - p))[:, None])
        step = np.linalg.solve(curvature, gradient)
        longest = float(np.abs(step * scale).max())
        found -= step / max(1.0, longest / FAR)
        if longest < CLOSE:
            break
    return found


def weigh(weights: Weights, features: Floats) -> Floats:
    """Return the logit of each row: `response.chance` for many."""
    return features @ np.array(weights.values) + weights.bias


def logistic(logits: Floats) -> Floats:
    """Return the chances of logits of any size."""
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -35.0, 35.0)))
