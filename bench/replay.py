"""Work logs through ingestion without HTTP, beside the bare appending of the same rows to the same kind of file."""

import os
import sqlite3
import tempfile
import time
from pathlib import Path

from midflow import plugs
from midflow.core.content.release import Policy, compile_release
from midflow.core.events import WorkEvent
from midflow.core.match import gate
from midflow.flow.replay import BATCH, replay
from midflow.flow.rulebook import prepare
from midflow.flow.worklog import built_in, read_log
from midflow.store.sqlite import Store

MILLION = 1_000_000


def run() -> dict[str, object]:
    data = Path(os.environ.get("MIDFLOW_TEST_DATA", "../shared/data")) / "worklogs"
    if not data.is_dir():
        return {"skipped": f"{data} is not there; name the folder with MIDFLOW_TEST_DATA"}
    found: dict[str, object] = {}
    for path in sorted(data.glob("*.csv.gz")):
        events = [row for row in read_log(path, {}) if isinstance(row, WorkEvent)]
        found[path.name] = one(events)
    found["million"] = one(
        many([row for row in read_log(data / "helpdesk.csv.gz", {}) if isinstance(row, WorkEvent)])
    )
    return {**found, "goal": "helpdesk >= 5000 events/s"}


def many(events: list[WorkEvent]) -> list[WorkEvent]:
    """The log again and again under new ids, people and cases, until there are a million events."""
    import msgspec

    rounds = -(-MILLION // len(events))
    return [
        msgspec.structs.replace(e, id=f"{n}/{e.id}", person=f"{n}/{e.person}", case=f"{n}/{e.case}")
        for n in range(rounds)
        for e in events
    ][:MILLION]


def one(events: list[WorkEvent]) -> dict[str, object]:
    kinds = plugs.block_kinds()
    made = compile_release(
        built_in(events), Policy(), number=0, created=0.0, kinds=kinds, valid_condition=gate
    )
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "events.db")
        summary = replay(store, events, book=prepare(made, kinds), seed=0)
        store.close()
        control = append(events, Path(folder) / "control.db")
    return {
        "events": summary.events, "per_second": round(summary.events_per_second), "prompts": summary.prompts,
        "budget_violations": summary.budget_violations, "append_only_per_second": round(control),
        "ratio_to_append_only": round(summary.events_per_second / control, 3),
    }  # fmt: skip


def append(events: list[WorkEvent], path: Path) -> float:
    tx = sqlite3.connect(path, isolation_level=None)
    tx.execute("PRAGMA journal_mode=WAL")
    tx.execute("PRAGMA synchronous=FULL")
    tx.execute(
        "CREATE TABLE work_event (source TEXT, id TEXT, type TEXT, time REAL, person TEXT, case_ref TEXT, UNIQUE (source, id))"
    )
    started = time.perf_counter()
    for first in range(0, len(events), BATCH):
        tx.execute("BEGIN IMMEDIATE")
        tx.executemany(
            "INSERT INTO work_event VALUES (?,?,?,?,?,?)",
            [(e.source, e.id, e.type, e.time, e.person, e.case) for e in events[first : first + BATCH]],
        )
        tx.execute("COMMIT")
    return len(events) / (time.perf_counter() - started)
