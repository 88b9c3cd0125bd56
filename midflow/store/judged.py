"""Decisions with what came of the task that they were on."""

from typing import NamedTuple

from midflow.core.decide import Situation
from midflow.store.log import decode_situation
from midflow.store.tx import Tx


class Judged(NamedTuple):
    """One decision on a task that was begun. `wrong_at`: when it turned out wrong (seconds), None where it did not."""

    situation: Situation
    unit: str | None
    shown: bool
    time: float
    wrong_at: float | None


def judged(tx: Tx, since: float, most: int) -> list[Judged]:
    """Return the latest decisions on tasks begun since a time (seconds), newest first, at most so many."""
    rows = tx.execute(
        "SELECT d.situation, d.unit, d.shown, b.time, b.wrong_at FROM begun b JOIN decision d ON d.seq=b.decision"
        " WHERE b.time>=? ORDER BY b.time DESC, b.seq DESC LIMIT ?",
        [since, most],
    )
    return [
        Judged(decode_situation(body), unit, bool(shown), time, wrong_at)
        for body, unit, shown, time, wrong_at in rows
    ]


def person_days(tx: Tx, since: float, until: float) -> int:
    """Return how many pairs of a person and a UTC day have an event of theirs, from one time to another (seconds)."""
    # Whole seconds first: what a cast rounds, and whether it does, differs between the two stores.
    row = tx.execute(
        "SELECT count(*) FROM (SELECT DISTINCT person, CAST(time AS BIGINT)/86400 AS day FROM work_event"
        " WHERE person IS NOT NULL AND time>=? AND time<?) d",
        [since, until],
    ).fetchone()
    return int(row[0]) if row else 0
