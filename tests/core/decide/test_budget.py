"""The attention budget is a hard limit, whatever order events come in."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from midflow.core.decide.budget import DAY, budget_allows, violations
from midflow.core.decide.situation import Limits

LIMITS = Limits()
HOUR = 3600.0


def test_two_prompts_fit_a_day_and_a_third_does_not() -> None:
    assert budget_allows([0.0], LIMITS, 2 * HOUR)
    assert not budget_allows([0.0, 2 * HOUR], LIMITS, 5 * HOUR)
    assert budget_allows([0.0, 2 * HOUR], LIMITS, DAY)


def test_five_prompts_fit_seven_days() -> None:
    five = [day * DAY for day in range(5)]
    assert not budget_allows(five, LIMITS, 6.5 * DAY)
    assert budget_allows(five, LIMITS, 7 * DAY)


def test_prompts_stand_an_hour_apart() -> None:
    assert not budget_allows([0.0], LIMITS, HOUR - 1)
    assert budget_allows([0.0], LIMITS, HOUR)


@given(st.lists(st.floats(0, 20 * DAY), max_size=60))
def test_no_order_of_requests_breaks_the_budget(times: list[float]) -> None:
    granted: list[float] = []
    for time in times:
        if budget_allows(granted, LIMITS, time):
            granted.append(time)
    assert violations(granted, LIMITS) == 0
    for start in granted:
        assert sum(start <= time < start + DAY for time in granted) <= LIMITS.per_day
        assert sum(start <= time < start + 7 * DAY for time in granted) <= LIMITS.per_week
    ordered = sorted(granted)
    assert all(b - a >= LIMITS.gap for a, b in itertools.pairwise(ordered))


def test_a_broken_budget_is_counted() -> None:
    assert violations([0.0, 60.0, 2 * HOUR, 3 * HOUR], LIMITS) == 3


def test_what_is_dated_more_than_a_week_before_the_latest_draw_does_not_fit() -> None:
    assert budget_allows([8 * DAY], Limits(), 1.5 * DAY)
    assert not budget_allows([8 * DAY], Limits(), 0.5 * DAY)
