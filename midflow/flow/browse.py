"""The record, looked at by an operator: what came in, statements found by filters, and one in full.

Each look is written down before anything is handed out; what is read is read
outside of that write, so that no look holds up what comes in.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha1
from typing import Any, NamedTuple

import msgspec

from midflow.core.record.actors import ifi, mailbox
from midflow.core.record.jsontext import decode
from midflow.core.record.multipart import Part
from midflow.core.record.sentence import did, identifier_in_words, last_word, what
from midflow.core.record.statements import account
from midflow.core.record.values import MAILTO
from midflow.flow.export import EVERYBODY
from midflow.flow.identity import KEY_ACCOUNT
from midflow.flow.record import OWN_ACCOUNT
from midflow.store import (
    activities,
    agents,
    attachments,
    erasure,
    forwarders,
    keys,
    people,
    statements,
    terms,
)
from midflow.store.forwarders import Forwarder
from midflow.store.privacy import log_access
from midflow.store.selection import Selected, select
from midflow.store.statements import Stored
from midflow.store.terms import Kind, Term
from midflow.store.tx import Store, Tx

DAYS = 28
DAY_MS = 86_400_000
TOP = 10
PAGE = 25
MOST_SUGGESTIONS = 50
MOST_REFERRING = 20
MOST_AGENTS = 12


class Reader(NamedTuple):
    """Who looks, and when, in seconds since the epoch."""

    name: str
    now: float


class Used(NamedTuple):
    """A verb, an activity or a writer: its identifier, what it is called, and how many statements are found by it."""

    id: str
    name: str
    uses: int


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What is in the record. Times in milliseconds; `days`: the last 28 UTC days, oldest first, each with its start."""

    count: int
    first_ms: int | None
    last_ms: int
    last_seq: int
    days: tuple[tuple[int, int], ...]
    verbs: tuple[Used, ...]
    activities: tuple[Used, ...]
    writers: tuple[Used, ...]
    receivers: tuple[Forwarder, ...]
    erasures: tuple[erasure.ErasureRow, ...]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What statements are asked for: an agent as `actors.ifi` writes it, IRIs, a UUID; times in milliseconds."""

    agent: str | None = None
    verb: str | None = None
    activity: str | None = None
    registration: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None

    @property
    def terms(self) -> list[Term]:
        """What the statements must have."""
        wanted: tuple[tuple[Kind, str | None], ...] = (
            ("agent", self.agent),
            ("verb", self.verb),
            ("activity", self.activity),
            ("registration", self.registration),
        )
        return [(kind, value) for kind, value in wanted if value is not None]


class Shown(NamedTuple):
    """One statement: its number, its id, when it was stored (ms), and itself."""

    seq: int
    id: str
    stored: int
    statement: dict[str, Any]


class Listed(NamedTuple):
    """A page of statements, latest first, and the numbers to go on from, None where nothing is further."""

    shown: list[Shown]
    older: int | None
    newer: int | None


class File(NamedTuple):
    """An attachment as its statement describes it; `size` None where its data was not sent with it."""

    about: dict[str, Any]
    sha2: str
    size: int | None


class One(NamedTuple):
    """A statement in full: its bytes, its files, those it refers to and those whose object it is."""

    shown: Shown
    raw: bytes
    voided: bool
    files: list[File]
    refers: list[Shown]
    referring: list[Shown]


def read_overview(store: Store, *, home: str, reader: Reader) -> Overview:
    """Return what is in the record; `home` is this installation's address."""
    _note(store, reader, [EVERYBODY], "overview of the record: counts")
    today = int(reader.now * 1000) // DAY_MS

    def read(tx: Tx) -> Overview:
        last_seq, last_ms, count = statements.end(tx)
        by_day = dict(statements.counts_by_day(tx, (today - DAYS + 1) * DAY_MS))
        return Overview(
            count=count,
            first_ms=statements.first_stored(tx),
            last_ms=last_ms,
            last_seq=last_seq,
            days=tuple((day * DAY_MS, by_day.get(day, 0)) for day in range(today - DAYS + 1, today + 1)),
            verbs=tuple(Used(id, _verb_name(tx, id), n) for id, n in terms.most_used(tx, "verb", TOP)),
            activities=tuple(_activities(tx, TOP)),
            writers=tuple(_writers(tx, home)),
            receivers=tuple(forwarders.forwarders(tx)),
            erasures=tuple(erasure.erasures(tx, TOP)),
        )

    return store.read(read)


def suggest(store: Store) -> tuple[list[Used], list[Used]]:
    """Return the verbs and the activities that are used most, to choose a filter from."""

    def read(tx: Tx) -> tuple[list[Used], list[Used]]:
        verbs = terms.most_used(tx, "verb", MOST_SUGGESTIONS)
        return [Used(id, last_word(id), n) for id, n in verbs], list(_activities(tx, MOST_SUGGESTIONS))

    return store.read(read)


def find_agents(store: Store, text: str, *, home: str, reader: Reader) -> list[Used]:
    """Return the agents of the record that `text` may mean: an e-mail address, a name, or an account's name.

    `home` is this installation's address: people whose address or name it is are found by their account there.
    """
    _note(store, reader, [EVERYBODY], "search for a person in the record")

    def read(tx: Tx) -> list[Used]:
        likely = [ifi(account(home, id)) for id in people.called(tx, text)]
        if MAILTO.match(f"mailto:{text}"):
            mbox = mailbox(f"mailto:{text}")
            likely += [
                f"mbox:{mbox}",
                f"mbox_sha1sum:{sha1(mbox.encode(), usedforsecurity=False).hexdigest()}",
            ]
        likely.append(f"openid:{text}")
        maybe = dict.fromkeys([*(one for one in likely if one), *agents.called(tx, text, MOST_AGENTS)])
        found = ((id, terms.uses(tx, ("agent", id))) for id in maybe)
        return [Used(id, _agent_name(tx, id), uses) for id, uses in found if uses]

    return store.read(read)


def read_list(
    store: Store, filters: Filters, *, before: int | None = None, after: int | None = None, reader: Reader
) -> Listed:
    """Return a page of statements that fit, voided ones left out: the latest, or those `before` or just `after` a number."""
    _note(store, reader, [filters.agent or EVERYBODY], "list of statements of the record")
    return store.read(lambda tx: _page(tx, filters, before, after))


def read_one(store: Store, id: str, *, reader: Reader) -> One | None:
    """Return a statement by its id (UUID in small letters), voided or not, with what it is connected with; or None."""
    found = store.read(lambda tx: _one(tx, id))
    if found is not None:
        shown = [found.shown, *found.refers, *found.referring]
        subjects = dict.fromkeys(ifi(one.statement["actor"]) or EVERYBODY for one in shown)
        _note(store, reader, subjects, f"statement {id}")
    return found


def read_file(store: Store, id: str, sha2: str, *, reader: Reader) -> Part | None:
    """Return the data of a statement's attachment, or None where this statement has no such data."""

    def read(tx: Tx) -> tuple[str, Part | None] | None:
        row = statements.find(tx, id)
        if row is None or sha2 not in attachments.sizes(tx, row.seq):
            return None
        return ifi(decode(row.raw)["actor"]) or EVERYBODY, attachments.load(tx, sha2)

    found = store.read(read)
    if found is None:
        return None
    subject, part = found
    _note(store, reader, [subject], f"an attachment of statement {id}")
    return part


def _note(store: Store, reader: Reader, subjects: Iterable[str], about: str) -> None:
    def write(tx: Tx) -> None:
        for subject in subjects:
            log_access(
                tx, at=reader.now, reader=reader.name, purpose="operations", subject=subject, what=about
            )

    store.write(write)


def _page(tx: Tx, filters: Filters, before: int | None, after: int | None) -> Listed:
    def some(
        *, limit: int, before: int | None = None, after: int = 0, ascending: bool = False
    ) -> list[Shown]:
        found = select(
            tx,
            filters.terms,
            since_ms=filters.since_ms,
            until_ms=filters.until_ms,
            before=before,
            after=after,
            limit=limit,
            ascending=ascending,
        )
        return [_shown(one) for one in found]

    if after is not None:
        found = some(after=after, limit=PAGE + 1, ascending=True)
        if len(found) > PAGE:
            found = found[:PAGE][::-1]
            return Listed(found, found[-1].seq, found[0].seq)
        before = None  # what is newer fits the first page, and that is always full
    found = some(before=before, limit=PAGE + 1)
    older = found[PAGE - 1].seq if len(found) > PAGE else None
    first = found[0].seq if found else (before or 1) - 1
    newer = first if before is not None and some(after=first, limit=1, ascending=True) else None
    return Listed(found[:PAGE], older, newer)


def _shown(row: Selected | Stored) -> Shown:
    statement = decode(row.raw)
    return Shown(row.seq, statement["id"].lower(), row.stored, statement)


def _one(tx: Tx, id: str) -> One | None:
    row = statements.find(tx, id)
    if row is None:
        return None
    shown = _shown(row)
    sizes = attachments.sizes(tx, row.seq)
    files = [
        File(about, about["sha2"].lower(), sizes.get(about["sha2"].lower()))
        for about in shown.statement.get("attachments", [])
    ]
    refers = [statements.find(tx, other) for other in _references(shown.statement)]
    referring = statements.referring(tx, id, MOST_REFERRING)
    return One(
        shown=shown,
        raw=row.raw,
        voided=row.voided,
        files=files,
        refers=[_shown(one) for one in refers if one is not None],
        referring=[_shown(one) for one in referring],
    )


def _references(statement: Mapping[str, Any]) -> list[str]:
    """Return the ids of the statements that one names: as its object, in its context, in its sub-statement."""
    about: dict[str, Any] = statement["object"]
    places = [about, statement.get("context", {}).get("statement", {})]
    if about.get("objectType") == "SubStatement":
        places += [about["object"], about.get("context", {}).get("statement", {})]
    return list(dict.fromkeys(one["id"].lower() for one in places if one.get("objectType") == "StatementRef"))


def _activities(tx: Tx, limit: int) -> Sequence[Used]:
    found = terms.most_used(tx, "activity", limit)
    known = activities.definitions(tx, [id for id, _ in found])
    return [Used(id, what({"id": id, "definition": known.get(id, {})}), n) for id, n in found]


def _verb_name(tx: Tx, id: str) -> str:
    """A verb is called what the latest statement calls it; that may be found through another one, and have another verb."""
    found = select(tx, [("verb", id)], limit=1)
    verb = decode(found[0].raw)["verb"] if found else {}
    return did(verb) if verb.get("id") == id else last_word(id)


def _writers(tx: Tx, home: str) -> list[Used]:
    """Return Midflow itself and the keys whose statements are here, those with the most first."""
    names = dict.fromkeys(key.name for key in keys.keys(tx))
    accounts = {"Midflow": OWN_ACCOUNT} | {name: KEY_ACCOUNT + name for name in names}
    found = ((name, terms.uses(tx, ("authority", f"account:{home}|{one}"))) for name, one in accounts.items())
    made = [Used(accounts[name], name, uses) for name, uses in found if uses]
    return sorted(made, key=lambda one: (-one.uses, one.name))[:TOP]


def _agent_name(tx: Tx, id: str) -> str:
    names = agents.names(tx, id)
    return f"{names[0]}, {identifier_in_words(id)}" if names else identifier_in_words(id)
