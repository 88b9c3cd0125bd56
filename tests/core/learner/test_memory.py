"""FSRS-6 memory, against py-fsrs as the oracle."""

from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.memory import DAY, Memory, grade, interval_days, recall, review

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ORACLE = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)

reviews = st.lists(st.tuples(st.sampled_from([1, 2, 3, 4]), st.integers(0, 400)), min_size=1, max_size=12)


def walk(history: list[tuple[int, int]]) -> tuple[Memory, Card]:
    """The same answers, given to our memory and to the oracle; gaps in whole days."""
    moment, memory, card = START, None, Card()
    for rating, gap in history:
        moment += timedelta(days=gap)
        memory = review(memory, rating, moment.timestamp())  # type: ignore[arg-type]
        card, _ = ORACLE.review_card(card, Rating(rating), moment)
    assert memory is not None
    return memory, card


@given(reviews)
def test_stability_difficulty_and_due_date_are_those_of_py_fsrs(history: list[tuple[int, int]]) -> None:
    memory, card = walk(history)
    assert memory.stability == pytest.approx(card.stability, rel=1e-9)
    assert memory.difficulty == pytest.approx(card.difficulty, rel=1e-9)
    assert memory.due == pytest.approx(card.due.timestamp())


@given(reviews, st.integers(0, 1000))
def test_recall_is_that_of_py_fsrs(history: list[tuple[int, int]], later: int) -> None:
    memory, card = walk(history)
    then = card.last_review + timedelta(days=later)
    assert recall(memory, then.timestamp()) == pytest.approx(
        ORACLE.get_card_retrievability(card, then), rel=1e-9
    )


@given(reviews, st.floats(0, 1e9), st.floats(0, 1e9))
def test_recall_never_rises_while_nothing_happens(history: list[tuple[int, int]], a: float, b: float) -> None:
    memory, _ = walk(history)
    early, late = sorted((memory.last + a, memory.last + b))
    assert 0 <= recall(memory, late) <= recall(memory, early) <= 1


def test_recall_is_ninety_percent_after_as_many_days_as_the_stability() -> None:
    memory = Memory(stability=7.0, difficulty=5.0, last=0.0, due=7 * DAY, reviews=1, lapses=0, right=1)
    assert recall(memory, 7 * DAY) == pytest.approx(0.9)
    assert recall(memory, 7.9 * DAY) == pytest.approx(0.9), "days are whole, as the weights were learned"


def test_a_higher_desired_retention_brings_a_check_back_sooner() -> None:
    assert interval_days(30, 0.97) < interval_days(30, 0.9) < interval_days(30, 0.8)


def test_reviewing_leaves_the_memory_it_was_given_as_it_was() -> None:
    before = review(None, 3, 0.0)
    review(before, 1, 5 * DAY)
    assert before == review(None, 3, 0.0)


def test_a_wrong_answer_is_counted_as_a_lapse_only_once_something_was_known() -> None:
    first = review(None, 1, 0.0)
    second = review(first, 1, DAY)
    assert (first.lapses, second.lapses, second.right) == (0, 1, 0)


def test_an_unknown_grade_is_refused() -> None:
    with pytest.raises(ValueError, match=r"1 \(again\), 2 \(hard\)"):
        review(None, 5, 0.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("correct", "seconds", "expected"),
    [(False, 1.0, 1), (True, 30.0, 2), (True, 10.0, 3), (True, 2.0, 4), (True, None, 3), (True, -1.0, 3)],
)
def test_a_grade_follows_from_correctness_and_latency(
    correct: bool, seconds: float | None, expected: int
) -> None:
    assert grade(correct=correct, seconds=seconds, expected_seconds=10.0) == expected
