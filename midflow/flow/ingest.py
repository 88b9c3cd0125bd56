"""Events in: load what they touch, let the core think, save it all in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from midflow.core.decide.known import Start
from midflow.core.decide.sums import EVERYONE, begun, erred, kinds
from midflow.core.events import EventError, WorkEvent, check_data, minimise, parse_time
from midflow.core.learner.evidence import Worked
from midflow.core.learner.state import LearnerState, Row
from midflow.core.match import CaseState, Moment, Outcome
from midflow.core.match.history import noted, seen_of
from midflow.core.match.moments import state_of, with_error
from midflow.flow.decide import Made, make
from midflow.flow.deliver import at_break, go_on, hold
from midflow.flow.estimate import Estimate, estimate, speaks
from midflow.flow.people import facts_of
from midflow.flow.rulebook import Rulebook
from midflow.flow.work import Kept, Work
from midflow.store import log
from midflow.store.begun import BegunRow, WrongRow
from midflow.store.digests import DueRow, add_due
from midflow.store.log import DecisionRow, EventRow, OfferRow
from midflow.store.people import Person
from midflow.store.timers import TimerRow, add_timers
from midflow.store.tx import Tx
from midflow.store.waiting import Move


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it came in and as it may be kept; made by `admit`.

    `realm` names the tool in which `event.person` is an account, where that is
    not the event's own source (a code host has one source a repository).
    `received` and `decide_at` in seconds: in a replay events are decided on at
    their own time. `reachable`: whoever sent it shows the prompt itself.
    `seeded`: the draw is fixed so that a prompt is shown (the sample does so).
    """

    event: WorkEvent
    received: float
    decide_at: float
    dropped: int = 0
    realm: str = ""
    reachable: bool = False
    seeded: bool = False


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an event. `silence` names why it made no moment at all.

    `moves`: what it changed for prompts that waited.
    """

    seq: int
    duplicate: bool
    dropped: int = 0
    silence: str | None = None
    decisions: tuple[DecisionRow, ...] = ()
    offers: tuple[OfferRow, ...] = ()
    moves: tuple[Move, ...] = ()


def admit(
    event: WorkEvent,
    book: Rulebook,
    *,
    received: float,
    decide_at: float | None = None,
    realm: str = "",
    reachable: bool = False,
    seeded: bool = False,
) -> Arrival:
    """Return the event with nothing but what may be kept of it; EventError where that is too large."""
    kept, dropped = minimise(event, book.kept.of(event.source))
    check_data(kept.data)
    return Arrival(
        event=kept, received=received, decide_at=received if decide_at is None else decide_at, dropped=dropped,
        realm=realm, reachable=reachable, seeded=seeded,
    )  # fmt: skip


def ingest(
    tx: Tx,
    arrivals: Sequence[Arrival],
    *,
    book: Rulebook,
    draw: Callable[[], float],
    kept: Kept | None = None,
) -> list[Receipt]:
    """Take admitted events: each once, matched, decided on. One receipt an event, in order.

    `kept` is handed in by a caller with many transactions; this one must then
    not have changed people before, since what is undone would stay known.
    """
    work = begin(tx, book=book, draw=draw, kept=kept or Kept())
    work.look_for(arrival.event for arrival in arrivals)
    receipts = [take(work, arrival) for arrival in arrivals]
    work.save()
    return receipts


def begin(tx: Tx, *, book: Rulebook, draw: Callable[[], float], kept: Kept, as_logged: bool = False) -> Work:
    """Return the work of a transaction, to be saved at its end.

    `as_logged`: the log's times are the clock, and what waits is released by them.
    """
    kept.refresh(tx)
    return Work(tx, book, draw, kept, *log.next_seqs(tx), as_logged=as_logged)


def take(work: Work, arrival: Arrival) -> Receipt:
    """Take one admitted event and return what became of it."""
    known = work.known(arrival.event)
    if known is not None:
        return Receipt(seq=known, duplicate=True)
    event = arrival.event
    seq = work.event_seq
    work.event_seq += 1
    work.ids[event.source, event.id] = seq
    who = work.owner(_account(arrival))
    thought = _think(work, arrival, event, who, seq)
    work.events.append(EventRow(seq, event, arrival.received, who, arrival.dropped, thought.silence))
    return Receipt(
        seq=seq, duplicate=False, dropped=arrival.dropped, silence=thought.silence, decisions=thought.decisions,
        offers=thought.offers, moves=thought.moves,
    )  # fmt: skip


class Occasion(NamedTuple):
    """What moments come from and are decided on with: the event's number, source, case and state; when, in seconds.

    `wrong_before`: what turns out wrong by it was begun by an event of a lower number.
    `actor`: who did it, "" where nobody did.
    """

    seq: int
    wrong_before: int
    source: str
    case: str
    state: str
    now: float
    reachable: bool
    seeded: bool = False
    actor: str = ""


class Decided(NamedTuple):
    """What became of moments, and what their case remembers then."""

    rows: tuple[DecisionRow, ...]
    offers: tuple[OfferRow, ...]
    case: CaseState


class Thought(NamedTuple):
    """What an event led to, as in `Receipt`."""

    silence: str | None
    decisions: tuple[DecisionRow, ...] = ()
    offers: tuple[OfferRow, ...] = ()
    moves: tuple[Move, ...] = ()


def _think(work: Work, arrival: Arrival, event: WorkEvent, who: str | None, seq: int) -> Thought:
    index, time = work.book.index, min(event.time, arrival.received)
    me = work.person(who) if who else None
    if who is None or me is None:
        if event.person:
            _, count = work.unknown.get(_account(arrival), (0.0, 0))
            work.unknown[_account(arrival)] = (arrival.received, count + 1)
        if event.case and event.type in index.asked.case:
            case = work.case(event.source, event.case)
            after = index.remember(case, event, (), person="", time=time, seq=seq)
            work.set_case(event.source, event.case, after)
        return Thought("unknown_person")
    if not index.reads(event.type):
        return Thought("no_rule", moves=go_on(work, who, _row(work, arrival, "")))
    case = work.case(event.source, event.case)
    found = index.match(
        event, person=who, facts=facts_of(me), case=case, time=time, seq=seq, past=work.past()
    )
    task = next((moment.task for moment in found.moments if moment.person == who), "")
    moves = go_on(work, who, _row(work, arrival, task))
    occasion = Occasion(
        seq, seq, event.source, event.case, state_of(event.data),
        arrival.decide_at, arrival.reachable, arrival.seeded, who,
    )  # fmt: skip
    rows, offers, after = decide_on(work, found.moments, occasion, case)
    after = index.remember(after, event, found.moments, person=who, time=time, seq=seq)
    work.set_case(event.source, event.case, after)
    if event.type in index.asked.person:
        seen = seen_of(event, person=who, time=time, seq=seq)
        work.set_trail(who, noted(work.trail(who), event.type, seen))
    _note_due(work, event, found.moments)
    if found.timers:
        add_timers(work.tx, (TimerRow(timer, event.source, event.case) for timer in found.timers))
    speaks = found.timers or any(not moment.quiet for moment in found.moments)
    return Thought(None if speaks else "no_rule", rows, offers, moves)


def _note_due(work: Work, event: WorkEvent, moments: Sequence[Moment]) -> None:
    """A kept field `due` says when the task is known to come; one that is no RFC 3339 time says nothing."""
    said = event.data.get("due")
    if said is None:
        return
    try:
        at = parse_time(said)
    except EventError:
        return
    origin = f"{event.source} {event.case or event.id}"
    add_due(work.tx, [DueRow(m.person, m.task, origin, at) for m in moments if m.phase != "done"])


def _row(work: Work, arrival: Arrival, task: str) -> Row | None:
    """What the person does now; an event that comes late says nothing of that."""
    if arrival.decide_at - arrival.event.time > work.book.limits.late_after:
        return None
    return Row(time=arrival.decide_at, case=arrival.event.case, task=task)


def decide_on(work: Work, moments: Sequence[Moment], occasion: Occasion, case: CaseState) -> Decided:
    """Decide on moments, then let what they say of work done count; `case` is as it was before them."""
    starts = {
        (moment.person, moment.task): estimate(
            work, Start(moment.person, moment.task, occasion.state, moment.time), case
        )
        for moment in moments
        if moment.phase == "starting"
    }
    speaking = [moment for moment in moments if moment.phase != "done" and not moment.quiet]
    made = [
        decide_moment(work, moment, occasion, starts.get((moment.person, moment.task))) for moment in speaking
    ]
    rows = tuple(row for row, _ in made)
    after = _note_outcomes(work, occasion, moments, case, rows=rows, starts=starts)
    return Decided(rows, tuple(offer for _, offer in made if offer is not None), after)


def decide_moment(
    work: Work, moment: Moment, occasion: Occasion, known: Estimate | None = None
) -> tuple[DecisionRow, OfferRow | None]:
    """Decide on one moment, charge what it takes, and make the offer where it is to show.

    `known`: what need looks at, where the task is begun.
    """
    number = work.decision_seq
    work.decision_seq += 1
    person = work.person(moment.person) or Person(id=moment.person, name="", consent=False)
    before = work.state(moment.person)
    does = (
        Row(time=occasion.now, case=moment.case, task=moment.task)
        if moment.person == occasion.actor
        else None
    )
    made = make(
        moment, book=work.book, kept=work.kept, person=person, state=before, rate=work.rate(moment.task),
        said=speaks(work, known) if known else None, now=occasion.now,
        draw=work.draw, number=str(number), tool=_tool(occasion.source), reachable=occasion.reachable,
        seeded=occasion.seeded, at_break=at_break(before, does, occasion.now),
    )  # fmt: skip
    if made.offered is not None:
        work.learn(moment.person, made.offered)
    row = DecisionRow(number, occasion.seq, work.book.release.number, made.situation, made.decision)
    work.decisions.append(row)
    offer = _offer(row, made, before)
    if offer is not None and made.waiting:
        offer = hold(work, offer, before, does)
    if offer is not None:
        work.offers.append(offer)
    return row, offer


def _offer(row: DecisionRow, made: Made, before: LearnerState) -> OfferRow | None:
    unit = made.decision.unit
    if made.message is None or unit is None:
        return None
    shown_before = before.units[unit].last if unit in before.units else 0.0
    s = made.situation
    return OfferRow(
        row.seq, s.person, unit, s.now, made.expires, "offered", None, shown_before, made.message, s.phase, s.case, s.now
    )  # fmt: skip


def _note_outcomes(
    work: Work,
    occasion: Occasion,
    moments: Sequence[Moment],
    case: CaseState,
    *,
    rows: Sequence[DecisionRow],
    starts: Mapping[tuple[str, str], Estimate],
) -> CaseState:
    """Return the case after what the event says of work done: it counts after the decision, which may not know it yet."""
    decided = {
        (row.situation.person, row.situation.task): row for row in rows if row.situation.phase == "starting"
    }
    for outcome in work.book.index.outcomes(moments, case):
        if outcome.kind == "erred":
            case = _note_error(work, occasion, outcome, case)
        elif outcome.kind == "begun":
            place = outcome.person, outcome.task
            _note_begun(work, occasion, outcome, starts[place], decided.get(place))
    return case


def _note_begun(
    work: Work, occasion: Occasion, outcome: Outcome, known: Estimate, row: DecisionRow | None
) -> None:
    person, task, time = outcome.person, outcome.task, outcome.time
    met = row is not None and bool(row.situation.candidates)
    work.learn(person, Worked(task=task, wrong=False, time=time, case=occasion.case, met=met))
    if not _measured(work, person):
        return
    work.begun.append(
        BegunRow(
            occasion.seq, row.seq if row else None, person, task, occasion.source, occasion.case, time,
            known.features, known.base, known.p,
        )
    )  # fmt: skip
    work.set_sums(begun(work.sums_of(known.kinds), known.kinds, time))


def _note_error(work: Work, occasion: Occasion, outcome: Outcome, case: CaseState) -> CaseState:
    """What went wrong is the task as it was begun last in the case; that it did counts once."""
    person, task, time = outcome.person, outcome.task, outcome.time
    state = work.state(person)
    done, own = case.tasks.get(task), state.tasks.get(task)
    again = done.wrong if done else own is not None and own.last_error > own.last
    work.learn(person, Worked(task=task, wrong=True, again=again, time=time))
    if not _measured(work, person):
        return with_error(case, task)
    work.wrong.append(WrongRow(occasion.wrong_before, person, task, occasion.source, occasion.case, time))
    if not again:
        of = kinds(task, done.state, done.before) if done else (EVERYONE, task)
        work.set_sums(erred(work.sums_of(of), of, time))
    return with_error(case, task)


def _measured(work: Work, person: str) -> bool:
    """Whether what somebody does may count in sums over everybody; it always counts for themselves."""
    known = work.person(person)
    return known is None or known.preferences.measured


def _account(arrival: Arrival) -> tuple[str, str]:
    return arrival.realm or arrival.event.source, arrival.event.person


def _tool(source: str) -> str:
    """A readable name for where an event came from: the last part of its source."""
    return source.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
