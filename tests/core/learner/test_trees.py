"""Boosted trees as plain numbers say what scikit-learn's say, and what is broken is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midflow.core.learner.trees import Trees, boosted
from midflow.evaluate.boosted import exported, fit_boosting

pytest.importorskip("sklearn")

STUMP = {
    "base": 0.5,
    "roots": (0,),
    "features": (1, -1, -1),
    "numbers": (2.0, -1.0, 1.0),
    "others": (2, 0, 0),
}


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.2]), st.sampled_from([0.0, 0.3]))
def test_exported_trees_give_what_scikit_learn_gives_also_where_numbers_are_missing(
    seed: int, missing_when_fitted: float, missing_when_asked: float
) -> None:
    draw = np.random.default_rng(seed)
    rows = draw.normal(size=(400, 4))
    right = (draw.random(400) < 1 / (1 + np.exp(-2 * np.sign(rows[:, 0] * rows[:, 1])))).astype(float)
    rows[draw.random(rows.shape) < missing_when_fitted] = np.nan
    model = fit_boosting(rows, right, trees=8)
    asked = draw.normal(size=(300, 4)) * 2
    asked[draw.random(asked.shape) < missing_when_asked] = np.nan
    trees = exported(model)
    ours = [boosted(trees, tuple(row)) for row in asked.tolist()]
    assert np.abs(ours - model.decision_function(asked)).max() < 1e-9


def test_a_split_between_missing_and_present_numbers_is_kept() -> None:
    rows = np.array([[np.nan], [1.0]] * 200 + [[2.0]] * 200)
    right = np.isnan(rows[:, 0]).astype(float)
    model = fit_boosting(rows, right, trees=3)
    trees = exported(model)
    asked = [np.nan, 1.0, 2.0, 1e300]
    ours = [boosted(trees, (number,)) for number in asked]
    assert np.abs(ours - model.decision_function(np.array(asked).reshape(-1, 1))).max() < 1e-9
    assert ours[0] > ours[1]


def test_a_number_at_the_threshold_goes_on_at_the_next_node_and_a_missing_one_where_it_is_sent() -> None:
    sent = {gap: Trees(**STUMP, gaps=(gap, False, False)) for gap in (True, False)}
    assert [boosted(sent[True], (0.0, x)) for x in (1.0, 2.0, 2.1)] == [-0.5, -0.5, 1.5]
    assert boosted(sent[True], (0.0, float("nan"))) == -0.5
    assert boosted(sent[False], (0.0, float("nan"))) == 1.5


@pytest.mark.parametrize(
    "broken",
    [
        {"base": float("nan")},
        {"numbers": (2.0, float("inf"), 1.0)},
        {"numbers": (2.0, 1.0)},
        {"others": (0, 0, 0)},
        {"others": (3, 0, 0)},
        {"roots": (3,)},
        {"features": (1, -1, 0)},
    ],
)
def test_trees_that_are_broken_or_lead_in_a_circle_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="refused"):
        Trees(**(STUMP | {"gaps": (False,) * 3} | broken))
