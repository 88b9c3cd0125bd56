"""The record: xAPI statements, appended in the order of their commits."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from midflow.core.record.prepare import Prepared
from midflow.store import activities, agents, settling, terms, texts
from midflow.store.ids import number_of_id, numbers_of_ids, packed_id
from midflow.store.references import Node, connect
from midflow.store.tx import Tx, fetch_in


class Added(NamedTuple):
    """A statement's number, and when it was stored, in milliseconds since the epoch."""

    seq: int
    stored: int


class Stored(NamedTuple):
    """One statement; `raw` is what is returned. `voiding`: it voids another."""

    seq: int
    id: str
    stored: int
    voided: bool
    voiding: bool
    raw: bytes


_STORED = (
    "SELECT s.seq, s.id, s.stored, s.voided, s.voiding, s.body, a.json"
    " FROM statement AS s JOIN authority AS a ON a.id=s.authority"
)


def known(tx: Tx, ids: Iterable[str]) -> dict[str, bytes]:
    """Return those of the ids (UUIDs in small letters) that are stored, with what is stored, voided ones included."""
    found = numbers_of_ids(tx, [packed_id(id) for id in ids])
    rows = fetch_in(tx, f"{_STORED} WHERE s.seq IN ({{}})", found)
    return {row.id: row.raw for row in map(_stored, rows)}


def find(tx: Tx, id: str) -> Stored | None:
    """Return one statement by its id, voided or not, or None."""
    row = tx.execute(f"{_STORED} WHERE s.seq=?", [number_of_id(tx, UUID(id).bytes)]).fetchone()
    return _stored(row) if row else None


def has_terms(tx: Tx, seq: int, wanted: Iterable[terms.Term]) -> bool:
    """Return whether the statement of this number has all wanted terms."""
    row = tx.execute("SELECT terms FROM statement WHERE seq=?", [seq]).fetchone()
    return row is not None and {terms.number_of(term) for term in wanted} <= set(terms.unpack(row[0]))


def statements_after(tx: Tx, seq: int, limit: int) -> list[Stored]:
    """Return the statements after number `seq` in their order, voided ones included: for whoever reads on."""
    rows = tx.execute(f"{_STORED} WHERE s.seq>? ORDER BY s.seq LIMIT ?", [seq, limit])
    return [_stored(row) for row in rows]


def _stored(row: tuple[Any, ...]) -> Stored:
    seq, id, stored, voided, voiding, body, authority = row
    raw = texts.whole(body, authority, stored)
    return Stored(seq, str(UUID(bytes=id)), stored, bool(voided), bool(voiding), raw)


def end(tx: Tx) -> tuple[int, int, int]:
    """Return the number and time (ms) that were given last, and how many statements there are."""
    return tx.execute("SELECT seq, stored, statements FROM record_end").fetchone()


def first_stored(tx: Tx) -> int | None:
    """Return when the oldest statement that is there was stored (ms), None where there is none."""
    return tx.execute("SELECT min(stored) FROM statement").fetchone()[0]


def referring(tx: Tx, id: str, limit: int) -> list[Stored]:
    """Return the statements whose object is the statement of this id, the latest first, voided ones included."""
    rows = tx.execute(f"{_STORED} WHERE s.target=? ORDER BY s.seq DESC LIMIT ?", [UUID(id).bytes, limit])
    return [_stored(row) for row in rows]


def counts_by_day(tx: Tx, since_ms: int) -> list[tuple[int, int]]:
    """Return for each UTC day since `since_ms` its number since the epoch and how many statements were stored on it."""
    return tx.execute(
        "SELECT stored / 86400000, count(*) FROM statement WHERE stored>=? GROUP BY 1 ORDER BY 1", [since_ms]
    ).fetchall()


def add_statements(tx: Tx, rows: Sequence[Prepared], *, now_ms: int) -> list[Added]:
    """Append statements, the result has their order; ValueError where one has an id that is not unique.

    `now_ms` must be read inside this transaction: what is said to be complete up to a time relies on it.
    All are stored at one time, now or, where the clock went back, when the last one was.
    """
    ids = [packed_id(row.id) for row in rows]
    if len(set(ids)) < len(ids) or numbers_of_ids(tx, ids):
        raise ValueError("the ids of these statements are not unique, among them or with what is stored")
    return append_statements(tx, rows, now_ms=now_ms)


def append_statements(tx: Tx, rows: Sequence[Prepared], *, now_ms: int) -> list[Added]:
    """Do the same, for a caller who has looked in this transaction that none of the ids is stored, and each is there once."""
    if not rows:
        return []
    last, before, count = end(tx)
    stored = max(now_ms, before)
    values = [last + len(rows), stored, count + len(rows)]
    tx.execute("UPDATE record_end SET seq=?, stored=?, statements=?", values)
    nodes = _numbered(tx, rows, last + 1)
    connect(tx, nodes)
    settling.arrive(tx, _found_by(tx, nodes, rows), [node.id for node in nodes])
    cut = [texts.cut(row, stored) for row in rows]
    authorities = texts.numbers(tx, {authority for _, authority in cut})
    tx.executemany(
        "INSERT INTO statement VALUES (?,?,?,?,?,?,?,?,?)",
        [
            (
                n.seq, stored, authorities[authority], n.voided, n.voiding, n.id, n.target,
                terms.pack(n.terms), body,
            )
            for n, (body, authority) in zip(nodes, cut, strict=True)
        ],
    )  # fmt: skip
    files = [(node.seq, sha2) for node, row in zip(nodes, rows, strict=True) for sha2 in row.attachments]
    if files:
        tx.executemany("INSERT INTO statement_attachment VALUES (?, ?)", files)
    activities.learn(tx, [pair for row in rows for pair in row.definitions])
    agents.learn(tx, [pair for row in rows for pair in row.names])
    tx.memory.bound()
    return [Added(node.seq, stored) for node in nodes]


def _numbered(tx: Tx, rows: Sequence[Prepared], first: int) -> list[Node]:
    """Return the statements with their numbers and the terms that are their own, which are taken up."""
    nodes: list[Node] = []
    unknown: set[terms.Term] = set()
    for seq, row in enumerate(rows, first):
        numbers = terms.own_numbers(row)
        if not numbers <= tx.memory.terms:
            unknown.update(terms.own_terms(row))
        if row.registration is not None:
            numbers.add(terms.number_of(("registration", row.registration)))
        target = packed_id(row.target) if row.target else None
        had = frozenset(numbers)
        nodes.append(Node(seq, packed_id(row.id), target, row.voids is not None, False, numbers, had))
    if unknown:
        terms.name(tx, unknown)
    return nodes


def _found_by(tx: Tx, nodes: Sequence[Node], rows: Sequence[Prepared]) -> dict[int, set[int]]:
    """Return the terms of new statements with those that follow from them; only what is inherited is looked up."""
    more = terms.paired(tx, {node.seq: node.terms for node in nodes if node.gained})
    return {
        node.seq: more[node.seq] if node.gained else node.terms.union(terms.pairs_of(row))
        for node, row in zip(nodes, rows, strict=True)
    }
