"""The record: xAPI statements, in the order they were stored."""

from typing import Any, NamedTuple

import msgspec

from midflow.store.tx import Tx

_encode = msgspec.json.Encoder().encode


class StatementRow(NamedTuple):
    """One statement; `raw` is what was stored."""

    seq: int
    id: str
    person: str
    verb: str
    unit: str
    block: str | None
    time: float
    stored: float
    raw: bytes


def known_statement(tx: Tx, id: str) -> bool:
    """Return whether a statement of this id is stored."""
    return tx.execute("SELECT 1 FROM statement WHERE id=?", [id]).fetchone() is not None


def add_statement(
    tx: Tx,
    made: dict[str, Any],
    *,
    person: str,
    verb: str,
    unit: str,
    block: str | None,
    time: float,
    stored: float,
) -> None:
    """Append one statement. `time` and `stored` in seconds since the epoch."""
    tx.execute(
        "INSERT INTO statement (id, person, verb, unit, block, time, stored, raw) VALUES (?,?,?,?,?,?,?,?)",
        [made["id"], person, verb, unit, block, time, stored, _encode(made)],
    )


def statements_of(tx: Tx, person: str, limit: int = 100) -> list[StatementRow]:
    """Return the person's latest statements, oldest first."""
    rows = tx.execute(
        "SELECT seq, id, person, verb, unit, block, time, stored, raw FROM statement WHERE person=?"
        " ORDER BY seq DESC LIMIT ?",
        [person, limit],
    ).fetchall()
    return [StatementRow(*row) for row in reversed(rows)]
