"""The record beside Ralph that stores nothing: writes, pages, bytes on disk.

`BENCH_QUICK=1` tries it in a minute, at sizes that say nothing about speed.
"""

import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx2

from bench import load, ralph
from bench.crowd import crowd
from bench.fill import fill
from bench.place import Place, bytes_written, cpu_seconds, end
from bench.senders import PATH, QUERIES, VERSION, own, reading, targets, writing
from bench.statements import BYTES

QUICK = os.environ.get("BENCH_QUICK") == "1"
FEW, BEFORE, MANY = (5_000, 10_000, 20_000) if QUICK else (100_000, 200_000, 1_000_000)
SECONDS, ROUNDS = (1.0, 1) if QUICK else (5.0, 3)
LOADS = {"single_64": (64, 1), "single_8": (8, 1), "batches_of_100_8": (8, 100)}


def run() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder), scopes=("xapi:all",))
        empty = on_disk(place)
        fill(place, FEW)
        few = reads(place)
        fill(place, BEFORE - FEW)
        bytes_each = (on_disk(place) - empty) / BEFORE
        written = writes(place, Path(folder))
        fill(place, MANY - stored(place))
        many = reads(place)
    return {
        "statement_bytes": round(BYTES),
        "writes": written,
        "reads_few": {"stored": FEW, **few},
        "reads_many": {"stored": MANY, **many},
        "many_to_few": {
            kind: round(many[kind]["per_second"] / few[kind]["per_second"], 2) for kind in QUERIES
        },
        "bytes_on_disk_a_statement": round(bytes_each),
        "postgresql": crowd(),
        "goals": "single_64 >= 5x Ralph, single_8 >= 2.5x, batches >= 1x; p99 80 and 30 ms; reads 1500/s, "
        "p99 15 ms, many_to_few >= 0.5; <= 2500 bytes; 0 deadlocks, 0 lost",
    }


def stored(place: Place) -> int:
    return place.store.read(lambda tx: tx.execute("SELECT COUNT(*) FROM statement").fetchone()[0])


def on_disk(place: Place) -> int:
    """Bytes of the store's file, with every index and with what is free in it."""
    size = lambda tx, name: tx.execute(f"PRAGMA {name}").fetchone()[0]  # noqa: E731
    return place.store.read(lambda tx: size(tx, "page_count") * size(tx, "page_size"))


def writes(place: Place, folder: Path) -> dict[str, object]:
    """Ours and Ralph in turn, so that what else the machine does meets both."""
    found: dict[str, object] = {"stored_before": BEFORE}
    edge = place.start()
    try:
        with ralph.running(folder) as (port, pid):
            for name, (connections, size) in LOADS.items():
                sides = {
                    "midflow": (place.port, edge.pid, writing(place.port, PATH, size, own(place))),
                    "ralph_null": (port, pid, writing(port, ralph.PATH, size, ralph.HEADERS)),
                }
                found[name] = compare(sides, connections, size)
    finally:
        end(edge)
    return found


def compare(sides: dict[str, tuple[int, int, load.Make]], connections: int, size: int) -> dict[str, object]:
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
    for turn in range(ROUNDS + 1):
        for name, (port, pid, make) in sides.items():
            cpu, written = cpu_seconds(pid), bytes_written(pid)
            one = load.run(port, connections, SECONDS if turn else 1.0, make)
            statements = one["requests"] * size
            one["statements_per_second"] = one["per_second"] * size
            one["cpu_us_a_statement"] = 1e6 * (cpu_seconds(pid) - cpu) / statements
            one["kb_written_a_statement"] = (bytes_written(pid) - written) / 1000 / statements
            if turn:  # the first warms up
                rounds[name].append(one)
    middle = {name: _middle(seen) for name, seen in rounds.items()}
    ratio = middle["midflow"]["per_second"] / middle["ralph_null"]["per_second"]
    return {**middle, "ratio": round(ratio, 2)}


def _middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The round in the middle by its speed."""
    speed: Callable[[dict[str, float]], float] = lambda one: one["per_second"]  # noqa: E731
    middle = statistics.median_low(map(speed, rounds))
    return {name: round(value, 2) for name, value in next(r for r in rounds if speed(r) == middle).items()}


def reads(place: Place) -> dict[str, dict[str, float]]:
    edge = place.start()
    found: dict[str, dict[str, float]] = {}
    try:
        for kind in QUERIES:
            asked = targets(kind)
            make = reading(place, asked)
            load.run(place.port, 8, 1.0, make)
            before = cpu_seconds(edge.pid)
            one = load.run(place.port, 8, SECONDS, make)
            one["cpu_us"] = 1e6 * (cpu_seconds(edge.pid) - before) / one["requests"]
            one["statements_an_answer"] = answered(place, asked[:40])
            found[kind] = {name: round(value, 2) for name, value in one.items()}
    finally:
        end(edge)
    return found


def answered(place: Place, asked: list[str]) -> float:
    """How many statements these questions get on average; the load client does not look."""
    client = httpx2.Client(
        base_url=f"http://127.0.0.1:{place.port}", headers=VERSION | own(place), trust_env=False
    )
    with client:
        return statistics.mean(len(client.get(target).json()["statements"]) for target in asked)
