"""What is done for many rows at once is what is done for one."""

import numpy as np
import pytest
from fsrs_rs_python import FSRS, FSRSItem, FSRSReview
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.bulk import learn_weights, logistic, most_likely, weigh
from midflow.core.learner.memories import first_many, interval_many, recall_many, review_many
from midflow.core.learner.memory import DAY, WEIGHTS, interval_days, recall, review
from midflow.core.learner.response import Norms, Tally, Trace, chance, look
from midflow.core.learner.weights import FEATURES, UNLEARNED, Weights


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 300)), min_size=1, max_size=8), st.integers(0, 500)
)
def test_many_memories_are_each_what_one_memory_is(history: list[tuple[int, int]], later: int) -> None:
    now, memory = 0.0, None
    stability, difficulty = np.empty(0), np.empty(0)
    for grade, gap in history:
        now += gap * DAY
        many = np.array([grade, grade])
        if memory is None:
            stability, difficulty = first_many(many)
        else:
            stability, difficulty = review_many(stability, difficulty, np.array([gap, gap]), many)
        memory = review(memory, grade, now)  # type: ignore[arg-type]
    assert memory is not None
    assert stability == pytest.approx(memory.stability)
    assert difficulty == pytest.approx(memory.difficulty)
    assert recall_many(stability, np.array([later, later])) == pytest.approx(
        recall(memory, now + later * DAY)
    )
    assert interval_many(stability, 0.9) == pytest.approx(interval_days(memory.stability, 0.9))


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 100)), min_size=2, max_size=8))
def test_stability_is_that_of_fsrs_rs_which_fits_the_weights(history: list[tuple[int, int]]) -> None:
    now, memory = 0.0, None
    for place, (grade, gap) in enumerate(history):
        now += gap * DAY if place else 0.0
        memory = review(memory, grade, now)  # type: ignore[arg-type]
    items = FSRSItem([FSRSReview(g, gap if place else 0) for place, (g, gap) in enumerate(history)])
    found = FSRS(list(WEIGHTS)).memory_state(items)
    assert memory is not None
    assert memory.stability == pytest.approx(found.stability, rel=1e-3)
    assert memory.difficulty == pytest.approx(found.difficulty, rel=1e-3)


def rows(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    chance_ = np.random.default_rng(seed)
    features = chance_.normal(size=(count, len(FEATURES)))
    logits = 0.5 + features[:, 0] - 0.7 * features[:, 3]
    return features, (chance_.random(count) < logistic(logits)).astype(float)


def test_the_solver_finds_what_the_answers_were_made_with() -> None:
    found = learn_weights(*rows(20_000), prior=UNLEARNED, strength=1.0)
    assert found.bias == pytest.approx(0.5, abs=0.06)
    assert found.values[0] == pytest.approx(1.0, abs=0.06)
    assert found.values[3] == pytest.approx(-0.7, abs=0.06)


def test_without_answers_the_prior_stays_and_with_few_it_hardly_moves() -> None:
    prior = Weights(bias=0.3, values=tuple(0.2 for _ in FEATURES), scale=(1.0,) * len(FEATURES))
    assert learn_weights(np.empty((0, len(FEATURES))), np.empty(0), prior=prior).values == pytest.approx(
        prior.values
    )
    features, right = rows(10)
    few = learn_weights(features, right, prior=prior, strength=1000.0)
    assert few.values == pytest.approx(prior.values, abs=0.05)


def test_answers_that_are_all_right_still_give_finite_weights() -> None:
    features, right = rows(50)
    found = learn_weights(features, np.ones_like(right), prior=UNLEARNED)
    assert np.isfinite([found.bias, *found.values]).all()


def test_what_does_not_fit_or_is_no_number_is_refused() -> None:
    features, right = rows(5)
    with pytest.raises(ValueError, match="do not fit"):
        most_likely(features, right[:3], prior=(0.0,) * (len(FEATURES) + 1), strength=1.0)
    with pytest.raises(ValueError, match="do not fit"):
        learn_weights(features[:, :4], right, prior=UNLEARNED)
    features[2, 2] = np.nan
    with pytest.raises(ValueError, match="no finite number"):
        learn_weights(features, right, prior=UNLEARNED)


def test_weighing_many_is_weighing_each() -> None:
    weights = Weights(
        bias=0.1, values=tuple(0.01 * n for n in range(len(FEATURES))), scale=(1.0,) * len(FEATURES)
    )
    view = look(Trace(), Norms(item=Tally(3, 2, 0.4, 0.6)), None)
    assert weigh(weights, np.array([view.features]))[0] == pytest.approx(chance(weights, view))
