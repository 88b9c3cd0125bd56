"""Probes: drawn once for good, asked at their time, and beside what memory foretold."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.memory import DAY, GOOD, recall, review
from midflow.core.learner.probes import (
    DELAYS,
    LATE,
    Asked,
    Probed,
    delays_of,
    line_of,
    plan_of,
    probe_due,
    probed,
    retention,
    waits,
)
from midflow.core.learner.weights import Calibration

NOW = 1.77e9
names = st.text(max_size=12)


@given(names, names, st.floats(0, 0.5), st.floats(0, 0.5))
def test_what_is_drawn_stays_drawn_when_the_share_grows(
    person: str, check: str, one: float, other: float
) -> None:
    small, large = sorted((one, other))
    before = plan_of(person, check, share=small, salt="s")
    assert before == plan_of(person, check, share=small, salt="s")
    if before != "scheduled":
        assert plan_of(person, check, share=large, salt="s") == before
    assert plan_of(person, check, share=0.0, salt="s") == "scheduled"
    delays = delays_of(person, check, before, salt="s")
    assert len(delays) == {"scheduled": 0, "probed": 3, "left": 1}[before]
    assert set(delays) <= set(DELAYS)


def test_the_shares_are_what_they_say_and_the_delays_equally_many() -> None:
    plans = [(n, plan_of("ana", f"c{n}", share=0.1, salt="s")) for n in range(20_000)]
    for wanted in ("probed", "left"):
        assert 0.09 < sum(plan == wanted for _, plan in plans) / len(plans) < 0.11
    left = [delays_of("ana", f"c{n}", plan, salt="s")[0] for n, plan in plans if plan == "left"]
    assert all(0.28 < left.count(delay) / len(left) < 0.39 for delay in DELAYS)
    other = [plan_of("ben", f"c{n}", share=0.1, salt="s") for n, _ in plans]
    both = sum(a == b == "left" for (_, a), b in zip(plans, other, strict=True))
    assert both / len(plans) < 0.02
    assert [plan for _, plan in plans] != [plan_of("ana", f"c{n}", share=0.1, salt="t") for n, _ in plans]


@given(st.floats(0, 200), st.floats(0, 200))
def test_a_probe_is_due_from_its_date_until_it_is_too_late_and_once(days: float, answered: float) -> None:
    now, last = NOW + days * DAY, NOW + min(days, answered) * DAY
    found = probe_due(NOW, last, DELAYS, now)
    if found is not None:
        assert found * DAY <= now - NOW <= found * (1 + LATE) * DAY
        assert last < NOW + found * DAY
        assert probe_due(NOW, now, DELAYS, now) is None
    else:
        assert not any(
            NOW + d * DAY <= now <= NOW + d * (1 + LATE) * DAY and last < NOW + d * DAY for d in DELAYS
        )


def test_what_is_left_waits_for_its_probe_and_then_no_more() -> None:
    assert waits(NOW, "left", (30,), NOW + 29 * DAY)
    assert not waits(NOW, "left", (30,), NOW + 30 * DAY)
    assert not waits(NOW, "probed", DELAYS, NOW + DAY)
    assert probe_due(NOW, NOW, (30,), NOW + 30 * DAY) == 30


def test_a_probe_stands_beside_what_memory_foretold() -> None:
    check = next(f"c{n}" for n in range(1000) if plan_of("ana", f"c{n}", share=0.1, salt="s") == "probed")
    usual = next(f"c{n}" for n in range(1000) if plan_of("ana", f"c{n}", share=0.1, salt="s") == "scheduled")
    answers = [
        Asked(check=check, time=NOW, right=True),
        Asked(check=usual, time=NOW, right=True),
        Asked(check=check, time=NOW + 7.5 * DAY, right=False),
        Asked(check=usual, time=NOW + 7.5 * DAY, right=False),
        Asked(check=check, time=NOW + 20 * DAY, right=True),
    ]
    random.Random(1).shuffle(answers)
    (found,) = probed("ana", answers, share=0.1, salt="s")
    assert (found.check, found.delay, found.right) == (check, 7, False)
    assert found.foretold == recall(review(None, GOOD, NOW), NOW + 7.5 * DAY)


def test_a_persons_line_is_learned_from_days_apart_and_the_first_answer_of_a_sitting() -> None:
    once = [Asked(check="c", time=NOW, right=True)]
    assert line_of([]) == line_of(once) == Calibration()
    repeated = Asked(check="c", time=NOW + 60, right=False)
    assert line_of([*once, repeated]) == Calibration()
    later = Asked(check="c", time=NOW + 3 * DAY, right=False)
    worse = line_of([*once, later])
    assert worse.bias < 0
    assert line_of([later, repeated, *once]) == worse
    assert line_of([*once, msgspec.structs.replace(later, right=True)]).bias > 0


def test_measured_retention_has_its_interval_and_modelled_its_mean() -> None:
    assert retention([]) == []
    probes = [
        Probed(check=f"c{n}", plan="left", delay=30, right=n % 4 > 0, foretold=0.6 + 0.1 * (n % 2))
        for n in range(40)
    ]
    (found,) = retention([*probes])
    assert (found.plan, found.delay, found.answers) == ("left", 30, 40)
    assert found.measured == 0.75
    assert found.modelled == pytest.approx(0.65)
    low, high = found.interval
    assert low == pytest.approx(0.598, abs=0.002)
    assert high == pytest.approx(0.858, abs=0.002)
    (single,) = retention(probes[:1])
    assert 0 <= single.interval[0] <= single.measured <= single.interval[1] <= 1
