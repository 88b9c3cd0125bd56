"""Tests that people took to prove what they know: one row a test, with its answers."""

import msgspec

from midflow.core.learner.proving import Verdict
from midflow.store.tx import Tx


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """One answer as it was taken: the client's id of it, the check, whether it was right."""

    answer: str
    check: str
    right: bool


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """One test: of a skill, or of a unit by its skill. `level`: what had to be shown; times in seconds.

    `contested`: it was asked for because an estimate seemed wrong. `pending`: the check that is being asked.
    """

    id: str
    person: str
    skill: str
    unit: str | None
    contested: bool
    level: float
    started: float
    ended: float | None = None
    verdict: Verdict | None = None
    given: tuple[Given, ...] = ()
    pending: str | None = None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Proof).decode


def proof(tx: Tx, id: str) -> Proof | None:
    """Return a test, or None."""
    row = tx.execute("SELECT body FROM proof WHERE id=?", [id]).fetchone()
    return _decode(row[0]) if row else None


def save_proof(tx: Tx, made: Proof) -> None:
    """Keep a test as it stands now."""
    tx.execute(
        "INSERT INTO proof VALUES (?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET ended=excluded.ended, body=excluded.body",
        [made.id, made.person, made.skill, made.started, made.ended, _encode(made)],
    )


def proofs_of(tx: Tx, person: str, limit: int = 200) -> list[Proof]:
    """Return a person's tests, the latest first."""
    sql = "SELECT body FROM proof WHERE person=? ORDER BY started DESC, id LIMIT ?"
    return [_decode(body) for (body,) in tx.execute(sql, [person, limit])]
