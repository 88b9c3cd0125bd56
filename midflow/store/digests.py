"""Digests, which refreshers were decided on, and dates on which tasks are known to come."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from midflow.core.decide.digest import Digest
from midflow.core.decide.refresher import SOON
from midflow.store.tx import Tx

_encode = msgspec.json.Encoder().encode
_digest = msgspec.json.Decoder(Digest).decode


class DueRow(NamedTuple):
    """A task known to come to a person at a time (seconds). `origin`: what says so."""

    person: str
    task: str
    origin: str
    at: float


class PassedRow(NamedTuple):
    """A decision that showed nothing although the unit might have helped."""

    task: str
    unit: str
    reason: str
    score: float


def last_digest(tx: Tx, person: str) -> Digest | None:
    """Return the person's latest digest."""
    row = tx.execute("SELECT body FROM digest WHERE person=? ORDER BY day DESC LIMIT 1", [person]).fetchone()
    return None if row is None else _digest(row[0])


def digests_of(tx: Tx, person: str) -> list[Digest]:
    """Return all digests of a person, in the order of days."""
    rows = tx.execute("SELECT body FROM digest WHERE person=? ORDER BY day", [person])
    return [_digest(body) for (body,) in rows]


def dates_of(tx: Tx, person: str) -> list[DueRow]:
    """Return all dates on which tasks are known to come to a person, in order."""
    sql = "SELECT person, task, origin, at FROM task_due WHERE person=? ORDER BY at, task"
    return [DueRow(*row) for row in tx.execute(sql, [person])]


def add_digest(tx: Tx, person: str, digest: Digest) -> bool:
    """Store the digest of a day and return whether it is new: of one day there is one."""
    done = tx.execute(
        "INSERT INTO digest VALUES (?, ?, ?, ?) ON CONFLICT (person, day) DO NOTHING",
        [person, digest.day, digest.made, _encode(digest)],
    )
    return done.rowcount == 1


def passed_over(tx: Tx, person: str, since: float) -> list[PassedRow]:
    """Return what was left to the digest, or had no room, since a time (seconds)."""
    rows = tx.execute(
        "SELECT task, unit, reason, score FROM decision WHERE person=? AND at>=?"
        " AND reason IN ('to_digest', 'over_budget', 'another_open') AND unit IS NOT NULL AND score IS NOT NULL",
        [person, since],
    )
    return [PassedRow(*row) for row in rows]


def due_tasks(tx: Tx, person: str, start: float, end: float) -> dict[str, float]:
    """Return when each task is known to come to the person next, between two times (seconds)."""
    rows = tx.execute(
        "SELECT task, min(at) FROM task_due WHERE person=? AND at>=? AND at<? GROUP BY task",
        [person, start, end],
    )
    return dict(rows.fetchall())


def add_due(tx: Tx, rows: Iterable[DueRow]) -> None:
    """Note dates; what the same origin said of the same person and task before is forgotten."""
    kept = list(rows)
    tx.executemany(
        "DELETE FROM task_due WHERE person=? AND task=? AND origin=?",
        [(row.person, row.task, row.origin) for row in kept],
    )
    tx.executemany("INSERT INTO task_due VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", kept)


def replace_due(tx: Tx, origin: str, rows: Iterable[DueRow]) -> None:
    """Put all that an origin says in the place of what it said before."""
    tx.execute("DELETE FROM task_due WHERE origin=?", [origin])
    tx.executemany("INSERT INTO task_due VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", list(rows))


def drop_due(tx: Tx, before: float) -> None:
    """Forget dates that are over."""
    tx.execute("DELETE FROM task_due WHERE at<?", [before])


def may_refresh(tx: Tx, now: float, lead: float) -> list[str]:
    """Return the people to whom a task is about to come, foreseen or known."""
    rows = tx.execute(
        "SELECT person FROM coming WHERE p24h>=? UNION SELECT person FROM task_due WHERE at>=? AND at<=? ORDER BY 1",
        [SOON, now, now + lead],
    )
    return [person for (person,) in rows]


def last_event(tx: Tx, person: str) -> tuple[int, str, float] | None:
    """Return (number, source, time) of the latest thing that the person did."""
    return tx.execute(
        "SELECT seq, source, time FROM work_event WHERE person=? ORDER BY time DESC LIMIT 1", [person]
    ).fetchone()


def refreshed(tx: Tx, person: str, day: int) -> set[str]:
    """Return the tasks on which a refresher was decided for the person on a day (since the epoch, UTC)."""
    rows = tx.execute("SELECT task FROM refresher WHERE person=? AND day=?", [person, day])
    return {task for (task,) in rows}


def note_refreshed(tx: Tx, person: str, task: str, day: int) -> None:
    """Note that it was decided on a refresher of a task today; earlier days are forgotten."""
    tx.execute("DELETE FROM refresher WHERE person=? AND day<?", [person, day])
    tx.execute("INSERT INTO refresher VALUES (?, ?, ?) ON CONFLICT DO NOTHING", [person, task, day])
