"""The edge's server: granian inside our own loop, so that it ends the way we say."""

import asyncio
import gc
import resource
import signal
import sys

import structlog
import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from midflow.config import ConfigError, Settings, closest
from midflow.edge.app import App, build
from midflow.edge.http import Problem, Receive, Scope, Send
from midflow.flow.identity import IdentityError

END_SECONDS = 4.0
"""How long open requests may take to end before they are cut."""

MOST_FILES = 65_536
SWITCH_SECONDS = 0.001
"""After how long the event loop lets the writer's thread go on; it waits for that at the begin and end of each commit."""

GARBAGE_AT = (20_000, 20, 50)
"""After how many new objects Python looks for circles among them. Requests leave none, and come in their thousands;
the last figure is for looking through all that the process remembers, which nobody may have to wait for often.
"""

OWN_FILES = 128
"""Files that the edge needs for itself: the store, the studio's socket, libraries."""

logger = structlog.get_logger("midflow.edge")


def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; what was acknowledged is committed before it returns."""
    connections = allow_files() - OWN_FILES
    sys.setswitchinterval(SWITCH_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, connections))
    return 0


def allow_files() -> int:
    """Let this process open as many files as the system allows it, and return how many: each stream is one."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    if now != resource.RLIM_INFINITY and now < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return wanted


class Gate:
    """Counts requests under way, so that the end can wait for them, and lets no more in once it has begun."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._under_way = 0
        self._closed = False
        self.quiet = asyncio.Event()
        self.quiet.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; once closed, ask for it again later."""
        if self._closed:
            again = Problem(503, "The edge is ending; send it again.", headers=[(b"retry-after", b"2")])
            await again.response().send(send)
            return
        self._under_way += 1
        self.quiet.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.quiet.set()

    def close(self) -> None:
        """Let nobody in any more."""
        self._closed = True


def _built(settings: Settings) -> App:
    try:
        app = build(settings)
    except IdentityError as error:
        raise ConfigError(str(error)) from None
    for name in settings.source_secrets:
        if name not in app.desk.sources:
            raise ConfigError(f"sources: there is no source '{name}'.{closest(name, app.desk.sources)}")
    return app


async def _serve(settings: Settings, connections: int) -> None:
    app = _built(settings)
    await app.startup()
    gc.collect()
    gc.freeze()  # what lives as long as the process is not looked through again and again
    gc.set_threshold(*GARBAGE_AT)
    gate = Gate(app)
    server = Server(
        gate, address=settings.host, port=settings.port, interface=Interfaces.ASGINL, websockets=False,
        log_enabled=False, log_level=LogLevels.error, backlog=1024, backpressure=connections,
    )  # fmt: skip
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    serving = loop.create_task(server.serve())
    stopped = loop.create_task(ending.wait())
    logger.info(
        "edge listens", address=f"{settings.host}:{settings.port}", release=app.desk.book.release.number
    )
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    await _end(app, gate, server, serving)


async def _end(app: App, gate: Gate, server: Server, serving: "asyncio.Task[None]") -> None:
    """Nobody is let in, streams end, requests under way are answered, then the writer commits what it took."""
    gate.close()
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
