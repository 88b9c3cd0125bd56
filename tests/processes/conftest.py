"""`midflow up` as it really runs, in a folder of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.edge.conftest import free_port

USABLE_SECONDS = 90.0
"""With room for a machine that runs much else; on a quiet one it takes a tenth."""


class Up:
    """One `midflow up` and what it said."""

    def __init__(self, data: Path, *options: str, **environment: str) -> None:
        self.data, self.port = data, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "midflow", "up", "--data", str(data), "--port", str(self.port), *options],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment},
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said += self.process.stdout
        self.process.stdout.close()

    def wait_for(self, what: Callable[[], bool], seconds: float = USABLE_SECONDS) -> None:
        until = time.monotonic() + seconds
        while not what():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < until, self.text()
            time.sleep(0.05)

    def usable(self) -> "Up":
        """Itself once it answers; one that never does is ended, so that a failed start leaves nothing running."""
        try:
            self.wait_for(lambda: self.answers("/readyz") == 200 and self.answers("/accounts/login/") == 200)
        except BaseException:
            self.close()
            raise
        return self

    def answers(self, path: str) -> int:
        try:
            return httpx2.get(self.url + path, trust_env=False, timeout=5.0).status_code
        except httpx2.HTTPError:
            return 0

    def text(self) -> str:
        return "".join(self.said)

    def children(self) -> dict[str, int]:
        """Pid of edge, studio and jobs, by name."""
        found: dict[str, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
                words = (stat.parent / "cmdline").read_text().split("\0")
            except OSError:
                continue
            if parent == self.process.pid and len(words) > 3:
                found[words[3]] = int(stat.parent.name)
        return found

    def end(self, number: int = signal.SIGINT) -> float:
        started = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(15)
        self._reader.join(5)
        return time.monotonic() - started

    def close(self) -> None:
        if self.process.poll() is None:
            self.end()


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One installation for all tests of a file that leave it running."""
    running = Up(tmp_path_factory.mktemp("up")).usable()
    yield running
    running.close()
