"""Ten thousand batches at once over shared activities, from two edges on one PostgreSQL."""

import os
import tempfile
from pathlib import Path
from threading import Thread

from bench import load
from bench.place import Place, end
from bench.senders import PATH, own, writing
from tests import postgres
from tests.conftest import find_program
from tests.edge.conftest import free_port

BATCHES, SIZE, CONNECTIONS, EDGES = 10_000, 10, 25, 2


def crowd() -> dict[str, object]:
    program = find_program("postgresql")
    if program is None:
        return {"skipped": "there is no PostgreSQL here"}
    batches = 400 if os.environ.get("BENCH_QUICK") == "1" else BATCHES
    with postgres.running(program.resolve().parent) as server, tempfile.TemporaryDirectory() as folder:
        url = server.database()
        place = Place(Path(folder), scopes=("xapi:all",), database_url=url)
        per_second = send(place, batches)
        rows, ids, deadlocks = place.store.read(counts)
        place.store.close()
    return {
        "batches": batches, "statements_a_batch": SIZE, "connections": CONNECTIONS * EDGES, "edges": EDGES,
        "statements_per_second": round(per_second * SIZE),
        "deadlocks": deadlocks, "lost": batches * SIZE - ids, "counted_twice": rows - ids,
    }  # fmt: skip


def send(place: Place, batches: int) -> float:
    """Send them through all edges at once and return batches/s."""
    ports = [place.port, *(free_port() for _ in range(EDGES - 1))]
    edges = [place.start(port=port) for port in ports]
    speeds: list[float] = []

    def through(side: int, port: int) -> None:
        make = writing(port, PATH, SIZE, own(place), first=side * 7919)
        each = batches // EDGES // CONNECTIONS
        speeds.append(load.run(port, CONNECTIONS, 600.0, make, each=each)["per_second"])

    try:
        threads = [Thread(target=through, args=item) for item in enumerate(ports)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for edge in edges:
            end(edge)
    if len(speeds) < EDGES:
        raise RuntimeError("not every batch was answered with success")
    return sum(speeds)


def counts(tx) -> tuple[int, int, int]:
    rows, ids = tx.execute("SELECT COUNT(*), COUNT(DISTINCT id) FROM statement").fetchone()
    deadlocks = tx.execute(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ).fetchone()[0]
    return rows, ids, deadlocks
