"""One digest a day, wherever somebody is and whatever the clocks do; refreshers only for what may be forgotten."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.decide import Candidate, Limits, Need, Situation, decide
from midflow.core.decide.digest import APART, MOST_LINES, Digest, Line, compose, digest_day
from midflow.core.decide.refresher import DAY, KNOWN, Prospect, decay_alarm, raised, wants_refresher, words

ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Pacific/Apia", "Pacific/Kiritimati", "America/Los_Angeles", "Africa/Casablanca",
    )
]  # fmt: skip
SPRING = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
NOW = SPRING


@given(
    st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(0, 365), st.integers(0, 1439),
    st.lists(st.integers(0, 14 * 96 - 1), max_size=30), st.integers(300, 4000),
)  # fmt: skip
def test_a_day_has_one_digest_at_most_over_time_zones_and_changes_of_the_clock(
    home: ZoneInfo, away: ZoneInfo, first: int, start: int, seen: list[int], step: int
) -> None:
    begin = SPRING + first * DAY
    made: list[Digest] = []
    now = begin
    while now < begin + 14 * DAY:
        zone = away if begin + 6 * DAY <= now < begin + 9 * DAY else home
        local = datetime.fromtimestamp(now, zone)
        there = any(
            begin + quarter * 900 <= now
            and datetime.fromtimestamp(begin + quarter * 900, zone).date() == local.date()
            for quarter in seen
        )
        day = digest_day(
            local,
            now=now,
            start=start,
            works=local.weekday() < 5,
            seen=there,
            before=made[-1] if made else None,
        )
        if day is not None:
            assert day == local.date().isoformat()
            made.append(Digest(day=day, made=now))
        now += step
    assert max(Counter(digest.day for digest in made).values(), default=0) <= 1
    assert all(b.made - a.made >= APART for a, b in pairwise(made))


def test_who_stays_at_home_gets_one_each_working_day_through_the_change_of_the_clock() -> None:
    zone = ZoneInfo("Europe/Berlin")
    made: list[Digest] = []
    now = datetime(2026, 3, 23, tzinfo=zone).timestamp()  # the clock goes forward on the 29th
    for _ in range(14 * 96):
        local = datetime.fromtimestamp(now, zone)
        day = digest_day(
            local,
            now=now,
            start=480,
            works=local.weekday() < 5,
            seen=False,
            before=made[-1] if made else None,
        )
        if day is not None:
            made.append(Digest(day=day, made=now))
            assert (local.hour, local.minute) == (8, 0)
        now += 900
    assert len(made) == 10


def test_the_first_presence_of_a_day_makes_the_digest_before_work_begins() -> None:
    early = datetime(2026, 3, 23, 6, 30, tzinfo=UTC)
    at = {"now": early.timestamp(), "start": 480, "works": True, "before": None}
    assert digest_day(early, seen=False, **at) is None
    assert digest_day(early, seen=True, **at) == "2026-03-23"


def line(unit: str, value: float) -> Line:
    return Line(kind="missed", unit=unit, task="t", reason="", value=value)


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 1)), max_size=30))
def test_a_digest_has_few_lines_the_most_valuable_first_and_each_unit_once(
    rows: list[tuple[str, float]],
) -> None:
    made = compose([line(*row) for row in rows], day="2026-01-01", made=0.0)
    values = [found.value for found in made.lines]
    assert len(made.lines) == min(MOST_LINES, len({unit for unit, _ in rows}))
    assert values == sorted(values, reverse=True)
    assert len({found.unit for found in made.lines}) == len(made.lines)
    assert all(found.value == max(v for u, v in rows if u == found.unit) for found in made.lines)


def prospect(**changes: object) -> Prospect:
    plain = {"task": "t", "p24h": 0.6, "p7d": 0.9, "due": None, "last": NOW - 20 * DAY, "recall": 0.5}
    return Prospect(**{**plain, **changes})  # type: ignore[arg-type]


def test_a_known_date_wins_over_what_was_foreseen_and_never_lowers_it() -> None:
    unlikely = prospect(p24h=0.01, p7d=0.05, due=NOW + 3 * DAY)
    assert (raised(unlikely, NOW).p24h, raised(unlikely, NOW).p7d) == (0.01, KNOWN)
    assert raised(msgspec.structs.replace(unlikely, due=NOW + 3600), NOW).p24h == KNOWN
    assert raised(msgspec.structs.replace(unlikely, due=NOW - 1), NOW).p7d == 0.05
    assert raised(prospect(p24h=0.99, due=NOW + 60), NOW).p24h == 0.99


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"p24h": 0.4}, False),
        ({"p24h": 0.0, "due": NOW + 3600}, True),
        ({"p24h": 0.0, "due": NOW + 2 * DAY}, False),
        ({"last": NOW - DAY, "recall": 0.95}, False),
        ({"last": NOW - DAY, "recall": 0.8}, True),
        ({"last": 0.0, "recall": None}, True),
    ],
)
def test_a_refresher_is_for_what_is_about_to_come_and_is_rare_or_fading(changes: dict, wanted: bool) -> None:
    assert wants_refresher(prospect(**changes), NOW, 0.9) is wanted


@pytest.mark.parametrize(
    ("changes", "alarm"),
    [
        ({"p24h": 0.05, "p7d": 0.2}, True),
        ({"p7d": 0.05}, False),
        ({"last": NOW - 13 * DAY}, False),
        ({"recall": None}, False),
        ({"recall": 0.92}, False),
        ({"last": 0.0}, False),
    ],
)
def test_the_alarm_is_for_a_stale_task_that_fades_and_may_come(changes: dict, alarm: bool) -> None:
    assert decay_alarm(prospect(**changes), NOW, 0.9) is alarm


def test_the_reason_says_what_is_known() -> None:
    assert words(prospect(p24h=0.1), NOW) == "It may come within a week; you last did it 20 days ago."
    assert (
        words(prospect(due=NOW + 60, last=0.0), NOW)
        == "It is known to come within a day, and you have not done it yet."
    )


def test_what_is_no_interruption_worth_is_left_to_the_digest_only_where_there_is_one() -> None:
    unit = Candidate(unit="u", need=Need(p=0.5, evidence=()), effect=0.4, form="inline")
    plain = Situation(
        now=NOW, event_time=NOW, person="ana", task="t", phase="starting", rule="r", case="",
        candidates=(unit,), limits=Limits(), draw=0.0, charges=(NOW - 60,),
    )  # fmt: skip
    assert decide(plain).reason == "over_budget"
    left = decide(msgspec.structs.replace(plain, digest=True))
    assert (left.reason, left.unit, left.charged) == ("to_digest", "u", False)
    assert decide(msgspec.structs.replace(plain, digest=True, quiet=True)).reason == "quiet_hours"
