"""The edge's server: granian inside our own loop, so that it ends the way we say."""

import asyncio
import os
import signal
import socket

import structlog
import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from midflow.config import ConfigError, Settings
from midflow.edge.app import App, build
from midflow.edge.http import Receive, Scope, Send

END_SECONDS = 4.0
"""How long open requests may take to end before they are cut."""

PARENT_SECONDS = 1.0

logger = structlog.get_logger("midflow.edge")


def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; what was acknowledged is committed before it returns."""
    check_address(settings.host, settings.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings))
    return 0


def check_address(host: str, port: int) -> None:
    """Raise ConfigError in one line where nobody can listen on host and port."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ConfigError(
            f"{host}:{port} cannot be listened on: {error.strerror}. Name another with --host or --port."
        ) from None


class Gate:
    """Counts requests under way, so that the end can wait for them."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._under_way = 0
        self.quiet = asyncio.Event()
        self.quiet.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        self._under_way += 1
        self.quiet.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.quiet.set()


async def _serve(settings: Settings) -> None:
    app = build(settings)
    await app.startup()
    gate = Gate(app)
    server = Server(
        gate, address=settings.host, port=settings.port, interface=Interfaces.ASGINL, websockets=False,
        log_enabled=False, log_level=LogLevels.error, backlog=1024, backpressure=1024,
    )  # fmt: skip
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    serving = loop.create_task(server.serve())
    watching = loop.create_task(_orphaned(ending))
    stopped = loop.create_task(ending.wait())
    logger.info(
        "edge listens", address=f"{settings.host}:{settings.port}", release=app.desk.book.release.number
    )
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    watching.cancel()
    await _end(app, gate, server, serving)


async def _end(app: App, gate: Gate, server: Server, serving: "asyncio.Task[None]") -> None:
    """Streams end first, then requests under way, then the writer commits what it took."""
    app.desk.end_streams()
    try:
        await asyncio.wait_for(gate.quiet.wait(), END_SECONDS)
    except TimeoutError:
        logger.warning("requests were cut at the end")
    await app.shutdown()
    server.stop()
    try:
        await asyncio.wait_for(serving, 1.0)
    except TimeoutError:
        logger.warning("the server did not stop in time")
    logger.info("edge ended")


async def _orphaned(ending: asyncio.Event) -> None:
    """End when the process that started us is gone."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - the system tells of it by nothing but this number
        await asyncio.sleep(PARENT_SECONDS)
    ending.set()
