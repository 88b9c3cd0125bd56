"""Calendars: whose they are, where they are read, and how that went last."""

import json
from typing import NamedTuple

from midflow.store.digests import replace_due
from midflow.store.tx import Tx


class CalendarRow(NamedTuple):
    """One feed. `tasks` maps words of titles to tasks. `read`: when it was read last (seconds), 0 for never;
    `error`: why it could not be read the last time, "" where it could.
    """

    id: int
    person: str
    url: str
    tasks: dict[str, str]
    read: float
    error: str


def origin(calendar: int) -> str:
    """Return what the dates of a calendar are known by."""
    return f"calendar {calendar}"


def add_calendar(tx: Tx, person: str, url: str, tasks: dict[str, str]) -> int:
    """Register a feed and return its number."""
    row = tx.execute(
        "INSERT INTO calendar (person, url, tasks, read_at, error) VALUES (?, ?, ?, 0, '') RETURNING id",
        [person, url, json.dumps(tasks)],
    ).fetchone()
    return int(row[0])


def calendars(tx: Tx, before: float | None = None) -> list[CalendarRow]:
    """Return all feeds, or those last read `before` a time (seconds)."""
    where, values = ("", []) if before is None else (" WHERE read_at<?", [before])
    rows = tx.execute(
        f"SELECT id, person, url, tasks, read_at, error FROM calendar{where} ORDER BY id", values
    )
    return [CalendarRow(row[0], row[1], row[2], json.loads(row[3]), row[4], row[5]) for row in rows]


def note_read(tx: Tx, calendar: int, *, now: float, error: str) -> None:
    """Note how reading a feed went."""
    tx.execute("UPDATE calendar SET read_at=?, error=? WHERE id=?", [now, error[:500], calendar])


def remove_calendar(tx: Tx, calendar: int) -> bool:
    """Forget a feed and its dates; return whether there was one."""
    replace_due(tx, origin(calendar), [])
    return tx.execute("DELETE FROM calendar WHERE id=?", [calendar]).rowcount > 0
