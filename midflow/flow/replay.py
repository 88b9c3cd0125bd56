"""Feed history through the very same path as live events, decided on at their own time."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from math import inf, nextafter

import msgspec

from midflow.core.decide.budget import violations
from midflow.core.events import WorkEvent
from midflow.core.learner.prequential import EVERY
from midflow.core.learner.state import DAY
from midflow.flow.decide import prompt_waits
from midflow.flow.deliver import end_of_log
from midflow.flow.ingest import Arrival, Receipt, admit, begin, take
from midflow.flow.refit import count_draws, refit_need
from midflow.flow.rulebook import Rulebook
from midflow.flow.timers import fire_due
from midflow.flow.work import Kept
from midflow.store.log import DecisionRow
from midflow.store.people import Person, add_account, person_of, save_person
from midflow.store.tx import Store, Tx
from midflow.store.waiting import Move

BATCH = 512


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Mean, 95th percentile and maximum over person-days with at least one event."""

    mean: float
    p95: float
    max: int


def spread(counts: Iterable[int]) -> Spread:
    """Return the spread of the numbers of prompts on person-days."""
    ordered = sorted(counts)
    if not ordered:
        return Spread(mean=0.0, p95=0.0, max=0)
    return Spread(
        mean=sum(ordered) / len(ordered), p95=float(ordered[int(0.95 * (len(ordered) - 1))]), max=ordered[-1]
    )


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a replay came to. `silences` counts by reason; `seconds` is the time it took.

    `at_breakpoint`: the share of what was shown that was at a breakpoint, None where
    nothing was; `inbox`: prompts that found none in half an hour; `wait_p90_seconds`
    of those that waited for one and found it. `safety_critical`: how many of the
    prompts were shown beside the budget.
    """

    events: int
    duplicates: int
    people: int
    moments: int
    prompts: int
    safety_critical: int
    silences: dict[str, int]
    prompts_per_person_day: Spread
    budget_violations: int
    at_breakpoint: float | None
    inbox: int
    wait_p90_seconds: float | None
    seconds: float
    events_per_second: float


class Tally:
    """Adds receipts up. Prompts count on the UTC day they were decided on."""

    def __init__(self) -> None:
        self.events = self.duplicates = self.moments = self.prompts = self.safety_critical = 0
        self.silences: Counter[str] = Counter()
        self.days: dict[tuple[str, str], int] = {}
        self._immediate = self._at_break = 0
        self._made: dict[int, float] = {}
        self._waits: list[float] = []
        self._given_up = 0
        self._charges: dict[str, list[float]] = {}

    def add(self, arrival: Arrival, receipt: Receipt) -> None:
        """Count one event."""
        if receipt.duplicate:
            self.duplicates += 1
            return
        self.events += 1
        self.days.setdefault((arrival.event.person, _day(arrival.decide_at)), 0)
        if receipt.silence:
            self.silences[receipt.silence] += 1
        self.moved(receipt.moves)
        self.add_decisions(receipt.decisions)

    def add_decisions(self, rows: Iterable[DecisionRow]) -> None:
        """Count the decisions of an event, or of timers."""
        for row in rows:
            self.moments += 1
            if row.decision.charged:
                self._charges.setdefault(row.situation.person, []).append(row.situation.now)
            if row.decision.reason:
                self.silences[row.decision.reason] += 1
            if row.decision.shown:
                self.prompts += 1
                self.safety_critical += row.decision.exempt
                if prompt_waits(row.situation, row.decision):
                    self._made[row.seq] = row.situation.now
                else:
                    self._immediate += 1
                    self._at_break += row.situation.at_break
                day = (row.situation.person, _day(row.situation.now))
                self.days[day] = self.days.get(day, 0) + 1

    def moved(self, moves: Iterable[Move]) -> None:
        """Count prompts that waited: released, or given up."""
        for move in moves:
            created = self._made.pop(move.decision, None)
            if created is None:
                continue
            if move.state == "offered":
                self._waits.append(move.released - created)
            else:
                self._given_up += 1

    def summary(self, book: Rulebook, *, people: int, seconds: float) -> Summary:
        """Return the sums."""
        shown, waits = self._immediate + len(self._waits), sorted(self._waits)
        return Summary(
            events=self.events, duplicates=self.duplicates, people=people, moments=self.moments, prompts=self.prompts,
            safety_critical=self.safety_critical, silences=dict(self.silences.most_common()), prompts_per_person_day=spread(self.days.values()),
            budget_violations=sum(violations(times, book.limits) for times in self._charges.values()),
            at_breakpoint=(self._at_break + len(waits)) / shown if shown else None, inbox=self._given_up,
            wait_p90_seconds=waits[int(0.9 * (len(waits) - 1))] if waits else None,
            seconds=seconds, events_per_second=self.events / seconds if seconds else 0.0,
        )  # fmt: skip


def replay(
    store: Store,
    events: Sequence[WorkEvent],
    *,
    book: Rulebook,
    seed: int,
    speed: float | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Summary:
    """Feed `events` in the order of their times and return the summary.

    `seed` fixes chance. `speed` paces them: seconds of the log a second of the
    clock; None for as fast as it goes. `progress` is told how many are done.
    """
    ordered = sorted(events, key=lambda event: event.time)
    people = _enrol(store, ordered, roles=tuple(role.id for role in book.release.roles))
    draw = random.Random(seed).random  # noqa: S311 - a replay must be repeatable, not unguessable
    tally, kept = Tally(), Kept()
    learning = _Learning(store, book)
    started = time.perf_counter()
    for batch in _paced(ordered, speed) if speed else _batches(ordered):
        arrivals = [
            admit(event, book, received=event.time, decide_at=event.time, reachable=True) for event in batch
        ]
        receipts, fired = store.write(lambda tx, arrivals=arrivals: _feed(tx, arrivals, book, draw, kept))
        for arrival, receipt in zip(arrivals, receipts, strict=True):
            tally.add(arrival, receipt)
        tally.add_decisions(fired)
        progress(tally.events + tally.duplicates)
        learning.learn(batch[-1].time)
    tally.moved(store.write(end_of_log))
    return tally.summary(book, people=people, seconds=time.perf_counter() - started)


def _feed(
    tx: Tx, arrivals: Sequence[Arrival], book: Rulebook, draw: Callable[[], float], kept: Kept
) -> tuple[list[Receipt], list[DecisionRow]]:
    """Take events, and before each of them fire the timers that are due by then."""
    work = begin(tx, book=book, draw=draw, kept=kept, as_logged=True)
    receipts: list[Receipt] = []
    fired: list[DecisionRow] = []
    for arrival in arrivals:
        if book.index.waits:
            # What comes at the very time at which a timer is due still answers it.
            fired += fire_due(work, until=nextafter(arrival.decide_at, -inf))
        receipts.append(take(work, arrival))
    work.save()
    return receipts, fired


class _Learning:
    """What the jobs learn from work, at the log's own pace."""

    def __init__(self, store: Store, book: Rulebook) -> None:
        self._store = store
        self._kinds = {id: prepared.kind for id, prepared in book.units.items()}
        self._day = 0

    def learn(self, now: float) -> None:
        """Do what was due by `now`, the time of the latest event, where a day is over."""
        if int(now // DAY) > self._day:
            self._day = int(now // DAY)
            refit_need(self._store, now, every=EVERY)
            count_draws(self._store, now, kinds=self._kinds)


def _batches(events: Iterable[WorkEvent]) -> Iterator[list[WorkEvent]]:
    waiting = iter(events)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _paced(events: Sequence[WorkEvent], speed: float) -> Iterator[list[WorkEvent]]:
    """One event at a time, each when its time has come."""
    if not events:
        return
    first, started = events[0].time, time.monotonic()
    for event in events:
        wait = (event.time - first) / speed - (time.monotonic() - started)
        if wait > 0:
            time.sleep(wait)
        yield [event]


def _enrol(store: Store, events: Sequence[WorkEvent], *, roles: tuple[str, ...]) -> int:
    """Make a person of every account of the log that is nobody's yet; return how many accounts there are."""
    accounts = {(event.source, event.person): event.time for event in reversed(events)}

    def enrol(tx: Tx) -> None:
        for (source, name), first in accounts.items():
            if person_of(tx, source, name) is None:
                id = f"{source}/{name}"
                save_person(tx, Person(id=id, name=name, roles=roles), now=first)
                add_account(tx, source, name, id, now=first)

    store.write(enrol)
    return len(accounts)


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
