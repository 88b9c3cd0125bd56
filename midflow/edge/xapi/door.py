"""`/xapi/`: the door of the record. It settles syntax, version and key, then one handler answers."""

from collections.abc import Awaitable, Callable

from midflow.core.record.problem import RecordError
from midflow.core.record.values import Version, version_of
from midflow.edge.away import AWAY, problem_of
from midflow.edge.desk import Desk
from midflow.edge.http import Headers, Problem, Request, Response
from midflow.edge.xapi import documents, lookups, statements
from midflow.edge.xapi.access import access
from midflow.edge.xapi.call import Call, read, unfolded
from midflow.edge.xapi.visit import Visit

PREFIX = "/xapi/"
VERSION_HEADER = "x-experience-api-version"
LATEST: Version = "2.0.0"
UNSAID = "0.9"
"""The version of a request that names none: 0.9 had no header for it. It is not spoken here, so such a request is
refused, as one of 0.9: the refusal of a version that its client may not know would break clients of that one."""

Handler = Callable[[Visit], Awaitable[Response]]

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/xapi/statements", statements.get),
    ("PUT", "/xapi/statements", statements.put),
    ("POST", "/xapi/statements", statements.post),
    *documents.ROUTES,
    ("GET", "/xapi/activities", lookups.get_activity),
    ("GET", "/xapi/agents", lookups.get_agent),
    ("GET", "/xapi/about", lookups.get_about),
    ("GET", "/xapi/extensions/profile", lookups.get_profile),
)
OPEN = ("/xapi/about", "/xapi/extensions/profile")
"""What is answered to everybody, in whatever version (Communication 2.8)."""

_TABLE: dict[str, dict[str, Handler]] = {
    path: {method: handler for method, its, handler in ROUTES if its == path} for _, path, _ in ROUTES
}

CORS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"etag, last-modified, x-experience-api-version, x-experience-api-consistent-through, retry-after",
    ),
]
"""Any page may call: no cookie is read here, so a page without a key gets nothing."""

ALLOWED = b"authorization, content-type, content-encoding, accept-language, if-match, if-none-match, x-experience-api-version"
PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, DELETE"),
    (b"access-control-allow-headers", ALLOWED),
    (b"access-control-max-age", b"86400"),
]


async def answer(desk: Desk, request: Request) -> tuple[str, Response]:
    """Answer one request of the record: the route for the metrics, and what to send."""
    path: str = request.scope["path"].rstrip("/")
    route = path if path in _TABLE else PREFIX
    if request.scope["method"] == "OPTIONS":
        return route, Response(204, [*CORS, *PREFLIGHT])
    # Read before what is answered, so that it promises nothing that came after.
    through = statements.consistent_through(desk) if route == "/xapi/statements" else b""
    version, found = await _tried(desk, request, path)
    found.headers += [*CORS, (VERSION_HEADER.encode(), version.encode())]
    if through:
        found.headers.append((b"x-experience-api-consistent-through", through))
    return route, found


async def _tried(desk: Desk, request: Request, path: str) -> tuple[str, Response]:
    version = _served(request, path)
    try:
        handlers = _TABLE.get(path)
        if handlers is None:
            raise Problem(404, f"There is no resource '{path}'. Known: {', '.join(_TABLE)}.")
        call = await read(request, desk.settings.record_max_body_bytes)
        if path in OPEN:
            return version, await _handler(handlers, call)(Visit(desk, call, _asked(request), None))
        meant = _settled(call, handlers)
        version = spoken = version_of(meant.headers.get(VERSION_HEADER))
        if meant is not call and spoken == LATEST:
            message = "is a parameter of 1.0.3 only; send the request itself"
            raise RecordError(message, section="Communication 1.3", where="method")
        who = access(desk, meant)
        return version, await _answered(handlers, Visit(desk, meant, spoken, who), request)
    except RecordError as error:
        problem = Problem(error.status, str(error), where=error.where, section=error.section)
        return version, problem.response()
    except Problem as problem:
        return version, problem.response()
    except AWAY as error:
        return version, problem_of(error).response()


async def _answered(handlers: dict[str, Handler], visit: Visit, request: Request) -> Response:
    found = await _handler(handlers, visit.call)(visit)
    if visit.call.method == "HEAD" and request.scope["method"] == "POST":  # a form asks for it
        found.body = b""
    return found


def _served(request: Request, path: str) -> str:
    """The version in which even the first thing that is wrong is answered."""
    unsaid = path not in OPEN and not request.header(VERSION_HEADER.encode())
    return UNSAID if unsaid else _asked(request)


def _asked(request: Request) -> Version:
    """The version that is asked for; the latest where none is, or none that is spoken here."""
    try:
        return version_of(request.header(VERSION_HEADER.encode()))
    except RecordError:
        return LATEST


def _settled(call: Call, handlers: dict[str, Handler]) -> Call:
    """Unfold the alternate syntax, which 1.0.3 has and 2.0 has not; a method that is none is said first."""
    if "method" in call.params and not call.header(VERSION_HEADER).startswith("2"):
        return unfolded(call)
    _handler(handlers, call)
    return call


def _handler(handlers: dict[str, Handler], call: Call) -> Handler:
    method = "GET" if call.method == "HEAD" else call.method
    if method not in handlers:
        allowed = ", ".join(sorted(handlers)).encode()
        raise Problem(405, f"{call.method} is not answered here.", headers=[(b"allow", allowed)])
    return handlers[method]
