"""What is held on one person, counted, and read back page by page for their own export."""

from collections.abc import Sequence
from typing import NamedTuple

from midflow.store.privacy import AccessRow
from midflow.store.tx import Tx, fetch_in


class Count(NamedTuple):
    """How many rows there are, and when the first and the last are from, in seconds; None where there are none."""

    rows: int
    first: float | None
    last: float | None


def events(tx: Tx, person: str) -> Count:
    """Count the work events of a person's accounts."""
    return _count(tx, "work_event", "time", person)


def decisions(tx: Tx, person: str) -> Count:
    """Count the decisions about a person, those to show nothing included."""
    return _count(tx, "decision", "at", person)


def outcomes(tx: Tx, person: str) -> Count:
    """Count what a person did with units."""
    return _count(tx, "outcome", "time", person)


def accounts(tx: Tx, person: str) -> list[tuple[str, str]]:
    """Return a person's accounts: (source, name)."""
    sql = "SELECT source, name FROM account WHERE person=? ORDER BY source, name"
    return [(source, name) for source, name in tx.execute(sql, [person])]


def looks(tx: Tx, subjects: Sequence[str], limit: int = 200) -> list[AccessRow]:
    """Return who looked at the data of any of `subjects`, the latest first."""
    sql = "SELECT at, reader, purpose, subject, what FROM access_log WHERE subject IN ({}) ORDER BY at DESC, seq DESC LIMIT "
    rows = fetch_in(tx, f"{sql}{int(limit)}", sorted(set(subjects)))
    return [AccessRow(*row) for row in rows]


def event_page(
    tx: Tx, person: str, after: int, limit: int
) -> list[tuple[int, str, str, float, str, bytes, str | None]]:
    """Return a person's events after number `after`: seq, source, type, time, case, data (JSON), silence."""
    return tx.execute(
        "SELECT seq, source, type, time, case_ref, data, silence FROM work_event WHERE person=? AND seq>? ORDER BY seq LIMIT ?",
        [person, after, limit],
    ).fetchall()


class DecisionLine(NamedTuple):
    """A decision as its person reads it. `at` in seconds."""

    seq: int
    at: float
    task: str
    phase: str
    rule: str
    case: str
    unit: str | None
    shown: bool
    reason: str | None
    score: float | None
    need: float | None
    chance: float | None
    charged: bool
    release: int


_DECISION = "seq, at, task, phase, rule, case_ref, unit, shown, reason, score, need, chance, charged, release"


def decision_page(tx: Tx, person: str, after: int, limit: int) -> list[DecisionLine]:
    """Return a person's decisions after number `after`, oldest first."""
    sql = f"SELECT {_DECISION} FROM decision WHERE person=? AND seq>? ORDER BY seq LIMIT ?"
    return [_decision(row) for row in tx.execute(sql, [person, after, limit])]


def latest_decisions(tx: Tx, person: str, limit: int) -> list[DecisionLine]:
    """Return a person's latest decisions, the latest first."""
    sql = f"SELECT {_DECISION} FROM decision WHERE person=? ORDER BY at DESC, seq DESC LIMIT ?"
    return [_decision(row) for row in tx.execute(sql, [person, limit])]


def _decision(row: Sequence[object]) -> DecisionLine:
    line = DecisionLine._make(row)  # type: ignore[arg-type]
    return line._replace(shown=bool(line.shown), charged=bool(line.charged))


def _count(tx: Tx, table: str, time: str, person: str) -> Count:
    sql = f"SELECT count(*), min({time}), max({time}) FROM {table} WHERE person=?"
    return Count(*tx.execute(sql, [person]).fetchone())
