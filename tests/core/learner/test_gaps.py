"""A gap is called one only where the interval says so, and steps respect what comes before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.gaps import FADED, Known, first_step, gap, gaps, readiness


def known(level: float, spread: float = 0.05, *, skill: str = "triage", **more: object) -> Known:
    low, high = max(0.0, level - spread), min(1.0, level + spread)
    return Known(skill=skill, level=level, low=low, high=high, **{"answers": 5, **more})  # type: ignore[arg-type]


def test_below_the_target_with_certainty_is_a_gap_of_that_size() -> None:
    found = gap(known(0.6), 0.9)
    assert (found.standing, round(found.size, 9)) == ("gap", 0.3)


def test_below_the_target_without_certainty_is_not_sure_and_has_no_size() -> None:
    found = gap(known(0.6, 0.4), 0.9)
    assert (found.standing, found.size) == ("not_sure", 0.0)


def test_at_the_target_it_is_met_but_not_on_no_answer_at_all() -> None:
    assert gap(known(0.9, 0.2), 0.9).standing == "met"
    assert gap(known(0.9, 0.2, answers=0), 0.5).standing == "not_sure"


def test_what_was_proved_is_met_until_the_interval_speaks_against_it() -> None:
    assert gap(known(0.7, 0.3, proved=True), 0.9).standing == "met"
    assert gap(known(0.6, 0.1, proved=True), 0.9).standing == "gap"


def test_fading_is_the_mean_recall_of_what_was_known() -> None:
    assert gap(known(0.9, recalls=(0.9, 0.5)), 0.8).recall == pytest.approx(0.7)
    assert gap(known(0.9, recalls=(0.9, FADED)), 0.8).recall is None
    assert gap(known(0.9), 0.8).recall is None


@pytest.mark.parametrize("target", [-0.1, 1.1, float("nan")])
def test_a_target_that_is_no_chance_is_refused(target: float) -> None:
    with pytest.raises(ValueError, match="chance"):
        gap(known(0.5), target)


chances = st.floats(0.01, 0.99)


@given(chances, st.floats(0, 0.5), chances, st.integers(0, 50))
def test_nothing_is_called_a_gap_that_the_interval_leaves_open(
    level: float, spread: float, target: float, answers: int
) -> None:
    found = gap(known(level, spread, answers=answers), target)
    assert (found.standing == "gap") == (found.known.high < target and answers > 0)
    assert 0.0 <= found.size <= target
    assert (found.size > 0) == (found.standing == "gap")


@given(st.lists(st.tuples(chances, st.floats(0, 0.5)), min_size=1, max_size=8))
def test_gaps_come_with_the_largest_first_and_none_is_lost(some: list[tuple[float, float]]) -> None:
    levels = {f"s{n}": known(level, spread, skill=f"s{n}") for n, (level, spread) in enumerate(some)}
    found = gaps(dict.fromkeys(levels, 0.8), levels)
    assert {one.skill for one in found} == set(levels)
    assert [one.size for one in found] == sorted((one.size for one in found), reverse=True)


def test_ready_is_only_said_where_every_skill_is_met() -> None:
    found = {
        "a": gap(known(0.9, skill="a"), 0.8),
        "b": gap(known(0.5, 0.4, skill="b"), 0.8),
        "c": gap(known(0.5, skill="c"), 0.8),
        "d": gap(known(0.9, skill="d", recalls=(0.4,)), 0.8),
    }
    assert readiness(["a"], found) == ("ready", ())
    assert readiness(["a", "b"], found) == ("not_sure", ("b",))
    assert readiness(["a", "b", "c"], found) == ("not_yet", ("c",))
    assert readiness(["d"], found) == ("not_yet", ("d",))
    assert readiness([], found) == ("not_sure", ())
    assert readiness(["a", "unasked"], found) == ("ready", ())


def test_what_comes_before_a_unit_is_the_first_step() -> None:
    before = {"c": ["b"], "b": ["a"], "a": []}
    assert first_step(["c"], before, []) == "a"
    assert first_step(["c"], before, ["a"]) == "b"
    assert first_step(["c"], before, ["a", "b"]) == "c"
    assert first_step(["c"], before, ["a", "b", "c"]) is None


def test_a_unit_whose_prerequisite_nobody_can_do_is_passed_over() -> None:
    assert first_step(["b", "d"], {"b": ["gone"], "d": []}, []) == "d"


def test_a_cycle_is_no_way_in_and_does_not_hang() -> None:
    assert first_step(["a"], {"a": ["b"], "b": ["a"]}, []) is None


units = st.sampled_from("abcdef")


@given(st.dictionaries(units, st.lists(units, max_size=3)), st.lists(units), st.sets(units))
def test_the_first_step_can_always_be_taken_now(
    before: dict[str, list[str]], wanted: list[str], done: set[str]
) -> None:
    step = first_step(wanted, before, done)
    if step is not None:
        assert step not in done
        assert set(before[step]) <= done
