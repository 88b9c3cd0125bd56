"""A data folder with people, rules and a key, and the edge on it: what the measurements share."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from midflow import plugs
from midflow.core.content.blocks.text import Text
from midflow.core.content.model import Block, Rule, Task, Unit
from midflow.core.content.release import Draft
from midflow.core.learner.state import LearnerState
from midflow.flow.identity import issue, new_key, read_secret
from midflow.flow.publish import publish
from midflow.store import keys, learners
from midflow.store.open import open_store
from midflow.store.people import Person, add_account, save_person
from tests.edge.conftest import free_port

PEOPLE = 500
RULES = 20


def draft(*, mandatory: bool = False) -> Draft:
    """Twenty rules on one event type, half of them with a condition; each its own task and unit."""
    tasks = tuple(Task(id=f"task-{n}", title=f"Do task {n}") for n in range(RULES))
    block = Block(kind="text", id="text-1", body=Text(markdown="How to do it."))
    units = tuple(
        Unit(
            id=f"unit-{n}",
            title=f"Unit {n}",
            objective="Do it right",
            task=f"task-{n}",
            blocks=(block,),
            mandatory=mandatory,
        )
        for n in range(RULES)
    )
    rules = tuple(
        Rule(
            id=f"rule-{n}",
            task=f"task-{n}",
            phase="starting",
            events=("bench.work",),
            when=f'data.status == "s{n}" && data.activity != ""',
        )
        for n in range(RULES)
    )
    return Draft(units=units, tasks=tasks, rules=rules)


class Place:
    def __init__(
        self,
        data: Path,
        *,
        mandatory: bool = False,
        scopes: tuple[str, ...] = ("events:write",),
        database_url: str = "",
    ) -> None:
        self.data, self.port, self.database_url = data, free_port(), database_url
        self.store = open_store(data, database_url)
        self.key, hashed = new_key()
        now = time.time()

        def fill(tx) -> None:
            keys.add_key(tx, hash=hashed, name="bench", scopes=scopes, now=now)
            for n in range(PEOPLE):
                save_person(tx, Person(id=f"p{n}", name=f"Person {n}"), now=now)
                add_account(tx, "bench", f"p{n}", f"p{n}", now=now)
            learners.save_learners(tx, {f"p{n}": LearnerState(seen=now) for n in range(PEOPLE)})

        self.store.write(fill)
        publish(self.store, draft(mandatory=mandatory), kinds=plugs.block_kinds(), now=now)

    def start(self, command: list[str] | None = None, *, port: int | None = None) -> subprocess.Popen:
        port = port or self.port
        edge = [sys.executable, "-m", "midflow", "edge", "--data", str(self.data), "--port", str(port)]
        environment = {
            **os.environ,
            "MIDFLOW_RATE_PER_MINUTE": "0",
            "MIDFLOW_LOG_LEVEL": "warning",
            "MIDFLOW_DATABASE_URL": self.database_url,
        }
        process = subprocess.Popen(command or edge, env=environment)
        until = time.monotonic() + 20
        while True:
            try:
                if httpx2.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).status_code == 200:
                    return process
            except httpx2.HTTPError:
                pass
            if time.monotonic() > until or process.poll() is not None:
                raise RuntimeError("the edge did not start")
            time.sleep(0.05)

    def token(self, person: str) -> str:
        return issue(
            read_secret(self.data / "secret.key"), person_id=person, now=time.time(), seconds=3600
        ).token


def end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(10)


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bytes_written(pid: int) -> int:
    """What a process has given the disk to write."""
    lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("write_bytes:")).split()[1])
