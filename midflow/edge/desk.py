"""What the edge holds while it runs: the store, its writer, the release, who is connected."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import structlog

from midflow import plugs
from midflow.config import Settings
from midflow.core.record.problem import RecordError
from midflow.edge.metrics import Metrics
from midflow.edge.rate import RateLimiter
from midflow.flow.deliver import release_paused
from midflow.flow.identity import read_secret
from midflow.flow.ingest import Arrival, Receipt, ingest
from midflow.flow.record import Batch, record
from midflow.flow.respond import Answer, Report, respond
from midflow.flow.rulebook import Rulebook, current_book
from midflow.flow.work import Kept
from midflow.store import keys, learners, log, releases, settling, waiting
from midflow.store.models import model_versions
from midflow.store.open import open_store
from midflow.store.tx import Tx
from midflow.store.waiting import Move
from midflow.store.writer import GroupCommit

WATCH_SECONDS = 0.25
"""How often other processes' commits are looked for: releases, offers, keys."""

PAUSES_SECONDS = 1.0
"""How often it is looked whose pause is long enough for what waits."""

QUIET_SECONDS = 1.0
"""After this long without a new statement those that wait are put into the index, which makes reading quicker."""

SETTLE_TOGETHER = 1024
"""How many are put into the index at a time then, so that nobody who comes meanwhile waits long."""

logger = structlog.get_logger("midflow.edge")


class Desk:
    """The edge's own state. Everything that waits for a commit goes through `writer`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = time.time
        self.draw = random.Random().random  # noqa: S311 - seeded by the system; a fair coin, not a secret
        self.kinds = plugs.block_kinds()
        self.sources = plugs.sources()
        self.metrics = Metrics()
        self.rate = RateLimiter(settings.rate_per_minute)
        self.hub = Hub()
        self.kept = Kept()
        self.store = open_store(settings.data, settings.database_url)
        self.secret = read_secret(settings.data / "secret.key")
        self.home = settings.base_url
        self.book = self._load()
        self.writer: GroupCommit
        self.closing = asyncio.Event()
        self._watcher: asyncio.Task[None]
        self._changes = -1
        self._settle_at = self._pauses_at = self.clock()
        self._seen: dict[str, float] = {}
        self._keys: dict[bytes, keys.KeyRow | None] = {}
        self._settled = 0
        self.trying = asyncio.Lock()
        self._last_offer = self.store.read(lambda tx: log.next_seqs(tx)[1] - 1)

    def start(self) -> None:
        """Begin to take work; call from the running loop."""
        self.writer = GroupCommit(
            self.store,
            {
                "events": self._ingest,
                "outcomes": self._respond,
                "statements": self._record,
                "call": lambda tx, calls: [call(tx) for call in calls],
            },
        )
        self._watcher = asyncio.get_running_loop().create_task(self._watch())

    def end_streams(self) -> None:
        """Tell every stream that the edge is ending."""
        self.closing.set()
        self.hub.wake_all()

    async def close(self) -> None:
        """End streams, commit what was taken, close the store."""
        self.end_streams()
        self._watcher.cancel()
        await self.writer.close()
        self.store.close()

    async def take(self, arrivals: Sequence[Arrival]) -> list[Receipt]:
        """Take events; returns after the commit, when the people they concern have been woken."""
        receipts: list[Receipt] = await self.writer.submit("events", tuple(arrivals), weight=len(arrivals))
        for receipt in receipts:
            for offer in (*receipt.offers, *receipt.moves):
                self.hub.wake(offer.person)
        self.metrics.count(receipts)
        return receipts

    async def report(self, report: Report) -> Answer:
        """Take a person's outcomes; returns after the commit."""
        answer: Answer = await self.writer.submit("outcomes", report, weight=len(report.outcomes))
        self.hub.wake(report.person.id)
        return answer

    async def record(self, batch: Batch) -> RecordError | None:
        """Take a batch of statements; returns after the commit, with why it was refused or None."""
        self._settle_at = self.clock() + QUIET_SECONDS
        return await self.writer.submit("statements", batch, weight=len(batch.prepared))

    def settled(self) -> int:
        """Return up to when (ms) the record is complete; never earlier than was said before.

        While somebody writes the store says an earlier time, but what was complete stays so,
        and whoever reads on from what was said last reads nothing twice.
        """
        self._settled = max(self._settled, self.store.settled(int(self.clock() * 1000)))
        return self._settled

    async def call(self, fn: Callable[[Tx], Any]) -> Any:
        """Run a function of a transaction with the others' commits."""
        return await self.writer.submit("call", fn)

    def see(self, person: str) -> None:
        """Note that a client of the person is there; written at most once in ten minutes."""
        now = self.clock()
        if now - self._seen.get(person, 0.0) < learners.SEEN_EVERY:
            return
        self._seen[person] = now
        self.writer.submit("call", lambda tx: learners.mark_seen(tx, person, now))

    def key(self, hash: bytes) -> keys.KeyRow | None:
        """Return the key of this hash; remembered until any other connection commits."""
        if hash not in self._keys:
            self._keys[hash] = self.store.read(lambda tx: keys.key(tx, hash))
        return self._keys[hash]

    def _ingest(self, tx: Tx, items: Sequence[tuple[Arrival, ...]]) -> list[list[Receipt]]:
        receipts = iter(
            ingest(
                tx,
                [a for item in items for a in item],
                book=self.book,
                draw=self.draw,
                kept=self.kept,
            )
        )
        return [list(islice(receipts, len(item))) for item in items]

    def _respond(self, tx: Tx, reports: Sequence[Report]) -> list[Answer]:
        return respond(tx, reports, book=self.book, home=self.home, now_ms=int(self.clock() * 1000))

    def _record(self, tx: Tx, batches: Sequence[Batch]) -> list[RecordError | None]:
        return record(tx, batches, now_ms=int(self.clock() * 1000))

    def _load(self) -> Rulebook:
        fields = [(source.NAME, source.FIELDS) for source in self.sources.values()]
        return current_book(self.store, self.kinds, declared=fields)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                self._look()
            except Exception:
                logger.exception("watching the store failed; trying again")

    def _settled_some(self, some: "asyncio.Future[bool]") -> None:
        """Rest where no statement waits any more and none came meanwhile."""
        waiting = some.cancelled() or some.exception() is not None or some.result()
        if not waiting and self.clock() >= self._settle_at:
            self._settle_at = float("inf")

    def _look(self) -> None:
        if self.clock() >= self._settle_at:
            some = self.writer.submit(
                "call", lambda tx: settling.go_on(tx, SETTLE_TOGETHER), weight=SETTLE_TOGETHER
            )
            some.add_done_callback(self._settled_some)
        if self.clock() >= self._pauses_at:
            self._wake_paused()
        changes = self.store.changes()
        if changes == self._changes:
            return
        self._changes = changes
        self._keys.clear()
        number, offers, versions = self.store.read(
            lambda tx: (
                releases.current_number(tx),
                log.offers_after(tx, self._last_offer),
                model_versions(tx),
            )
        )
        for offer in offers:
            self._last_offer = max(self._last_offer, offer.decision)
            self.hub.wake(offer.person)
        if number != self.book.release.number:
            self.book = self._load()
            logger.info("release picked up", number=number)
            self.hub.wake_all()
        elif versions != self.book.models:
            self.book = self._load()
            logger.info("models picked up", versions=versions)

    def _wake_paused(self) -> None:
        """Release what waits for people who pause, and tell them; and those to whom another process released something."""
        now, before = self.clock(), self._pauses_at - PAUSES_SECONDS
        self._pauses_at = now + PAUSES_SECONDS
        due, elsewhere = self.store.read(
            lambda tx: (bool(waiting.paused(tx, now)), waiting.released_after(tx, before - PAUSES_SECONDS))
        )
        for person in elsewhere:
            self.hub.wake(person)
        if due:
            released = self.writer.submit("call", lambda tx: release_paused(tx, now=self.clock()))
            released.add_done_callback(self._tell)

    def _tell(self, released: "asyncio.Future[list[Move]]") -> None:
        if not released.cancelled() and released.exception() is None:
            for move in released.result():
                self.hub.wake(move.person)


class Hub:
    """Who is connected, and how to tell them that something changed."""

    def __init__(self) -> None:
        self._streams: dict[str, set[asyncio.Event]] = {}

    def join(self, person: str) -> asyncio.Event:
        """Return an event that is set when something changes for the person."""
        event = asyncio.Event()
        self._streams.setdefault(person, set()).add(event)
        return event

    def leave(self, person: str, event: asyncio.Event) -> None:
        """Forget an event of `join`."""
        streams = self._streams.get(person, set())
        streams.discard(event)
        if not streams:
            self._streams.pop(person, None)

    def wake(self, person: str) -> None:
        """Tell the person's streams."""
        for event in self._streams.get(person, ()):
            event.set()

    def wake_all(self) -> None:
        """Tell everybody."""
        for person in list(self._streams):
            self.wake(person)

    def __len__(self) -> int:
        return sum(len(streams) for streams in self._streams.values())
