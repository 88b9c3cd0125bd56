"""The policy: every setting within its bounds, and what follows from it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.content.release import WEEKDAYS, Policy

OFFICE = Policy(working_days=WEEKDAYS[:5], day_start=8 * 60, day_end=18 * 60)
NIGHTS = Policy(working_days=("friday",), day_start=22 * 60, day_end=6 * 60)


def test_a_policy_of_an_older_release_is_read_with_the_new_settings_as_they_are_by_default() -> None:
    old = {"limits": {"per_day": 1}, "trial": True, "interruption_cost": 0.02, "desired_retention": 0.9}
    read = msgspec.convert(old, Policy)
    assert read.nudges
    assert read.digest
    assert read.working_days == WEEKDAYS
    assert read.limits.per_day == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"review_minutes": 0},
        {"review_minutes": 11},
        {"probe_share": 0.21},
        {"probe_share": -0.01},
        {"retention_low": 0.69},
        {"retention_safety_critical": 1.0},
        {"working_days": []},
        {"working_days": ["Monday"]},
        {"day_start": 1441},
        {"day_end": -1},
        {"interruption_cost": 1.1},
        {"limits": {"per_day": 7}},
    ],
)
def test_a_setting_outside_its_bounds_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Policy)


def test_what_is_safety_critical_comes_back_sooner_and_what_matters_little_later() -> None:
    policy = Policy()
    found = [policy.retention(risk) for risk in ("low", "normal", "safety_critical")]
    assert found == [0.85, 0.9, 0.95]


@given(weekday=st.integers(0, 6), minute=st.integers(0, 1439))
def test_without_a_calendar_every_minute_is_worked(weekday: int, minute: int) -> None:
    assert Policy().works(weekday, minute)


@given(weekday=st.integers(0, 6), minute=st.integers(0, 1439))
def test_office_hours_are_the_working_days_from_start_to_end(weekday: int, minute: int) -> None:
    assert OFFICE.works(weekday, minute) == (weekday < 5 and 480 <= minute < 1080)


@given(weekday=st.integers(0, 6), minute=st.integers(0, 1439))
def test_a_night_shift_goes_on_into_the_morning_after_its_day(weekday: int, minute: int) -> None:
    friday_night = weekday == 4 and minute >= 1320
    saturday_morning = weekday == 5 and minute < 360
    assert NIGHTS.works(weekday, minute) == (friday_night or saturday_morning)


def test_a_night_that_begins_on_sunday_ends_on_monday() -> None:
    policy = Policy(working_days=("sunday",), day_start=1320, day_end=360)
    assert policy.works(0, 0)
    assert not policy.works(0, 360)
    assert not policy.works(6, 359)
