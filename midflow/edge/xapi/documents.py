"""The document resources: state, agent profiles and activity profiles (Communication 2.2, 2.3, 2.6, 2.7)."""

from collections.abc import Awaitable, Callable
from functools import partial

from midflow.core.record.documents import Document, check_precondition, etag, posted
from midflow.core.record.jsontext import encode
from midflow.core.record.query import DocumentQuery, Kind, Method, parse_document
from midflow.edge.http import Headers, Problem, Response
from midflow.edge.xapi.statements import modified
from midflow.edge.xapi.visit import Visit
from midflow.store import documents
from midflow.store.tx import Tx

PATHS: dict[Kind, str] = {
    "state": "/xapi/activities/state",
    "agent_profile": "/xapi/agents/profile",
    "activity_profile": "/xapi/activities/profile",
}
METHODS: tuple[Method, ...] = ("GET", "PUT", "POST", "DELETE")
SCOPES: dict[Kind, str] = {
    "state": "xapi:state",
    "agent_profile": "xapi:profile",
    "activity_profile": "xapi:profile",
}


async def _answer(visit: Visit, *, kind: Kind, method: Method) -> Response:
    access = visit.access
    access.need(SCOPES[kind], *(("xapi:all/read",) if method == "GET" else ()))
    query = parse_document(visit.call.params, kind=kind, method=method)
    if query.agent is not None:
        access.about(query.agent)
    if kind == "state":
        access.within(query.registration)
    if method == "GET":
        return visit.desk.store.read(lambda tx: _read(tx, kind, query))
    await visit.desk.call(lambda tx: _change(tx, visit, kind, method, query))
    return Response(204, [])


def _read(tx: Tx, kind: Kind, query: DocumentQuery) -> Response:
    """The document that is named, as it came, or the ids of all there are."""
    if query.id is None:
        ids, latest = documents.document_ids(tx, kind, query)
        return _tagged(encode(ids), "application/json", latest)
    found = documents.document(tx, kind, query)
    if found is None:
        raise Problem(404, f"There is no document '{query.id}' here.")
    return _tagged(found.body, found.content_type, found.updated)


def _tagged(body: bytes, media: str, updated: int | None) -> Response:
    headers: Headers = [(b"content-type", media.encode("latin-1", "replace")), (b"etag", etag(body).encode())]
    if updated is not None:
        headers.append((b"last-modified", modified(updated)))
    return Response(200, headers, body)


def _change(tx: Tx, visit: Visit, kind: Kind, method: Method, query: DocumentQuery) -> None:
    """Look and change in one transaction, so that nothing comes between the two."""
    if query.id is None:
        documents.delete_documents(tx, kind, query)
        return
    old = documents.document(tx, kind, query)
    headers = visit.call.headers
    check_precondition(
        kind=kind, method=method, version=visit.version, current=etag(old.body) if old else None,
        if_match=headers.get("if-match"), if_none_match=headers.get("if-none-match"),
    )  # fmt: skip
    if method == "DELETE":
        documents.delete_document(tx, kind, query)
        return
    new = Document(headers.get("content-type") or "application/octet-stream", visit.call.body)
    if method == "POST":
        new = posted(Document(old.content_type, old.body) if old else None, new)
    documents.save_document(tx, kind, query, new, now_ms=int(visit.desk.clock() * 1000))


ROUTES: tuple[tuple[str, str, Callable[[Visit], Awaitable[Response]]], ...] = tuple(
    (method, path, partial(_answer, kind=kind, method=method))
    for kind, path in PATHS.items()
    for method in METHODS
)
