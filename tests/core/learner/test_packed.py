"""Rows of bytes: what they keep, how closely, and that packing again changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.correction import Recalled
from midflow.core.learner.memory import AGAIN, DAY, EASY, GOOD, HARD, Memory, recall, review, used
from midflow.core.learner.packed import (
    OnCheck,
    first_due,
    pack_check,
    pack_skill,
    unpack_check,
    unpack_memory,
    unpack_skill,
)
from midflow.core.learner.response import OnItem, OnSkill

NOW = 1_790_000_000.0

memories = st.builds(
    Memory,
    stability=st.floats(0.001, 90_000.0),
    difficulty=st.floats(1.0, 10.0),
    last=st.floats(0.0, 4e9),
    due=st.floats(0.0, 4e9),
    reviews=st.integers(0, 10**6),
    lapses=st.integers(0, 10**6),
    right=st.integers(0, 10**6),
)
items = st.builds(
    OnItem, wins=st.integers(0, 9), fails=st.integers(0, 9), run=st.integers(1, 15), last=st.none()
)
small = st.integers(0, 1000)
checks = st.builds(
    OnCheck,
    recalled=st.builds(
        Recalled, memories, small, small, small, small, small, st.floats(-1.0, 1.0)
    ),
    item=items,
)  # fmt: skip
skills = st.builds(
    OnSkill,
    wins=small, fails=small, ability=st.floats(-8, 8), variance=st.floats(0, 2), fast=st.floats(-1, 1),
    recent_wins=st.floats(0, 10), recent_fails=st.floats(0, 10), run=st.integers(1, 31),
    last=st.none() | st.floats(0, 4e9), memory=st.none() | memories,
)  # fmt: skip


@given(checks)
def test_a_packed_check_packs_to_the_same_row_again(on: OnCheck) -> None:
    row = pack_check(on)
    assert pack_check(unpack_check(row)) == row


@given(skills)
def test_a_packed_skill_packs_to_the_same_row_again(on: OnSkill) -> None:
    row = pack_skill(on)
    assert pack_skill(unpack_skill(row)) == row


@given(checks, st.floats(0.0, 4000.0))
def test_packing_moves_recall_by_less_than_a_ten_thousandth(on: OnCheck, days: float) -> None:
    before = on.recalled.memory
    after = unpack_memory(pack_check(on))
    # Each is asked as many whole days after its own last review.
    then, later = before.last + days * DAY, after.last + days * DAY
    whole = days // 1
    assert (before.last + whole * DAY) <= then
    assert abs(recall(before, before.last + whole * DAY) - recall(after, after.last + whole * DAY)) < 1e-4
    assert 0 <= before.last - after.last < 60
    assert later >= after.last


@given(st.lists(checks, min_size=1, max_size=20))
def test_the_least_row_falls_due_first(some: list[OnCheck]) -> None:
    rows = [pack_check(on) for on in some]
    assert first_due(rows) == min(unpack_memory(row).due for row in rows)


def test_of_no_checks_none_falls_due() -> None:
    assert first_due([]) is None


@given(st.sampled_from([AGAIN, HARD, GOOD, EASY]), st.floats(0.1, 400.0), st.floats(0.0, 1.0))
def test_use_that_goes_well_never_brings_a_check_back_sooner(grade: int, days: float, weight: float) -> None:
    before = review(None, grade, NOW)  # type: ignore[arg-type]
    after = used(before, True, NOW + days * DAY, weight=weight)
    assert after.due >= before.due
    assert after.stability >= before.stability * (1 - 1e-9)
    assert (after.reviews, after.right) == (before.reviews, before.right)


@given(st.floats(0.1, 400.0), st.booleans())
def test_use_weighs_between_nothing_and_an_answer(days: float, right: bool) -> None:
    before = review(None, GOOD, NOW)
    now = NOW + days * DAY
    nothing, half, whole = (used(before, right, now, weight=w) for w in (0.0, 0.5, 1.0))
    answer = review(before, GOOD if right else AGAIN, now)
    assert abs(nothing.stability - before.stability) < 1e-9
    assert abs(whole.stability - answer.stability) < 1e-9 * max(1.0, answer.stability)
    assert (
        min(nothing.stability, whole.stability) <= half.stability <= max(nothing.stability, whole.stability)
    )


def test_use_before_the_last_answer_says_nothing() -> None:
    before = review(None, GOOD, NOW)
    assert used(before, False, NOW - DAY, weight=1.0) is before
