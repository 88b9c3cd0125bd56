"""Acknowledged means committed: the edge is killed while statements come in, again and again (Communication 2.1.2)."""

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.edge.conftest import Edge
from tests.edge.xapi.made import new_id, statement
from tests.edge.xapi.record import STATEMENTS, Record

KILLS = 10
BATCH = 5
WORKERS = 4
BETWEEN = 45
"""How many batches are acknowledged between two kills: enough that the index of terms is written meanwhile."""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Record]:
    """A record of its own, that the test may kill; not yet started."""
    edge = Edge(tmp_path, log=tmp_path / "log")
    yield Record(edge)
    edge.close()


class Sender(threading.Thread):
    """Sends batches, each until it is acknowledged, and notes which were."""

    def __init__(self, record: Record, acknowledged: list[str], stop: threading.Event, verb: str) -> None:
        super().__init__()
        self.record, self.acknowledged, self.stop, self.verb = record, acknowledged, stop, verb

    def run(self) -> None:
        url, headers = self.record.edge.url, self.record.at("1.0.3").headers
        batch = self.batch()
        with httpx2.Client(base_url=url, headers=headers, trust_env=False, timeout=5.0) as client:
            while not self.stop.is_set():
                try:
                    answer = client.post(STATEMENTS, json=batch)
                except httpx2.HTTPError:
                    time.sleep(0.02)
                    continue
                if answer.status_code == 200:
                    self.acknowledged.extend(answer.json())
                    batch = self.batch()
                else:
                    # A batch that was stored before a kill is the same when it is sent again.
                    assert answer.status_code == 503, answer.text

    def batch(self) -> list[dict[str, object]]:
        return [statement(verb={"id": self.verb}) for _ in range(BATCH)]


@pytest.mark.slow
def test_killing_the_edge_under_load_loses_no_statement_and_doubles_none(own: Record) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()
    verb = f"https://example.org/verbs/{new_id()}"
    own.edge.start()
    senders = [Sender(own, acknowledged, stop, verb) for _ in range(WORKERS)]
    for sender in senders:
        sender.start()
    for _ in range(KILLS):
        before = len(acknowledged)
        until = time.monotonic() + 20
        while len(acknowledged) < before + BETWEEN * BATCH:
            assert time.monotonic() < until, "no progress between kills"
            time.sleep(0.005)
        own.edge.end(signal.SIGKILL)
        own.edge.start()
    stop.set()
    for sender in senders:
        sender.join()
    assert len(acknowledged) >= KILLS * BETWEEN * BATCH
    at = own.at("1.0.3")
    found = at.found(verb=verb)
    assert len(found) == len(set(found))
    assert set(acknowledged) <= set(found)
    assert len(found) % BATCH == 0, "half a batch was stored"

    sample = [at.one(id) for id in found[:: len(found) // 50]]
    assert at.post(sample).status_code == 200
    assert at.found(verb=verb) == found
    for one in sample:
        assert at.found(agent=one["actor"]) == at.found(activity=one["object"]["id"]) == [one["id"]]
