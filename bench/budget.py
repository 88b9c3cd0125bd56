"""The budget under everything at once: several processes on one store, out-of-order events, duplicates, late ones."""

import multiprocessing
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from midflow import plugs
from midflow.core.content.release import Policy, compile_release
from midflow.core.decide.budget import violations
from midflow.core.events import WorkEvent
from midflow.core.match import gate
from midflow.flow.ingest import admit, ingest
from midflow.flow.rulebook import Rulebook, prepare
from midflow.flow.work import Kept
from midflow.flow.worklog import built_in
from midflow.store.open import open_store
from midflow.store.people import Person, add_account, save_person
from midflow.store.tx import Store, StoreError, Tx

MILLION = 1_000_000
PROCESSES = 4
TASKS = 40
BEGIN = 1_790_000_000.0
SPACING = 15.0
"""Seconds from one event to the next; with so many people each does several things an hour."""
WINDOW = 400
"""Events among which the order is shuffled."""
BATCH = 256
TWICE, LATE = 0.05, 0.02
"""The shares of events that two processes send, and that come hours late."""


def run() -> dict[str, object]:
    events = 20_000 if os.environ.get("BENCH_QUICK") == "1" else int(os.environ.get("BENCH_EVENTS", MILLION))
    stores = os.environ.get("BENCH_STORES", "sqlite,postgresql").split(",")
    return {name: on(name, events) for name in stores}


def on(name: str, events: int) -> dict[str, object]:
    """Feed `events` to one kind of store from several processes and count what broke the budget."""
    from tests import postgres
    from tests.conftest import find_program

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = ""
        if name == "postgresql":
            program = find_program("postgresql")
            if program is None:
                return {"skipped": "there is no PostgreSQL here"}
            url = stack.enter_context(postgres.running(program.resolve().parent)).database()
        return measure(folder, url, events, processes=PROCESSES)


def measure(folder: Path, url: str, events: int, *, processes: int) -> dict[str, object]:
    store = open_store(folder, url)
    people = max(20, events // 500)
    store.write(lambda tx: _enrol(tx, people))
    started = time.perf_counter()
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=feed, args=(folder, url, events, people, n, processes))
        for n in range(processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a process failed")
    found = judge(store)
    store.close()
    seconds = time.perf_counter() - started
    return {"processes": processes, **found, "seconds": round(seconds, 1)}


def _enrol(tx: Tx, people: int) -> None:
    for n in range(people):
        save_person(tx, Person(id=f"p{n}", name=f"P{n}"), now=BEGIN)
        add_account(tx, "bench", f"p{n}", f"p{n}", now=BEGIN)


def feed(folder: Path, url: str, events: int, people: int, own: int, processes: int) -> None:
    """Send one process's share: each decides by the latest time that it has seen, as an edge does by its clock."""
    store, book, kept = open_store(folder, url), rulebook(), Kept()
    draw, clock = random.Random(own).random, BEGIN
    batch: list[WorkEvent] = []

    def send() -> None:
        nonlocal clock
        arrivals = []
        for event in batch:
            clock = max(clock, event.time)
            arrivals.append(admit(event, book, received=clock, reachable=True))
        while not _sent(store, lambda tx: ingest(tx, arrivals, book=book, draw=draw, kept=kept)):
            pass
        batch.clear()

    for event in share(events, people, own, processes):
        batch.append(event)
        if len(batch) == BATCH:
            send()
    send()
    store.close()


def _sent(store: Store, work: Callable[[Tx], object]) -> bool:
    """Whether it was stored; a sender that found the store busy for too long sends again."""
    try:
        store.write(work)
    except StoreError:
        return False
    return True


def share(events: int, people: int, own: int, processes: int) -> Iterator[WorkEvent]:
    """The events that one process sends, out of order: its own, and some that another sends as well."""
    held: list[tuple[int, WorkEvent]] = []
    for block in range(0, events, WINDOW):
        chance = random.Random(block)
        some: list[WorkEvent] = []
        for n in range(block, min(block + WINDOW, events)):
            event = one(n, people, chance)
            twice, late = chance.random() < TWICE, chance.random() < LATE
            if n % processes != own and not (twice and (n + 1) % processes == own):
                continue
            if late:
                held.append((block + 3 * WINDOW, event))
            else:
                some.append(event)
        some += [event for due, event in held if due <= block]
        held = [(due, event) for due, event in held if due > block]
        random.Random(own * events + block).shuffle(some)
        yield from some
    yield from (event for _, event in held)


def one(n: int, people: int, chance: random.Random) -> WorkEvent:
    person, task = chance.randrange(people), min(chance.randrange(TASKS), chance.randrange(TASKS))
    # Two of five cases are worked on again later, so that something goes wrong.
    case = f"C-{n if chance.random() < 0.6 else max(0, n - chance.randrange(2000))}"
    return WorkEvent(
        source="bench", id=f"{n}", type=f"bench.task-{task}", time=BEGIN + n * SPACING, person=f"p{person}",
        case=case, data={"activity": f"Task {task}"},
    )  # fmt: skip


def rulebook() -> Rulebook:
    kinds = plugs.block_kinds()
    sample = [one(n, 5, random.Random(n)) for n in range(2000)]
    made = compile_release(
        built_in(sample),
        Policy(interruption_cost=0.0),
        number=0,
        created=0.0,
        kinds=kinds,
        valid_condition=gate,
    )
    return prepare(made, kinds)


def judge(store: Store) -> dict[str, object]:
    """Count draws that broke the budget, and prompts that were open at the same time."""
    rows = store.read(
        lambda tx: tx.execute(
            "SELECT person, at FROM decision WHERE charged=1 ORDER BY person, at"
        ).fetchall()
    )
    open_ = store.read(
        lambda tx: tx.execute(
            "SELECT person, created, expires FROM offer ORDER BY person, created"
        ).fetchall()
    )
    counts = "SELECT (SELECT COUNT(*) FROM work_event), (SELECT COUNT(*) FROM decision)"
    events, decisions = store.read(lambda tx: tx.execute(counts).fetchone())
    charges: dict[str, list[float]] = {}
    for person, at in rows:
        charges.setdefault(person, []).append(at)
    limits = rulebook().limits
    return {
        "events": events, "decisions": decisions, "draws": len(rows), "prompts": len(open_),
        "budget_violations": sum(violations(times, limits) for times in charges.values()),
        "open_at_once": sum(
            a[0] == b[0] and b[1] < a[2] for a, b in pairwise(open_)
        ),
    }  # fmt: skip
