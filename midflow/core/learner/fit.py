"""Fitting the logistic regressions, with numpy: what the jobs and back-tests run, never the edge."""

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.logit import FARTHEST, SUREST, Logit

Floats = NDArray[np.float64]
RIDGE = 30.0
"""Penalty on each squared weight of a standardised feature: about as strong as so many rows."""
STEPS = 12
LONGEST_STEP = 4.0
CLOSE = 1e-3


def fit(rows: Floats, outcomes: Floats, weights: Floats, *, start: Logit | None = None) -> Logit:
    """Return the ridge logistic regression of `outcomes` (n, of 0 and 1) on `rows` (n x k).

    `weights` (n, >= 0) say what each row counts for. Iteratively reweighted least
    squares (Newton's method on the penalised likelihood); `start`, an earlier fit,
    only saves steps. A feature that does not vary gets no weight. ValueError where
    there is no row, or the shapes do not fit.
    """
    if rows.ndim != 2 or not len(rows) or len(rows) != len(outcomes) or len(rows) != len(weights):
        raise ValueError(
            f"rows {rows.shape}, outcomes {outcomes.shape} and weights {weights.shape} do not fit."
        )
    means = rows.mean(axis=0)
    scales = rows.std(axis=0)
    scales[scales < 1e-9] = 1.0
    x = np.empty((len(rows), rows.shape[1] + 1))
    x[:, 0] = 1.0
    np.clip((rows - means) / scales, -FARTHEST, FARTHEST, out=x[:, 1:])
    penalty = np.full(x.shape[1], RIDGE)
    penalty[0] = 1.0
    beta = np.zeros(x.shape[1]) if start is None else _carried(start, means, scales)
    for _ in range(STEPS):
        p = _expit(x @ beta)
        slope = x.T @ (weights * (outcomes - p)) - penalty * beta
        curve = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        longest = float(np.abs(step).max())
        beta += step * min(1.0, LONGEST_STEP / max(longest, CLOSE))
        if longest < CLOSE:
            break
    return Logit(
        means=tuple(means.tolist()), scales=tuple(scales.tolist()),
        weights=tuple(beta[1:].tolist()), intercept=float(beta[0]),
    )  # fmt: skip


def chances(model: Logit, rows: Floats) -> Floats:
    """Return what `logit.chance` gives for each of `rows` (n x k), all at once (n)."""
    x = np.clip((rows - np.array(model.means)) / np.array(model.scales), -FARTHEST, FARTHEST)
    return np.clip(_expit(x @ np.array(model.weights) + model.intercept), SUREST, 1 - SUREST)


def _carried(start: Logit, means: Floats, scales: Floats) -> Floats:
    """The earlier fit's weights, in the units of the new means and scales."""
    slopes = np.array(start.weights) / np.array(start.scales)
    intercept = start.intercept + float(slopes @ (means - np.array(start.means)))
    return np.concatenate(([intercept], slopes * scales))


def _expit(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))
