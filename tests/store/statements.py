"""Statements as the store gets them, made short."""

from collections import Counter
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from midflow.core.record.prepare import Prepared, prepare
from midflow.store import settling, terms
from midflow.store.tx import Store, Tx

HOME = "https://desk.example"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
AUTHORITY = {"objectType": "Agent", "account": {"homePage": HOME, "name": "key"}}
_numbers = count(1)


def new_id() -> str:
    return str(UUID(int=(4 << 76) | (8 << 60) | next(_numbers)))


def agent(who: str, **more: Any) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": HOME, "name": who}, **more}


def ifi(name: str) -> str:
    return f"account:{HOME}|{name}"


def verb(name: str) -> str:
    return f"{HOME}/verbs/{name}"


def activity(name: str) -> str:
    return f"{HOME}/activities/{name}"


def statement(who: str = "ana", did: str = "tried", what: str = "hold", **more: Any) -> dict[str, Any]:
    """A statement; `refers` makes its object the statement of that id, `voids` voids it."""
    target = more.pop("voids", None)
    did = VOIDED if target else verb(did)
    target = target or more.pop("refers", None)
    object_ = (
        {"objectType": "StatementRef", "id": target}
        if target
        else {"objectType": "Activity", "id": activity(what)}
    )
    plain = {
        "id": new_id(), "actor": agent(who), "verb": {"id": did}, "object": object_, "timestamp": "2026-03-01T09:00:00Z",
    }  # fmt: skip
    return {**plain, **more}


def prepared(made: dict[str, Any]) -> Prepared:
    return prepare(msgspec.json.encode(made), made, id=made["id"], authority=AUTHORITY, version="1.0.3")


def rows(*some: dict[str, Any]) -> list[Prepared]:
    return [prepared(one) for one in some]


def check_terms(store: Store) -> None:
    """What is said of terms in three places is the same: who has them, how often, and each statement's own list."""

    def look(tx: Tx) -> tuple[list[Any], list[Any], dict[int, int]]:
        settling.settle(tx)
        return (
            tx.execute("SELECT term, seq FROM statement_term ORDER BY term, seq").fetchall(),
            tx.execute("SELECT seq, terms FROM statement").fetchall(),
            dict(tx.execute("SELECT id, uses FROM term").fetchall()),
        )

    links, lists, uses = store.write(look)
    found_by = store.read(lambda tx: terms.paired(tx, {seq: terms.unpack(packed) for seq, packed in lists}))
    assert links == sorted((id, seq) for seq, ids in found_by.items() for id in ids)
    counted = Counter(term for term, _ in links)
    assert uses == {id: counted[id] for id in uses}
    assert all(uses.values())
