"""What moved people's states, in the order in which it did."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from midflow.core.learner.evidence import Evidence, Known
from midflow.store.states import decode
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


def all_evidence(tx: Tx) -> Iterator[tuple[str, Evidence, bool]]:
    """Return everybody's evidence in the order in which it came: whose, what, and whether it counts for all.

    An answer counts for all where it was kept as it was foretold: not that of somebody who is not measured.
    """
    rows = tx.execute(
        "SELECT e.person, e.body, a.statement IS NOT NULL FROM evidence e"
        " LEFT JOIN answer a ON a.statement=e.statement ORDER BY e.seq"
    )
    for person, body, measured in rows:
        yield person, _decode(body), bool(measured)


def last_evidence(tx: Tx) -> int:
    """Return the number of the latest piece, 0 where there is none."""
    return tx.execute("SELECT max(seq) FROM evidence").fetchone()[0] or 0


def begin_evidence(tx: Tx) -> None:
    """Let the evidence on everybody who has a state and none begin with that state."""
    rows = tx.execute(
        "SELECT person, state FROM learner WHERE person NOT IN (SELECT person FROM evidence) ORDER BY person"
    ).fetchall()
    add_evidence(tx, [EvidenceRow(person, Known(state=decode(state))) for person, state in rows])
