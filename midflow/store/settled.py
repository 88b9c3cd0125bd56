"""Which tasks begun are settled: all up to a number."""

from typing import NamedTuple

from midflow.store.tx import Tx

REACHED = "work_settled"


class Settling(NamedTuple):
    """A task begun long enough ago to say how it went. `helped`: a prompt on it was displayed."""

    seq: int
    person: str
    task: str
    time: float
    wrong: bool
    helped: bool


def to_settle(tx: Tx, *, before: float, most: int) -> list[Settling]:
    """Return the next tasks to settle, in the order in which they were stored, up to the first begun after `before`.

    `before` in seconds. One that came late, begun before others that are stored already, waits for those.
    """
    rows = tx.execute(
        "SELECT b.seq, b.person, b.task, b.time, b.wrong_at, o.displayed FROM begun b"
        " LEFT JOIN offer o ON o.decision=b.decision WHERE b.seq>? ORDER BY b.seq LIMIT ?",
        [_reached(tx), most],
    )
    found: list[Settling] = []
    for seq, person, task, time, wrong_at, displayed in rows:
        if time > before:
            break
        found.append(Settling(seq, person, task, time, wrong_at is not None, displayed is not None))
    return found


def set_settled(tx: Tx, seq: int) -> None:
    """Note that all tasks begun up to this number are settled."""
    tx.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value",
        [REACHED, str(seq)],
    )


def _reached(tx: Tx) -> int:
    row = tx.execute("SELECT value FROM meta WHERE name=?", [REACHED]).fetchone()
    return int(row[0]) if row else 0
