"""Which other origins may call: those that a host tool registered."""

from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request, Response, Stream
from midflow.store import keys

ALLOWED = [
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"authorization, content-type, if-none-match"),
    (b"access-control-max-age", b"600"),
]


def preflight(desk: Desk, request: Request) -> Response:
    """Answer the browser's question before a cross-origin call."""
    if not _known(desk, request):
        raise Problem(403, "This origin is not registered. Add it to its host.")
    return Response(204, list(ALLOWED))


def allow(desk: Desk, request: Request, answer: Response | Stream) -> None:
    """Let a registered origin read the answer, where that has not been said already."""
    said = any(name == b"access-control-allow-origin" for name, _ in answer.headers)
    if said or b"origin" not in request.headers or not _known(desk, request):
        return
    answer.headers += [
        (b"access-control-allow-origin", request.headers[b"origin"]),
        (b"access-control-expose-headers", b"etag, retry-after"),
        (b"vary", b"origin"),
    ]


def _known(desk: Desk, request: Request) -> bool:
    origin = request.header(b"origin")
    return bool(origin) and origin in desk.store.read(keys.origins)
