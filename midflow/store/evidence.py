"""What moved people's states, in the order in which it did."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from midflow.core.learner.evidence import Evidence
from midflow.store.tx import Tx

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Evidence).decode


class EvidenceRow(NamedTuple):
    """One piece of evidence on a person. `statement`: the number of the statement that it follows from, None for others."""

    person: str
    evidence: Evidence
    statement: int | None = None


def add_evidence(tx: Tx, rows: Iterable[EvidenceRow]) -> None:
    """Append evidence, in the order in which it moved states."""
    tx.executemany(
        "INSERT INTO evidence (person, statement, body) VALUES (?,?,?)",
        [(row.person, row.statement, _encode(row.evidence)) for row in rows],
    )


def evidence_of(tx: Tx, person: str) -> Iterator[Evidence]:
    """Return all evidence on one person, in its order."""
    for (body,) in tx.execute("SELECT body FROM evidence WHERE person=? ORDER BY seq", [person]):
        yield _decode(body)


def all_evidence(tx: Tx) -> Iterator[tuple[str, Evidence]]:
    """Return everybody's evidence in the order in which it came, each with whose it is."""
    for person, body in tx.execute("SELECT person, body FROM evidence ORDER BY seq"):
        yield person, _decode(body)


def people_with_evidence(tx: Tx) -> list[str]:
    """Return who has any."""
    return [person for (person,) in tx.execute("SELECT DISTINCT person FROM evidence ORDER BY person")]
