"""Batches of statements: whole or not at all, once each, found again page by page."""

from midflow.core.record.query import StatementQuery
from midflow.flow.record import MOST_AT_ONCE, Batch, record, search
from midflow.store import statements
from midflow.store.erasure import erase_actor
from midflow.store.tx import Store
from tests.flow.statements import batch, id_of, says


def put(store: Store, *batches: Batch) -> list[str | None]:
    """Store batches in one transaction and return why each was refused."""
    answers = store.write(lambda tx: record(tx, batches, now_ms=1000))
    return [None if answer is None else answer.where for answer in answers]


def ids(store: Store, **query: object) -> list[int]:
    """The numbers of the statements found, in the order they were found."""
    page = store.read(lambda tx: search(tx, StatementQuery(**query)))  # type: ignore[arg-type]
    return [row.seq for row in page.statements]


def test_statements_are_found_by_who_what_and_about(store: Store) -> None:
    assert put(store, batch(says(1), says(2, who="ben"), says(3, verb="wrote"))) == [None]
    assert ids(store) == [3, 2, 1]
    assert ids(store, agent="mbox:mailto:ana@example.org") == [3, 1]
    assert ids(store, agent="mbox:mailto:ana@example.org", verb="https://example.org/read") == [1]
    assert ids(store, activity="https://example.org/other") == []


def test_the_same_statement_again_changes_nothing_and_another_under_its_id_is_refused(store: Store) -> None:
    assert put(store, batch(says(1))) == [None]
    assert put(store, batch(says(1)), batch(says(1, verb="wrote"))) == [None, "$.id"]
    assert ids(store) == [1]


def test_two_batches_of_one_commit_that_differ_under_one_id_keep_the_first(store: Store) -> None:
    answers = put(store, batch(says(1)), batch(says(2), says(1, verb="wrote")), batch(says(3)))
    assert answers == [None, "$[1].id", None]
    assert store.read(lambda tx: statements.known(tx, [id_of(2)])) == {}
    assert len(ids(store)) == 2


def test_what_was_erased_is_not_taken_again(store: Store) -> None:
    put(store, batch(says(1)), batch(says(2, who="ben")))
    erased = store.write(
        lambda tx: erase_actor(tx, "mbox:mailto:ana@example.org", token="t", by="op", now_ms=5)
    )
    assert erased.done
    assert put(store, batch(says(1))) == ["$.id"]
    assert ids(store) == [2]


def test_pages_neither_shift_nor_repeat_while_statements_come_in(store: Store) -> None:
    put(store, batch(*(says(n) for n in range(1, 8))))
    first = store.read(lambda tx: search(tx, StatementQuery(limit=3)))
    put(store, batch(says(100)))
    second = store.read(lambda tx: search(tx, StatementQuery(limit=3), goes_on=first.goes_on))
    third = store.read(lambda tx: search(tx, StatementQuery(limit=3), goes_on=second.goes_on))
    seen = [row.seq for page in (first, second, third) for row in page.statements]
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert third.goes_on is None


def test_ascending_pages_reach_what_came_in_meanwhile(store: Store) -> None:
    put(store, batch(*(says(n) for n in range(1, 4))))
    query = StatementQuery(limit=2, ascending=True)
    first = store.read(lambda tx: search(tx, query))
    put(store, batch(says(4)))
    second = store.read(lambda tx: search(tx, query, goes_on=first.goes_on))
    assert [row.seq for row in second.statements] == [3, 4]


def test_a_page_has_a_bound_whatever_is_asked_for(store: Store) -> None:
    put(store, batch(*(says(n) for n in range(1, MOST_AT_ONCE + 2))))
    page = store.read(lambda tx: search(tx, StatementQuery(limit=10**9)))
    assert len(page.statements) == MOST_AT_ONCE
    assert page.goes_on is not None


def test_only_what_has_further_terms_is_found_where_a_key_asks_for_them(store: Store) -> None:
    put(store, batch(says(1), says(2, who="ben")))
    also = [("agent", "mbox:mailto:ben@example.org")]
    page = store.read(lambda tx: search(tx, StatementQuery(), also=also))  # type: ignore[arg-type]
    assert [row.seq for row in page.statements] == [2]
