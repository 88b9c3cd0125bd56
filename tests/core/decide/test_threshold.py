"""The threshold spends the budget on the best moments; timing and measured effects."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.decide.effect import Effect, Trials, measured, shrunken, tried
from midflow.core.decide.situation import Limits
from midflow.core.decide.threshold import ANY, RECENT, Threshold
from midflow.core.decide.timing import IDLE, PATIENCE, Row, is_break, wait
from midflow.core.learner.state import Met, expected, with_met

DAY = 86_400.0
PRIOR = Effect(mean=0.15, variance=0.02)


def test_before_any_score_is_known_everything_may_pass() -> None:
    assert Threshold().of(100.0, Limits()) == ANY


def test_about_as_many_pass_as_the_budget_holds() -> None:
    chance = random.Random(1)
    threshold, met = Threshold(), Met()
    passed = 0
    for n in range(2800):
        time, score = n * DAY / 10, chance.random()
        passed += n >= 1400 and score >= threshold.of(expected(met, time), Limits())
        threshold.note(score)
        met = with_met(met, time)
    weeks = 1400 / 70
    assert passed / weeks == pytest.approx(5, rel=0.25)


def test_who_has_few_moments_is_not_held_to_the_bar_of_those_who_have_many() -> None:
    threshold = Threshold(n / 1000 for n in range(1000))
    assert threshold.of(3.0, Limits()) == ANY
    assert threshold.of(100.0, Limits()) > 0.9


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50), st.integers(0, 6), st.integers(0, 15))
def test_the_threshold_is_one_of_the_scores(scores: list[float], day: int, week: int) -> None:
    assert Threshold(scores).of(1000.0, Limits(per_day=day, per_week=week)) in scores


def test_only_the_latest_scores_count() -> None:
    threshold = Threshold([1.0] * 100)
    for _ in range(RECENT):
        threshold.note(0.0)
    assert threshold.of(1e9, Limits()) == 0.0


def trials(prevents: float, draws: int) -> Trials:
    chance = random.Random(2)
    found = Trials()
    for _ in range(draws):
        need = chance.uniform(0.1, 0.5)
        shown = chance.random() < 0.7
        wrong = chance.random() < need * (1 - prevents * shown)
        found = tried(found, chance=0.7, shown=shown, wrong=wrong, need=need)
    return found


@pytest.mark.parametrize("prevents", [0.0, 0.4])
def test_draws_by_chance_find_the_planted_effect(prevents: float) -> None:
    found = measured(PRIOR, trials(prevents, 30_000))
    assert found.mean == pytest.approx(prevents, abs=0.06)
    assert found.variance < 0.001


def test_without_a_draw_the_prior_stands_and_a_certain_one_says_nothing() -> None:
    assert measured(PRIOR, Trials()) == PRIOR
    certain = tried(Trials(), chance=1.0, shown=True, wrong=True, need=0.3)
    assert measured(PRIOR, certain) == PRIOR


def test_a_unit_without_trials_of_its_own_takes_what_its_kind_showed() -> None:
    everyone = trials(0.4, 20_000)
    assert shrunken(PRIOR, everyone, Trials()).mean == measured(PRIOR, everyone).mean


def test_another_case_another_task_or_a_pause_is_a_breakpoint() -> None:
    row = Row(time=100.0, case="C-1", task="mend")
    assert is_break(row, None)
    assert is_break(row, Row(time=99.0, case="C-2", task="mend"))
    assert is_break(row, Row(time=99.0, case="C-1", task="test"))
    assert is_break(row, Row(time=100.0 - IDLE, case="C-1", task="mend"))
    assert not is_break(row, Row(time=99.0, case="C-1", task="mend"))


def test_a_prompt_in_the_middle_of_a_task_waits_for_the_next_breakpoint() -> None:
    def at(time: float, case: str = "C-1") -> Row:
        return Row(time=time, case=case, task="mend")

    assert wait(at(0), None, []) == 0
    assert wait(at(0), at(-1), [at(50), at(60, "C-2")]) == 60
    assert wait(at(0), at(-1), [at(50), at(5000)]) == 50 + IDLE
    assert wait(at(0), at(-1), []) == IDLE
    busy = [at(60.0 * n) for n in range(1, 60)]
    assert wait(at(0), at(-1), busy) is None
    assert busy[-1].time > PATIENCE
