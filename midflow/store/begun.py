"""Tasks begun, and which of them turned out wrong: what need is fitted on and effects are measured by."""

from collections.abc import Iterable
from typing import NamedTuple

from midflow.store.tx import Tx


class BegunRow(NamedTuple):
    """One task begun. `decision`: the decision on it, None where none was made; times in seconds."""

    event: int
    decision: int | None
    person: str
    task: str
    source: str
    case: str
    time: float


class WrongRow(NamedTuple):
    """A task found gone wrong at `time`: the one begun last before it, in the case or, without one, by the person."""

    person: str
    task: str
    source: str
    case: str
    time: float


def add_begun(tx: Tx, rows: Iterable[BegunRow]) -> None:
    """Append tasks begun."""
    tx.executemany(
        "INSERT INTO begun (event, decision, person, task, source, case_ref, time) VALUES (?,?,?,?,?,?,?)",
        rows,
    )


def mark_wrong(tx: Tx, rows: Iterable[WrongRow]) -> None:
    """Note what turned out wrong; of one that did before, the first time stays."""
    for row in rows:
        where, values = ("case_ref=?", [row.case]) if row.case else ("case_ref='' AND person=?", [row.person])
        tx.execute(
            f"UPDATE begun SET wrong_at=? WHERE wrong_at IS NULL AND seq=(SELECT seq FROM begun"
            f" WHERE source=? AND {where} AND task=? AND time<? ORDER BY time DESC, seq DESC LIMIT 1)",
            [row.time, row.source, *values, row.task, row.time],
        )
