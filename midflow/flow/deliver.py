"""Deliver when it disturbs least: what waits is released at a breakpoint, or goes to the inbox."""

from midflow.core.decide.timing import IDLE, is_break, released_at
from midflow.core.deliver import OFFER_SECONDS
from midflow.core.learner.evidence import Evidence, Released, Undelivered, WentOn, apply
from midflow.core.learner.state import LearnerState, Row, Showing
from midflow.flow.preferences import quiet
from midflow.flow.work import Work
from midflow.store import learners, log, people, waiting
from midflow.store.evidence import EvidenceRow, add_evidence
from midflow.store.people import Person
from midflow.store.tx import Tx
from midflow.store.waiting import Move, WaitingRow

INBOX = 7 * 86_400.0
"""Seconds for which what was not shown stays in the inbox."""
INBOX_LINES = 5
"""The most that an inbox shows, the newest of each unit."""


def may_disturb(person: Person | None, now: float) -> bool:
    """Return whether a prompt may be shown at `now`: quiet hours may have begun since it was decided on."""
    if person is None or not person.consent or person.opted_out or now < person.preferences.paused_until:
        return False
    return not quiet(person, now)


def at_break(state: LearnerState, row: Row | None, now: float) -> bool:
    """Return whether a decision at `now` falls on a breakpoint: by what its person does, `row`, or by a pause they make.

    `state`: theirs before it.
    """
    if row is not None:
        return is_break(row, state.row)
    return state.row is None or now - state.row.time >= IDLE


def hold(work: Work, offer: log.OfferRow, before: LearnerState, row: Row | None) -> log.OfferRow:
    """Let an offer that was just made wait, and return it so; `before` and `row` as in `at_break`."""
    last = row or before.row
    released = (offer.created if last is None else last.time) + IDLE
    work.waiting()[offer.person] = WaitingRow(
        offer.decision, offer.person, offer.unit, offer.created, offer.expires, offer.shown_before, released
    )
    return offer._replace(state="waiting", released=released)


def go_on(work: Work, person: str, row: Row | None) -> tuple[Move, ...]:
    """Release what waits for a person who goes on to `row`, whatever rules make of it, and return what was moved.

    A row without a task is taken for the task before. None: it says nothing of now.
    """
    offer = work.waiting().get(person)
    if offer is None or row is None:
        return ()
    before = work.state(person)
    if not row.task and before.row is not None:
        row = Row(time=row.time, case=row.case, task=before.row.task)
    evidence, move = step(offer, before, row, work.person(person), as_logged=work.as_logged)
    if evidence is not None:
        work.learn(person, evidence)
    if move.state == "waiting":
        work.learn(person, WentOn(time=row.time, case=row.case, task=row.task))
    work.move(move)
    return (move,) if move.state != "waiting" else ()


def step(
    offer: WaitingRow, state: LearnerState, row: Row, person: Person | None, *, as_logged: bool
) -> tuple[Evidence | None, Move]:
    """Return what becomes of a waiting prompt when the person goes on to `row`: released, still waiting or given up."""
    if not _is_on_offer(offer, state):
        return given_up(offer)
    at = released_at(row, state.row, until=offer.expires, as_logged=as_logged)
    if at is not None and may_disturb(person, at):
        return released(offer, at)
    if row.time >= offer.expires:
        return given_up(offer)
    return None, Move(offer.decision, offer.person, "waiting", row.time + IDLE, offer.expires)


def _is_on_offer(offer: WaitingRow, state: LearnerState) -> bool:
    """Not any more where the person has done the unit of their own accord meanwhile."""
    return state.open is not None and state.open.decision == str(offer.decision)


def released(offer: WaitingRow, at: float) -> tuple[Released, Move]:
    """Show the prompt from `at` on: it is the one on offer."""
    expires = at + OFFER_SECONDS["starting"]
    move = Move(offer.decision, offer.person, "offered", at, expires)
    return Released(decision=str(offer.decision), unit=offer.unit, expires=expires), move


def given_up(offer: WaitingRow) -> tuple[Undelivered, Move]:
    """Put the prompt into the inbox unseen: its budget comes back."""
    found = Undelivered(decision=str(offer.decision), unit=offer.unit, before=offer.shown_before)
    return found, Move(offer.decision, offer.person, "undelivered", offer.released, offer.expires)


def inbox(tx: Tx, person: str, state: LearnerState, *, now: float) -> list[log.OfferRow]:
    """Return the person's prompts that nobody could show, newest first; what they did meanwhile is left out.

    It costs no budget: they look into it when they like.
    """
    found: dict[str, log.OfferRow] = {}
    for offer in waiting.undelivered(tx, person, now - INBOX, most=4 * INBOX_LINES):
        showing = state.units.get(offer.unit, Showing())
        settled = showing.known or showing.irrelevant or max(showing.completed, showing.last) > offer.created
        if not settled:
            found.setdefault(offer.unit, offer)
    return list(found.values())[:INBOX_LINES]


def release_paused(tx: Tx, *, now: float) -> list[Move]:
    """Release what waits for people who have paused by `now`, and return what was moved.

    In quiet hours it goes on waiting, up to its end.
    """
    moves = [
        _pause(tx, offer, now, until=now + IDLE) for offer in waiting.paused(tx, now) if now <= offer.expires
    ]
    waiting.move(tx, moves)
    return [move for move in moves if move.state != "waiting"]


def end_of_log(tx: Tx) -> list[Move]:
    """After the last event of a log everybody pauses: release what still waits, each at its own time."""
    moves = [_pause(tx, offer, offer.released, until=offer.expires) for offer in waiting.waiting(tx)]
    waiting.move(tx, moves)
    return [move for move in moves if move.state != "waiting"]


def _pause(tx: Tx, offer: WaitingRow, at: float, *, until: float) -> Move:
    before = learners.learner(tx, offer.person)
    if not _is_on_offer(offer, before) or at > offer.expires:
        found, move = given_up(offer)
    elif not may_disturb(people.person(tx, offer.person), at):
        return Move(offer.decision, offer.person, "waiting", until, offer.expires)
    else:
        found, move = released(offer, at)
    add_evidence(tx, [EvidenceRow(offer.person, found)])
    learners.save_learners(tx, {offer.person: apply(before, found)})
    return move
