"""Tasks begun, and which of them turned out wrong: what need is fitted on and effects are measured by."""

import struct
from collections.abc import Iterable
from typing import NamedTuple

from midflow.core.decide.need_model import FEATURES
from midflow.store.tx import Tx

_PACKED = struct.Struct(f"<{len(FEATURES)}f")


class BegunRow(NamedTuple):
    """One task begun. `decision`: the decision on it, None where none was made; times in seconds.

    `facts`: what need could look at (`FEATURES`), `base` the base rate, `said`
    what the fitted model said, None where there was none.
    """

    event: int
    decision: int | None
    person: str
    task: str
    source: str
    case: str
    time: float
    facts: tuple[float, ...]
    base: float
    said: float | None


class WrongRow(NamedTuple):
    """A task found gone wrong at `time` by an event: the one begun last before it, in the case or, without one, by the person."""

    event: int
    person: str
    task: str
    source: str
    case: str
    time: float


def add_begun(tx: Tx, rows: Iterable[BegunRow]) -> None:
    """Append tasks begun."""
    tx.executemany(
        "INSERT INTO begun (event, decision, person, task, source, case_ref, time, facts, base, said)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        [(*row[:7], _PACKED.pack(*row.facts), row.base, row.said) for row in rows],
    )


def mark_wrong(tx: Tx, rows: Iterable[WrongRow]) -> None:
    """Note what turned out wrong; of one that did before, the first time stays."""
    for row in rows:
        where, values = ("case_ref=?", [row.case]) if row.case else ("case_ref='' AND person=?", [row.person])
        tx.execute(
            f"UPDATE begun SET wrong_at=? WHERE wrong_at IS NULL AND seq=(SELECT seq FROM begun"
            f" WHERE source=? AND {where} AND task=? AND time<=? AND event<? ORDER BY time DESC, seq DESC LIMIT 1)",
            [row.time, row.source, *values, row.task, row.time, row.event],
        )


class PastRow(NamedTuple):
    """What a fit reads of a task begun; as in `BegunRow`, `facts` packed as numbers of four bytes.

    `wrong_at`: when it turned out wrong, None where it did not.
    """

    time: float
    wrong_at: float | None
    facts: bytes
    base: float
    said: float | None


def begun_rows(tx: Tx, *, before: float, most: int) -> list[PastRow]:
    """Return the latest tasks begun before a time (seconds), in the order of time, at most so many."""
    rows = tx.execute(
        "SELECT time, wrong_at, facts, base, said FROM begun WHERE time<? AND facts IS NOT NULL"
        " ORDER BY time DESC, seq DESC LIMIT ?",
        [before, most],
    ).fetchall()
    return [PastRow._make(row) for row in reversed(rows) if len(row[2]) == _PACKED.size]


def unpacked(facts: bytes) -> tuple[float, ...]:
    """Return `FEATURES` as they were packed."""
    return _PACKED.unpack(facts)


def count_begun(tx: Tx, *, before: float) -> int:
    """Return how many tasks were begun before a time (seconds)."""
    return tx.execute("SELECT COUNT(*) FROM begun WHERE time<?", [before]).fetchone()[0]


class DrawRow(NamedTuple):
    """A task begun and the decision on it. `seq` is the former's number, `time` the decision's, in seconds.

    `chance` is None where no draw was made, or no decision.
    """

    seq: int
    time: float
    wrong_at: float | None
    unit: str | None
    shown: bool
    need: float | None
    chance: float | None


def settled_draws(tx: Tx, *, after: int, most: int) -> list[DrawRow]:
    """Return tasks begun in the order of their numbers, from the one after number `after`, with their decisions."""
    rows = tx.execute(
        "SELECT b.seq, COALESCE(d.at, b.time), b.wrong_at, d.unit, COALESCE(d.shown, 0), d.need, d.chance"
        " FROM begun b LEFT JOIN decision d ON d.seq=b.decision WHERE b.seq>? ORDER BY b.seq LIMIT ?",
        [after, most],
    )
    return [DrawRow._make((*row[:4], bool(row[4]), *row[5:])) for row in rows]
