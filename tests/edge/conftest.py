"""The edge as it really runs: a process of its own, on a free port, with Ana and Chloé and one task."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx2
import pytest

from midflow import plugs
from midflow.flow.identity import issue, new_key, read_secret
from midflow.flow.publish import publish
from midflow.store import keys
from midflow.store.open import open_store
from midflow.store.people import Person, add_account, save_person
from midflow.store.tx import Tx
from tests.flow.conftest import DESK, DRAFT

START_SECONDS = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Edge:
    """One running edge and what a test needs to talk to it."""

    def __init__(self, data: Path, *, log: Path | None = None, **settings: str) -> None:
        """`log`: the file for what the process says; where it is None, pytest shows it with a failure."""
        self.data = data
        self.log = log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.store = open_store(data, settings.get("database_url", ""))
        self.key, hashed = new_key()
        self.store.write(
            lambda tx: keys.add_key(tx, hash=hashed, name="test", scopes=("events:write",), now=time.time())
        )
        self.store.write(self._people)
        publish(self.store, DRAFT, kinds=plugs.block_kinds(), now=time.time())
        self.client = httpx2.Client(base_url=self.url, trust_env=False, timeout=20.0)
        self.process: subprocess.Popen[bytes] | None = None

    def _people(self, tx: Tx) -> None:
        for id, name in (("ana", "Ana"), ("chloe", "Chloé")):
            save_person(tx, Person(id=id, name=name, roles=("support-agent",)), now=time.time())
            add_account(tx, DESK, id, id, now=time.time())

    def start(self) -> "Edge":
        environment = {
            **os.environ,
            **{f"MIDFLOW_{name.upper()}": value for name, value in self.settings.items()},
        }
        command = [
            sys.executable,
            "-m",
            "midflow",
            "edge",
            "--data",
            str(self.data),
            "--port",
            str(self.port),
        ]
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                if self.client.get("/readyz").status_code == 200:
                    return self
            except httpx2.HTTPError:
                pass
            assert time.monotonic() < until, "the edge did not start"
            time.sleep(0.03)

    def end(self, number: int = signal.SIGTERM) -> float:
        """End the process and return how many seconds that took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(10)
        return time.monotonic() - started

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGKILL)
        self.client.close()
        self.store.close()

    def as_machine(self, **headers: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.key}", **headers}

    def as_person(self, person: str = "ana") -> dict[str, str]:
        token = issue(read_secret(self.data / "secret.key"), person_id=person, now=time.time())
        return {"authorization": f"Bearer {token.token}"}

    def send(self, *events: dict[str, Any], query: str = "") -> httpx2.Response:
        kind = "application/cloudevents-batch+json"
        return self.client.post(
            f"/v1/events{query}", json=list(events), headers=self.as_machine(**{"content-type": kind})
        )


def event(id: str, **changes: Any) -> dict[str, Any]:
    plain = {
        "specversion": "1.0",
        "id": id,
        "source": DESK,
        "type": "desk.wait",
        "person": "ana",
        "case": "T-1",
    }
    return {**plain, **changes}


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """One edge for all tests of a file; each test uses people or event ids of its own."""
    running = Edge(
        tmp_path_factory.mktemp("edge"), sources_github_secret="hush", stream_keep_alive_seconds="0.5"
    ).start()
    yield running
    running.close()


@pytest.fixture
def own_edge(tmp_path: Path) -> Iterator[Edge]:
    """An edge that one test may end as it likes; not yet started."""
    made = Edge(tmp_path)
    yield made
    made.close()
