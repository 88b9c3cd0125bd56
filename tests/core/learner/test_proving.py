"""A test ends when it is sure, is fair to whoever takes it, and is never longer than it needs."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.proving import LEAST, MOST, Answer, can_pass, following, odds, verdict


def answers(*right: bool, guess: float = 0.0) -> list[Answer]:
    return [Answer(check=f"c{n}", right=one, guess=guess) for n, one in enumerate(right)]


def test_a_few_right_answers_in_a_row_pass() -> None:
    assert verdict(answers(True, True), 0.8, left=9) is None
    assert verdict(answers(True, True, True), 0.8, left=9) == "passed"


def test_two_wrong_ones_in_a_row_end_it_kindly() -> None:
    assert verdict(answers(False), 0.9, left=9) is None
    assert verdict(answers(False, False), 0.9, left=9) == "not_yet"


def test_without_checks_left_it_is_said_that_nothing_is_sure() -> None:
    assert verdict(answers(True), 0.9, left=0) == "not_sure"


def test_what_can_be_guessed_proves_less() -> None:
    assert odds(answers(True, True), 0.9) > odds(answers(True, True, guess=0.7), 0.9) > 0


def test_a_coin_alone_can_never_pass_quickly() -> None:
    assert not can_pass([0.5] * 3, 0.9)
    assert can_pass([0.5] * 4, 0.9)
    assert not can_pass([], 0.9)
    assert can_pass([1 / 3] * 6, 0.9)


def test_a_harder_check_proves_more_when_right() -> None:
    hard = [Answer(check="h", right=True, difficulty=1.0)]
    easy = [Answer(check="e", right=True, difficulty=-1.0)]
    assert odds(hard, 0.8) > odds(easy, 0.8)


marks = st.lists(st.booleans(), max_size=MOST)


@given(marks, st.floats(0, 1), st.floats(0, 0.5))
def test_one_more_right_answer_never_lowers_the_odds(right: list[bool], level: float, guess: float) -> None:
    before = odds(answers(*right, guess=guess), level)
    assert odds(answers(*right, True, guess=guess), level) >= before
    assert odds(answers(*right, False, guess=guess), level) <= before


@given(marks, st.floats(0, 1), st.integers(0, 5))
def test_every_test_ends(right: list[bool], level: float, left: int) -> None:
    said = verdict(answers(*right), level, left=left)
    if left == 0 or len(right) >= MOST:
        assert said is not None
    if said == "passed":
        assert len(right) >= LEAST


@given(st.lists(st.sampled_from([f"c{n}" for n in range(6)])), st.randoms(use_true_random=False))
def test_the_next_check_is_one_that_was_not_asked_whatever_the_order(
    checks: list[str], chance: Random
) -> None:
    asked = answers(True, False)
    found = following(asked, checks)
    assert (found is None) == (set(checks) <= {"c0", "c1"})
    assert found not in ("c0", "c1")
    mixed = checks[:]
    chance.shuffle(mixed)
    assert following(asked, mixed) == found


@pytest.mark.parametrize(("p", "said"), [(0.9, "passed"), (0.35, "not_yet")])
def test_those_at_the_level_mostly_pass_and_those_far_below_mostly_do_not(p: float, said: str) -> None:
    """2,000 simulated people with a seed of their own; Wald's bounds promise about nine in ten."""
    chance, hits, asked = Random(7), 0, 0
    for _ in range(2000):
        given_: list[Answer] = []
        while (found := verdict(given_, 0.9, left=20)) is None:
            given_.append(Answer(check=str(len(given_)), right=chance.random() < p))
        hits += found == said
        asked += len(given_)
    assert hits > 1600
    assert asked / 2000 < 6
