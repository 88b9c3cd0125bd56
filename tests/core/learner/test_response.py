"""The response model: bounded, ordered, replayable, and never fed with what is no number."""

from math import inf, isfinite, nan

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.response import (
    Norms,
    OnItem,
    OnSkill,
    Overall,
    Tally,
    Trace,
    chance,
    history_key,
    learn,
    look,
    plus,
    run_keys,
    sigmoid,
    tally,
)
from midflow.core.learner.weights import (
    FEATURES,
    UNLEARNED,
    Calibration,
    Shift,
    Weights,
    calibrated,
    recalibrated,
    shifted,
)

WEIGHTS = Weights(bias=0.4, values=tuple(0.1 for _ in FEATURES), scale=(1.0,) * len(FEATURES))
HOUR = 3600.0

answers = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans(), st.floats(-1e9, 1e10)),
    max_size=40,
)


class Ana:
    """One person who answers, with everything that is kept of her and of everybody."""

    def __init__(self, *, timed: bool = True) -> None:
        self.timed = timed
        self.overall = Overall()
        self.skills: dict[str, OnSkill] = {}
        self.items: dict[str, OnItem] = {}
        self.tallies: dict[str, Tally] = {}
        self.everyone = Tally()
        self.line = Calibration()
        self.shifts: dict[tuple[int, int], Shift] = {}
        self.chances: list[float] = []

    def trace(self, item: str, skill: str) -> Trace:
        return Trace(self.overall, self.skills.get(skill, OnSkill()), self.items.get(item, OnItem()))

    def norms(self, item: str, skill: str) -> tuple[Norms, tuple[str, ...]]:
        runs = run_keys(self.trace(item, skill), skill)
        keys = (f"item {item}", f"skill {skill}", *runs)
        item_sums, skill_sums, *four = (self.tallies.get(key, Tally()) for key in keys)
        return Norms(self.everyone, item_sums, skill_sums, (four[0], four[1], four[2], four[3])), runs

    def expects(self, item: str, skill: str, time: float) -> float:
        trace = self.trace(item, skill)
        view = look(trace, self.norms(item, skill)[0], time if self.timed else None)
        shift = self.shifts.get(history_key(trace.item, time if self.timed else None), Shift())
        return sigmoid(calibrated(self.line, chance(WEIGHTS, view)) + shift.offset)

    def answers(self, item: str, skill: str, right: bool, time: float) -> None:
        now = time if self.timed else None
        trace = self.trace(item, skill)
        norms, runs = self.norms(item, skill)
        view = look(trace, norms, now)
        assert len(view.features) == len(FEATURES)
        assert all(isfinite(number) for number in view.features)
        logit = chance(WEIGHTS, view)
        kind = history_key(trace.item, now)
        shift = self.shifts.get(kind, Shift())
        p = sigmoid(calibrated(self.line, logit) + shift.offset)
        self.shifts[kind] = shifted(shift, right, p)
        self.chances.append(p)
        self.line = recalibrated(self.line, logit, right, p)
        after, sums = learn(trace, view, right, skill, now), tally(norms, view, right)
        self.overall, self.skills[skill], self.items[item] = after.overall, after.skill, after.item
        self.everyone = sums.everyone
        self.tallies |= {f"item {item}": sums.item, f"skill {skill}": sums.skill}
        self.tallies.update(zip(runs, sums.runs, strict=True))


@given(answers, st.booleans())
def test_a_chance_is_between_0_and_1_and_every_number_is_finite(history: list, timed: bool) -> None:
    ana = Ana(timed=timed)
    for item, skill, right, time in history:
        ana.answers(item, skill, right, time)
    assert all(0 < p < 1 for p in ana.chances)
    assert 0 < ana.overall.variance < 3


@given(answers)
def test_replay_equals_live_also_through_storage(history: list) -> None:
    live, replayed = Ana(), Ana()
    for item, skill, right, time in history:
        live.answers(item, skill, right, time)
    for item, skill, right, time in history:
        replayed.answers(item, skill, right, time)
        stored = msgspec.json.encode((replayed.overall, replayed.skills, replayed.items))
        kinds = tuple[Overall, dict[str, OnSkill], dict[str, OnItem]]
        replayed.overall, replayed.skills, replayed.items = msgspec.json.decode(stored, type=kinds)
    assert replayed.chances == live.chances
    assert replayed.skills == live.skills


@given(answers)
def test_nobody_learns_from_an_answer_before_it_is_given(history: list) -> None:
    ana, ben = Ana(), Ana()
    for item, skill, right, time in history:
        assert ana.expects(item, skill, time) == ben.expects(item, skill, time)
        ana.answers(item, skill, right, time)
        ben.answers(item, skill, right, time)
    if history:
        item, skill, right, time = history[-1]
        other = Ana()
        for one in history[:-1]:
            other.answers(*one)
        other.answers(item, skill, not right, time)
        assert other.chances == ana.chances


@given(st.integers(1, 30))
def test_more_right_answers_never_lower_the_ability_nor_wrong_ones_raise_it(count: int) -> None:
    up, down = Ana(timed=False), Ana(timed=False)
    rises, falls = [up.overall.ability], [down.overall.ability]
    for number in range(count):
        up.answers(f"u{number}", "x", True, 0.0)
        down.answers(f"d{number}", "x", False, 0.0)
        rises.append(up.overall.ability)
        falls.append(down.overall.ability)
    assert rises == sorted(rises)
    assert falls == sorted(falls, reverse=True)


def test_what_was_learned_leaves_the_values_it_was_given_as_they_were() -> None:
    trace, norms = Trace(), Norms()
    view = look(trace, norms, 0.0)
    learn(trace, view, True, "x", 0.0)
    tally(norms, view, True)
    assert (trace, norms) == (Trace(), Norms())


def test_repeats_inside_one_sitting_do_not_count_as_memory() -> None:
    ana = Ana()
    ana.answers("a", "x", True, 0.0)
    once = ana.skills["x"].memory
    ana.answers("b", "x", True, 60.0)
    assert ana.skills["x"].memory == once
    ana.answers("c", "x", True, 90 * HOUR)
    assert ana.skills["x"].memory != once


def test_a_clock_set_back_is_no_gap_and_keeps_the_latest_time() -> None:
    ana = Ana()
    ana.answers("a", "x", True, 1_000_000.0)
    ana.answers("b", "x", True, 5.0)
    assert ana.overall.last == ana.skills["x"].last == 1_000_000.0


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 0.99)), max_size=20))
def test_tallies_add_up_and_can_be_taken_away(history: list[tuple[bool, float]]) -> None:
    sums = Tally()
    for right, p in history:
        sums = plus(sums, right, p)
    for right, p in reversed(history):
        sums = plus(sums, right, p, -1.0)
    assert msgspec.structs.astuple(sums) == pytest.approx((0.0, 0.0, 0.0, 0.0), abs=1e-9)


@pytest.mark.parametrize("broken", [nan, inf, -inf])
def test_weights_that_are_no_numbers_are_refused(broken: float) -> None:
    values = (broken, *UNLEARNED.values[1:])
    with pytest.raises(ValueError, match="refused: values of item_logit"):
        Weights(bias=0.0, values=values, scale=UNLEARNED.scale)
    with pytest.raises(ValueError, match="refused: scale of item_logit"):
        Weights(bias=0.0, values=UNLEARNED.values, scale=(broken, *UNLEARNED.scale[1:]))
    with pytest.raises(ValueError, match="refused: the bias"):
        Weights(bias=broken, values=UNLEARNED.values, scale=UNLEARNED.scale)


def test_weights_of_another_length_are_refused() -> None:
    with pytest.raises(ValueError, match="values, not 2"):
        Weights(bias=0.0, values=(1.0, 2.0), scale=UNLEARNED.scale)


def test_recalibration_finds_an_organisation_where_everything_is_harder() -> None:
    line = Calibration()
    chances = []
    for number in range(3000):
        logit = 2.0 if number % 2 else 0.5
        p = sigmoid(calibrated(line, logit))
        chances.append(p)
        line = recalibrated(line, logit, number % 10 < (6 if number % 2 else 3), p)
    assert line.bias < 0
    assert line.bias_variance < 0.1
    assert sum(chances[-1000:]) / 1000 == pytest.approx(0.5, abs=0.08)


def test_what_is_wrong_again_and_again_after_one_history_is_soon_expected_wrong() -> None:
    shift, chances = Shift(), []
    for _ in range(200):
        p = sigmoid(1.0 + shift.offset)
        chances.append(p)
        shift = shifted(shift, False, p)
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 0.2


@pytest.mark.parametrize(("gap", "kind"), [(None, 0), (60.0, 1), (5 * HOUR, 2), (48 * HOUR, 3), (-5.0, 1)])
def test_a_history_is_known_by_the_last_answers_and_by_how_long_ago(gap: float | None, kind: int) -> None:
    item = OnItem(1, 1, 6, None if gap is None else 0.0)
    assert history_key(item, 0.0 if gap is None else gap) == (6, kind)
