"""Work as evidence: done right without help it is a use of what its units ask, wrong a lapse, each once."""

from collections.abc import Callable

from midflow.core.learner.memory import Memory
from midflow.core.learner.work import SETTLED
from midflow.flow.ingest import Receipt
from midflow.flow.respond import expire
from midflow.flow.settle import settle_work
from midflow.store import learners, log
from midflow.store.tx import Store
from tests.flow.conftest import NOW, book_of
from tests.flow.test_respond import DAY, outcome, right, tell

Send = Callable[..., Receipt]
CHECK = "hold-a-ticket#why"


def memory(store: Store) -> Memory:
    return store.read(lambda tx: learners.learner(tx, "ana")).memories[CHECK]


def settle(store: Store, now: float) -> int:
    return store.write(lambda tx: settle_work(tx, book=book_of(), now=now))


def test_work_that_went_right_moves_the_review_back_and_a_week_must_pass_first(
    send: Send, store: Store
) -> None:
    tell(store, right(at=NOW), at=NOW)
    before = memory(store)
    begun = NOW + 5 * DAY
    send(at=begun, draw=0.9999)
    assert settle(store, begun + SETTLED - 1) == 0
    assert settle(store, begun + SETTLED) == 1
    after = memory(store)
    assert after.due > before.due
    assert after.stability > before.stability
    assert (after.reviews, after.right) == (before.reviews, before.right)
    assert settle(store, begun + 2 * SETTLED) == 0
    assert memory(store) == after


def test_work_that_went_wrong_is_a_lapse(send: Send, store: Store) -> None:
    tell(store, right(at=NOW), at=NOW)
    before = memory(store)
    send(at=NOW + 5 * DAY, draw=0.9999)
    send(at=NOW + 6 * DAY, person="chloe", draw=0.9999)
    settle(store, NOW + 5 * DAY + SETTLED)
    assert memory(store).stability < before.stability


def test_work_with_a_prompt_on_it_that_was_displayed_says_nothing_when_it_goes_right(
    send: Send, store: Store
) -> None:
    tell(store, outcome("answered", at=NOW, block="why", result={"answer": [1]}), at=NOW)
    before = memory(store)
    (offer,) = send(at=NOW + 20 * DAY).offers
    tell(store, outcome("prompted", at=NOW + 20 * DAY + 5, offer=str(offer.decision)), at=NOW + 20 * DAY + 5)
    assert settle(store, NOW + 20 * DAY + SETTLED) == 1
    assert memory(store) == before


def test_a_prompt_that_nobody_saw_is_no_help(send: Send, store: Store) -> None:
    tell(store, outcome("answered", at=NOW, block="why", result={"answer": [1]}), at=NOW)
    before = memory(store)
    (offer,) = send(at=NOW + 20 * DAY).offers
    store.write(lambda tx: expire(tx, now=offer.expires))
    row = store.read(lambda tx: log.offer(tx, offer.decision))
    assert row is not None
    assert row.state == "undelivered"
    settle(store, NOW + 20 * DAY + SETTLED)
    assert memory(store).stability > before.stability


def test_a_list_ticked_to_its_end_and_a_word_of_use_count_less_than_work(send: Send, store: Store) -> None:
    grown: dict[str, float] = {}
    ticks = {"items": ["reason", "date"]}
    for way in ("applied", "ticked", "done"):
        tell(store, outcome("answered", at=NOW, block="why", result={"answer": [1]}), at=NOW)
        before = memory(store).stability
        at = NOW + 20 * DAY
        if way == "done":
            send(at=at, draw=0.9999)
            settle(store, at + SETTLED)
        elif way == "ticked":
            tell(store, outcome("ticked", at=at, block="list", result=ticks), at=at)
        else:
            tell(store, outcome("applied", at=at), at=at)
        grown[way] = memory(store).stability / before
        store.write(lambda tx: tx.execute("DELETE FROM learner"))
    assert 1 < grown["applied"] < grown["ticked"] < grown["done"]


def test_what_was_never_answered_is_not_remembered_by_working(send: Send, store: Store) -> None:
    send(at=NOW, draw=0.9999)
    settle(store, NOW + SETTLED)
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    assert not state.checks
    assert state.skills["unit:hold-a-ticket"]
