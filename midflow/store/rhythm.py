"""Rhythm: traces of days, the rows that chances are fitted on, and what is likely to come."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from midflow.core.learner.rhythm import Own, Pair
from midflow.core.learner.trace import Trace
from midflow.store.models import save_tallies, tallies
from midflow.store.tx import Tx

DAY = 86_400.0
TALLY = "rhythm"
PROGRESS = "rhythm_progress"
EVERYONE = ""
"""Under this name stands the trace of anything by anyone; a task has at least one letter."""

_encode = msgspec.msgpack.Encoder().encode
_own = msgspec.msgpack.Decoder(Own).decode
_trace = msgspec.msgpack.Decoder(Trace).decode


class DayRow(NamedTuple):
    """The rows of one day (since the epoch), packed by whoever fits on them; `size`: how many."""

    day: int
    size: int
    body: bytes


class ComingRow(NamedTuple):
    """The chances of a person doing a task within 24 hours and 7 days from the start of `day`."""

    person: str
    task: str
    day: int
    p24h: float
    p7d: float


def first_begun(tx: Tx) -> float | None:
    """Return when the first task of all was begun."""
    return tx.execute("SELECT min(time) FROM begun").fetchone()[0]


def last_begun(tx: Tx) -> int:
    """Return the number of the latest task begun, 0 for none."""
    return tx.execute("SELECT max(seq) FROM begun").fetchone()[0] or 0


def begun_between(tx: Tx, start: int, end: int, *, after: int) -> list[tuple[str, str, int]]:
    """Return (person, task, day) of what was begun from day `start` to before `end`.

    And what was begun before that and came later than number `after`: it was not there when its day was read.
    """
    rows = tx.execute(
        "SELECT DISTINCT person, task, time FROM begun WHERE time<? AND (time>=? OR seq>?)",
        [end * DAY, start * DAY, after],
    )
    return sorted({(person, task, int(time // DAY)) for person, task, time in rows}, key=lambda row: row[2])


def begun_on(tx: Tx, day: int, *, until: int) -> set[Pair]:
    """Return who began what on a day, of what was there up to number `until`."""
    sql = "SELECT DISTINCT person, task FROM begun WHERE time>=? AND time<? AND seq<=?"
    return {(person, task) for person, task in tx.execute(sql, [day * DAY, (day + 1) * DAY, until])}


def traces(tx: Tx) -> tuple[dict[str, Own], dict[str, Trace]]:
    """Return everyone's traces, and those of tasks by anyone."""
    people = {person: _own(body) for person, body in tx.execute("SELECT person, body FROM rhythm")}
    rows = tx.execute("SELECT name, body FROM tally WHERE kind=?", [TALLY])
    return people, {name: _trace(body) for name, body in rows}


def save_traces(tx: Tx, people: Mapping[str, Own], tasks: Mapping[str, Trace]) -> None:
    """Store traces in the place of those before."""
    tx.executemany(
        "INSERT INTO rhythm VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET body=excluded.body",
        [(person, _encode(own)) for person, own in people.items()],
    )
    save_tallies(tx, TALLY, {name: _encode(trace) for name, trace in tasks.items()})


def progress(tx: Tx) -> bytes | None:
    """Return how far it is, as whoever foresees packed it; None before the first day."""
    return tallies(tx, PROGRESS, [EVERYONE]).get(EVERYONE)


def save_progress(tx: Tx, body: bytes) -> None:
    """Store how far it is."""
    save_tallies(tx, PROGRESS, {EVERYONE: body})


def days(tx: Tx) -> list[DayRow]:
    """Return the rows of each day that is kept, in order."""
    return [DayRow(*row) for row in tx.execute("SELECT day, size, body FROM rhythm_day ORDER BY day")]


def save_days(tx: Tx, rows: Iterable[DayRow], *, since: int) -> None:
    """Store days, and drop those before `since`."""
    tx.executemany(
        "INSERT INTO rhythm_day VALUES (?, ?, ?) ON CONFLICT (day) DO UPDATE SET size=excluded.size, body=excluded.body",
        list(rows),
    )
    tx.execute("DELETE FROM rhythm_day WHERE day<?", [since])


def save_coming(tx: Tx, rows: Iterable[ComingRow]) -> None:
    """Store what is likely to come in the place of all that was."""
    tx.execute("DELETE FROM coming")
    tx.executemany("INSERT INTO coming VALUES (?, ?, ?, ?, ?)", list(rows))


def coming(tx: Tx, person: str) -> list[ComingRow]:
    """Return what the person is likely to do, the likeliest within 24 hours first."""
    rows = tx.execute(
        "SELECT person, task, day, p24h, p7d FROM coming WHERE person=? ORDER BY p24h DESC, task", [person]
    )
    return [ComingRow(*row) for row in rows]
