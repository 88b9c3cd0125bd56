"""What the edge passes to the studio, and what it must forget."""

import asyncio
from pathlib import Path

from midflow.edge.proxy import Proxy

ANSWER = (
    "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nset-cookie: midflow_session=anas; Path=/\r\n\r\n{body}"
)


async def studio(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sign whoever calls in as Ana, and say which cookies they came with."""
    while not reader.at_eof():
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            break
        sent = [line for line in head.decode().split("\r\n") if line.lower().startswith("cookie:")]
        body = "\n".join(sent)
        writer.write(ANSWER.format(length=len(body), body=body).encode())
        await writer.drain()
    writer.close()


async def call(proxy: Proxy, *headers: tuple[bytes, bytes]) -> tuple[list[tuple[bytes, bytes]], bytes]:
    scope = {
        "type": "http", "method": "GET", "path": "/accounts/", "raw_path": b"/accounts/", "query_string": b"",
        "headers": [(b"host", b"learn.example"), *headers], "client": ("10.0.0.7", 4711), "scheme": "http",
    }  # fmt: skip
    sent: list[dict] = []

    async def send(message: dict) -> None:
        sent.append(message)

    async def receive() -> dict:
        return {"type": "http.request"}

    await proxy(scope, receive, send)
    return sent[0]["headers"], b"".join(message.get("body", b"") for message in sent[1:])


def test_the_cookie_of_one_caller_is_never_sent_for_the_next(tmp_path: Path) -> None:
    async def story() -> None:
        path = tmp_path / "studio.sock"
        server = await asyncio.start_unix_server(studio, path)
        proxy = Proxy(path)
        headers, _ = await call(proxy)
        assert (b"set-cookie", b"midflow_session=anas; Path=/") in headers
        _, seen = await call(proxy)
        assert seen == b""
        _, seen = await call(proxy, (b"cookie", b"midflow_session=bens"))
        assert seen.lower() == b"cookie: midflow_session=bens"
        await proxy.close()
        server.close()
        await asyncio.sleep(0.05)

    asyncio.run(story())
