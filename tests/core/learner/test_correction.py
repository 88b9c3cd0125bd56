"""The layer over FSRS: FSRS itself before it has learned anything, and fed by reviews alone."""

from math import isfinite

from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.correction import (
    FAR,
    FEATURES,
    FSRS,
    Recalled,
    Reviewer,
    corrected,
    history,
    is_review,
    regard,
    regarded,
)
from midflow.core.learner.memory import DAY, recall
from midflow.core.learner.response import Tally

answers = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 4]), st.floats(-2 * DAY, 90 * DAY)), min_size=1, max_size=12
)


def walk(given_answers: list[tuple[int, float]]) -> tuple[Recalled, Reviewer, Tally, float]:
    check, person, alike, now = None, Reviewer(), Tally(), 1e9
    for grade, gap in given_answers:
        now += gap
        check, person, alike = regarded(check, person, alike, grade, now)  # type: ignore[arg-type]
    assert check is not None
    return check, person, alike, now


@given(answers, st.floats(0, 400 * DAY))
def test_before_it_has_learned_the_layer_says_what_fsrs_says(history_: list, later: float) -> None:
    check, person, alike, now = walk(history_)
    then = max(now, check.memory.last) + later
    features = regard(check, person, alike, then)
    assert len(features) == len(FEATURES)
    assert all(isfinite(number) for number in features)
    expected = min(max(recall(check.memory, then), FAR), 1 - FAR)
    assert abs(corrected(FSRS, 0.0, features) - expected) < 1e-9


@given(answers)
def test_only_a_day_or_more_makes_a_review(history_: list) -> None:
    check, person, alike, _ = walk(history_)
    soon = check.memory.last + DAY - 1
    again, _, same = regarded(check, person, alike, 1, soon)
    assert not is_review(check, soon)
    assert (again.reviews, again.lapses, same) == (check.reviews, check.lapses, alike)
    after, _, _ = regarded(check, person, alike, 1, soon + 1)
    assert (after.reviews, after.lapses, after.in_a_row) == (check.reviews + 1, check.lapses + 1, 0)


@given(answers)
def test_a_history_is_one_of_a_few_kinds(history_: list) -> None:
    reviews, lapses, in_a_row = history(walk(history_)[0])
    assert 0 <= lapses <= 3
    assert 0 <= in_a_row <= 3
    assert 0 <= reviews <= 4
