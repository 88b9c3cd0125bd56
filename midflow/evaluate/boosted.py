"""Shallow boosted trees on what was known at each answer, by scikit-learn, and the same trees as plain numbers."""

from typing import Any, cast

import numpy as np

from midflow.core.learner.bulk import Floats
from midflow.core.learner.trees import Trees

TREES = 200
DEPTH = 3
STEP = 0.08
FEWEST_IN_A_LEAF = 40
"""How many trees, how deep, how much each of them counts, and the answers that a leaf needs."""


def fit_boosting(features: Floats, right: Floats, *, trees: int = TREES) -> Any | None:
    """Return scikit-learn's boosting fitted to these answers: rows x numbers, and 0 or 1 a row.

    None where scikit-learn (the extra `challenger`) is not installed. The same answers give the same trees.
    """
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits
    except ImportError:
        return None
    model: Any = HistGradientBoostingClassifier(
        max_iter=trees, max_depth=DEPTH, learning_rate=STEP, min_samples_leaf=FEWEST_IN_A_LEAF,
        l2_regularization=1.0, early_stopping=cast("Any", False), random_state=0,
    )  # fmt: skip
    # Its threads wait by spinning, and the machine is shared.
    with threadpool_limits(limits=1):
        return model.fit(features, right)


def exported(model: Any) -> Trees:
    """Return a fitted model's trees. Its nodes come in the order in which they are walked, the left one first."""
    roots: list[int] = []
    features: list[int] = []
    numbers: list[float] = []
    others: list[int] = []
    gaps: list[bool] = []

    def add(nodes: Any, at: int) -> None:
        node, here = nodes[at], len(features)
        leaf = bool(node["is_leaf"])
        features.append(-1 if leaf else int(node["feature_idx"]))
        numbers.append(_finite(float(node["value"] if leaf else node["num_threshold"])))
        others.append(0)
        gaps.append(bool(node["missing_go_to_left"]))
        if not leaf:
            add(nodes, int(node["left"]))
            others[here] = len(features)
            add(nodes, int(node["right"]))

    for (tree,) in model._predictors:  # noqa: SLF001 - what it publishes is chances, no trees
        roots.append(len(features))
        add(tree.nodes, 0)
    return Trees(
        base=float(np.ravel(model._baseline_prediction)[0]),  # noqa: SLF001
        roots=tuple(roots), features=tuple(features), numbers=tuple(numbers), others=tuple(others), gaps=tuple(gaps),
    )  # fmt: skip


def _finite(number: float) -> float:
    """A split of missing from present numbers has an endless threshold: no number is larger than this one."""
    return min(number, float(np.finfo(np.float64).max))
