"""Passes the studio's addresses to its process over a Unix socket, streaming both ways."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from midflow.config import Network
from midflow.edge.caller import Caller
from midflow.edge.http import ClientGone, Headers, Message, Problem, Receive, Request, Response, Scope, Send

if TYPE_CHECKING:
    import httpx2

HOP_BY_HOP = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"te", b"trailer",
        b"transfer-encoding", b"upgrade", b"proxy-connection",
    }
)  # fmt: skip
"""Headers of one connection only (RFC 9110, section 7.6.1)."""

OURS = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"x-real-ip"})
"""Headers that say who called: we say it, not the caller."""

CONNECT_SECONDS = 5.0
TIMEOUT_SECONDS = 120.0
STARTING = b"""<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>The studio is starting</title><body><h1>The studio is starting</h1><p>This page tries again by itself.</p></body></html>"""

logger = structlog.get_logger("midflow.edge")


class Proxy:
    """An ASGI program. The HTTP client is made at its first use: the edge may never need it."""

    def __init__(self, socket: Path, *, trusted: Sequence[Network] = (), https: bool = False) -> None:
        """`trusted` are the proxies in front of us; `https` is whether people reach us by it."""
        self._socket = socket
        self._trusted = tuple(trusted)
        self._https = https
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
        except ClientGone:
            return
        except (httpx2.ConnectError, FileNotFoundError):
            await self._starting(scope, receive).send(send)
        except httpx2.HTTPError as error:
            logger.warning("the studio did not answer", path=scope["path"], error=repr(error))
            if not started:
                await Problem(502, "The studio did not answer; it is in the log.").response().send(send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = self._connected()
        source = _Source(receive)
        request = client.build_request(
            scope["method"], _url(scope), headers=self._forwarded(scope),
            content=source.pieces() if source.announced(scope) else None,
        )  # fmt: skip
        await _unless(source.gone(), self._carry(client, request, send))

    async def _carry(self, client: "httpx2.AsyncClient", request: "httpx2.Request", send: Send) -> None:
        answer = await client.send(request, stream=True)
        try:
            headers = _passable(answer.headers.raw)
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
            timeout = httpx2.Timeout(TIMEOUT_SECONDS, connect=CONNECT_SECONDS)
            self._client = httpx2.AsyncClient(
                transport=transport, timeout=timeout, follow_redirects=False, cookies=nobodys
            )
        return self._client

    def _forwarded(self, scope: Scope) -> Headers:
        caller = Caller.of(scope, self._trusted, https=self._https)
        theirs = [(name, value) for name, value in _passable(scope["headers"]) if name.lower() not in OURS]
        return [
            *theirs,
            (b"x-forwarded-for", caller.address.encode()),
            (b"x-forwarded-proto", caller.scheme.encode()),
            (b"x-forwarded-host", caller.host),
        ]

    def _starting(self, scope: Scope, receive: Receive) -> Response:
        retry: Headers = [(b"retry-after", b"2"), (b"cache-control", b"no-store")]
        if "text/html" in Request(scope, receive).header(b"accept"):
            return Response(503, [(b"content-type", b"text/html; charset=utf-8"), *retry], STARTING)
        return Problem(503, "The studio is starting; try again.", headers=retry[:1]).response()


def _url(scope: Scope) -> str:
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").split("?")[0]
    query = scope["query_string"].decode("latin-1")
    return f"http://studio{path}" + (f"?{query}" if query else "")


def _passable(headers: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Headers that may cross: not those of one connection, nor those that it lists.

    A name with an underscore is dropped too: WSGI spells `-` and `_` alike, and `X_Forwarded_For` would pass for ours.
    """
    listed = b",".join(value for name, value in headers if name.lower() == b"connection").lower()
    dropped = HOP_BY_HOP | {name.strip() for name in listed.split(b",")}
    return [(name, value) for name, value in headers if name.lower() not in dropped and b"_" not in name]


class _Source:
    """What a caller sends: a body in pieces, and at last that they are gone."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._whole = asyncio.Event()

    def announced(self, scope: Scope) -> bool:
        """Whether there is a body to wait for."""
        names = {name.lower() for name, _ in scope["headers"]}
        if b"content-length" in names or b"transfer-encoding" in names:
            return True
        self._whole.set()
        return False

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises ClientGone."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                self._whole.set()
                return

    async def gone(self) -> None:
        """Return once the caller is gone: a send to one who is never fails, so it is read."""
        await self._whole.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _unless(end: Awaitable[None], work: Awaitable[None]) -> None:
    """Do `work`; where `end` comes first, cancel it and raise ClientGone."""
    ending, working = asyncio.ensure_future(end), asyncio.ensure_future(work)
    try:
        await asyncio.wait({ending, working}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientGone
        working.result()
    finally:
        ending.cancel()
        working.cancel()
        await asyncio.gather(ending, working, return_exceptions=True)
