"""From a moment to a decision and, where it is to show, an offer."""

from collections.abc import Callable

import msgspec

from midflow.core.content.model import Audience
from midflow.core.decide import Candidate, Decision, Situation, TaskRate, decide, need
from midflow.core.decide.refresher import REFRESHER
from midflow.core.decide.timing import PATIENCE, waits
from midflow.core.deliver import OFFER_SECONDS, Message, message
from midflow.core.learner.evidence import Offered
from midflow.core.learner.foretell import Fitted, recall_of
from midflow.core.learner.state import LearnerState, Showing
from midflow.core.match import Moment
from midflow.flow.preferences import quiet
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.store.people import Person

MASTERED_RECALL = 0.9
"""A unit is mastered when each of its checks is recalled with at least this chance."""

REACHED_WITHIN = 7 * 86_400.0
"""Seconds since a client of a person was last there, up to which the widget or app reaches them."""


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A decision as made, what it says of the person's attention, and the offer's message where it is to show."""

    situation: Situation
    decision: Decision
    offered: Offered | None
    message: Message | None
    expires: float
    waiting: bool


def make(
    moment: Moment,
    *,
    book: Rulebook,
    person: Person,
    state: LearnerState,
    rate: TaskRate,
    now: float,
    draw: Callable[[], float],
    number: str,
    tool: str,
    reachable: bool,
    seeded: bool,
    at_break: bool = False,
) -> Made:
    """Decide on a moment and charge what it takes.

    `number` is the decision's, `draw` gives the chance in [0, 1), `tool` names
    where the event came from; times in seconds. `at_break`: it is a breakpoint.
    """
    situation = Situation(
        now=now,
        event_time=moment.time,
        person=moment.person,
        task=moment.task,
        phase=moment.phase,
        rule=moment.rule,
        case=moment.case,
        candidates=_candidates(moment, book, person, state, rate, now),
        limits=book.limits,
        draw=0.0 if seeded else draw(),
        charges=tuple(charge.time for charge in state.charges),
        busy_until=state.open.expires if state.open else 0.0,
        consent=person.consent,
        opted_out=person.opted_out,
        quiet=quiet(person, now),
        focus=now < person.preferences.paused_until,
        nudges=book.release.policy.nudges,
        measured=person.preferences.measured,
        reachable=bool(person.preferences.channels) and (reachable or now - state.seen <= REACHED_WITHIN),
        seeded=seeded,
        timing=moment.timing,
        at_break=at_break,
        digest=moment.rule == REFRESHER and book.release.policy.digest and person.preferences.digest,
    )
    decision = decide(situation)
    waiting = prompt_waits(situation, decision)
    expires = now + (PATIENCE if waiting else OFFER_SECONDS[moment.phase])
    touched = decision.shown or decision.charged
    offered = _offered(decision, number, now, expires, waiting=waiting) if touched else None
    text = _message(situation, decision, moment, book, tool) if decision.shown else None
    return Made(
        situation=situation,
        decision=decision,
        offered=offered,
        message=text,
        expires=expires,
        waiting=waiting,
    )


def prompt_waits(situation: Situation, decision: Decision) -> bool:
    """Return whether what was decided is displayed at the next breakpoint only."""
    chosen = next((c for c in situation.candidates if c.unit == decision.unit), None)
    if chosen is None or not decision.shown:
        return False
    return waits(situation.timing, chosen.risk, at_break=situation.at_break)


def _offered(decision: Decision, number: str, now: float, expires: float, *, waiting: bool) -> Offered:
    return Offered(
        decision=number, unit=decision.unit or "", time=now, expires=expires,
        shown=decision.shown, charged=decision.charged, waiting=waiting,
    )  # fmt: skip


def _message(situation: Situation, decision: Decision, moment: Moment, book: Rulebook, tool: str) -> Message:
    chosen = next(c for c in situation.candidates if c.unit == decision.unit)
    return message(
        situation,
        chosen,
        book.units[chosen.unit].unit,
        book.tasks[moment.task],
        because=moment.because,
        chance=decision.chance or 0.0,
        tool=tool,
    )


def _candidates(
    moment: Moment, book: Rulebook, person: Person, state: LearnerState, rate: TaskRate, now: float
) -> tuple[Candidate, ...]:
    title = book.tasks[moment.task].title
    record = state.tasks.get(moment.task)
    found: list[Candidate] = []
    for prepared in book.by_task.get(moment.task, ()):
        memories = [state.memories.get(check) for check in prepared.checks]
        unit = prepared.unit
        found.append(
            Candidate(
                unit=unit.id,
                need=need(record, rate, memories, title=title, now=now),
                effect=prepared.effect,
                form=prepared.form,
                risk=unit.risk,
                mandatory=unit.mandatory,
                for_me=fits(unit.audience, person),
                expired=prepared.expires is not None and now >= prepared.expires,
                mastered=_mastered(prepared, state, moment, book.fitted, now),
                missing=tuple(p for p in unit.prerequisites if not state.units.get(p, Showing()).completed),
                showing=state.units.get(unit.id, Showing()),
            )
        )
    return tuple(found)


def _mastered(
    prepared: PreparedUnit, state: LearnerState, moment: Moment, fitted: Fitted, now: float
) -> bool:
    """Every check is remembered, and the task has not gone wrong since the last of them was answered."""
    recalls = [recall_of(state, check, fitted, now) for check in prepared.checks]
    if not recalls or any(recall is None or recall < MASTERED_RECALL for recall in recalls):
        return False
    answered = max(state.memories[check].last for check in prepared.checks)
    record = state.tasks.get(moment.task)
    return record is None or record.last_error <= answered


def fits(audience: Audience, person: Person) -> bool:
    """Return whether the person belongs to the audience; what the audience leaves empty does not restrict."""
    return (
        (not audience.roles or not set(audience.roles).isdisjoint(person.roles))
        and (not audience.teams or not set(audience.teams).isdisjoint(person.teams))
        and (not audience.sites or person.site in audience.sites)
        and (not audience.locales or person.locale in audience.locales)
        and (not audience.jurisdictions or person.jurisdiction in audience.jurisdictions)
    )
