"""`GET /v1/statements`: the record in stored order, for whoever keeps a copy of it."""

from midflow.core.record.jsontext import encode
from midflow.edge.auth import machine
from midflow.edge.desk import Desk
from midflow.edge.http import NO_STORE, Problem, Request, Response
from midflow.store import statements

SCOPES = ("xapi:all", "xapi:all/read", "xapi:statements/read")
MOST = 1000


async def get_statements(desk: Desk, request: Request) -> Response:
    """Statements after a number, one JSON object a line: `{seq, voided, statement}`.

    Voided ones are there too, because a copy must learn of the voiding. A number
    is never given twice, and nothing that comes later gets a lower one.
    """
    machine(desk, request, *SCOPES)
    after, limit = _number(request, "after", 0), _number(request, "limit", 100)
    rows = desk.store.read(lambda tx: statements.statements_after(tx, after, min(limit, MOST)))
    lines = [
        b'{"seq":%d,"voided":%s,"statement":%s}\n' % (row.seq, b"true" if row.voided else b"false", row.raw)
        for row in rows
    ]
    last = rows[-1].seq if rows else after
    headers = [(b"content-type", b"application/x-ndjson"), NO_STORE, (b"x-midflow-next", encode(last))]
    return Response(200, headers, b"".join(lines))


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise Problem(400, f"`{name}` must be a whole number, not '{text[:40]}'.")
    return int(text)
