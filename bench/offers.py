"""From an event accepted to its offer received by a connected client."""

import json
import tempfile
import threading
import time
from pathlib import Path

import httpx2

from bench.place import Place, end

EVENTS = 60


def run() -> dict[str, object]:
    times: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), mandatory=True)
        process = place.start()
        try:
            with httpx2.Client(
                base_url=f"http://127.0.0.1:{place.port}", trust_env=False, timeout=20
            ) as client:
                times.extend(once(client, place, f"p{n}") for n in range(EVENTS))
        finally:
            end(process)
    times.sort()
    return {
        "offers": len(times), "p50_ms": round(1000 * times[len(times) // 2], 1),
        "p95_ms": round(1000 * times[int(len(times) * 0.95)], 1), "goal": "aim 200 ms",
    }  # fmt: skip


def once(client: httpx2.Client, place: Place, person: str) -> float:
    """Send one event of a person who listens and return the seconds until the offer came."""
    arrived: list[float] = []
    listening = threading.Event()

    def listen() -> None:
        with client.stream(
            "GET", "/v1/stream", headers={"authorization": f"Bearer {place.token(person)}"}
        ) as stream:
            for line in stream.iter_lines():
                listening.set()
                if line == "event: offer":
                    arrived.append(time.perf_counter())
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    listening.wait(10)
    event = {
        "specversion": "1.0",
        "id": f"o-{person}",
        "source": "bench",
        "type": "bench.work",
        "person": person,
        "data": {"activity": "w", "status": "s1"},
    }
    started = time.perf_counter()
    answer = client.post(
        "/v1/events",
        content=json.dumps(event),
        headers={"authorization": f"Bearer {place.key}", "content-type": "application/json"},
    )
    answer.raise_for_status()
    thread.join(10)
    return arrived[0] - started
