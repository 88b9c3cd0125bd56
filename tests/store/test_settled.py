"""Up to when the record is complete: said without waiting, and never too much."""

import contextlib
import threading
import time
from typing import Any

from midflow.store import statements
from midflow.store.selection import select
from midflow.store.tx import Store, Tx
from tests.conftest import Opens
from tests.store.statements import rows, statement

NOW = 1_790_000_000_000


def add(tx: Tx, now_ms: int) -> int:
    return statements.add_statements(tx, rows(statement()), now_ms=now_ms)[0].stored


def test_while_nobody_writes_it_is_complete_up_to_now(store: Store) -> None:
    assert store.settled(NOW) == NOW - 1
    store.write(lambda tx: add(tx, NOW))
    assert store.settled(NOW + 500) == NOW + 499
    assert store.settled(NOW - 500) == NOW - 1  # the clock went back, the record does not


def test_while_somebody_writes_it_is_complete_up_to_what_was_stored_last(store: Store, opens: Opens) -> None:
    other = opens()
    store.write(lambda tx: add(tx, NOW))

    def slow(tx: Tx) -> list[int]:
        add(tx, NOW + 100)
        return [store.settled(NOW + 500), other.settled(NOW + 500)]

    for which in (store, other):
        assert which.write(slow) == [NOW - 1 if which is store else NOW + 99] * 2
    assert store.settled(NOW + 500) == other.settled(NOW + 500) == NOW + 499
    other.close()


def test_asking_waits_for_nobody_and_a_failed_write_leaves_nothing_behind(store: Store) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def stuck(tx: Tx) -> None:
        begun.set()
        go_on.wait(10)
        raise ValueError

    def write() -> None:
        with contextlib.suppress(ValueError):
            store.write(stuck)

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait(10)
    started = time.monotonic()
    assert store.settled(NOW) == -1
    assert time.monotonic() - started < 1
    go_on.set()
    thread.join()
    assert store.settled(NOW) == NOW - 1


def test_nothing_that_is_said_to_be_there_comes_later(store: Store, opens: Opens) -> None:
    """Two processes write, one that reads on by time alone misses nothing."""
    other = opens()
    ending = threading.Event()
    written: list[int] = []

    def work(which: Store) -> None:
        while not ending.is_set():
            written.append(which.write(lambda tx: add(tx, time.time_ns() // 1_000_000)))

    threads = [threading.Thread(target=work, args=(which,)) for which in (store, other)]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    since = 0

    def look(tx: Tx, until: int) -> list[Any]:
        return select(tx, since_ms=since, until_ms=until, limit=100_000, ascending=True)

    for _ in range(300):
        until = store.settled(time.time_ns() // 1_000_000)
        seen += [hit.seq for hit in store.read(lambda tx, until=until: look(tx, until))]
        since = max(since, until)
    ending.set()
    for thread in threads:
        thread.join()
    until = store.settled(time.time_ns() // 1_000_000 + 1000)
    seen += [hit.seq for hit in store.read(lambda tx: look(tx, until))]
    assert seen == list(range(1, len(written) + 1))
    other.close()
