"""What leaves the record: a person's statements for good, and old ones by age."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from midflow.core.record.actors import ifi as identifier_of
from midflow.core.record.jsontext import decode, encode
from midflow.core.record.objects import IDENTIFIERS
from midflow.core.record.signatures import SIGNATURE
from midflow.store import attachments, documents, settling, terms, texts
from midflow.store.selection import found_by
from midflow.store.tx import Tx, fetch_in

NOBODY = "urn:x-midflow:erased"
"""The home page of the account that stands where somebody was erased."""

KINDS: tuple[terms.Kind, ...] = ("agent", "related_agent", "authority")


class Erased(NamedTuple):
    """What went in one step: statements of the person, mentions in those of others, documents. `done`: nothing is left."""

    statements: int
    mentions: int
    documents: int
    done: bool


class Removed(NamedTuple):
    """How many old statements went in one step. `done`: nothing is left."""

    statements: int
    done: bool


class ErasureRow(NamedTuple):
    """An erasure that was made; whose it was, nobody can say. `at` in milliseconds since the epoch."""

    token: str
    at: int
    by: str
    statements: int
    mentions: int
    documents: int
    done: bool


class _Row(NamedTuple):
    seq: int
    id: bytes
    terms: tuple[int, ...]
    raw: bytes


def tombstones(tx: Tx, ids: Iterable[str]) -> set[str]:
    """Return those of the ids (UUIDs in small letters) whose statements were erased: they are not to be taken again."""
    rows = fetch_in(tx, "SELECT id FROM tombstone WHERE id IN ({})", [UUID(id).bytes for id in ids])
    return {str(UUID(bytes=id)) for (id,) in rows}


def erasures(tx: Tx, limit: int = 100) -> list[ErasureRow]:
    """Return the erasures that were made, latest first."""
    rows = tx.execute("SELECT * FROM erasure ORDER BY at DESC, token LIMIT ?", [limit])
    return [ErasureRow._make((*row[:-1], bool(row[-1]))) for row in rows]


def to_erase(tx: Tx, ifi: str) -> Erased:
    """Return what all steps of `erase_actor` would do; changes nothing."""
    statements = mentions = after = 0
    while rows := _found_by(tx, ifi, after, 500):
        after = rows[-1].seq
        for row in rows:
            made = decode(row.raw)
            own = _is(made["actor"], ifi)
            statements += own
            mentions += not own and _without(made, ifi, "") != made
    return Erased(statements, mentions, documents.count_documents_of(tx, ifi), True)


def erase_actor(tx: Tx, ifi: str, *, token: str, by: str, now_ms: int, most: int = 500) -> Erased:
    """Do one step of an agent's erasure, at most so many statements; repeat it, with the same token, until it is done.

    Statements of the agent go, with their attachments, our view of them, state, profile and names; their ids
    are not taken again. In those of others the agent becomes an account of nobody named `token` (chosen by
    chance: the only link between them). Such a statement is signed no more. What the agent's statements are
    found by stays with statements that refer to them, but not that it was this agent.
    """
    settling.settle(tx)
    rows = _found_by(tx, ifi, 0, most)
    own: list[_Row] = []
    others: list[tuple[_Row, dict[str, Any] | None]] = []
    for row in rows:
        before = decode(row.raw)
        after = _without(before, ifi, token)
        if _is(before["actor"], ifi):
            own.append(row)
        else:
            others.append((row, after if after != before else None))
    tx.executemany(
        "INSERT INTO tombstone VALUES (?, ?) ON CONFLICT DO NOTHING", [(row.id, now_ms) for row in own]
    )
    _remove(tx, own)
    _rename(tx, others, ifi, token)
    mentions = sum(made is not None for _, made in others)
    done = len(rows) < most
    papers = _remove_rest(tx, ifi) if done else 0
    tx.execute(
        "INSERT INTO erasure VALUES (?,?,?,?,?,?,?) ON CONFLICT (token) DO UPDATE SET"
        " statements=erasure.statements+excluded.statements, mentions=erasure.mentions+excluded.mentions,"
        " documents=erasure.documents+excluded.documents, done=excluded.done",
        [token, now_ms, by, len(own), mentions, papers, done],
    )
    return Erased(len(own), mentions, papers, done)


def _remove_rest(tx: Tx, ifi: str) -> int:
    """Remove what is not in statements: documents, how many is returned, and authorities that no statement has now."""
    for id, json in tx.execute("SELECT id, json FROM authority").fetchall():
        made = decode(json)
        if _without(made, ifi, "") != made:
            tx.execute("DELETE FROM authority WHERE id=?", [id])
            tx.memory.forget()
    return documents.delete_documents_of(tx, ifi)


def to_retain(tx: Tx, older_than_ms: int) -> int:
    """Return how many statements all steps of `retain` would remove; changes nothing."""
    return int(tx.execute("SELECT count(*) FROM statement WHERE stored<?", [older_than_ms]).fetchone()[0])


def retain(tx: Tx, older_than_ms: int, *, most: int = 500) -> Removed:
    """Do one step of removing what was stored before a time (ms), the oldest first; repeat it until it is done."""
    settling.settle(tx)
    rows = tx.execute(
        f"{_ROW} WHERE s.stored<? ORDER BY s.stored, s.seq LIMIT ?",
        [older_than_ms, most],
    )
    found = [_row(row) for row in rows]
    _remove(tx, found)
    return Removed(len(found), len(found) < most)


def _found_by(tx: Tx, ifi: str, after: int, most: int) -> list[_Row]:
    """Return statements that an agent is found by, wherever it stands in them or in what they refer to."""
    seqs = found_by(tx, ("related_agent", ifi), after=after, limit=most)
    rows = [_row(row) for row in fetch_in(tx, f"{_ROW} WHERE s.seq IN ({{}})", seqs)]
    return sorted(rows, key=lambda row: row.seq)


_ROW = "SELECT s.seq, s.id, s.terms, s.body, a.json, s.stored FROM statement AS s JOIN authority AS a ON a.id=s.authority"


def _row(row: tuple[int, bytes, bytes, bytes, bytes, int]) -> _Row:
    seq, id, packed, body, authority, stored = row
    return _Row(seq, id, terms.unpack(packed), texts.whole(body, authority, stored))


def _remove(tx: Tx, rows: Sequence[_Row]) -> None:
    """Remove statements with all that is only theirs."""
    each = [[row.seq] for row in rows]
    tx.executemany("DELETE FROM statement WHERE seq=?", each)
    tx.executemany("DELETE FROM statement_id WHERE id=?", [[row.id] for row in rows])
    tx.executemany("DELETE FROM outcome WHERE seq=?", each)
    tx.executemany("DELETE FROM answer WHERE statement=?", each)
    tx.executemany("DELETE FROM evidence WHERE statement=?", each)
    found_by = terms.paired(tx, {row.seq: row.terms for row in rows})
    terms.unlink(tx, [(id, seq) for seq, ids in found_by.items() for id in ids])
    attachments.detach_all(tx, [row.seq for row in rows])
    tx.execute("UPDATE record_end SET statements=statements-?", [len(rows)])


def _rename(tx: Tx, rows: Sequence[tuple[_Row, dict[str, Any] | None]], ifi: str, token: str) -> None:
    """Write statements anew, those with a new text, and let none of them be found by the agent any more.

    Those without one were found through what they refer to, and say nothing of the agent themselves.
    """
    nobody = f"account:{NOBODY}|{token}"
    old = {terms.number_of((kind, ifi)): terms.number_of((kind, nobody)) for kind in KINDS}
    left: dict[int, set[int]] = {}
    for row, made in rows:
        lost = old.keys() & set(row.terms)
        left[row.seq] = {*row.terms, *(old[id] for id in lost if made is not None)} - lost
        body, authority = texts.cut_whole(row.raw if made is None else encode(_unsigned(tx, row.seq, made)))
        number = texts.numbers(tx, [authority])[authority]
        sql = "UPDATE statement SET terms=?, body=?, authority=? WHERE seq=?"
        tx.execute(sql, [terms.pack(left[row.seq]), body, number, row.seq])
    every = set().union(*left.values())
    terms.name(tx, [(kind, nobody) for kind in KINDS if terms.number_of((kind, nobody)) in every])
    before, after = terms.paired(tx, {row.seq: row.terms for row, _ in rows}), terms.paired(tx, left)
    come = sorted((id, seq) for seq, ids in after.items() for id in ids - before[seq])
    terms.link(tx, come)
    terms.use(tx, Counter(id for id, _ in come))
    terms.unlink(tx, [(id, seq) for seq, ids in before.items() for id in ids - after[seq]])


def _unsigned(tx: Tx, seq: int, made: dict[str, Any]) -> dict[str, Any]:
    """Take a statement's signature off: it holds the statement as it was, and no longer fits."""
    listed: list[dict[str, Any]] = made.get("attachments", [])
    left = [one for one in listed if one["usageType"] != SIGNATURE]
    if len(left) == len(listed):
        return made
    attachments.detach(tx, [(seq, one["sha2"].lower()) for one in listed if one["usageType"] == SIGNATURE])
    # In their places: the text of a statement ends with its authority and when it was stored.
    return {
        name: left if name == "attachments" else value
        for name, value in made.items()
        if left or name != "attachments"
    }


def _without(value: Any, ifi: str, token: str) -> Any:
    """Return a JSON value with nobody in each place where the agent stood."""
    if isinstance(value, list):
        return [_without(item, ifi, token) for item in value]
    if not isinstance(value, dict):
        return value
    made = {name: _without(item, ifi, token) for name, item in value.items()}
    if not _is(value, ifi):
        return made
    kept = {name: item for name, item in made.items() if name not in (*IDENTIFIERS, "name")}
    return kept | {"account": {"homePage": NOBODY, "name": token}}


def _is(value: dict[str, Any], ifi: str) -> bool:
    """Return whether an object of a statement is the agent; extensions may hold what only looks like one."""
    if not any(name in value for name in IDENTIFIERS):
        return False
    try:
        return identifier_of(value) == ifi
    except (AttributeError, KeyError, TypeError):
        return False
