"""Each scored answer as it was foretold: what weights are fitted on, so that a fit knows what was known then."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from midflow.core.learner import correction, weights
from midflow.core.learner.memory import Grade
from midflow.store.tx import Tx

_FACTS = struct.Struct(f"<{len(weights.FEATURES)}f")
_REGARDED = struct.Struct(f"<{len(correction.FEATURES)}f")


class AnswerRow(NamedTuple):
    """One answer. `facts` in the order of `weights.FEATURES`, `said` the chance that was given of a right one.

    `run` and `gap`: the person's history with the check (`response.history_key`). Of a review
    `regarded`, in the order of `correction.FEATURES`, and `recalled`, the chance given by memory.
    """

    statement: int
    person: str
    check: str
    skill: str
    time: float
    grade: Grade
    run: int
    gap: int
    facts: tuple[float, ...]
    said: float
    regarded: tuple[float, ...] | None
    recalled: float | None


def add_answer(tx: Tx, row: AnswerRow) -> None:
    """Append an answer."""
    regarded = None if row.regarded is None else _REGARDED.pack(*row.regarded)
    tx.execute(
        "INSERT INTO answer VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        [*row[:8], _FACTS.pack(*row.facts), row.said, regarded, row.recalled],
    )


class Fact(NamedTuple):
    """What a fit of the response model reads of an answer; `facts` as they are packed: 32-bit floats."""

    statement: int
    right: bool
    run: int
    gap: int
    facts: bytes
    person: str


def numbers_of(fact: Fact) -> tuple[float, ...]:
    """Return what the response model looked at, in the order of `weights.FEATURES`."""
    return _FACTS.unpack(fact.facts)


def facts(tx: Tx, *, after: int = 0, most: int | None = None) -> Iterator[Fact]:
    """Return the answers after a statement's number, or the latest of them, at most so many, in their order."""
    sql, values = "SELECT statement, grade, run, gap, facts, person FROM answer WHERE statement>?", [after]
    if most is not None:
        sql, values = f"SELECT * FROM ({sql} ORDER BY statement DESC LIMIT ?) AS latest", [after, most]
    for statement, grade, run, gap, body, person in tx.execute(f"{sql} ORDER BY statement", values):
        if len(body) == _FACTS.size:
            yield Fact(statement, grade > 1, run, gap, body, person)


def reviews(tx: Tx, most: int) -> list[tuple[bool, bytes]]:
    """Return the latest reviews, right or not and what was regarded (packed 32-bit floats), in their order."""
    rows = tx.execute(
        "SELECT grade, regarded FROM answer WHERE regarded IS NOT NULL ORDER BY statement DESC LIMIT ?",
        [most],
    ).fetchall()
    return [(grade > 1, body) for grade, body in reversed(rows) if len(body) == _REGARDED.size]


def grades(tx: Tx) -> list[tuple[str, str, float, Grade]]:
    """Return (person, check, time, grade) of every answer, each check of a person together in the order of time."""
    return tx.execute(
        "SELECT person, check_ref, time, grade FROM answer ORDER BY person, check_ref, time, statement"
    ).fetchall()


def people_and_answers(tx: Tx) -> tuple[int, int]:
    """Return how many people have answered, and how many answers there are."""
    return tx.execute("SELECT count(DISTINCT person), count(*) FROM answer").fetchone()
