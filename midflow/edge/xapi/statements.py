"""The Statement resource: what is sent is checked whole and stored durably; what is stored is found again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import uuid4

import msgspec

from midflow.core.events import format_time
from midflow.core.record.checked import check_batch
from midflow.core.record.formats import accept_languages, canonical, ids_only
from midflow.core.record.jsontext import decode, encode
from midflow.core.record.multipart import Part, as_named, build, check_attachments, is_multipart, parse
from midflow.core.record.prepare import Prepared, prepare_checked
from midflow.core.record.problem import RecordError
from midflow.core.record.query import StatementQuery, parse_put, parse_query
from midflow.edge.desk import Desk
from midflow.edge.http import Headers, Problem, Response
from midflow.edge.xapi.cursor import Cursor, more, opened
from midflow.edge.xapi.visit import Visit
from midflow.flow.record import Batch, search
from midflow.store import activities, attachments, statements
from midflow.store.selection import Selected
from midflow.store.terms import Term
from midflow.store.tx import Tx

WRITE = ("xapi:statements/write",)
READ = ("xapi:statements/read", "xapi:all/read")
MINE = "xapi:statements/read/mine"
JSON: Headers = [(b"content-type", b"application/json")]


def consistent_through(desk: Desk) -> bytes:
    """Return up to when everything that was stored can be found (Communication 2.1.3)."""
    return format_time(desk.settled() / 1000).encode()


def modified(stored_ms: int) -> bytes:
    """Return a Last-Modified header's value."""
    return format_datetime(datetime.fromtimestamp(stored_ms // 1000, UTC), usegmt=True).encode()


async def put(visit: Visit) -> Response:
    """Store one statement under the id in the query (Communication 2.1.1)."""
    visit.access.need(*WRITE)
    wanted = parse_put(visit.call.params)
    batch = _checked(visit, wanted)
    if len(batch.prepared) != 1:
        raise RecordError("must be one statement", section="Communication 2.1.1", where="$")
    await _store(visit, batch)
    return Response(204, [])


async def post(visit: Visit) -> Response:
    """Store one statement or several, all of them or none (Communication 2.1.2)."""
    visit.access.need(*WRITE)
    for name in visit.call.params:
        raise RecordError("is no parameter of this request", section="Communication 3.2", where=name)
    batch = _checked(visit, None)
    await _store(visit, batch)
    return Response(200, [*JSON], encode([row.id for row in batch.prepared]))


async def _store(visit: Visit, batch: Batch) -> None:
    desk = visit.desk
    desk.rate.take(visit.access.key.hash, len(batch.prepared), desk.clock())
    refusal = await desk.record(batch)
    if refusal is not None:
        raise refusal


def _checked(visit: Visit, wanted: str | None) -> Batch:
    """Check everything that can be without the store. `wanted`: the id that a PUT names."""
    body, parts = _parted(visit)
    single = body.lstrip()[:1] != b"["
    if wanted is not None and not single:
        raise RecordError("must be one statement, not an array", section="Communication 2.1.1", where="$")
    found = check_batch(body, version=visit.version)
    decoded = tuple(checked.decoded for checked in found)
    check_attachments(decoded, parts)
    ids = [_id(statement, wanted) for statement in decoded]
    _refuse_twice(ids)
    who = visit.access
    prepared = tuple(
        prepare_checked(checked, id=id, authority=who.authority, version=visit.version)
        for checked, id in zip(found, ids, strict=True)
    )
    for row in prepared:
        who.owns(row)
    if not who.may("xapi:define"):
        prepared = tuple(msgspec.structs.replace(row, definitions=()) for row in prepared)
    prepared = tuple(_with_what_came(row, parts) for row in prepared)
    return Batch(prepared=prepared, decoded=decoded, parts=tuple(parts.values()))


def _with_what_came(row: Prepared, parts: Mapping[str, Part]) -> Prepared:
    """Attach only what came with this request: a hash that is named with an address fetches nobody else's data."""
    came = tuple(sha2 for sha2 in row.attachments if sha2 in parts)
    return row if came == row.attachments else msgspec.structs.replace(row, attachments=came)


def _parted(visit: Visit) -> tuple[bytes, dict[str, Part]]:
    call = visit.call
    if is_multipart(call.header("content-type")):
        return parse(call.header("content-type"), call.body)
    if call.media != "application/json":
        message = f"must be application/json or multipart/mixed, not {call.media[:60] or 'left out'}"
        raise RecordError(message, section="Communication 1.5", where="Content-Type")
    return call.body, {}


def _id(decoded: dict[str, object], wanted: str | None) -> str:
    given = decoded.get("id")
    if wanted is None:
        return str(given).lower() if given else str(uuid4())
    if given is not None and str(given).lower() != wanted:
        message = "must be the statementId of the request, or be left out"
        raise RecordError(message, section="Communication 2.1.1", where="$.id")
    return wanted


def _refuse_twice(ids: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for place, id in enumerate(ids):
        if id in seen:
            message = f"is the id of the statement at $[{seen[id]}] too; an id names one statement"
            raise RecordError(message, section="Communication 2.1.2", where=f"$[{place}].id")
        seen[id] = place


async def get(visit: Visit) -> Response:
    """One statement, or a page of those that are asked for (Communication 2.1.3)."""
    also = _allowed(visit)
    cursor = opened(visit.call.params)
    query = parse_query(cursor.params)
    if query.statement_id or query.voided_statement_id:
        return visit.desk.store.read(lambda tx: _one(tx, visit, query, also))
    return visit.desk.store.read(lambda tx: _page(tx, visit, query, also, cursor))


def _allowed(visit: Visit) -> list[Term]:
    """What a statement must have so that this key may read it."""
    who = visit.access
    who.need(*READ, MINE)
    also: list[Term] = [] if who.may(*READ) else [("authority", who.ifi)]
    if who.key.actor:
        also.append(("agent", who.key.actor))
    if who.key.registration:
        also.append(("registration", who.key.registration))
    return also


def _one(tx: Tx, visit: Visit, query: StatementQuery, also: Sequence[Term]) -> Response:
    id = query.statement_id or query.voided_statement_id or ""
    found = statements.find(tx, id)
    voided = query.voided_statement_id is not None
    if found is None or found.voided is not voided or not statements.has_terms(tx, found.seq, also):
        raise Problem(404, f"There is no {'voided ' if voided else ''}statement '{id}'.")
    shown = Selected(found.seq, found.stored, found.raw)
    (body,) = _formatted(tx, visit, query, [shown])
    headers = [(b"last-modified", modified(found.stored))]
    return _sent(tx, query, body, [shown], headers)


def _page(tx: Tx, visit: Visit, query: StatementQuery, also: Sequence[Term], cursor: Cursor) -> Response:
    page = search(tx, query, also=also, goes_on=cursor.goes_on)
    bodies = _formatted(tx, visit, query, page.statements)
    link = more(cursor, page.goes_on) if page.goes_on is not None else ""
    body = b'{"statements":[' + b",".join(bodies) + b'],"more":' + encode(link) + b"}"
    return _sent(tx, query, body, page.statements, [])


def _formatted(tx: Tx, visit: Visit, query: StatementQuery, rows: Sequence[Selected]) -> Sequence[bytes]:
    if query.format == "exact":
        return [row.raw for row in rows]
    made = [decode(row.raw) for row in rows]
    if query.format == "ids":
        return [encode(ids_only(statement)) for statement in made]
    languages = accept_languages(visit.call.headers.get("accept-language"))
    return [
        encode(canonical(statement, languages, lambda iri: activities.definition(tx, iri)))
        for statement in made
    ]


def _sent(tx: Tx, query: StatementQuery, body: bytes, rows: Sequence[Selected], headers: Headers) -> Response:
    if not query.attachments:
        return Response(200, [*JSON, *headers], body)
    parts = attachments.of(tx, [row.seq for row in rows])
    kind, chunks = build(body, as_named(parts, [decode(row.raw) for row in rows]) if parts else parts)
    return Response(200, [(b"content-type", kind.encode()), *headers], b"".join(chunks))
