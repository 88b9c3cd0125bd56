"""Statements in, each batch whole or not at all, and statements found again."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from midflow.core.record.compare import same
from midflow.core.record.jsontext import decode, encode
from midflow.core.record.multipart import Part
from midflow.core.record.prepare import Prepared, prepare
from midflow.core.record.problem import RecordError
from midflow.core.record.query import StatementQuery
from midflow.core.record.statements import account
from midflow.core.record.validate import check_statement
from midflow.core.record.values import Version
from midflow.store import attachments, erasure, statements
from midflow.store.selection import Selected, select
from midflow.store.terms import Term
from midflow.store.tx import Tx

MOST_AT_ONCE = 500
"""How many statements one page has at most."""

OWN_ACCOUNT = "midflow"
"""The authority of our own statements."""

OWN_VERSION: Version = "1.0.3"


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Statements that are stored together or not at all: checked, prepared, and as they were decoded."""

    prepared: tuple[Prepared, ...]
    decoded: tuple[dict[str, Any], ...]
    parts: tuple[Part, ...] = ()


class Page(NamedTuple):
    """Statements that were asked for, and the number to go on from; None at the end."""

    statements: list[Selected]
    goes_on: int | None


def record(tx: Tx, batches: Sequence[Batch], *, now_ms: int) -> list[RecordError | None]:
    """Store batches; of each None, or why nothing of it was stored.

    A statement that is stored already changes nothing, and is refused where it
    differs (Data 2.3.1, Communication 2.1.1). `now_ms` is read in this transaction.
    """
    ids = [row.id for batch in batches for row in batch.prepared]
    there: dict[str, Any] = dict(statements.known(tx, ids))
    erased = erasure.tombstones(tx, ids)
    answers: list[RecordError | None] = []
    fresh: list[Prepared] = []
    parts: dict[str, Part] = {}
    for batch in batches:
        refusal = _refusal(batch, there, erased)
        answers.append(refusal)
        if refusal is None:
            fresh += [row for row in batch.prepared if row.id not in there]
            there |= {
                row.id: decoded
                for row, decoded in zip(batch.prepared, batch.decoded, strict=True)
                if row.id not in there
            }
            parts |= {part.sha2: part for part in batch.parts}
    wanted = {sha2 for row in fresh for sha2 in row.attachments}
    attachments.save(tx, [part for sha2, part in parts.items() if sha2 in wanted])
    statements.append_statements(tx, fresh, now_ms=now_ms)
    return answers


def record_own(tx: Tx, made: dict[str, Any], *, home: str, now_ms: int) -> int:
    """Store a statement of our own, by the same rules as anybody's, and return its number. RecordError where it breaks one."""
    raw = encode(made)
    decoded = decode(raw)
    check_statement(decoded, version=OWN_VERSION)
    row = prepare(raw, decoded, id=made["id"], authority=account(home, OWN_ACCOUNT), version=OWN_VERSION)
    return statements.add_statements(tx, [row], now_ms=now_ms)[0].seq


def _refusal(batch: Batch, there: Mapping[str, Any], erased: Collection[str]) -> RecordError | None:
    alone = len(batch.prepared) == 1
    for place, (row, decoded) in enumerate(zip(batch.prepared, batch.decoded, strict=True)):
        where = "$.id" if alone else f"$[{place}].id"
        if row.id in erased:
            message = f"{row.id} is the id of a statement that was erased; it is not taken again"
            return RecordError(message, section="Data 2.3", where=where, status=409)
        before = there.get(row.id)
        if before is not None and not same(decoded, decode(before) if isinstance(before, bytes) else before):
            message = (
                f"{row.id} is the id of another statement that is stored already; send yours under a new id"
            )
            return RecordError(message, section="Communication 2.1.2", where=where, status=409)
    return None


def search(tx: Tx, query: StatementQuery, *, also: Sequence[Term] = (), goes_on: int | None = None) -> Page:
    """Return the statements that a query asks for and that have the terms `also`, a page of them.

    `goes_on` is what the page before said; statements that are stored meanwhile
    neither shift nor repeat what is read.
    """
    most = min(query.limit or MOST_AT_ONCE, MOST_AT_ONCE)
    found = select(
        tx,
        [*_terms(query), *also],
        since_ms=query.since_ms,
        until_ms=query.until_ms,
        after=goes_on or 0 if query.ascending else 0,
        before=None if query.ascending else goes_on,
        limit=most + 1,
        ascending=query.ascending,
    )
    more = len(found) > most
    return Page(found[:most], found[most - 1].seq if more else None)


def _terms(query: StatementQuery) -> list[Term]:
    wanted: list[Term] = []
    if query.agent is not None:
        wanted.append(("related_agent" if query.related_agents else "agent", query.agent))
    if query.activity is not None:
        wanted.append(("related_activity" if query.related_activities else "activity", query.activity))
    if query.verb is not None:
        wanted.append(("verb", query.verb))
    if query.registration is not None:
        wanted.append(("registration", query.registration))
    return wanted
