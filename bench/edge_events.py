"""Events through the whole edge, against the same server that does nothing, and against a commit a request."""

import json
import sys
import tempfile
import time
from pathlib import Path

from bench import load
from bench.place import PEOPLE, Place, cpu_seconds, end

SECONDS = 8.0
WARM_SECONDS = 2.0
CONNECTIONS = 16


def body(worker: int, count: int) -> bytes:
    """One event of about 500 bytes."""
    n = worker * 1_000_003 + count
    event = {
        "specversion": "1.0", "id": f"bench-{time.time_ns()}-{n}", "source": "bench", "type": "bench.work",
        "person": f"p{n % PEOPLE}", "case": f"C-{n % 5000}", "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "subject": "a record of the host tool", "data": {"activity": "work", "status": f"s{n % 20}", "note": "x" * 200},
    }  # fmt: skip
    return json.dumps(event).encode()


def measure(
    place: Place, command: list[str] | None, path: str = "/v1/events", *, connections: int = CONNECTIONS
) -> dict[str, float]:
    headers = {"authorization": f"Bearer {place.key}", "content-type": "application/json"}
    process = place.start(command)
    try:
        make = lambda worker, count: load.request(place.port, path, body(worker, count), headers)  # noqa: E731
        load.run(place.port, connections, WARM_SECONDS, make)
        before = cpu_seconds(process.pid)
        found = load.run(place.port, connections, SECONDS, make)
        found["cpu_us_per_event"] = 1e6 * (cpu_seconds(process.pid) - before) / found["requests"]
        return found
    finally:
        end(process)


def run() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder))
        own = [sys.executable, "-m", "bench.servers"]
        noop = measure(place, [*own, "noop", str(place.port), folder])
        midflow = measure(place, None)
        single = measure(place, [*own, "commit-each", str(place.port), folder])
    return {
        "connections": CONNECTIONS,
        "midflow": _rounded(midflow),
        "noop_same_server": _rounded(noop),
        "commit_per_request": _rounded(single),
        "ratio_to_noop": round(midflow["per_second"] / noop["per_second"], 3),
        "ratio_to_commit_per_request": round(midflow["per_second"] / single["per_second"], 2),
        "goals": "cpu <= 250 us, >= 3000/s, >= 0.2 of no-op, >= 4x commit per request",
    }


def _rounded(found: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in found.items()}
