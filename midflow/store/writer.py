"""Group commit: what arrives while one transaction is being made durable shares the next."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import structlog

from midflow.store import sqlite
from midflow.store.tx import Store, StoreError, Tx

Batch = Callable[[Tx, list[Any]], Sequence[Any]]
"""Takes a transaction and the items of one kind; returns one result an item, in order."""

MAX_BATCH = 512

MOST_IN_LOOP = 128
"""How much a transaction may hold that is worked on in the event loop; what is more would hold up others."""


EMPTY_AT = 1024
"""After how many things written the write-ahead log is emptied: about a page or two each."""

logger = structlog.get_logger("midflow.store")


class Closed(RuntimeError):
    """The process is ending and takes nothing new."""


class Waiting(NamedTuple):
    """An item that waits for its commit."""

    kind: str
    item: Any
    future: "asyncio.Future[Any]"
    weight: int


class GroupCommit:
    """Collects items by kind and hands each kind to its function, one transaction at a time.

    Kinds take their turn in the order of `batches`, so the first one always
    sees what is committed and nothing else.

    A future is done only after the commit. An item that makes its batch fail is
    found by running the items apart, so that it fails alone.
    """

    def __init__(self, store: Store, batches: Mapping[str, Batch]) -> None:
        self._store = store
        # SQLite answers at once, and on a second thread each of its answers would wait for the interpreter's lock.
        self._at_hand = store if isinstance(store, sqlite.Store) else None
        self._logged = 0
        self._emptying = False
        self._batches = batches
        self._waiting: list[Waiting] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._emptier = ThreadPoolExecutor(1, thread_name_prefix="emptier")
        self._loop = asyncio.get_running_loop()
        self._running = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False
        self.transactions = 0

    def submit(self, kind: str, item: Any, *, weight: int = 1) -> "asyncio.Future[Any]":
        """Return a future of the item's result, done after its commit. `weight`: how many things the item holds."""
        if self._closed:
            raise Closed
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.append(Waiting(kind, item, future, weight))
        if not self._running:
            self._start()
        return future

    @property
    def depth(self) -> int:
        """How many items wait for the next transaction."""
        return len(self._waiting)

    async def close(self) -> None:
        """Take nothing new, commit what was taken, end the thread."""
        self._closed = True
        await self._idle.wait()
        self._thread.shutdown(wait=True)
        self._emptier.shutdown(wait=True)

    def _start(self) -> None:
        self._running = True
        self._idle.clear()
        # One turn of the loop lets requests that are already readable share this transaction.
        self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        if self._at_hand is not None and sum(one.weight for one in batch) <= MOST_IN_LOOP:
            tx = self._at_hand.begin_at_once()
            if tx is not None:
                self._work_in_loop(self._at_hand, tx, batch)
                return
        self._thread.submit(self._commit, batch)

    def _commit(self, batch: list[Waiting]) -> None:
        results = _run(self._store, self._batches, [(one.kind, one.item) for one in batch])
        self._loop.call_soon_threadsafe(self._finish, batch, results)

    def _work_in_loop(self, store: sqlite.Store, tx: Tx, batch: list[Waiting]) -> None:
        """Only the wait for the disk is left to the thread."""
        try:
            results = _all(tx, self._batches, [(one.kind, one.item) for one in batch])
        except Exception:  # noqa: BLE001 - the thread tries again, finds whose fault it is and tells them
            store.rollback()
            self._thread.submit(self._commit, batch)
        except BaseException:
            store.rollback()
            raise
        else:
            self._thread.submit(self._make_durable, store, batch, results)

    def _make_durable(self, store: sqlite.Store, batch: list[Waiting], results: list[Any]) -> None:
        try:
            store.commit()
        except StoreError as error:
            results = [error] * len(batch)
        except Exception:  # noqa: BLE001 - as above
            self._commit(batch)
            return
        self._loop.call_soon_threadsafe(self._finish, batch, results)

    def _finish(self, batch: list[Waiting], results: list[Any]) -> None:
        self.transactions += 1
        self._note_log(sum(one.weight for one in batch))
        for (_, _, future, _), result in zip(batch, results, strict=True):
            if future.cancelled():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
        if self._waiting:
            self._hand_over()
        else:
            self._running = False
            self._idle.set()

    def _note_log(self, weight: int) -> None:
        """Have the log emptied by a thread of its own before SQLite would do it within somebody's commit."""
        self._logged += weight
        if self._at_hand is None or self._logged < EMPTY_AT or self._emptying or self._closed:
            return
        self._logged = 0
        self._emptying = True
        self._emptier.submit(self._empty, self._at_hand)

    def _empty(self, store: sqlite.Store) -> None:
        try:
            store.empty_log()
        except sqlite3.Error:
            logger.exception("the write-ahead log could not be emptied; a commit will do it")
        finally:
            self._emptying = False


def _run(store: Store, batches: Mapping[str, Batch], items: list[tuple[str, Any]]) -> list[Any]:
    try:
        return store.write(lambda tx: _all(tx, batches, items))
    except StoreError as error:
        return [error] * len(items)  # no item is to blame, and each alone would wait as long
    except Exception as error:  # noqa: BLE001 - the failing item is found below, and its caller told
        if len(items) == 1:
            return [error]
    return [_run(store, batches, [item])[0] for item in items]


def _all(tx: Tx, batches: Mapping[str, Batch], items: list[tuple[str, Any]]) -> list[Any]:
    results: list[Any] = [None] * len(items)
    for kind in batches:
        places = [i for i, (k, _) in enumerate(items) if k == kind]
        if not places:
            continue
        found = batches[kind](tx, [items[i][1] for i in places])
        for place, result in zip(places, found, strict=True):
            results[place] = result
    return results
