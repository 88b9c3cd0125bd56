"""The learner's arithmetic for many rows at once, in numpy. The edge never imports this module."""

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.weights import FEATURES, Weights

Floats = NDArray[np.float64]

CHUNK = 16_384
"""Rows weighed at a time: the copy that the solver makes of them stays in the processor's cache."""


def learn_weights(features: Floats, right: Floats, *, prior: Weights, strength: float = 50.0) -> Weights:
    """Return the weights that are most likely after these answers and the prior (MAP), by Newton's method.

    `features`: rows x `FEATURES`; `right`: 0 or 1 a row. `strength`: how many
    answers' worth of belief the prior's weights carry, each on the scale on
    which its feature varies here. Raises ValueError where a row holds what is
    no finite number.
    """
    rows, width = features.shape
    if width != len(FEATURES) or len(right) != rows:
        raise ValueError(
            f"{rows} x {width} numbers do not fit {len(right)} answers and {len(FEATURES)} features"
        )
    if not np.isfinite(features).all():
        raise ValueError("a feature is no finite number")
    scale = features.std(axis=0) if rows else np.zeros(width)
    held = np.append(strength * scale**2 + 1e-9, 1e-9)
    start = np.array([*prior.values, prior.bias])
    found = start.copy()
    for _ in range(25):
        gradient, curvature = held * (found - start), np.diag(held)
        for at in range(0, rows, CHUNK):
            block = np.column_stack([features[at : at + CHUNK], np.ones(min(CHUNK, rows - at))])
            p = logistic(block @ found)
            gradient += block.T @ (p - right[at : at + CHUNK])
            curvature += block.T @ (block * (p * (1.0 - p))[:, None])
        step = np.linalg.solve(curvature, gradient)
        # From far away a full Newton step overshoots; in logits on this data, 5 is far.
        step /= max(1.0, float(np.abs(step * np.append(scale, 1.0)).max()) / 5.0)
        found -= step
        if float(np.abs(step * np.append(scale, 1.0)).max()) < 1e-6:
            break
    return Weights(bias=float(found[-1]), values=tuple(found[:-1].tolist()), scale=tuple(scale.tolist()))


def weigh(weights: Weights, features: Floats) -> Floats:
    """Return the logit of each row: `response.chance` for many."""
    return features @ np.array(weights.values) + weights.bias


def logistic(logits: Floats) -> Floats:
    """Return the chances of logits of any size."""
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -35.0, 35.0)))
