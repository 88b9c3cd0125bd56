"""A hundred kills of the edge under load: nothing acknowledged may be lost, nothing counted twice."""

import signal
import tempfile
import threading
import time
from pathlib import Path

from tests.edge.conftest import Edge
from tests.edge.test_durability import hammer

KILLS = 100


def run() -> dict[str, object]:
    acknowledged: list[str] = []
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        edge = Edge(Path(folder)).start()
        workers = [threading.Thread(target=hammer, args=(edge, acknowledged, stop, n)) for n in range(4)]
        for worker in workers:
            worker.start()
        for _ in range(KILLS):
            time.sleep(0.2)
            edge.end(signal.SIGKILL)
            edge.start()
        stop.set()
        for worker in workers:
            worker.join()
        stored = edge.store.read(lambda tx: [row[0] for row in tx.execute("SELECT id FROM work_event")])
        edge.close()
    return {
        "kills": KILLS, "acknowledged": len(acknowledged), "stored": len(stored),
        "lost": len(set(acknowledged) - set(stored)), "counted_twice": len(stored) - len(set(stored)),
    }  # fmt: skip
