"""How good predicted chances are: ranking, log loss, calibration; and how sure a ratio is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.prequential import losses

Floats = NDArray[np.float64]


def scores(wrong: Floats, chances: Floats) -> dict[str, float | None]:
    """Return auc, log_loss and ece of `chances` in [0, 1] for outcomes 0 and 1; None where there is no row."""
    if not len(wrong):
        return {"auc": None, "log_loss": None, "ece": None}
    return {
        "auc": auc(wrong, chances),
        "log_loss": float(losses(wrong, chances).mean()),
        "ece": ece(wrong, chances),
    }


def auc(outcomes: Floats, chances: Floats) -> float | None:
    """Return the chance that a row with outcome 1 is ranked above one with 0, ties counting half (Mann-Whitney)."""
    ones = float(outcomes.sum())
    zeros = len(outcomes) - ones
    if not ones or not zeros:
        return None
    _, place, count = np.unique(chances, return_inverse=True, return_counts=True)
    ranks = np.cumsum(count) - (count - 1) / 2
    return float((ranks[place][outcomes > 0].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def ece(outcomes: Floats, chances: Floats, bins: int = 10) -> float:
    """Return the expected calibration error over equally wide bins (Naeini et al. 2015)."""
    return sum(
        abs(predicted - seen) * share for predicted, seen, share in reliability(outcomes, chances, bins)
    )


def reliability(outcomes: Floats, chances: Floats, bins: int = 10) -> list[tuple[float, float, float]]:
    """Return (mean chance, mean outcome, share of rows) of each bin that has rows."""
    of = np.minimum((chances * bins).astype(int), bins - 1)
    rows = np.bincount(of, minlength=bins)
    predicted = np.bincount(of, weights=chances, minlength=bins)
    seen = np.bincount(of, weights=outcomes, minlength=bins)
    return [
        (float(predicted[i] / rows[i]), float(seen[i] / rows[i]), float(rows[i] / len(of)))
        for i in range(bins)
        if rows[i]
    ]


def clustered_ratio(
    above: Floats,
    below: Floats,
    over: Floats,
    under: Floats,
    *,
    chance: np.random.Generator,
    draws: int = 2000,
) -> dict[str, Any]:
    """Return (sum above / sum below) / (sum over / sum under) with its 95% interval.

    Each array has one number a cluster (a person); whole clusters are drawn with
    replacement, so that what one person does again and again counts once. The
    interval is None where no ratio can be formed.
    """

    def ratio(a: Any, b: Any, c: Any, d: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return (a / b) / (c / d)

    value = float(ratio(above.sum(), below.sum(), over.sum(), under.sum()))
    people = len(above)
    found = np.empty(draws)
    for i in range(draws):
        drawn = np.bincount(chance.integers(people, size=people), minlength=people)
        found[i] = ratio(drawn @ above, drawn @ below, drawn @ over, drawn @ under)
    usable = found[np.isfinite(found)]
    if not np.isfinite(value) or len(usable) < draws / 2:
        return {"value": None, "interval": None}
    low, high = np.quantile(usable, (0.025, 0.975))
    return {"value": value, "interval": [float(low), float(high)]}
