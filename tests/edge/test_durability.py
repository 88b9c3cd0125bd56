"""Acknowledged means committed: real kills, and ends that are graceful."""

import signal
import threading
import time

import httpx2

from midflow.store import log
from tests.edge.conftest import Edge, event

KILLS = 10


def hammer(edge: Edge, acknowledged: list[str], stop: threading.Event, worker: int) -> None:
    """Send events one by one and note those that were acknowledged; a failed one is sent again."""
    count = 0
    with httpx2.Client(base_url=edge.url, trust_env=False, timeout=5.0) as client:
        while not stop.is_set():
            id = f"w{worker}-{count}"
            try:
                answer = client.post("/v1/events", json=event(id, case=id), headers=edge.as_machine())
            except httpx2.HTTPError:
                time.sleep(0.02)
                continue
            if answer.status_code == 202:
                acknowledged.append(id)
                count += 1


def test_killing_the_edge_under_load_loses_nothing_acknowledged_and_counts_nothing_twice(
    own_edge: Edge,
) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()
    own_edge.start()
    workers = [threading.Thread(target=hammer, args=(own_edge, acknowledged, stop, n)) for n in range(4)]
    for worker in workers:
        worker.start()
    for _ in range(KILLS):
        before = len(acknowledged)
        until = time.monotonic() + 10
        while len(acknowledged) < before + 20:
            assert time.monotonic() < until, "no progress between kills"
            time.sleep(0.01)
        own_edge.end(signal.SIGKILL)
        own_edge.start()
    stop.set()
    for worker in workers:
        worker.join()
    assert len(acknowledged) >= KILLS * 20
    stored = own_edge.store.read(lambda tx: [row[0] for row in tx.execute("SELECT id FROM work_event")])
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)
    decided = own_edge.store.read(
        lambda tx: tx.execute("SELECT count(*), count(DISTINCT event) FROM decision").fetchone()
    )
    assert decided[0] == decided[1] == len(stored)


def test_a_graceful_end_finishes_within_five_seconds_with_an_open_stream(own_edge: Edge) -> None:
    own_edge.start()
    ended = threading.Event()

    def listen() -> None:
        with (
            httpx2.Client(base_url=own_edge.url, trust_env=False, timeout=20.0) as client,
            client.stream("GET", "/v1/stream", headers=own_edge.as_person()) as stream,
        ):
            for _ in stream.iter_lines():
                pass
        ended.set()

    listener = threading.Thread(target=listen)
    listener.start()
    until = time.monotonic() + 5
    while own_edge.client.get("/readyz").json()["streams"] != 1:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert own_edge.end(signal.SIGINT) < 5
    listener.join(5)
    assert ended.is_set(), "the stream was cut instead of ended"


def test_two_edges_on_one_store_keep_one_budget(own_edge: Edge, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    other = Edge(own_edge.data)
    own_edge.start()
    other.start()
    try:
        clients = [own_edge, other] * 4
        threads = [
            threading.Thread(
                target=edge.send, args=(event(f"x{n}", case=f"T-{n}"),), kwargs={"query": "?decide=1"}
            )
            for n, edge in enumerate(clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows = own_edge.store.read(log.all_decisions)
        assert len(rows) == 8
        assert sum(row.decision.charged for row in rows) == 1
    finally:
        other.close()
