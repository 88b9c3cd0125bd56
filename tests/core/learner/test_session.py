"""One day's session: within its time, the best first, nothing twice, and alike kept apart."""

from collections import Counter
from itertools import pairwise

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from midflow.core.learner.memory import DAY, GOOD, WEIGHTS, Memory, fsrs, review
from midflow.core.learner.session import (
    FLATTEST,
    HARDEST_MEAN,
    Askable,
    Planned,
    compose,
    due,
    gain,
    interleaved,
    is_due,
    learned,
    line_through,
    next_session,
    planned,
    retained,
    value,
    weekend,
)
from midflow.core.learner.weights import Calibration

NOW = 1.77e9


def memory(stability: float = 5.0, days: float = 6.0, difficulty: float = 5.0) -> Memory:
    last = NOW - days * DAY
    return Memory(
        stability=stability, difficulty=difficulty, last=last, due=last + stability * DAY, reviews=2, lapses=0, right=2
    )  # fmt: skip


def askable(check: str, *, unit: str = "u", skills: tuple[str, ...] = (), **changes: float) -> Askable:
    facts = {key: changes.pop(key) for key in ("stability", "days", "difficulty") if key in changes}
    return Askable(
        check=check, memory=memory(**facts), unit=unit, skills=skills, **{"seconds": 20.0, **changes}
    )


memories = st.builds(memory, st.floats(0.01, 400), st.floats(-3, 800), st.floats(1, 10))
askables = st.lists(
    st.builds(
        Askable,
        check=st.sampled_from([f"c{n}" for n in range(20)]),
        memory=memories,
        seconds=st.floats(3, 120),
        unit=st.sampled_from("uvwxyz"),
        skills=st.lists(st.sampled_from("klm"), max_size=2, unique=True).map(tuple),
        value=st.floats(0.01, 10),
        retention=st.floats(0.7, 0.97),
        fixed=st.booleans(),
    ),
    max_size=14,
    unique_by=lambda one: one.check,
)
lines = st.builds(Calibration, bias=st.floats(-1, 1), slope=st.floats(0.3, 2))


@given(askables, st.floats(0, 400), lines)
def test_a_session_never_takes_more_time_than_there_is_and_asks_nothing_twice(
    several: list[Askable], seconds: float, line: Calibration
) -> None:
    session = compose(several, now=NOW, seconds=seconds, line=line)
    assert session.seconds <= seconds + 1e-9
    assert abs(session.seconds - sum(one.seconds for one in session.asked)) < 1e-9
    names = [one.check for one in session.asked]
    assert len(set(names)) == len(names)
    assert set(names) <= {one.check for one in several if is_due(one, NOW, NOW + DAY, line)}
    assert all(0 < one.recall <= 1 for one in session.asked)


@given(askables, st.randoms())
def test_a_session_does_not_depend_on_the_order_of_what_is_known(several: list[Askable], draw) -> None:
    mixed = list(several)
    draw.shuffle(mixed)
    assert compose(several, now=NOW) == compose(mixed, now=NOW)


@given(askables, lines)
def test_what_does_not_fit_waits_and_is_counted(several: list[Askable], line: Calibration) -> None:
    session = compose(several, now=NOW, seconds=90, line=line)
    due_now = sum(is_due(one, NOW, NOW + DAY, line) for one in several)
    assert len(session.asked) + session.left == due_now
    everything = compose(several, now=NOW, seconds=1e6, line=line)
    assert everything.left == 0
    if due_now and min(one.seconds for one in several) <= 90 and len(several) == due_now:
        assert session.asked


@given(askables, st.floats(1, 50))
def test_a_check_that_becomes_worth_more_is_not_dropped_for_it(several: list[Askable], times: float) -> None:
    before = compose(several, now=NOW, seconds=100)
    for asked in before.asked:
        dearer = [
            msgspec.structs.replace(one, value=one.value * times) if one.check == asked.check else one
            for one in several
        ]
        # What asking would make worse is not made better by wanting it more.
        if asked.gain >= 0:
            assert asked.check in {one.check for one in compose(dearer, now=NOW, seconds=100).asked}


@given(askables)
def test_units_stand_side_by_side_only_where_no_order_keeps_them_apart(several: list[Askable]) -> None:
    order = interleaved([planned(one, NOW) for one in several])
    assert sorted(one.check for one in order) == sorted(one.check for one in several)
    most = max(Counter(one.unit for one in several).values(), default=0)
    together = sum(a.unit == b.unit for a, b in pairwise(order))
    assert together == max(0, most - (len(several) - most) - 1)


@given(st.lists(st.sampled_from("klmn"), max_size=12))
def test_skills_are_kept_apart_as_units_are(skills: list[str]) -> None:
    order = interleaved(
        [planned(askable(f"c{n}", unit=f"u{n}", skills=(s,)), NOW) for n, s in enumerate(skills)]
    )
    most = max(Counter(skills).values(), default=0)
    assert sum(a.skills == b.skills for a, b in pairwise(order)) == max(0, 2 * most - len(skills) - 1)


def test_nothing_known_gives_nothing_to_ask_and_one_check_is_a_session() -> None:
    empty = compose([], now=NOW)
    assert (empty.asked, empty.seconds, empty.success, empty.left) == ((), 0.0, None, 0)
    one = compose([askable("a")], now=NOW)
    assert [p.check for p in one.asked] == ["a"]
    assert one.success == one.asked[0].recall
    assert compose([askable("a", seconds=200)], now=NOW).asked == ()
    assert compose([askable("a")], now=NOW, seconds=0).left == 1


def test_when_all_is_forgotten_the_session_is_full_and_no_longer() -> None:
    session = compose([askable(f"c{n}", stability=0.5, days=200) for n in range(100)], now=NOW)
    assert session.success is not None
    assert session.success < HARDEST_MEAN
    assert session.seconds == 180
    assert session.left == 100 - len(session.asked)


def test_a_session_is_not_made_of_what_is_mostly_forgotten_where_easier_checks_wait() -> None:
    hard = [askable(f"h{n}", stability=1.0, days=150) for n in range(20)]
    easy = [askable(f"e{n}", stability=40.0, days=50) for n in range(20)]
    session = compose([*hard, *easy], now=NOW)
    assert session.success is not None
    assert 0.8 <= session.success <= 0.9
    assert {one.check[0] for one in session.asked} == {"h", "e"} or all(p.recall > 0.8 for p in session.asked)
    precious = compose([*easy, *(msgspec.structs.replace(one, value=500.0) for one in hard)], now=NOW)
    assert any(one.check.startswith("h") for one in precious.asked)


@given(memories, st.floats(0.001, 100))
def test_a_clock_set_back_counts_as_just_answered(known: Memory, days: float) -> None:
    one = Askable(check="a", memory=known, seconds=10, unit="u")
    early = known.last - days * DAY
    assert planned(one, early).recall == 1.0
    assert not is_due(one, early, early)


@given(memories, lines)
def test_recall_is_at_its_retention_when_a_check_falls_due(known: Memory, line: Calibration) -> None:
    one = Askable(check="a", memory=known, seconds=10, unit="u")
    days = (due(one, line) - known.last) / DAY
    assert days >= 1
    assume(days > 1.01 and days < 1e7)
    assert abs(retained(known.stability, days, line) - 0.9) < 1e-3


def test_asking_gains_most_in_between_and_little_right_after_an_answer() -> None:
    fresh = gain(memory(stability=10, days=0.1), NOW)
    later = gain(memory(stability=10, days=12), NOW)
    assert later > 2 * max(fresh, 0.1)


def test_a_probe_is_asked_whatever_memory_says() -> None:
    fresh = askable("a", stability=50, days=2)
    assert compose([fresh], now=NOW).asked == ()
    probe = msgspec.structs.replace(fresh, fixed=True)
    others = [askable(f"c{n}") for n in range(30)]
    assert "a" in {one.check for one in compose([*others, probe], now=NOW).asked}


def test_what_falls_due_on_a_day_off_is_asked_before_it() -> None:
    friday = 20_602 * DAY + 9 * 3600
    assert not weekend(20_602)
    assert weekend(20_603)
    assert weekend(20_604)
    assert next_session(friday, lambda _day: False) == friday + DAY
    assert next_session(friday) == friday + 3 * DAY
    assert next_session(friday, lambda _day: True) == friday + 60 * DAY
    known = Memory(
        stability=3, difficulty=5, last=friday - 2 * DAY, due=friday + DAY, reviews=1, lapses=0, right=1
    )
    one = Askable(check="a", memory=known, seconds=10, unit="u")
    assert compose([one], now=friday).asked == ()
    assert [p.check for p in compose([one], now=friday, until=next_session(friday)).asked] == ["a"]


@given(st.lists(st.tuples(st.floats(0.2, 300), st.booleans()), max_size=30), st.floats(0.1, 100))
def test_a_persons_line_is_moved_by_what_memory_is_told_by_alone(answers: list, stability: float) -> None:
    line = Calibration()
    for days, right in answers:
        known = memory(stability=stability, days=days)
        after = learned(line, known, right, NOW)
        if days < 1:
            assert after == line
        else:
            before, then = (retained(stability, days, one) for one in (line, after))
            assert after.slope == FLATTEST or (then - before) * (1 if right else -1) >= -1e-9
        line = after
    assert line.slope >= FLATTEST


def test_what_a_mistake_costs_and_when_it_is_needed_is_what_a_check_is_worth() -> None:
    assert value("safety_critical") > value("normal") > value("low") > 0
    assert value("normal", relevance=1) > value("normal", relevance=0) > 0
    assert value("normal", needed=1) > value("normal", needed=0)
    assert value("normal", needed=7) == value("normal")


def test_a_plan_counts_in_days_known_a_second() -> None:
    one = askable("a")
    twice = msgspec.structs.replace(one, seconds=40.0)
    assert isinstance(planned(one, NOW), Planned)
    assert abs(planned(one, NOW).gain - 2 * planned(twice, NOW).gain) < 1e-12
    assert gain(review(None, GOOD, NOW - 3 * DAY), NOW) > 0


@given(memories, st.floats(0.03, 0.97))
def test_a_check_whose_recall_is_known_better_is_planned_with_it(known: Memory, recalled: float) -> None:
    one = msgspec.structs.replace(askable("c"), memory=known, recalled=recalled)
    assume(0.02 < retained(known.stability, max(0.0, (NOW - known.last) / DAY)) < 0.98)
    found = planned(one, NOW, line_through(one, NOW))
    assert abs(found.recall - recalled) < 1e-6
    assert line_through(msgspec.structs.replace(one, recalled=None), NOW) == Calibration()


def test_what_is_recalled_worse_than_memory_says_is_due_sooner_and_what_fades_faster_too() -> None:
    fresh = askable("c", stability=20.0, days=6.0)
    worse = msgspec.structs.replace(fresh, recalled=0.5)
    assert compose([fresh], now=NOW).asked == ()
    (asked,) = compose([worse], now=NOW).asked
    assert abs(asked.recall - 0.5) < 1e-6
    leaky = fsrs((*WEIGHTS[:20], 0.8))
    critical = msgspec.structs.replace(fresh, retention=0.8)
    assert due(critical, fsrs=leaky) < due(critical)
