"""What a person settles is saved whole or not at all, and decisions keep to it."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.content.release import Policy
from midflow.core.events import format_time
from midflow.flow.ingest import Receipt
from midflow.flow.preferences import PAIRS, Wish, WishError, change, quiet, wish_of
from midflow.store import learners, people
from midflow.store.people import Person
from midflow.store.preferences import Preferences
from midflow.store.tx import Store
from tests.flow.conftest import DRAFT, NOW, book_of, hold_unit

Send = Callable[..., Receipt]


def settle(store: Store, **fields: object) -> Wish:
    return store.write(lambda tx: change(tx, "ana", fields, now=NOW))


def reason(receipt: Receipt) -> str | None:
    return receipt.decisions[0].decision.reason


def test_what_is_not_named_stays_and_what_is_saved_comes_back(store: Store) -> None:
    settle(store, quiet_from="22:00", quiet_until="07:30", timezone="Europe/Lisbon", channels=["app"])
    after = settle(store, daily_minutes=5, paused_until=format_time(NOW + 3600))
    assert (after.quiet_from, after.timezone, after.channels) == ("22:00", "Europe/Lisbon", ("app",))
    saved = store.read(lambda tx: people.person(tx, "ana"))
    assert saved is not None
    assert wish_of(saved, NOW) == after
    assert wish_of(saved, NOW + 3601).paused_until is None
    assert saved.roles == ("support-agent",)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"channels": ["pigeon"]}, ["channels"]),
        ({"channels": ["app", "app"]}, ["channels"]),
        ({"daily_minutes": 31}, ["daily_minutes"]),
        ({"daily_minutes": True}, ["daily_minutes"]),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, ["quiet_from", "quiet_from"]),
        ({"quiet_from": "22:00"}, ["quiet_until"]),
        ({"work_until": "17:00"}, ["work_from"]),
        ({"timezone": "Mars/Olympus"}, ["timezone"]),
        ({"timezone": "../../etc/passwd"}, ["timezone"]),
        ({"paused_until": "tomorrow"}, ["paused_until"]),
        ({"paused_until": format_time(NOW + 31 * 86_400)}, ["paused_until"]),
        ({"streak": 3, "reviews": "yes"}, ["streak", "reviews"]),
    ],
)
def test_each_field_that_is_wrong_is_named_and_nothing_is_saved(
    store: Store, fields: dict[str, object], named: list[str]
) -> None:
    before = store.read(lambda tx: people.person(tx, "ana"))
    with pytest.raises(WishError) as found:
        settle(store, measured=False, **fields)
    assert [one.field for one in found.value.wrong] == named
    assert all(one.detail for one in found.value.wrong)
    assert store.read(lambda tx: people.person(tx, "ana")) == before


def test_a_pause_silences_until_it_is_over(store: Store, send: Send) -> None:
    settle(store, paused_until=format_time(NOW + 3600))
    assert reason(send(at=NOW)) == "focus"
    assert send(at=NOW + 3601).offers


def test_a_pause_and_quiet_hours_do_not_hold_back_what_is_safety_critical(store: Store, send: Send) -> None:
    book = book_of(msgspec.structs.replace(DRAFT, units=(hold_unit(risk="safety_critical"),)))
    settle(store, paused_until=format_time(NOW + 3600), quiet_from="00:00", quiet_until="23:59")
    assert send(book=book).offers


def test_who_opted_out_still_gets_what_is_mandatory(store: Store, send: Send) -> None:
    settle(store, opted_out=True)
    assert reason(send()) == "opted_out"
    book = book_of(msgspec.structs.replace(DRAFT, units=(hold_unit(mandatory=True),)))
    assert send(book=book).offers


def test_nudges_switched_off_by_the_organisation_silence_everything(store: Store, send: Send) -> None:
    critical = msgspec.structs.replace(DRAFT, units=(hold_unit(risk="safety_critical"),))
    for draft in (DRAFT, critical):
        receipt = send(book=book_of(draft, Policy(nudges=False)))
        assert reason(receipt) == "help_on_request_only"
        assert receipt.offers == ()


def test_without_any_channel_nobody_is_reached(store: Store, send: Send) -> None:
    settle(store, channels=[])
    assert reason(send()) == "channel_down"


def test_who_is_not_measured_is_never_left_to_chance_and_counts_in_no_sum(store: Store, send: Send) -> None:
    settle(store, measured=False)
    shown = send(draw=0.999)
    decision = shown.decisions[0].decision
    assert (decision.shown, decision.chance, decision.charged) == (True, 1.0, True)
    assert store.read(lambda tx: learners.task_rate(tx, "put-on-hold")).begun == 0
    assert store.read(lambda tx: tx.execute("SELECT count(*) FROM begun").fetchone())[0] == 0
    # What they did at work still counts for themselves.
    assert store.read(lambda tx: learners.learner(tx, "ana")).tasks["put-on-hold"].times == 1
    send(person="chloe")
    assert store.read(lambda tx: learners.task_rate(tx, "put-on-hold")).begun == 1


def test_working_hours_are_those_of_the_persons_own_clock() -> None:
    # NOW is 14:13 in UTC on a day in September, 15:13 in Lisbon.
    own = Preferences(work_from=15 * 60, work_until=17 * 60)
    assert not quiet(Person(id="a", name="A", timezone="Europe/Lisbon", preferences=own), NOW)
    assert quiet(Person(id="a", name="A", timezone="UTC", preferences=own), NOW)


minutes = st.one_of(st.none(), st.integers(0, 1439))


@given(minutes, minutes, minutes, minutes, st.integers(0, 2 * 86_400))
def test_quiet_hours_win_over_working_hours(
    quiet_from: int | None, quiet_until: int | None, work_from: int | None, work_until: int | None, later: int
) -> None:
    own = Preferences(work_from=work_from, work_until=work_until)
    with_work = Person(id="a", name="A", quiet_from=quiet_from, quiet_until=quiet_until, preferences=own)
    without = msgspec.structs.replace(with_work, preferences=Preferences())
    assert quiet(without, NOW + later) <= quiet(with_work, NOW + later)


clocks = st.one_of(
    st.none(), st.builds(lambda h, m: f"{h:02}:{m:02}", st.integers(0, 23), st.integers(0, 59))
)


@given(st.tuples(clocks, clocks), st.tuples(clocks, clocks), st.integers(0, 30), st.booleans())
def test_any_preferences_that_are_taken_come_back_the_same(
    hours: tuple[str | None, str | None],
    work: tuple[str | None, str | None],
    goal: int,
    on: bool,
) -> None:
    from midflow.flow.preferences import _checked, _taken

    wish = {"daily_minutes": goal, "measured": on, "reviews": not on}
    for (start, end), given_ in zip(PAIRS, (hours, work), strict=True):
        wish |= dict(zip((start, end), given_ if all(given_) else (None, None), strict=True))
    person = Person(id="ana", name="Ana")
    checked = _checked(wish_of(person, NOW), wish, NOW)
    assert wish_of(_taken(person, checked), NOW) == checked
