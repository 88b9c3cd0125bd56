"""Timers: rules that wait, for a person in a case, for something not to come."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from midflow.core.match import Timer
from midflow.core.match.history import Seen
from midflow.store.tx import Tx


class TimerRow(NamedTuple):
    """A timer and the case in which it waits; its event is the number of `timer.since`."""

    timer: Timer
    source: str
    case: str


def add_timers(tx: Tx, rows: Iterable[TimerRow]) -> None:
    """Set timers; one of the same event and rule stays as it is."""
    tx.executemany(
        "INSERT INTO timer VALUES (?,?,?,?,?,?,?) ON CONFLICT (event, rule) DO NOTHING",
        [(t.since.seq, t.rule, t.person, source, case, t.since.time, t.due) for t, source, case in rows],
    )


def due_timers(tx: Tx, until: float, limit: int = 100) -> list[TimerRow]:
    """Return the timers that are due at `until` (seconds) or before, those that are due longest first."""
    return _timers(tx, "due<=? ORDER BY due, event, rule LIMIT ?", [until, limit])


def timers_of(tx: Tx, person: str) -> list[TimerRow]:
    """Return what waits for a person."""
    return _timers(tx, "person=? ORDER BY due, event, rule", [person])


def _timers(tx: Tx, where: str, values: list[Any]) -> list[TimerRow]:
    rows = tx.execute(
        f"SELECT event, rule, person, source, case_ref, since, due FROM timer WHERE {where}", values
    )
    return [
        TimerRow(Timer(rule=rule, person=person, since=Seen(since, event), due=due), source, case)
        for event, rule, person, source, case, since, due in rows
    ]


def any_due(tx: Tx, until: float) -> bool:
    """Return whether a timer is due."""
    return tx.execute("SELECT 1 FROM timer WHERE due<=? LIMIT 1", [until]).fetchone() is not None


def take_timer(tx: Tx, row: TimerRow) -> bool:
    """Take a timer off; False where it is no longer there, so that nobody fires it twice."""
    timer = row.timer
    gone = tx.execute("DELETE FROM timer WHERE event=? AND rule=?", [timer.since.seq, timer.rule])
    return gone.rowcount == 1


def drop_others(tx: Tx, row: TimerRow) -> None:
    """Take off what else waits for the same rule and person in the same case."""
    tx.execute(
        "DELETE FROM timer WHERE source=? AND case_ref=? AND rule=? AND person=?",
        [row.source, row.case, row.timer.rule, row.timer.person],
    )
