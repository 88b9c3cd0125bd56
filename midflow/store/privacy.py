"""Who looked at whose data, and for which purpose."""

from typing import Literal, NamedTuple

from midflow.store.tx import Tx

Purpose = Literal["support", "compliance", "study", "operations", "evidence"]


class AccessRow(NamedTuple):
    """One look at a person's data. `at` in seconds since the epoch."""

    at: float
    reader: str
    purpose: Purpose
    subject: str
    what: str


def log_access(tx: Tx, *, at: float, reader: str, purpose: Purpose, subject: str, what: str) -> None:
    """Write down a look at `subject`'s data by `reader`."""
    tx.execute(
        "INSERT INTO access_log (at, reader, purpose, subject, what) VALUES (?,?,?,?,?)",
        [at, reader, purpose, subject, what],
    )


def accesses_of(tx: Tx, subject: str, limit: int = 200) -> list[AccessRow]:
    """Return who looked at `subject`'s data, latest first."""
    rows = tx.execute(
        "SELECT at, reader, purpose, subject, what FROM access_log WHERE subject=? ORDER BY seq DESC LIMIT ?",
        [subject, limit],
    )
    return [AccessRow(*row) for row in rows]
