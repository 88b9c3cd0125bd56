"""Statements move into the index a share at a time, and what a process remembers of the store is true."""

from typing import Any

import pytest

from midflow.store import activities, agents, erasure, memory, settling, statements, terms
from midflow.store.selection import select
from midflow.store.tx import Store, Tx
from tests.conftest import Opens
from tests.store.statements import activity, agent, check_terms, ifi, rows, statement
from tests.store.test_statements import NOW, put


def seqs(store: Store, *wanted: terms.Term, ascending: bool = False) -> list[int]:
    found = store.read(lambda tx: select(tx, wanted, limit=500, ascending=ascending))
    return [one.seq for one in found]


def where(store: Store) -> tuple[int, int]:
    """Up to which number statements are settled, and how many wait."""
    return store.read(
        lambda tx: (
            settling.settled(tx),
            tx.execute("SELECT count(*) FROM statement_tail").fetchone()[0],
        )
    )


def partly(store: Store) -> bool:
    """Whether statements that still wait are in the index already."""
    look = "SELECT count(*) FROM statement_term AS t, record_end AS e WHERE t.seq>e.settled"
    return bool(store.read(lambda tx: tx.execute(look).fetchone()[0]))


@pytest.fixture(autouse=True)
def each_commit_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the smallest commit move its share."""
    monkeypatch.setattr(settling, "TOGETHER", 1)


AGENT: terms.Term = ("agent", ifi("ana"))


def test_while_statements_move_each_is_found_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "SETTLE_AT", 20)
    seen: set[bool] = set()
    for count in range(1, 90):
        put(store, statement("ana" if count % 2 else "ben"))
        seen.add(partly(store))
        mine = [seq for seq in range(1, count + 1) if seq % 2]
        assert seqs(store, AGENT, ascending=True) == mine
        assert seqs(store, AGENT, ("authority", ifi("key")))[::-1] == mine
    assert seen == {True, False}
    before, waiting = where(store)
    assert before >= 60
    assert before + waiting == 89
    check_terms(store)


def test_two_processes_that_store_in_turn_settle_the_same(
    store: Store, opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "SETTLE_AT", 10)
    other = opens()
    for count in range(60):
        put(other if count % 3 else store, statement("ana"), statement("ben"))
        assert len(seqs(store, AGENT)) == count + 1
    assert where(store)[0] > 80
    other.close()
    check_terms(store)


def test_a_move_that_another_process_overtook_is_dropped(
    store: Store, opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "SETTLE_AT", 20)
    other = opens()
    for _ in range(22):
        put(store, statement("ana"))
    assert partly(store)
    other.write(lambda tx: erasure.erase_actor(tx, AGENT[1], token="t", by="op", now_ms=NOW))
    for _ in range(30):
        put(store, statement("ben"))
    assert seqs(store, AGENT) == []
    other.close()
    check_terms(store)


def test_a_quiet_store_is_settled_step_by_step(store: Store) -> None:
    put(store, *(statement("ana") for _ in range(50)))
    steps = 1
    while store.write(lambda tx: settling.go_on(tx, 10)):
        assert len(seqs(store, AGENT)) == 50
        steps += 1
    assert 1 < steps <= 6
    assert where(store) == (50, 0)
    assert store.write(lambda tx: settling.go_on(tx, 10)) is False
    check_terms(store)


def test_a_process_that_begins_settles_what_others_left(store: Store, opens: Opens) -> None:
    put(store, *(statement("ana") for _ in range(5)))
    other = opens()
    while other.write(lambda tx: settling.go_on(tx, 2)):
        pass
    assert where(store) == (5, 0)
    other.close()
    check_terms(store)


def test_what_was_undone_is_not_remembered(store: Store) -> None:
    def fail(tx: Tx) -> None:
        statements.add_statements(tx, rows(named("Ana", {"en": "One"})), now_ms=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(fail)
    put(store, named("Ana", {"en": "One"}))
    assert store.read(lambda tx: agents.names(tx, AGENT[1])) == ["Ana"]
    assert store.read(lambda tx: activities.definition(tx, activity("hold"))) == {"name": {"en": "One"}}
    assert store.read(lambda tx: terms.most_used(tx, "agent")) == [(AGENT[1], 1)]
    check_terms(store)


def test_what_another_process_changed_is_looked_up_again(store: Store, opens: Opens) -> None:
    other = opens()
    put(store, named("Ana", {"en": "One"}))
    put(store, named("Ana", {"en": "One"}))
    put(other, named("Ana", {"en": "Two"}))
    put(store, named("Ana", {"en": "One"}))
    assert store.read(lambda tx: activities.definition(tx, activity("hold"))) == {"name": {"en": "One"}}
    other.write(lambda tx: erasure.erase_actor(tx, AGENT[1], token="t", by="op", now_ms=NOW))
    assert store.read(lambda tx: agents.names(tx, AGENT[1])) == []
    put(store, named("Ana", {"en": "One"}))
    assert store.read(lambda tx: agents.names(tx, AGENT[1])) == ["Ana"]
    assert store.read(lambda tx: terms.most_used(tx, "agent")) == [(AGENT[1], 1)]
    other.close()
    check_terms(store)


def test_what_this_process_erased_is_looked_up_again(store: Store) -> None:
    put(store, named("Ana", {"en": "One"}))
    store.write(lambda tx: erasure.erase_actor(tx, AGENT[1], token="t", by="op", now_ms=NOW))
    put(store, named("Ana", {"en": "One"}))
    assert store.read(lambda tx: agents.names(tx, AGENT[1])) == ["Ana"]
    assert store.read(lambda tx: terms.most_used(tx, "agent")) == [(AGENT[1], 1)]
    check_terms(store)


def test_what_is_remembered_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 20)
    for count in range(30):
        put(store, statement(f"person-{count}"))
        kept = store.write(lambda tx: len(tx.memory.terms))
        assert kept <= 20 + 10
    check_terms(store)


def named(name: str, title: dict[str, str]) -> dict[str, Any]:
    about = {"id": activity("hold"), "definition": {"name": title}}
    return statement(actor=agent("ana", name=name), object=about)


def test_an_id_is_found_and_taken_once_while_it_waits_moves_and_is_settled(
    store: Store, opens: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "SETTLE_AT", 20)
    other = opens()
    made: list[dict[str, Any]] = []
    for count in range(70):
        made.append(statement())
        put(store, made[-1])
        for place in {0, count // 2, count - 1, count}:
            one = made[max(place, 0)]
            found = store.read(lambda tx, id=one["id"]: statements.find(tx, id))
            assert found is not None
            assert found.seq == max(place, 0) + 1
            for who in (store, other):
                with pytest.raises(ValueError, match="not unique"):
                    put(who, statement(), one)
    assert where(store)[0] >= 40
    known = store.write(lambda tx: statements.known(tx, [one["id"] for one in made]))
    assert len(known) == 70
    other.close()


def test_an_id_that_was_removed_by_age_may_come_again(store: Store, opens: Opens) -> None:
    made = statement()
    put(store, made)
    other = opens()
    other.write(lambda tx: erasure.retain(tx, NOW + 1))
    other.close()
    assert store.read(lambda tx: statements.find(tx, made["id"])) is None
    put(store, made)
    assert store.read(lambda tx: statements.find(tx, made["id"])) is not None
    check_terms(store)


def test_a_store_from_before_the_index_of_ids_gets_it(opens: Opens) -> None:
    store = opens()
    made = [statement() for _ in range(6)]
    put(store, *made[:3])
    store.write(settling.settle)
    put(store, *made[3:])
    on_postgres = type(store).__module__.endswith("postgres")

    def as_before(tx: Tx) -> None:
        tx.execute("DROP TABLE statement_id")
        tx.execute("ALTER TABLE statement_tail DROP COLUMN id")
        tx.execute(
            "UPDATE meta SET value='4' WHERE name='schema'" if on_postgres else "PRAGMA user_version=4"
        )

    store.write(as_before)
    store.close()
    store = opens()
    for one in made:
        assert store.read(lambda tx, id=one["id"]: statements.find(tx, id)) is not None
        with pytest.raises(ValueError, match="not unique"):
            put(store, one)
    put(store, statement())
    store.write(settling.settle)
    assert store.read(lambda tx: tx.execute("SELECT count(*) FROM statement_id").fetchone()[0]) == 7
    check_terms(store)
    store.close()


def test_of_two_definitions_said_in_turn_the_newer_stands(store: Store) -> None:
    one, two = named("Ana", {"en": "One"}), named("Ana", {"en": "Two"})
    ready = {"one": rows(one)[0].definitions, "two": rows(two)[0].definitions}

    def learn(*said: str) -> str:
        store.write(lambda tx: activities.learn(tx, [pair for name in said for pair in ready[name]]))
        found = store.read(lambda tx: activities.definition(tx, activity("hold")))
        assert found is not None
        return found["name"]["en"]

    assert learn("one") == "One"
    assert learn("one") == "One"
    assert learn("two") == "Two"
    assert learn("one") == "One"
    assert learn("two", "one") == "One"
    assert learn("one", "two", "one") == "One"
    assert learn("one", "two") == "Two"
    assert learn("two") == "Two"


def test_texts_that_are_remembered_are_fewer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_TEXTS", 10)
    for count in range(40):
        about = {"id": activity(f"a{count}"), "definition": {"name": {"en": "One"}}}
        put(store, statement(object=about), statement(object=about))
        assert store.write(lambda tx: max(len(tx.memory.said), len(tx.memory.definitions))) <= 11
    assert store.read(lambda tx: activities.definition(tx, activity("a0"))) == {"name": {"en": "One"}}


def test_small_commits_leave_the_move_to_a_later_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "SETTLE_AT", 10)
    monkeypatch.setattr(settling, "TOGETHER", 4)
    moved: list[int] = []
    look = "SELECT count(*) FROM statement_term"
    for _ in range(19):
        put(store, statement("ana"))
        moved.append(store.read(lambda tx: tx.execute(look).fetchone()[0]))
    assert moved[:12] == [0] * 12
    assert len(set(moved)) == 3  # nothing, a share, and the rest
    assert len(seqs(store, AGENT)) == 19
    check_terms(store)
