"""Whatever comes in, in whatever order: states stay within their bounds, and nothing is made of what says nothing."""

from math import isfinite

from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.evidence import Answered, Used, apply, trace
from midflow.core.learner.foretell import Correction, Fitted, Sums, foretell, place, recall_of
from midflow.core.learner.packed import unpack_check, unpack_skill
from midflow.core.learner.projection import Projection
from midflow.core.learner.response import Norms, look
from midflow.core.learner.state import LearnerState
from midflow.core.learner.work import SETTLED, Part, evidence, usual

NOW = 1_790_000_000.0
FITTED = Fitted(correction=Correction(bias=0.1))

times = st.floats(-1e10, 9e10)
"""From long before 1970 to long after anybody's clock."""

answers = st.tuples(st.sampled_from("abc"), st.sampled_from(["s", "t"]), st.sampled_from([1, 2, 3, 4]), times)


def answered(state: LearnerState, check: str, skill: str, grade: int, time: float) -> Answered:
    view = look(trace(state, check, skill), Norms(), time)
    return Answered(
        check=check, grade=grade, time=time, skill=skill,  # type: ignore[arg-type]
        expected=view.expected, without_item=view.without_item,
    )  # fmt: skip


def bounded(state: LearnerState) -> None:
    for row in state.checks.values():
        on = unpack_check(row)
        memory = on.recalled.memory
        assert 0 < memory.stability < 1e6
        assert 1 <= memory.difficulty <= 10
        assert memory.last <= memory.due
        assert memory.right <= memory.reviews
        assert -1 <= on.recalled.surprise <= 1
    for row in state.skills.values():
        on_skill = unpack_skill(row)
        assert isfinite(on_skill.ability)
        assert 0 <= on_skill.variance < 5
    assert isfinite(state.answering.ability)
    assert state.answering.variance > 0


@given(st.lists(answers, max_size=30), times)
def test_clocks_may_go_anywhere_and_states_stay_bounded(
    some: list[tuple[str, str, int, float]], now: float
) -> None:
    state, projection = LearnerState(), Projection()
    for check, skill, grade, time in some:
        one = answered(state, check, skill, grade, time)
        state = apply(state, one)
        projection.add(one)
    bounded(state)
    assert projection.state() == state
    where = place(state, "a", "s", now)
    assert 0 < foretell(state, where, Sums(), FITTED, now).said < 1
    recalled = recall_of(state, "a", FITTED, now)
    assert recalled is None if "a" not in state.checks else 0 < recalled < 1  # type: ignore[operator]


@given(st.integers(1, 60), st.booleans())
def test_all_right_or_all_wrong_never_makes_certain(count: int, right: bool) -> None:
    state = LearnerState()
    for number in range(count):
        state = apply(state, answered(state, "a", "s", 3 if right else 1, NOW + number * 86_400.0))
    bounded(state)
    now = NOW + count * 86_400.0
    said = foretell(state, place(state, "new", "s", now), Sums(), Fitted(), now)
    assert 0 < said.said < 1
    assert (state.answering.wins, state.answering.fails) == ((count, 0) if right else (0, count))
    assert (state.answering.ability > 0) == right


@given(answers)
def test_one_answer_alone_and_the_same_one_twice_are_the_same(one: tuple[str, str, int, float]) -> None:
    told = answered(LearnerState(), *one)
    once = apply(LearnerState(), told)
    assert apply(once, told) == once


@given(st.lists(answers, max_size=10), st.booleans(), st.floats(0.0, 1.0), times)
def test_use_of_what_nobody_knows_and_at_any_time_keeps_the_bounds(
    some: list[tuple[str, str, int, float]], right: bool, weight: float, time: float
) -> None:
    state = LearnerState()
    for check, skill, grade, when in some:
        state = apply(state, answered(state, check, skill, grade, when))
    used = Used(checks=("a", "gone"), skills=("s", "gone"), right=right, time=time, weight=weight, usual=0.8)
    after = apply(state, used)
    bounded(after)
    assert set(after.checks) == set(state.checks)
    before, now = state.memories.get("a"), after.memories.get("a")
    if right and before is not None and now is not None:
        assert now.due >= before.due - 60


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_how_often_a_task_goes_right_is_a_chance_whatever_is_counted(begun: int, erred: int) -> None:
    assert 0 < usual(begun, erred) < 1


def test_each_skill_is_used_once_however_many_units_teach_it() -> None:
    parts = [Part(checks=(f"u{n}#c",), skill="s", retention=0.9) for n in range(3)]
    said = evidence(parts, "done", usual=0.9, time=NOW + SETTLED)
    assert [one.skills for one in said] == [("s",), (), ()]
    assert [one.checks for one in said] == [("u0#c",), ("u1#c",), ("u2#c",)]
