"""A running edge with a key for the record, and the clients of others that speak to it."""

import base64
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from midflow.flow.identity import new_key
from midflow.store import keys
from tests.conftest import ROOT, in_ci, miss
from tests.edge.conftest import Edge

HOST = ROOT / "tests" / "hosts" / "xapi-clients"
PYTHON = HOST / ".venv" / "bin" / "python"
PACKAGE = HOST / "node_modules" / "@xapi" / "xapi"

Story = dict[str, Any]


class Record:
    """The record of a running edge, and how a client gets in."""

    def __init__(self, edge: Edge) -> None:
        self.endpoint = f"{edge.url}/xapi/"
        self.key, hashed = new_key()
        edge.store.write(
            lambda tx: keys.add_key(tx, hash=hashed, name="clients", scopes=("xapi:all",), now=time.time())
        )

    @property
    def basic(self) -> tuple[str, str]:
        """A name and a password, for clients that know nothing else."""
        return "clients", self.key

    @property
    def authorization(self) -> str:
        return "Basic " + base64.b64encode(":".join(self.basic).encode()).decode()


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    edge = Edge(tmp_path_factory.mktemp("record"))
    made = Record(edge)
    edge.start()
    yield made
    edge.close()


@pytest.fixture(scope="module")
def tell(needs: Callable[[str], Path]) -> Callable[..., Story]:
    """Run a client's story in the client's own environment and return what it saw."""

    def run(program: str, *arguments: str) -> Story:
        if not PACKAGE.exists() or not PYTHON.exists():
            miss("@xapi/xapi and tincan", "make test-python installs them", ci=in_ci())
        start = [str(needs("node"))] if program.endswith(".mjs") else [str(PYTHON)]
        done = subprocess.run(
            [*start, str(HOST / program), *arguments], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
