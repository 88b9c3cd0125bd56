"""Rhythm: what is predicted from traces of past days, and what a fit makes of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.fit import chances, fit
from midflow.core.learner.logit import SUREST, Logit, chance, trusted
from midflow.core.learner.rhythm import FEATURES, Rhythms, decayed_frequency, features
from midflow.core.learner.trace import Trace, counts_at, noted, weekday, weekdays_at

MONDAY = 18_260  # 2019-12-30


def trace(*days: int) -> Trace:
    found = None
    for day in days:
        found = noted(found, day)
    assert found is not None
    return found


def rhythms(*days: int) -> Rhythms:
    one = trace(*days)
    return Rhythms(own=one, person=one, task=one, everyone=one)


def test_the_week_starts_on_monday() -> None:
    assert weekday(MONDAY) == 0
    assert weekday(0) == 3  # 1970-01-01 was a Thursday


def test_a_day_counts_half_after_its_half_life() -> None:
    one = trace(100)
    assert counts_at(one, 102)[0] == pytest.approx(0.5)
    assert counts_at(one, 107)[1] == pytest.approx(0.5)
    assert counts_at(one, 128)[2] == pytest.approx(0.5)
    assert counts_at(one, 190)[3] == pytest.approx(0.5)


@given(st.lists(st.integers(10_000, 10_400), min_size=1, max_size=40), st.randoms())
def test_the_order_in_which_days_are_noted_does_not_matter(days: list[int], chance: object) -> None:
    shuffled = list(days)
    chance.shuffle(shuffled)
    one, other = trace(*days), trace(*shuffled)
    assert counts_at(one, 10_401) == pytest.approx(counts_at(other, 10_401))
    assert weekdays_at(one, 10_401) == pytest.approx(weekdays_at(other, 10_401))
    assert (one.first, one.last, one.days) == (other.first, other.last, other.days)


@given(st.lists(st.integers(10_000, 10_300), min_size=1, max_size=40), st.integers(1, 200))
def test_features_are_finite_and_as_many_as_their_names(days: list[int], later: int) -> None:
    found = features(rhythms(*days), max(days) + later)
    assert len(found) == len(FEATURES)
    assert np.isfinite(found).all()


@given(st.lists(st.integers(10_000, 10_300), min_size=1, max_size=40, unique=True), st.integers(1, 60))
def test_the_decayed_frequency_is_a_chance_that_grows_with_the_window(days: list[int], later: int) -> None:
    own = trace(*sorted(days))
    day, week = (decayed_frequency(own, max(days) + later, n) for n in (1, 7))
    assert 0 < day <= week < 1


def test_who_does_it_every_day_is_expected_to_do_it_tomorrow() -> None:
    assert decayed_frequency(trace(*range(1000, 1400)), 1400, 1) > 0.95
    assert decayed_frequency(trace(1000), 1300, 1) < 0.01


def planted(rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    chance = np.random.default_rng(1)
    x = chance.normal(size=(rows, 3)) * [1.0, 10.0, 0.1] + [0.0, 5.0, -3.0]
    p = 1 / (1 + np.exp(-(0.5 + x[:, 0] - 0.05 * (x[:, 1] - 5))))
    return x, (chance.random(rows) < p).astype(float), p


def test_a_fit_finds_the_planted_chances() -> None:
    x, y, p = planted(20_000)
    assert np.abs(chances(fit(x, y, np.ones(len(y))), x) - p).max() < 0.03


def test_a_fit_from_an_earlier_one_ends_at_the_same_place() -> None:
    x, y, _ = planted(4000)
    weights = np.ones(len(y))
    one = fit(x, y, weights)
    other = fit(x, y, weights, start=fit(x[:1000] * 2 + 1, y[:1000], weights[:1000]))
    assert chances(one, x) == pytest.approx(chances(other, x), abs=1e-4)


def test_one_row_in_plain_python_is_the_same_as_many_in_numpy() -> None:
    x, y, _ = planted(500)
    model = fit(x, y, np.ones(len(y)))
    assert [chance(model, row) for row in x.tolist()] == pytest.approx(chances(model, x).tolist())


def test_a_feature_that_never_varies_and_outcomes_that_never_differ_break_nothing() -> None:
    model = fit(np.ones((50, 2)), np.ones(50), np.ones(50))
    assert chance(model, (1.0, 1.0)) > 0.9


@pytest.mark.parametrize("shape", [((0, 2), 0, 0), ((3, 2), 2, 3), ((3, 2), 3, 2)])
def test_rows_and_outcomes_that_do_not_fit_are_refused(shape: tuple[tuple[int, int], int, int]) -> None:
    rows, outcomes, weights = shape
    with pytest.raises(ValueError, match="do not fit"):
        fit(np.ones(rows), np.ones(outcomes), np.ones(weights))


@given(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=3))
def test_no_features_give_a_chance_of_none_or_of_certainty(row: list[float]) -> None:
    model = Logit(means=(0, 0, 0), scales=(1, 1, 1), weights=(50.0, -50.0, 3.0), intercept=0.0)
    assert SUREST <= chance(model, row) <= 1 - SUREST


def test_a_model_is_trusted_only_while_it_beats_the_baseline_lately_and_for_long() -> None:
    assert not trusted([])
    assert trusted([(1.0, -1.0), (10.0, -1.0)])
    assert not trusted([(1.0, 2.0), (10.0, -1.0)])
    assert not trusted([(1.0, -0.1), (8.0, 1.0), (9.0, 1.0)])
