"""Events in: once each, with only what may be kept, decided on, and all of it logged."""

from collections.abc import Callable

import msgspec
import pytest

from midflow.core.content.release import Policy
from midflow.core.decide import decide
from midflow.core.events import EventError, WorkEvent
from midflow.flow.ingest import Receipt, admit, ingest
from midflow.store import learners, log, sqlite
from midflow.store.people import Person, save_person, unknown_accounts
from midflow.store.tx import Store
from tests.flow.conftest import DRAFT, NOW, book_of, hold_unit

Send = Callable[..., Receipt]
DAY = 86_400.0
HOUR = 3600.0


def test_a_matching_event_becomes_an_offer_with_its_reason(send: Send, store: Store) -> None:
    receipt = send()
    (offer,) = receipt.offers
    assert offer.unit == "hold-a-ticket"
    assert offer.message.message == "You put it on hold."
    assert "You have not done" in offer.message.why.evidence[0]
    assert store.read(lambda tx: log.open_offers(tx, "ana", NOW)) == [offer]


def test_an_event_is_taken_once_by_source_and_id(send: Send) -> None:
    first, again = send(id="same"), send(id="same")
    assert not first.duplicate
    assert again == Receipt(seq=first.seq, duplicate=True)


def test_the_same_event_twice_in_one_batch_is_taken_once(store: Store) -> None:
    book = book_of()
    event = WorkEvent(source="desk", id="x", type="desk.wait", time=NOW, person="ana", case="T-1")
    twice = [admit(event, book, received=NOW)] * 2
    receipts = store.write(lambda tx: ingest(tx, twice, book=book, draw=lambda: 0.0))
    assert [receipt.duplicate for receipt in receipts] == [False, True]


def test_what_the_source_did_not_declare_is_never_stored(send: Send, store: Store) -> None:
    receipt = send(data={"hours": 3, "comment": "my mother's maiden name"})
    assert receipt.dropped == 1
    (row,) = store.read(lambda tx: log.events_of(tx, "ana", 1))
    assert row.event.data == {"hours": 3}
    if isinstance(store, sqlite.Store):
        assert b"maiden" not in b"".join(path.read_bytes() for path in store.path.parent.iterdir())


def test_a_list_longer_than_a_condition_may_walk_over_is_refused() -> None:
    event = WorkEvent(source="desk", id="x", type="desk.wait", time=NOW, data={"hours": [[1] * 101]})
    with pytest.raises(EventError, match=r"data\.hours: has 101 elements"):
        admit(event, book_of(), received=NOW)


def test_an_account_of_nobody_is_kept_marked_and_counted(send: Send, store: Store) -> None:
    assert send(person="stranger").silence == "unknown_person"
    send(person="stranger", at=NOW + 5)
    (account,) = store.read(unknown_accounts)
    assert (account.name, account.events, account.first_seen, account.last_seen) == (
        "stranger",
        2,
        NOW,
        NOW + 5,
    )


def test_an_event_no_rule_speaks_of_is_a_silence(send: Send) -> None:
    assert send("desk.other").silence == "no_rule"


def test_a_second_matching_event_is_a_silence_with_its_reason(send: Send) -> None:
    send()
    assert [row.decision.reason for row in send(at=NOW + 60).decisions] == ["cooldown"]


def test_an_event_that_comes_late_updates_state_and_shows_nothing(send: Send, store: Store) -> None:
    receipt = send(at=NOW - HOUR, received=NOW)
    assert [row.decision.reason for row in receipt.decisions] == ["late"]
    assert store.read(lambda tx: learners.learner(tx, "ana")).tasks["put-on-hold"].times == 1


def test_a_clock_ahead_of_ours_is_not_believed(send: Send) -> None:
    (row,) = send(at=NOW + 9 * DAY, received=NOW).decisions
    assert row.situation.event_time == NOW


def test_the_same_task_again_in_a_case_is_an_error_of_whoever_did_it_before(send: Send, store: Store) -> None:
    send(person="ana")
    send(person="chloe", at=NOW + HOUR)
    ana = store.read(lambda tx: learners.learner(tx, "ana")).tasks["put-on-hold"]
    chloe = store.read(lambda tx: learners.learner(tx, "chloe")).tasks["put-on-hold"]
    assert (ana.times, ana.errors, chloe.times, chloe.errors) == (1, 1, 1, 0)


def test_an_older_event_that_arrives_later_blames_nobody(send: Send, store: Store) -> None:
    send(person="chloe", at=NOW)
    send(person="ana", at=NOW - HOUR, received=NOW + 1)
    assert store.read(lambda tx: learners.learner(tx, "chloe")).tasks["put-on-hold"].errors == 0


def test_a_rule_can_be_about_who_did_the_task_last(send: Send) -> None:
    send("desk.close", person="ana")
    (row,) = send("desk.reopen", person="chloe", at=NOW + HOUR).decisions
    assert (row.situation.person, row.situation.phase, row.decision.reason) == ("ana", "erred", "no_unit")


def test_every_decision_can_be_made_again_from_its_row(send: Send, store: Store) -> None:
    for step in range(30):
        who = "ana" if step % 3 else "chloe"
        send(
            person=who,
            at=NOW + step * 50 * HOUR,
            draw=step % 10 / 10,
            data={"hours": step * 9},
            received=NOW + step * 50 * HOUR + (step == 7) * HOUR,
        )
    rows = store.read(log.all_decisions)
    assert len({row.decision.reason for row in rows}) > 2
    for row in rows:
        assert decide(row.situation) == row.decision


def test_a_unit_out_of_date_is_never_offered(send: Send) -> None:
    book = book_of(msgspec.structs.replace(DRAFT, units=(hold_unit(expires="2020-01-01"),)))
    assert [row.decision.reason for row in send(book=book).decisions] == ["unit_expired"]


def test_a_unit_for_another_site_is_not_mine(send: Send) -> None:
    from midflow.core.content.model import Audience

    book = book_of(msgspec.structs.replace(DRAFT, units=(hold_unit(audience=Audience(sites=("oslo",))),)))
    assert [row.decision.reason for row in send(book=book).decisions] == ["not_my_role"]


def test_quiet_hours_are_those_of_the_persons_own_time_zone(send: Send, store: Store) -> None:
    quiet = Person(id="ana", name="Ana", timezone="Asia/Tokyo", quiet_from=18 * 60, quiet_until=8 * 60)
    store.write(lambda tx: save_person(tx, quiet, now=NOW))
    nine_utc = NOW - NOW % DAY + 9 * HOUR
    assert [row.decision.reason for row in send(at=nine_utc).decisions] == ["quiet_hours"]
    assert send(at=nine_utc + 15 * HOUR + DAY).offers


def test_outside_the_working_calendar_and_without_nudges_nothing_is_shown(send: Send) -> None:
    nine_utc = NOW - NOW % DAY + 9 * HOUR
    calendar = book_of(policy=Policy(day_start=10 * 60, day_end=16 * 60))
    assert [row.decision.reason for row in send(at=nine_utc, book=calendar).decisions] == ["quiet_hours"]
    off = book_of(policy=Policy(nudges=False))
    assert [row.decision.reason for row in send(at=nine_utc + 60, book=off).decisions] == [
        "help_on_request_only"
    ]
    assert send(at=nine_utc + 2 * HOUR, book=calendar, case="T-2").offers


def test_nothing_is_stored_when_the_transaction_fails(store: Store) -> None:
    book = book_of()
    event = WorkEvent(source="desk", id="x", type="desk.wait", time=NOW, person="ana")

    def explode() -> float:
        raise RuntimeError("no chance")

    with pytest.raises(RuntimeError, match="no chance"):
        store.write(
            lambda tx: ingest(tx, [admit(event, book, received=NOW, reachable=True)], book=book, draw=explode)
        )
    assert store.read(lambda tx: log.next_seqs(tx)) == (1, 1)
    assert store.read(lambda tx: learners.learner(tx, "ana")).charges == ()


def test_a_task_begun_is_noted_with_its_decision_and_with_when_it_went_wrong(
    send: Send, store: Store
) -> None:
    first = send(at=NOW - 60)
    send(person="chloe")
    sql = "SELECT person, decision, time, wrong_at FROM begun ORDER BY seq"
    rows = store.read(lambda tx: tx.execute(sql).fetchall())
    assert rows[0] == ("ana", first.decisions[0].seq, NOW - 60, NOW)
    assert (rows[1][0], rows[1][3]) == ("chloe", None)
