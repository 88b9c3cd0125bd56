"""Try a rule on what happened: which of the last days' events it would have matched, and what would have come of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from math import inf, nextafter
from typing import Any, NamedTuple

import msgspec

from midflow.core.content.lint import lint_rule
from midflow.core.content.model import Absent, After, Count, ErrorRate, Rule, Times, Unused
from midflow.core.decide import TaskRate
from midflow.core.decide.budget import DAY, budget_allows
from midflow.core.decide.situation import Limits
from midflow.core.learner.state import TaskRecord, with_begun, with_error
from midflow.core.match import Condition, Moment, gate
from midflow.core.match.history import HOUR, seen_of
from midflow.flow.people import facts_of
from midflow.flow.rehearse import Rehearsal, Spoken
from midflow.flow.rulebook import Rulebook
from midflow.store import history, people
from midflow.store.history import Done, PastEvent
from midflow.store.privacy import log_access
from midflow.store.tx import Store, Tx

MOST_EVENTS = 20_000
"""Events that are looked at unless told otherwise, those before the span included; the latest ones."""
MOST_SHOWN = 100
LONGEST_DAYS = 30.0
LATE = Limits().late_after
BEFORE = 7 * DAY
"""How far before the span cases are followed, where the rule reads what came before in them."""


class RuleError(ValueError):
    """A rule that cannot be tried: every problem, with its remedy."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(self.problems))


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One moment that would have been, without whose it is. `at`: when, in seconds; later than the event's `time` for a timer."""

    event: int
    time: float
    at: float
    type: str
    source: str
    case: str
    activity: str
    status: str
    late: bool


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would have done from `since` to `until` (seconds).

    `events` were looked at in that span; `cut` says that there were more before
    `since`, which were left out. `moments` by `people`, `per_day` (UTC days);
    of these `prompts` would have been shown at the very most: the budget alone,
    as if no other rule spent any of it and each person agreed. `matches` are the
    latest. `seconds` is what it took.
    """

    since: float
    until: float
    events: int
    cut: bool
    moments: int
    people: int
    prompts: int
    per_day: dict[str, int]
    matches: tuple[Match, ...]
    seconds: float


def try_rule(
    store: Store,
    rule: Rule,
    *,
    book: Rulebook,
    now: float,
    reader: str,
    days: float = 7.0,
    most: int = MOST_EVENTS,
    shown: int = MOST_SHOWN,
    clock: Callable[[], float] = time.perf_counter,
) -> Tried:
    """Return what `rule`, a draft or one of the release, would have made of the events of the last `days`.

    `book` is the current release: its other rules say who did a task last and how
    often. What people did before the span is as it was counted then. No person is
    named; the look at everybody's events is written down with `reader`. Raises
    RuleError where the rule itself is wrong.
    """
    problems = [str(problem) for problem in lint_rule(rule, lambda text: gate(text, timer=clock))]
    if problems:
        raise RuleError(problems)
    began = clock()
    what = f"events that a rule on the task {rule.task} would match, without names"
    store.write(
        lambda tx: log_access(tx, at=now, reader=reader, purpose="operations", subject="everybody", what=what)
    )
    span = store.read(lambda tx: _span(tx, rule, now, min(days, LONGEST_DAYS), most))
    found = _Matches(store, rule, book, span)
    for past in history.events_from(store, span.warm, span.last):
        found.take(past)
    found.end(now)
    days_of = Counter(_day(match.at) for _, match in found.matches)
    return Tried(
        since=span.since, until=now, events=found.events, cut=span.cut, moments=len(found.matches),
        people=len({person for person, _ in found.matches}), prompts=_prompts(found.matches, rule, book),
        per_day=dict(sorted(days_of.items())), matches=tuple(match for _, match in found.matches[-shown:]),
        seconds=clock() - began,
    )  # fmt: skip


class _Span(NamedTuple):
    """Numbers of events: from `warm` cases are followed, from `first` moments count, `last` is the last of all."""

    warm: int
    first: int
    last: int
    since: float
    cut: bool
    done: list[Done]


def _span(tx: Tx, rule: Rule, now: float, days: float, most: int) -> _Span:
    last = history.last_seq(tx)
    since = now - days * DAY
    wanted = history.first_received(tx, since)
    first = max(wanted, last - most + 1)
    cut = first > wanted
    if cut:
        since = history.received_at(tx, first)
    warm = max(min(history.first_received(tx, since - _looks_back(rule)), first), last - most + 1)
    counts = any(isinstance(term, Times | Unused | ErrorRate) for term in rule.history)
    return _Span(warm, first, last, since, cut, history.done_before(tx, rule.task, warm) if counts else [])


def _looks_back(rule: Rule) -> float:
    """Seconds before an event from which a rule may still need to know what happened."""
    windows = [term.within_hours * HOUR for term in rule.history if isinstance(term, After | Count | Absent)]
    follows = rule.who == "last_doer" or "before" in Condition(rule.when).reads
    return max([*windows, BEFORE if follows else 0.0], default=0.0)


class _Matches:
    """Follows events and keeps what the rule makes of them: whose moment it is, and what is told of it."""

    def __init__(self, store: Store, rule: Rule, book: Rulebook, span: _Span) -> None:
        self.events = 0
        self.matches: list[tuple[str, Match]] = []
        self._store = store
        self._rule = rule
        self._span = span
        self._facts: dict[str, Mapping[str, Any] | None] = {}
        self._waiting: dict[int, PastEvent] = {}
        records, rates = _records(rule.task, span.done)
        rules, tasks = _rules_with(rule, book), book.tasks.values()
        self._rehearsal = Rehearsal(rules, tasks, records={**records}, rates=rates)

    def take(self, past: PastEvent) -> None:
        """Follow one event."""
        self._fire(nextafter(past.received, -inf))
        self.events += past.seq >= self._span.first
        if not self._rehearsal.index.reads(past.event.type):
            return
        facts = self._facts_of(past.person) if past.person else None
        person = past.person if facts is not None else None
        if self._rehearsal.index.waits and past.event.type in self._rule.events:
            self._waiting[past.seq] = past
        at = min(past.event.time, past.received)
        spoken = self._rehearsal.take(past.event, person=person, facts=facts or {}, time=at, seq=past.seq)
        if past.seq >= self._span.first:
            self._note(spoken, {past.seq: past}, late=past.received - past.event.time > LATE)

    def end(self, now: float) -> None:
        """Fire what is due by now."""
        self._fire(now)

    def _fire(self, until: float) -> None:
        spoken = [one for one in self._rehearsal.fire(until) if one.moment.time >= self._span.since]
        self._note(spoken, self._waiting, late=False)

    def _note(self, spoken: Iterable[Spoken], events: Mapping[int, PastEvent], *, late: bool) -> None:
        for moment, seq in spoken:
            if moment.rule == self._rule.id:
                self.matches.append((moment.person, _match(moment, events[seq], late=late)))

    def _facts_of(self, id: str) -> Mapping[str, Any] | None:
        if id not in self._facts:
            known = self._store.read(lambda tx: people.person(tx, id))
            self._facts[id] = facts_of(known) if known else None
        return self._facts[id]


def _match(moment: Moment, past: PastEvent, *, late: bool) -> Match:
    event = past.event
    seen = seen_of(event, person="", time=event.time, seq=past.seq)
    return Match(
        event=past.seq, time=event.time, at=moment.time, type=event.type, source=event.source, case=event.case,
        activity=seen.activity, status=seen.status, late=late,
    )  # fmt: skip


def _rules_with(rule: Rule, book: Rulebook) -> list[Rule]:
    """The rule, and after it those of the release that say what it reads: all of them where it reads `before`."""
    everything = "before" in Condition(rule.when).reads
    others = (other for other in book.release.rules if other.id != rule.id)
    return [rule, *(other for other in others if everything or other.task == rule.task)]


def _records(task: str, done: Iterable[Done]) -> tuple[dict[str, dict[str, TaskRecord]], dict[str, TaskRate]]:
    """People's records on a task and everyone's, from what was begun before."""
    steps = sorted(
        (at, person, wrong)
        for person, begun_at, wrong_at in done
        for at, wrong in ((begun_at, False), (wrong_at, True))
        if at is not None
    )
    records: dict[str, dict[str, TaskRecord]] = {}
    for at, person, wrong in steps:
        before = records.get(person, {}).get(task, TaskRecord())
        records[person] = {task: (with_error if wrong else with_begun)(before, at)}
    wrong_ones = sum(wrong for _, _, wrong in steps)
    return records, {task: TaskRate(begun=len(steps) - wrong_ones, erred=wrong_ones)}


def _prompts(matches: Iterable[tuple[str, Match]], rule: Rule, book: Rulebook) -> int:
    """The most prompts that the attention budget lets through, if nothing else draws on it."""
    units = book.by_task.get(rule.task, ())
    if rule.phase == "done" or not units:
        return 0
    limits = book.limits
    unbound = any(prepared.unit.risk == "safety_critical" for prepared in units)
    shown: dict[str, list[float]] = {}
    for person, match in sorted(matches, key=lambda pair: pair[1].at):
        times = shown.setdefault(person, [])
        again = [earlier for earlier in times if match.at - earlier < limits.cooldown]
        fits = len(again) < len(units) and budget_allows(times, limits, match.at)
        if not match.late and (unbound or fits):
            times.append(match.at)
    return sum(map(len, shown.values()))


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
