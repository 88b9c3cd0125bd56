"""The little of HTTP that the edge needs: a request, an answer, a problem (RFC 9457)."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_encode = msgspec.json.Encoder().encode
JSON = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")

TITLES = {
    400: "Bad request", 401: "Not signed in", 403: "Not allowed", 404: "Not found", 405: "Method not allowed",
    406: "Not acceptable", 409: "Conflict", 410: "Gone", 412: "Precondition failed", 413: "Too large",
    415: "Unsupported media type", 422: "Cannot be taken", 429: "Too many requests", 500: "Internal error",
    502: "Bad gateway", 503: "Not ready", 507: "Disk full",
}  # fmt: skip


class Problem(Exception):
    """An answer that says what went wrong: status, detail in words, and more members."""

    def __init__(self, status: int, detail: str, *, headers: Headers | None = None, **members: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or []
        self.members = members

    def response(self) -> "Response":
        """Return it as application/problem+json."""
        body = {"type": "about:blank", "title": TITLES.get(self.status, "Problem"), "status": self.status}
        body |= {"detail": self.detail, **self.members}
        headers = [(b"content-type", b"application/problem+json"), NO_STORE, *self.headers]
        return Response(self.status, headers, _encode(body))


class Request:
    """One request: `path_args` are the variable parts of its path."""

    __slots__ = ("_headers", "path_args", "receive", "scope")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.path_args: tuple[str, ...] = ()
        self._headers: dict[bytes, bytes] | None = None

    @property
    def headers(self) -> dict[bytes, bytes]:
        """Headers by lower-case name; of a repeated one the last."""
        if self._headers is None:
            self._headers = dict(self.scope["headers"])
        return self._headers

    def header(self, name: bytes) -> str:
        """Return a header as text, "" where absent."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def query(self) -> dict[str, str]:
        """The query's fields; of a repeated one the last."""
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True))

    async def body(self, limit: int) -> bytes:
        """Return the body; Problem 413 where it is longer than `limit` bytes."""
        said = self.headers.get(b"content-length", b"0")
        if said.isdigit() and int(said) > limit:
            raise _too_large(limit, whole=await self._drop(limit * 2))
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > limit:
                ended = not message.get("more_body")
                raise _too_large(limit, whole=ended or await self._drop(limit))
            chunks.append(chunk)
            if not message.get("more_body"):
                return b"".join(chunks) if len(chunks) > 1 else chunk

    async def _drop(self, most: int) -> bool:
        """Read on without keeping it, so that a client that is still sending comes to read the answer; not for ever."""
        size = 0
        while size <= most:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                return True
        return False

    async def json(self, limit: int) -> Any:
        """Return the body decoded from JSON; Problem 400 where it is none."""
        return decode_json(await self.body(limit))


class ClientGone(Exception):
    """The client went away before its request was whole."""


def decode_json(body: bytes) -> Any:
    """Return decoded JSON; Problem 400 that says where it breaks."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Problem(400, f"The body is not JSON: {error}.") from None


def _too_large(limit: int, *, whole: bool) -> Problem:
    """`whole`: all of it was read. Else the connection cannot be used again, and the client is told."""
    detail = f"The body is larger than {limit} bytes. Send it in smaller parts."
    return Problem(413, detail, headers=[] if whole else [(b"connection", b"close")])


class Response:
    """A whole answer."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes = b"") -> None:
        self.status = status
        self.headers = headers
        self.body = body

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it; of a HEAD request the headers only."""
        headers = [*self.headers, (b"content-length", str(len(self.body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})


class Stream:
    """An answer sent piece by piece until its source ends or the client goes."""

    __slots__ = ("headers", "pieces", "status")

    def __init__(self, headers: Headers, pieces: AsyncIterator[bytes], status: int = 200) -> None:
        self.status = status
        self.headers = headers
        self.pieces = pieces

    async def send(self, send: Send, *, head: bool = False) -> None:
        """Send it piece by piece."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        if not head:
            async for piece in self.pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def json_response(value: Any, *, status: int = 200, headers: Headers | None = None) -> Response:
    """Return `value` as JSON that nobody caches."""
    return Response(status, [JSON, NO_STORE, *(headers or [])], _encode(value))
