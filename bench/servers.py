"""The controls: the edge's server with a handler that does nothing, and the edge without group commit."""

import asyncio
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvloop
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from midflow.config import load
from midflow.edge import desk
from midflow.edge.app import build
from midflow.edge.serve import Gate


class Noop:
    """Reads the body and answers 202."""

    async def startup(self) -> None:
        return

    async def __call__(self, scope, receive, send) -> None:
        while (await receive()).get("more_body"):
            pass
        status = 200 if scope["path"] == "/readyz" else 202
        body = b'{"accepted":1,"duplicates":0,"rejected":[],"dropped_fields":0}'
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class CommitEach:
    """In the place of the group commit: each item in a transaction of its own, one after the other."""

    def __init__(self, store, batches) -> None:
        self.store, self.batches, self.depth = store, batches, 0
        self.thread = ThreadPoolExecutor(1)

    def submit(self, kind, item, *, weight=1):
        def one():
            return self.store.write(lambda tx: self.batches[kind](tx, [item]))[0]

        return asyncio.wrap_future(self.thread.submit(one))

    async def close(self) -> None:
        self.thread.shutdown()


async def serve(app, port: int) -> None:
    await app.startup()
    server = Server(
        Gate(app), address="127.0.0.1", port=port, interface=Interfaces.ASGINL, websockets=False,
        log_enabled=False, log_level=LogLevels.error, backlog=1024, backpressure=1024,
    )  # fmt: skip
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    task = loop.create_task(server.serve())
    await asyncio.wait({task, loop.create_task(ended.wait())}, return_when=asyncio.FIRST_COMPLETED)
    server.stop()


def main(kind: str, port: str, data: str) -> None:
    if kind == "noop":
        uvloop.run(serve(Noop(), int(port)))
        return
    desk.GroupCommit = CommitEach
    settings = load({"data": Path(data), "port": int(port)}).settings

    async def run() -> None:
        await serve(build(settings), int(port))

    uvloop.run(run())


main(*sys.argv[1:])
