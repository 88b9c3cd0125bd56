"""Passes the studio's addresses to its process over a Unix socket, streaming both ways."""

import asyncio
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from midflow.edge.http import Headers, Message, Problem, Receive, Request, Response, Scope, Send

if TYPE_CHECKING:
    import httpx2

HOP_BY_HOP = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer",
        b"transfer-encoding", b"upgrade", b"proxy-connection", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host",
    }
)  # fmt: skip
"""Headers of one connection only (RFC 9110, section 7.6.1), and those we set ourselves."""

TIMEOUT_SECONDS = 120.0
STARTING = b"""<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>The studio is starting</title><body><h1>The studio is starting</h1><p>This page tries again by itself.</p></body></html>"""

logger = structlog.get_logger("midflow.edge")


class Proxy:
    """An ASGI program. The HTTP client is made at its first use: the edge may never need it."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._client: httpx2.AsyncClient | None = None

    async def close(self) -> None:
        """Close the connections to the studio."""
        if self._client is not None:
            await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and its answer back."""
        import httpx2

        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._pass(scope, receive, noted)
        except (httpx2.ConnectError, FileNotFoundError):
            await self._starting(scope, receive).send(send)
        except httpx2.HTTPError as error:
            logger.warning("the studio did not answer", path=scope["path"], error=repr(error))
            if not started:
                await Problem(502, "The studio did not answer; it is in the log.").response().send(send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = self._connected()
        request = client.build_request(
            scope["method"], _url(scope), headers=_forwarded(scope), content=_body(scope, receive)
        )
        answer = await client.send(request, stream=True)
        try:
            headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in HOP_BY_HOP]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
            async for piece in answer.aiter_raw():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await answer.aclose()

    def _connected(self) -> "httpx2.AsyncClient":
        if self._client is None:
            import httpx2

            transport = httpx2.AsyncHTTPTransport(uds=str(self._socket))
            # One client serves everybody: were it to keep a cookie, the next caller would be signed in as the last.
            nobodys = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
            self._client = httpx2.AsyncClient(
                transport=transport, timeout=TIMEOUT_SECONDS, follow_redirects=False, cookies=nobodys
            )
        return self._client

    def _starting(self, scope: Scope, receive: Receive) -> Response:
        retry: Headers = [(b"retry-after", b"2"), (b"cache-control", b"no-store")]
        if "text/html" in Request(scope, receive).header(b"accept"):
            return Response(503, [(b"content-type", b"text/html; charset=utf-8"), *retry], STARTING)
        return Problem(503, "The studio is starting; try again.", headers=retry[:1]).response()


def _url(scope: Scope) -> str:
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").split("?")[0]
    query = scope["query_string"].decode("latin-1")
    return f"http://studio{path}" + (f"?{query}" if query else "")


def _forwarded(scope: Scope) -> Headers:
    headers = [(name, value) for name, value in scope["headers"] if name.lower() not in HOP_BY_HOP]
    host = dict(scope["headers"]).get(b"host", b"localhost")
    client = (scope.get("client") or ("", 0))[0]
    return [
        *headers,
        (b"x-forwarded-for", str(client).encode()),
        (b"x-forwarded-proto", scope.get("scheme", "http").encode()),
        (b"x-forwarded-host", host),
    ]


def _body(scope: Scope, receive: Receive) -> AsyncIterator[bytes] | None:
    """The body as it comes; none where the request announces none."""
    names = {name.lower() for name, _ in scope["headers"]}
    if b"content-length" not in names and b"transfer-encoding" not in names:
        return None
    return _pieces(receive)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise asyncio.CancelledError
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return
