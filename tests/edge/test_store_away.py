"""A disk that takes no more: refused clearly, read as before, and well again without repair."""

import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from midflow.edge.away import problem_of
from midflow.store.tx import DiskFull
from tests.edge.conftest import Edge, event
from tests.edge.xapi.made import statement
from tests.edge.xapi.record import STATEMENTS, Record

MANY = 3000
"""More writes than what is already there of the log can take."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Edge]:
    """An edge with a disk of its own, as far as it can tell."""
    edge = Edge(tmp_path, log=tmp_path / "edge.log").start()
    yield edge
    edge.close()


def let_files_grow_to(edge: Edge, size: int) -> None:
    assert edge.process is not None
    resource.prlimit(edge.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def first_refusal(send: Callable[[], httpx2.Response]) -> tuple[int, httpx2.Response]:
    """How many were taken before one was not, and what that one was told."""
    for taken in range(MANY):
        answer = send()
        if answer.status_code not in (200, 202):
            return taken, answer
    raise AssertionError("every write was taken")


def test_what_a_disk_cannot_take_is_refused_and_what_it_had_is_read_and_it_recovers(own: Edge) -> None:
    record = Record(own).at("1.0.3")
    verb = "https://example.org/verbs/kept"
    sent: list[str] = []

    def post() -> httpx2.Response:
        one = statement(verb={"id": verb})
        answer = own.client.post(STATEMENTS, json=one, headers=record.headers)
        if answer.status_code == 200:
            sent.extend(answer.json())
        return answer

    assert post().status_code == 200
    own.send(event("before"))
    let_files_grow_to(own, (own.data / "events.db").stat().st_size)
    _, refused = first_refusal(post)
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["x-experience-api-version"] == "1.0.3"
    assert refused.headers["retry-after"] == "30"
    assert "nothing of this was kept" in refused.json()["detail"]
    assert str(own.data) not in refused.text, "where files are is nobody's business"
    assert set(record.found(verb=verb)) == set(sent)
    held, answer = first_refusal(lambda: own.send(event(f"e{time.monotonic_ns()}")))
    assert answer.status_code == 503
    assert "cannot be written" in (own.data / "edge.log").read_text()

    let_files_grow_to(own, resource.RLIM_INFINITY)
    assert post().status_code == 200
    assert own.send(event("after")).status_code == 202
    own.end(signal.SIGKILL)
    own.start()
    assert set(record.found(verb=verb)) == set(sent)
    stored = own.store.read(lambda tx: tx.execute("SELECT count(*) FROM work_event").fetchone()[0])
    assert stored == held + 2


def test_a_full_disk_is_said_as_one() -> None:
    problem = problem_of(DiskFull("/var/lib/midflow/events.db cannot grow"))
    assert problem.status == 507
    assert "disk is full" in problem.detail
    assert "/var/lib" not in problem.detail
