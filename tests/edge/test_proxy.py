"""What the edge passes to the studio, what it says of the caller, and what it must forget."""

import asyncio
from collections.abc import Callable, Coroutine
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from midflow.edge.caller import Caller
from midflow.edge.proxy import Proxy

ANSWER = (
    "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nset-cookie: midflow_session=anas; Path=/\r\n\r\n{body}"
)
OURS = (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))


async def studio(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sign whoever calls in as Ana, and say which headers they came with."""
    while not reader.at_eof():
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            break
        body = "\n".join(head.decode().strip().split("\r\n")[1:]).lower()
        writer.write(ANSWER.format(length=len(body), body=body).encode())
        await writer.drain()
    writer.close()


def scope(*headers: tuple[bytes, bytes], client: str = "10.0.0.7") -> dict[str, Any]:
    return {
        "type": "http", "method": "GET", "path": "/accounts/", "raw_path": b"/accounts/", "query_string": b"",
        "headers": [(b"host", b"learn.example"), *headers], "client": (client, 4711), "scheme": "http",
    }  # fmt: skip


async def call(proxy: Proxy, *headers: tuple[bytes, bytes]) -> tuple[list[tuple[bytes, bytes]], str]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return await asyncio.Event().wait()  # type: ignore[return-value]

    await proxy(scope(*headers), receive, send)
    return sent[0]["headers"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


def with_studio(tmp_path: Path, story: Callable[[Proxy], Coroutine[Any, Any, None]], **options: Any) -> None:
    async def run() -> None:
        path = tmp_path / "studio.sock"
        server = await asyncio.start_unix_server(studio, path)
        proxy = Proxy(path, **options)
        await story(proxy)
        await proxy.close()
        server.close()
        await asyncio.sleep(0.05)

    asyncio.run(run())


def test_the_cookie_of_one_caller_is_never_sent_for_the_next(tmp_path: Path) -> None:
    async def story(proxy: Proxy) -> None:
        headers, _ = await call(proxy)
        assert (b"set-cookie", b"midflow_session=anas; Path=/") in headers
        _, seen = await call(proxy)
        assert "cookie" not in seen
        _, seen = await call(proxy, (b"cookie", b"midflow_session=bens"))
        assert "cookie: midflow_session=bens" in seen

    with_studio(tmp_path, story)


def test_what_a_stranger_says_of_themselves_does_not_pass(tmp_path: Path) -> None:
    async def story(proxy: Proxy) -> None:
        _, seen = await call(
            proxy, (b"x-forwarded-for", b"1.2.3.4"), (b"forwarded", b"for=1.2.3.4"), (b"x_forwarded_for", b"1.2.3.4"),
            (b"connection", b"x-secret, keep-alive"), (b"x-secret", b"1.2.3.4"),
        )  # fmt: skip
        assert "1.2.3.4" not in seen
        assert "x-forwarded-for: 10.0.0.7" in seen
        assert "x-forwarded-proto: http" in seen
        assert "x-forwarded-host: learn.example" in seen

    with_studio(tmp_path, story)


def test_what_a_trusted_proxy_says_of_the_caller_is_passed_on(tmp_path: Path) -> None:
    async def story(proxy: Proxy) -> None:
        _, seen = await call(proxy, (b"x-forwarded-for", b"1.2.3.4"), (b"x-forwarded-proto", b"https"))
        assert "x-forwarded-for: 1.2.3.4" in seen
        assert "x-forwarded-proto: https" in seen

    with_studio(tmp_path, story, trusted=OURS)


def test_a_caller_who_goes_ends_the_request_to_the_studio(tmp_path: Path) -> None:
    async def run() -> None:
        cut = asyncio.Event()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            await reader.read()
            cut.set()
            writer.close()

        server = await asyncio.start_unix_server(slow, tmp_path / "studio.sock")
        proxy = Proxy(tmp_path / "studio.sock")

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(0.05)
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            raise AssertionError(f"nobody is there to be sent {message}")

        await asyncio.wait_for(proxy(scope(), receive, send), 5)
        await asyncio.wait_for(cut.wait(), 5)
        await proxy.close()
        server.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("peer", "said", "address"),
    [
        ("1.2.3.4", b"5.6.7.8", "1.2.3.4"),
        ("10.0.0.1", b"5.6.7.8", "5.6.7.8"),
        ("10.0.0.1", b"9.9.9.9, 5.6.7.8, 10.1.1.1", "5.6.7.8"),
        ("::ffff:10.0.0.1", b"5.6.7.8", "5.6.7.8"),
        ("2001:db8::1", b"2001:db9::7", "2001:db9::7"),
        ("10.0.0.1", b"nonsense, 10.1.1.1", "10.1.1.1"),
        ("10.0.0.1", b"", "10.0.0.1"),
    ],
)
def test_the_caller_is_the_first_from_the_right_that_is_not_ours(
    peer: str, said: bytes, address: str
) -> None:
    caller = Caller.of(scope((b"x-forwarded-for", said), client=peer), OURS, https=False)
    assert caller.address == address


def test_https_is_what_people_reach_us_by_unless_a_trusted_proxy_says_otherwise() -> None:
    assert Caller.of(scope(), OURS, https=True).scheme == "https"
    assert Caller.of(scope((b"x-forwarded-proto", b"http")), OURS, https=True).scheme == "http"
    assert Caller.of(scope((b"x-forwarded-proto", b"gopher")), OURS, https=True).scheme == "https"
