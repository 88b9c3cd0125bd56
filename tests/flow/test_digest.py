"""Refreshers and the day's digest, from what is foreseen to what is decided."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from midflow.core.content.release import Policy
from midflow.core.decide.refresher import REFRESHER
from midflow.core.learner.evidence import Answered
from midflow.core.learner.evidence import apply as learnt
from midflow.flow.digest import make_digest, todays
from midflow.flow.ingest import Receipt
from midflow.flow.refresh import refresh
from midflow.store import digests, learners, log, people, rhythm
from midflow.store.digests import DueRow
from midflow.store.preferences import Preferences
from midflow.store.rhythm import ComingRow
from midflow.store.tx import Store
from tests.flow.conftest import DESK, DRAFT, book_of

Send = Callable[..., Receipt]
DAY = 86_400.0
MONDAY = datetime(2026, 9, 21, 9, 0, tzinfo=UTC).timestamp()
BOOK = book_of()
UNIT, TASK = "hold-a-ticket", "put-on-hold"


@pytest.fixture(autouse=True)
def ana_reads_it(store: Store) -> None:
    """A client of Ana's was there on Sunday: a prompt would reach her."""
    store.write(lambda tx: learners.mark_seen(tx, "ana", MONDAY - DAY))


def foreseen(store: Store, p24h: float, p7d: float, at: float) -> None:
    rows = [ComingRow("ana", TASK, int(at // DAY), p24h, p7d)]
    store.write(lambda tx: rhythm.save_coming(tx, rows))


def answer(store: Store, at: float) -> None:
    """Ana answers the unit's check once: she remembers it for a few days."""

    def save(tx):
        state = learners.learner(tx, "ana")
        said = Answered(check=f"{UNIT}#why", grade=3, time=at, skill="s", expected=0.7, without_item=0.7)
        learners.save_learners(tx, {"ana": learnt(state, said)})

    store.write(save)


def digest(store: Store, at: float, book=BOOK):
    def make(tx):
        ana = people.person(tx, "ana")
        return make_digest(tx, ana, book=book, now=at)

    return store.write(make)


def refreshed(store: Store, at: float, book=BOOK, draw: float = 0.0) -> str | None:
    return store.write(lambda tx: refresh(tx, "ana", book=book, draw=lambda: draw, now=at))


def test_the_decay_alarm_comes_before_a_planted_error(store: Store, send: Send) -> None:
    send("desk.wait", at=MONDAY - 21 * DAY, case="T-0", draw=0.999)
    answer(store, MONDAY - 21 * DAY)
    foreseen(store, 0.1, 0.3, MONDAY)
    made = digest(store, MONDAY)
    assert made is not None
    (line,) = made.lines
    assert (line.kind, line.unit, line.task) == ("alarm", UNIT, TASK)
    assert line.reason == "It may come within a week; you last did it 21 days ago."
    send("desk.wait", at=MONDAY + 5 * 3600, case="T-1", draw=0.999)
    error = send(
        "desk.wait", at=MONDAY + 6 * 3600, case="T-1", draw=0.999
    )  # the same once more: it went wrong
    wrong = store.read(
        lambda tx: tx.execute("SELECT wrong_at FROM begun WHERE wrong_at IS NOT NULL").fetchall()
    )
    assert wrong == [(MONDAY + 6 * 3600,)]
    assert made.made < wrong[0][0]
    assert error.decisions


def test_an_alarm_asks_for_nothing_but_a_line(store: Store, send: Send) -> None:
    send("desk.wait", at=MONDAY - 21 * DAY, draw=0.999)
    answer(store, MONDAY - 21 * DAY)
    foreseen(store, 0.1, 0.3, MONDAY)
    before = store.read(lambda tx: log.next_seqs(tx))
    digest(store, MONDAY)
    assert store.read(lambda tx: log.next_seqs(tx)) == before
    assert not store.read(lambda tx: learners.learner(tx, "ana")).charges[1:]


def test_a_day_has_one_digest_whoever_makes_it(store: Store) -> None:
    first = digest(store, MONDAY)
    assert first is not None
    assert digest(store, MONDAY + 3600) is None
    assert not store.write(lambda tx: digests.add_digest(tx, "ana", first))
    assert digest(store, MONDAY + DAY) is not None
    ana = store.read(lambda tx: people.person(tx, "ana"))
    assert ana is not None
    assert store.read(lambda tx: todays(tx, ana, MONDAY + DAY + 60)).day == "2026-09-22"  # type: ignore[union-attr]


@pytest.mark.parametrize("how", ["policy", "nudges", "person", "opted_out"])
def test_who_wants_no_digest_gets_none(store: Store, how: str) -> None:
    policy = {"policy": Policy(digest=False), "nudges": Policy(nudges=False)}.get(how, Policy())
    ana = store.read(lambda tx: people.person(tx, "ana"))
    assert ana is not None
    changed = {
        "person": {"preferences": Preferences(digest=False)}, "opted_out": {"opted_out": True},
    }.get(how, {})  # fmt: skip
    store.write(lambda tx: people.save_person(tx, msgspec.structs.replace(ana, **changed), now=MONDAY))
    assert digest(store, MONDAY, book_of(policy=policy)) is None


def test_a_refresher_is_decided_on_once_a_day_while_somebody_is_at_work(store: Store, send: Send) -> None:
    foreseen(store, 0.7, 0.9, MONDAY)
    assert refreshed(store, MONDAY) is None  # nobody is there
    send("desk.other", at=MONDAY)
    assert refreshed(store, MONDAY + 30) == TASK
    (row,) = store.read(log.all_decisions)
    assert (row.decision.shown, row.situation.rule, row.situation.timing) == (True, REFRESHER, "at_break")
    (offer,) = store.read(lambda tx: log.offers_after(tx, 0))
    assert offer.message.message == "It is likely to come within a day, and you have not done it yet."
    assert offer.message.why.event == "Likely to come soon: put a ticket on hold."
    assert refreshed(store, MONDAY + 60) is None
    begun = store.read(lambda tx: tx.execute("SELECT count(*) FROM begun").fetchone())
    assert begun == (0,)


def test_a_refresher_waits_for_a_breakpoint_and_draws_on_the_budget(store: Store, send: Send) -> None:
    send("desk.close", at=MONDAY, case="T-5", draw=0.999)
    foreseen(store, 0.7, 0.9, MONDAY)
    assert refreshed(store, MONDAY + 30) == TASK
    assert store.read(lambda tx: log.open_offers(tx, "ana", MONDAY + 31)) == []
    assert len(store.read(lambda tx: learners.learner(tx, "ana")).charges) == 1
    moved = send("desk.close", at=MONDAY + 100, case="T-6", draw=0.999)
    assert [move.state for move in moved.moves] == ["offered"]


def test_without_room_a_refresher_goes_into_the_next_digest(store: Store, send: Send) -> None:
    shown = send("desk.wait", at=MONDAY, case="T-1")
    assert shown.decisions[0].decision.charged
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    free = msgspec.structs.replace(state, units={}, open=None)  # no cooldown: only the budget is in the way
    store.write(lambda tx: learners.save_learners(tx, {"ana": free}))
    answer(store, MONDAY - 40 * DAY)
    foreseen(store, 0.7, 0.9, MONDAY)
    assert refreshed(store, MONDAY + 600) == TASK
    rows = store.read(log.all_decisions)
    assert rows[-1].decision.reason == "to_digest"
    made = digest(store, MONDAY + DAY)
    assert made is not None
    assert [(line.kind, line.unit) for line in made.lines] == [("refresher", UNIT)]


def test_an_event_with_a_due_date_makes_a_task_known_to_come(store: Store, send: Send) -> None:
    sources = tuple(msgspec.structs.replace(s, fields=("hours", "due")) for s in DRAFT.sources)
    book = book_of(msgspec.structs.replace(DRAFT, sources=sources))
    due = datetime.fromtimestamp(MONDAY + 3 * 3600, UTC).isoformat()
    send("desk.close", at=MONDAY, data={"due": due}, book=book)
    send("desk.close", at=MONDAY, data={"due": "soon"}, case="T-2", book=book)
    found = store.read(lambda tx: digests.due_tasks(tx, "ana", MONDAY, MONDAY + DAY))
    assert found == {"close": MONDAY + 3 * 3600}
    later = datetime.fromtimestamp(MONDAY + 5 * 3600, UTC).isoformat()
    send("desk.close", at=MONDAY + 60, data={"due": later}, book=book)
    assert store.read(lambda tx: digests.due_tasks(tx, "ana", MONDAY, MONDAY + DAY)) == {
        "close": MONDAY + 5 * 3600
    }
    send("desk.close", at=MONDAY, data={"due": due}, case="T-3")  # a source that does not keep it
    assert store.read(lambda tx: digests.due_tasks(tx, "ana", MONDAY, MONDAY + 4 * 3600)) == {}


def test_a_known_date_is_enough_for_a_refresher(store: Store, send: Send) -> None:
    store.write(lambda tx: digests.add_due(tx, [DueRow("ana", TASK, f"{DESK} T-1", MONDAY + 3600)]))
    send("desk.other", at=MONDAY)
    assert store.read(lambda tx: digests.may_refresh(tx, MONDAY, DAY)) == ["ana"]
    assert refreshed(store, MONDAY + 30) == TASK
    store.write(lambda tx: digests.drop_due(tx, MONDAY + DAY))
    assert store.read(lambda tx: digests.may_refresh(tx, MONDAY, DAY)) == []
