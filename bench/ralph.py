"""The control: Ralph as it comes, over HTTP, with a back end that stores nothing."""

import base64
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.conftest import ROOT
from tests.edge.conftest import free_port

HOST = ROOT / "tests" / "hosts" / "ralph"
PYTHON = HOST / ".venv" / "bin" / "python"
PATH = "/xAPI/statements/"
HEADERS = {"authorization": "Basic " + base64.b64encode(b"bench:bench").decode()}


@contextmanager
def running(folder: Path) -> Iterator[tuple[int, int]]:
    """Give the port and the process id of one process of Ralph."""
    subprocess.run(["make", "-s", str((HOST / ".venv/.synced").relative_to(ROOT))], cwd=ROOT, check=True)
    port = free_port()
    process = subprocess.Popen([str(PYTHON), str(HOST / "serve.py"), str(port), str(folder)])
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/__heartbeat__", trust_env=False).status_code == 200:
                return
        except httpx2.HTTPError:
            pass
        if time.monotonic() > until:
            raise RuntimeError("Ralph did not start")
        time.sleep(0.1)
