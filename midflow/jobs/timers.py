"""Fires the timers of rules that wait for something not to come."""

import random

from midflow import plugs
from midflow.flow.rulebook import Rulebook, current_book
from midflow.flow.timers import fire
from midflow.flow.work import Kept
from midflow.store import releases, timers
from midflow.store.jobs import Job
from midflow.store.tx import Store


class FireTimers:
    """The job; it keeps the release that it fired with last, and reads another only when there is one."""

    def __init__(self) -> None:
        self._draw = random.Random().random  # noqa: S311 - seeded by the system; a fair coin, not a secret
        self._book: Rulebook | None = None
        self._kept = Kept(follows=True)

    def __call__(self, store: Store, job: Job, now: float) -> None:
        """Fire what is due; nothing is loaded while nothing is."""
        if not store.read(lambda tx: timers.any_due(tx, now)):
            return
        book = self._present(store)
        while store.write(lambda tx: fire(tx, now, book=book, draw=self._draw, kept=self._kept)):
            pass

    def _present(self, store: Store) -> Rulebook:
        if self._book is None or store.read(releases.current_number) != self._book.release.number:
            self._book = current_book(store, plugs.block_kinds())
        return self._book
