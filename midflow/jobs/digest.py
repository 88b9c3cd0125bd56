"""Refreshers while people are at work, and one digest a day."""

import random

from midflow import plugs
from midflow.core.decide.refresher import LEAD
from midflow.flow.digest import due_day, make_digest
from midflow.flow.refresh import next_refresher, refresh
from midflow.flow.rulebook import Rulebook, current_book
from midflow.flow.work import Kept
from midflow.store import digests, people, releases
from midflow.store.jobs import Job
from midflow.store.tx import Store


class Present:
    """Keeps the release that was read last, and reads another only when there is one."""

    def __init__(self) -> None:
        self._book: Rulebook | None = None

    def of(self, store: Store) -> Rulebook:
        """Return the rulebook of the current release."""
        if self._book is None or store.read(releases.current_number) != self._book.release.number:
            self._book = current_book(store, plugs.block_kinds())
        return self._book


class Refresh:
    """The job of refreshers: each person in a transaction of their own, so that no other writer waits long."""

    def __init__(self) -> None:
        self._present = Present()
        self._draw = random.Random().random  # noqa: S311 - seeded by the system; a fair coin, not a secret
        self._kept = Kept(follows=True)

    def __call__(self, store: Store, job: Job, now: float) -> None:
        """Decide for those to whom a task is about to come."""
        waiting = store.read(lambda tx: digests.may_refresh(tx, now, LEAD))
        if not waiting:
            return
        book = self._present.of(store)
        for person in waiting:
            if store.read(lambda tx, person=person: next_refresher(tx, person, book=book, now=now)) is None:
                continue
            store.write(
                lambda tx, person=person: refresh(
                    tx, person, book=book, draw=self._draw, now=now, kept=self._kept
                )
            )


class Digests:
    """The job of digests."""

    def __init__(self) -> None:
        self._present = Present()

    def __call__(self, store: Store, job: Job, now: float) -> None:
        """Make the digests whose time has come, each person in a transaction of their own."""
        book = self._present.of(store)
        for person in store.read(people.people):
            if store.read(lambda tx, person=person: due_day(tx, person, book=book, now=now)) is None:
                continue
            store.write(lambda tx, person=person: make_digest(tx, person, book=book, now=now))
