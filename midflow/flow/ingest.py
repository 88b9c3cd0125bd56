"""Events in: load what they touch, let the core think, save it all in one transaction."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from midflow.core.decide import TaskRate
from midflow.core.decide.known import Start
from midflow.core.decide.sums import EVERYONE, begun, erred, kinds
from midflow.core.events import WorkEvent, check_data, minimise
from midflow.core.learner.evidence import Worked, apply
from midflow.core.learner.state import LearnerState
from midflow.core.match import CaseState, Moment, Outcome
from midflow.core.match.moments import state_of, with_error
from midflow.core.match.rules import remember
from midflow.flow.decide import Made, make
from midflow.flow.estimate import Estimate, estimate
from midflow.flow.rulebook import Rulebook
from midflow.flow.work import KnownPeople, Work
from midflow.store import log
from midflow.store.begun import BegunRow, WrongRow
from midflow.store.log import DecisionRow, EventRow, OfferRow
from midflow.store.people import Person
from midflow.store.tx import Tx


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
    """What became of an event. `silence` names why it made no moment at all."""

    seq: int
    duplicate: bool
    dropped: int = 0
    silence: str | None = None
    decisions: tuple[DecisionRow, ...] = ()
    offers: tuple[OfferRow, ...] = ()


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
    known_people: KnownPeople | None = None,
) -> list[Receipt]:
    """Take admitted events: each once, matched, decided on. One receipt an event, in order.

    `known_people` is kept by a caller with many transactions; this one must then
    not have changed people before, since what is undone would stay known.
    """
    known_people = known_people or KnownPeople()
    known_people.refresh(tx)
    work = Work(tx, book, draw, known_people, *log.next_seqs(tx))
    receipts = [_take(work, arrival) for arrival in arrivals]
    work.save()
    return receipts


def _take(work: Work, arrival: Arrival) -> Receipt:
    known = work.known(arrival.event)
    if known is not None:
        return Receipt(seq=known, duplicate=True)
    event = arrival.event
    seq = work.event_seq
    work.event_seq += 1
    work.ids[event.source, event.id] = seq
    who = work.owner(_account(arrival))
    silence, decisions, offers = _think(work, arrival, event, who, seq)
    work.events.append(EventRow(seq, event, arrival.received, who, arrival.dropped, silence))
    return Receipt(
        seq=seq, duplicate=False, dropped=arrival.dropped, silence=silence, decisions=decisions, offers=offers
    )


Thought = tuple[str | None, tuple[DecisionRow, ...], tuple[OfferRow, ...]]


def _think(work: Work, arrival: Arrival, event: WorkEvent, who: str | None, seq: int) -> Thought:
    me = work.person(who) if who else None
    if who is None or me is None:
        if event.person:
            _, count = work.unknown.get(_account(arrival), (0.0, 0))
            work.unknown[_account(arrival)] = (arrival.received, count + 1)
        return "unknown_person", (), ()
    if not work.book.index.knows(event.type):
        return "no_rule", (), ()
    time = min(event.time, arrival.received)
    case = work.case(event)
    facts = {"roles": list(me.roles), "site": me.site, "locale": me.locale}
    moments = work.book.index.moments(event, person=who, facts=facts, case=case, time=time)
    if not moments:
        _keep(work, event, remember(case, event, moments, person=who, time=time))
        return "no_rule", (), ()
    starts = {
        (moment.person, moment.task): estimate(work, _start(event, moment), case)
        for moment in moments
        if moment.phase == "starting"
    }
    made = [_decide(work, arrival, event, moment, seq) for moment in moments if moment.phase != "done"]
    rows = tuple(row for row, _ in made)
    after = _note_outcomes(work, event, seq, moments, case, rows=rows, starts=starts)
    _keep(work, event, remember(after, event, moments, person=who, time=time))
    offers = tuple(offer for _, offer in made if offer is not None)
    return None, rows, offers


def _start(event: WorkEvent, moment: Moment) -> Start:
    return Start(moment.person, moment.task, state_of(event.data), moment.time)


def _keep(work: Work, event: WorkEvent, case: CaseState) -> None:
    if event.case:
        work.cases[event.source, event.case] = case


def _decide(
    work: Work, arrival: Arrival, event: WorkEvent, moment: Moment, seq: int
) -> tuple[DecisionRow, OfferRow | None]:
    number = work.decision_seq
    work.decision_seq += 1
    person = work.person(moment.person) or Person(id=moment.person, name="", consent=False)
    before = work.state(moment.person)
    made = make(
        moment, book=work.book, person=person, state=before, rate=work.rate(moment.task), now=arrival.decide_at,
        draw=work.draw, number=str(number), tool=_tool(event), reachable=arrival.reachable, seeded=arrival.seeded,
    )  # fmt: skip
    if made.state is not before:
        work.set_state(moment.person, made.state)
    row = DecisionRow(number, seq, work.book.release.number, made.situation, made.decision)
    work.decisions.append(row)
    offer = _offer(row, made, before)
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
        row.seq, s.person, unit, s.now, made.expires, "offered", None, shown_before, made.message, s.phase, s.case
    )  # fmt: skip


def _note_outcomes(
    work: Work,
    event: WorkEvent,
    seq: int,
    moments: Sequence[Moment],
    case: CaseState,
    *,
    rows: Sequence[DecisionRow],
    starts: Mapping[tuple[str, str], Estimate],
) -> CaseState:
    """Return the case after what the event says of work done: it counts after the decision, which may not know it yet."""
    decided = {
        (row.situation.person, row.situation.task): row.seq
        for row in rows
        if row.situation.phase == "starting"
    }
    for outcome in work.book.index.outcomes(moments, case):
        if outcome.kind == "erred":
            case = _note_error(work, event, seq, outcome, case)
        elif outcome.kind == "begun":
            place = outcome.person, outcome.task
            _note_begun(work, event, seq, outcome, starts[place], decided.get(place))
    return case


def _note_begun(
    work: Work, event: WorkEvent, seq: int, outcome: Outcome, known: Estimate, decision: int | None
) -> None:
    person, task, time = outcome.person, outcome.task, outcome.time
    work.set_state(person, apply(work.state(person), Worked(task=task, wrong=False, time=time)))
    if not _measured(work, person):
        return
    work.begun.append(
        BegunRow(
            seq, decision, person, task, event.source, event.case, time, known.features, known.base, None
        )
    )
    work.set_sums(begun(work.sums, known.kinds, time))
    rate = work.rate(task)
    work.set_rate(task, TaskRate(begun=rate.begun + 1, erred=rate.erred))


def _note_error(work: Work, event: WorkEvent, seq: int, outcome: Outcome, case: CaseState) -> CaseState:
    """What went wrong is the task as it was begun last in the case; that it did counts once."""
    person, task, time = outcome.person, outcome.task, outcome.time
    state = work.state(person)
    done, own = case.tasks.get(task), state.tasks.get(task)
    again = done.wrong if done else own is not None and own.last_error > own.last
    work.set_state(person, apply(state, Worked(task=task, wrong=True, again=again, time=time)))
    if not _measured(work, person):
        return with_error(case, task)
    work.wrong.append(WrongRow(seq, person, task, event.source, event.case, time))
    if not again:
        of = kinds(task, done.state, done.before) if done else (EVERYONE, task)
        work.set_sums(erred(work.sums_of(of), of, time))
        rate = work.rate(task)
        work.set_rate(task, TaskRate(begun=rate.begun, erred=rate.erred + 1))
    return with_error(case, task)


def _measured(work: Work, person: str) -> bool:
    """Whether what somebody does may count in sums over everybody; it always counts for themselves."""
    known = work.person(person)
    return known is None or known.preferences.measured


def _account(arrival: Arrival) -> tuple[str, str]:
    return arrival.realm or arrival.event.source, arrival.event.person


def _tool(event: WorkEvent) -> str:
    """A readable name for where an event came from: the last part of its source."""
    return event.source.rstrip("/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
