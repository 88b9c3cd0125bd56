"""Documents of other programs: state, agent profiles, activity profiles."""

from hashlib import blake2b
from typing import NamedTuple

import msgspec

from midflow.core.record.documents import Document
from midflow.core.record.query import DocumentQuery, Kind
from midflow.store.terms import key_of
from midflow.store.tx import Tx


class Kept(NamedTuple):
    """A document as it is kept. `updated` in milliseconds since the epoch."""

    content_type: str
    body: bytes
    updated: int


def document(tx: Tx, kind: Kind, query: DocumentQuery) -> Kept | None:
    """Return the document with the query's id, or None; without a registration it is the one that has none."""
    row = tx.execute(
        "SELECT content_type, body, updated FROM document WHERE place=?", [_place(kind, query)]
    ).fetchone()
    return Kept(*row) if row else None


def save_document(tx: Tx, kind: Kind, query: DocumentQuery, document: Document, *, now_ms: int) -> None:
    """Store the document with the query's id, or replace it."""
    agent = key_of(query.agent or "")
    values = [query.activity or "", agent, query.registration or "", query.id or ""]
    tx.execute(
        "INSERT INTO document VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT (place) DO UPDATE SET"
        " content_type=excluded.content_type, updated=excluded.updated, body=excluded.body",
        [
            _place(kind, query),
            _scope(kind, query),
            kind,
            *values,
            document.content_type,
            now_ms,
            document.body,
        ],
    )


def delete_document(tx: Tx, kind: Kind, query: DocumentQuery) -> bool:
    """Remove the document with the query's id and return whether it was there."""
    return tx.execute("DELETE FROM document WHERE place=?", [_place(kind, query)]).rowcount > 0


def document_ids(tx: Tx, kind: Kind, query: DocumentQuery) -> tuple[list[str], int | None]:
    """Return the ids of a context's documents, sorted, and when the latest was stored (ms), None where none is.

    Those of the registration, of any where none is given; with `since_ms` those that were stored later.
    """
    where, values = _context(kind, query)
    if query.since_ms is not None:
        where, values = f"{where} AND updated>?", [*values, query.since_ms]
    rows = tx.execute(
        f"SELECT id, max(updated) FROM document WHERE {where} GROUP BY id ORDER BY id", values
    ).fetchall()
    return [id for id, _ in rows], max((updated for _, updated in rows), default=None)


def delete_documents(tx: Tx, kind: Kind, query: DocumentQuery) -> int:
    """Remove a context's documents, of the registration or of all, and return how many there were."""
    where, values = _context(kind, query)
    return tx.execute(f"DELETE FROM document WHERE {where}", values).rowcount


def delete_documents_of(tx: Tx, ifi: str) -> int:
    """Remove what is kept for an agent and return how much that was. There is no index for it: it is rare."""
    return tx.execute("DELETE FROM document WHERE agent=?", [key_of(ifi)]).rowcount


def count_documents_of(tx: Tx, ifi: str) -> int:
    """Count what is kept for an agent."""
    return int(tx.execute("SELECT count(*) FROM document WHERE agent=?", [key_of(ifi)]).fetchone()[0])


def _context(kind: Kind, query: DocumentQuery) -> tuple[str, list[object]]:
    if query.registration is None:
        return "scope=?", [_scope(kind, query)]
    return "scope=? AND registration=?", [_scope(kind, query), query.registration]


def _place(kind: Kind, query: DocumentQuery) -> bytes:
    return _digest(kind, query.activity, query.agent, query.registration or "", query.id)


def _scope(kind: Kind, query: DocumentQuery) -> bytes:
    return _digest(kind, query.activity, query.agent)


def _digest(*names: str | None) -> bytes:
    """One key of names of any length, which an index of PostgreSQL could not hold."""
    return blake2b(msgspec.json.encode(names), digest_size=16).digest()
