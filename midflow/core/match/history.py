"""A rule's history: what a case and a person remember, and whether the terms of a rule hold of it.

What a term looks at, exactly:

- An event is taken once; one that came before never reaches a rule.
- Events are ordered by their time, and those of one time as they arrived.
- `after` and `count` look at events that arrived before this one and are not later
  than it, at most their hours older; so an event that arrives out of order sees what
  lies before it in time, and is itself seen by what arrives after it.
- `absent` looks at events after this one in that order, whenever they arrive, until
  its timer fires. The timer is due its hours after this event; one that was answered
  makes nothing, and one that makes a moment takes with it those that wait for the
  same rule, person and case: a stretch without an answer is one moment.
- `times`, `unused` and `error_rate` look at the person's record on the task as it
  stands when the event arrives, whatever the times of what it was made from. A task
  begun later than this event was not left unused before it.
- "The person" is whose moment it would be. An event of an account that is nobody's
  was done by another.

Memory is bounded: of each type that some term asks for, a case and a person keep the
latest `KEPT_OF_TYPE` events, `KEPT` in all, of the `HORIZON` before the latest of them.
A window is never longer than that, and no `count` asks for more; so what is forgotten
matters only where several times as many events of a type crowd into one window.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from midflow.core.content.model import Absent, After, Count, ErrorRate, Rule, Term, Times, Unused
from midflow.core.events import WorkEvent

HOUR = 3600.0
DAY = 24 * HOUR
HORIZON = 30 * DAY
KEPT_OF_TYPE = 50
KEPT = 500


class Seen(msgspec.Struct, frozen=True, array_like=True, order=True):
    """An event as it is remembered. `time` in seconds, `seq` its number among all that arrived."""

    time: float
    seq: int
    activity: str = ""
    status: str = ""
    person: str = ""


Trail = Mapping[str, tuple[Seen, ...]]
"""What a case or a person remembers: by event type, oldest first."""


def seen_of(event: WorkEvent, *, person: str, time: float, seq: int) -> Seen:
    """Return the event as it is remembered; `person` is "" where the account is nobody's."""
    return Seen(time, seq, _word(event, "activity"), _word(event, "status"), person)


def noted(trail: Trail, type_: str, seen: Seen) -> Trail:
    """Return the trail with one event more, and without what is over its bounds."""
    ordered = list(trail.get(type_, ()))
    insort(ordered, seen)
    kept = {**trail, type_: tuple(ordered[-KEPT_OF_TYPE:])}
    latest = max(one[-1].time for one in kept.values())
    since = Seen(latest - HORIZON, -1)
    kept = {name: one[bisect_left(one, since) :] for name, one in kept.items() if one[-1] >= since}
    over = sum(map(len, kept.values())) - KEPT
    if over > 0:
        since = sorted(seen for one in kept.values() for seen in one)[over]
        kept = {name: one[bisect_left(one, since) :] for name, one in kept.items() if one[-1] >= since}
    return kept


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One person's record on one task: how often begun, when last (seconds), and two shrunken error rates."""

    times: int = 0
    last: float = 0.0
    rate: float = 0.0
    everyones: float = 0.0


@dataclass(frozen=True)
class Past:
    """Where a history is looked up: a person's record on a task, as of a time, and a person's trail."""

    record: Callable[[str, str, float], Record]
    trail: Callable[[str], Trail]


NO_PAST = Past(record=lambda _person, _task, _time: Record(), trail=lambda _person: {})


@dataclass(frozen=True)
class Now:
    """The event that a history is looked at from. `person` is who did it, `case` what its case remembers."""

    event: WorkEvent
    seen: Seen
    case: Trail
    past: Past


def holds(rule: Rule, whose: str, now: Now) -> bool:
    """Return whether all that came before is as the rule's history asks, for the person whose moment it is."""
    return all(_holds(term, rule.task, whose, now) for term in rule.history)


def _holds(term: Term, task: str, whose: str, now: Now) -> bool:
    match term:
        case Times(at_least=least, at_most=most):
            times = now.past.record(whose, task, now.seen.time).times
            return least <= times and (most is None or times <= most)
        case Unused(days=days):
            record = now.past.record(whose, task, now.seen.time)
            return record.times > 0 and now.seen.time - record.last >= days * DAY
        case ErrorRate(times_base=times_base, begun=begun):
            record = now.past.record(whose, task, now.seen.time)
            return record.times >= begun and record.rate >= times_base * record.everyones
        case After():
            return any(_by(term.by, seen, whose) for seen in _before(term, whose, now))
        case Count():
            this = term.where == "case" or now.seen.person == whose
            counted = int(this and now.event.type in term.events and _fits(term, now.seen))
            return counted + sum(1 for _ in _before(term, whose, now)) >= term.at_least
        case Absent():
            return True


def absent(rule: Rule) -> Absent | None:
    """Return what the rule waits for not to come."""
    return next((term for term in rule.history if isinstance(term, Absent)), None)


def answered(term: Absent, case: Trail, *, whose: str, since: Seen) -> bool:
    """Return whether the case remembers an event after `since` that ends the waiting."""
    return any(
        _fits(term, seen) and _by(term.by, seen, whose)
        for name in term.events
        for seen in case.get(name, ())
        if (seen.time, seen.seq) > (since.time, since.seq)
    )


class Asked:
    """The event types that the histories of rules ask for, of a case and of a person."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.case: set[str] = set()
        self.person: set[str] = set()
        for term in (term for rule in rules for term in rule.history):
            if isinstance(term, Absent) or (isinstance(term, After | Count) and term.where == "case"):
                self.case.update(term.events)
            elif isinstance(term, After | Count):
                self.person.update(term.events)


def _before(term: After | Count, whose: str, now: Now) -> Iterator[Seen]:
    trail = now.case if term.where == "case" else now.past.trail(whose)
    since = now.seen.time - term.within_hours * HOUR
    for name in dict.fromkeys(term.events):
        for seen in trail.get(name, ()):
            if since <= seen.time <= now.seen.time and _fits(term, seen):
                yield seen


def _fits(term: After | Count | Absent, seen: Seen) -> bool:
    return term.activity in ("", seen.activity) and term.status in ("", seen.status)


def _by(by: str, seen: Seen, whose: str) -> bool:
    return by == "anyone" or (seen.person == whose) == (by == "me")


def _word(event: WorkEvent, name: str) -> str:
    said = event.data.get(name)
    return said if isinstance(said, str) else ""
