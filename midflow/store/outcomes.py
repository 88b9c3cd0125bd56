"""Our own view of the record: what people did with our units."""

from typing import NamedTuple
from uuid import UUID

from midflow.store.texts import whole
from midflow.store.tx import Tx


class OutcomeRow(NamedTuple):
    """What a statement of ours says. `time` in seconds; `success` and `decision` None where there is none."""

    seq: int
    person: str
    verb: str
    unit: str
    block: str | None
    time: float
    success: bool | None
    decision: int | None


class StatementRow(NamedTuple):
    """One statement of ours; `raw` is what is returned. Times in seconds."""

    seq: int
    id: str
    person: str
    verb: str
    unit: str
    block: str | None
    time: float
    stored: float
    raw: bytes


def add_outcomes(tx: Tx, rows: list[OutcomeRow]) -> None:
    """Append what statements that were just stored say."""
    tx.executemany("INSERT INTO outcome VALUES (?,?,?,?,?,?,?,?)", rows)


class AnsweredRow(NamedTuple):
    """One scored answer of a person; `verb` is `reviewed` where it came back, else `answered`. `time` in seconds."""

    check: str
    verb: str
    time: float
    right: bool


def answers_of(tx: Tx, person: str) -> list[AnsweredRow]:
    """Return the person's scored answers in the order in which they came."""
    rows = tx.execute(
        "SELECT unit, block, verb, time, success FROM outcome"
        " WHERE person=? AND verb IN ('answered', 'reviewed') AND success IS NOT NULL ORDER BY seq",
        [person],
    )
    return [
        AnsweredRow(f"{unit}#{block}", verb, time, bool(right)) for unit, block, verb, time, right in rows
    ]


def statements_of(tx: Tx, person: str, limit: int = 100) -> list[StatementRow]:
    """Return the person's latest statements, oldest first."""
    rows = tx.execute(
        "SELECT o.seq, s.id, o.person, o.verb, o.unit, o.block, o.time, s.stored, s.body, a.json"
        " FROM outcome AS o JOIN statement AS s ON s.seq=o.seq JOIN authority AS a ON a.id=s.authority WHERE o.person=? AND s.voided=0 ORDER BY o.seq DESC LIMIT ?",
        [person, limit],
    ).fetchall()
    return [
        StatementRow(
            seq,
            str(UUID(bytes=id)),
            whose,
            verb,
            unit,
            block,
            time,
            stored / 1000,
            whole(body, authority, stored),
        )
        for seq, id, whose, verb, unit, block, time, stored, body, authority in reversed(rows)
    ]
