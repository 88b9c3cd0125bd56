"""From a moment to a decision and, where it is to show, an offer."""

from collections.abc import Callable

import msgspec

from midflow.core.content.model import Audience
from midflow.core.content.release import WEEKDAYS, Policy
from midflow.core.decide import Candidate, Decision, Situation, TaskRate, decide, need
from midflow.core.decide.fitted import Said
from midflow.core.decide.policy import worth
from midflow.core.decide.refresher import REFRESHER
from midflow.core.decide.threshold import ANY
from midflow.core.decide.timing import PATIENCE, waits
from midflow.core.deliver import OFFER_SECONDS, Message, message
from midflow.core.learner.evidence import Offered
from midflow.core.learner.foretell import Fitted, recall_of
from midflow.core.learner.state import LearnerState, Showing, TaskRecord, expected
from midflow.core.match import Moment
from midflow.flow.models import Models
from midflow.flow.preferences import local_time, quiet
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.flow.work import Kept
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
    kept: Kept,
    person: Person,
    state: LearnerState,
    rate: TaskRate,
    said: Said | None,
    now: float,
    draw: Callable[[], float],
    number: str,
    tool: str,
    reachable: bool,
    seeded: bool,
    at_break: bool = False,
) -> Made:
    """Decide on a moment and charge what it takes.

    `said`: what the fitted model says of it; `number` is the decision's, `draw`
    gives chances in [0, 1), `tool` names where the event came from; times in seconds.
    `at_break`: it is a breakpoint.
    """
    candidates = _candidates(
        moment, book, models=kept.models, person=person, state=state, rate=rate, said=said, now=now
    )
    situation = Situation(
        now=now, event_time=moment.time, person=moment.person, task=moment.task, phase=moment.phase,
        rule=moment.rule, case=moment.case, candidates=candidates, limits=book.limits,
        draw=0.0 if seeded else draw(), pick=0.0 if seeded else draw(), seeded=seeded,
        charges=tuple(charge.time for charge in state.charges),
        busy_until=state.open.expires if state.open else 0.0,
        consent=person.consent, opted_out=person.opted_out, measured=person.preferences.measured,
        quiet=quiet(person, now) or _off_work(person, book.release.policy, now),
        focus=now < person.preferences.paused_until,
        nudges=book.release.policy.nudges,
        reachable=bool(person.preferences.channels) and (reachable or now - state.seen <= REACHED_WITHIN),
        timing=moment.timing, at_break=at_break,
        digest=moment.rule == REFRESHER and book.release.policy.digest and person.preferences.digest,
        threshold=ANY if seeded else kept.threshold.of(expected(state.met, now), book.limits),
    )  # fmt: skip
    decision = decide(situation)
    value = worth(candidates, book.limits)
    if value is not None:
        kept.threshold.note(value)
    waiting = prompt_waits(situation, decision)
    expires = now + (PATIENCE if waiting else OFFER_SECONDS[moment.phase])
    touched = decision.shown or decision.charged
    offered = _offered(situation, decision, number, expires, waiting=waiting) if touched else None
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
    return waits(situation.timing, situation.phase, chosen.risk, at_break=situation.at_break)


def _offered(
    situation: Situation, decision: Decision, number: str, expires: float, *, waiting: bool
) -> Offered:
    return Offered(
        decision=number, unit=decision.unit or "", task=situation.task, time=situation.now, expires=expires,
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
    moment: Moment,
    book: Rulebook,
    *,
    models: Models,
    person: Person,
    state: LearnerState,
    rate: TaskRate,
    said: Said | None,
    now: float,
) -> tuple[Candidate, ...]:
    title = book.tasks[moment.task].title
    record = state.tasks.get(moment.task)
    found: list[Candidate] = []
    for prepared in book.by_task.get(moment.task, ()):
        memories = [state.memories.get(check) for check in prepared.checks]
        unit, effect = prepared.unit, models.effect(prepared)
        showing = _showing(state.units.get(unit.id), prepared, record)
        found.append(
            Candidate(
                unit=unit.id,
                need=need(record, rate, memories, title=title, now=now, said=said),
                effect=effect.mean,
                variance=effect.variance,
                prior=prepared.prior.mean,
                form=prepared.form,
                alone=_alone(showing, record) if moment.phase == "starting" else 0,
                risk=unit.risk,
                mandatory=unit.mandatory,
                for_me=fits(unit.audience, person),
                expired=prepared.expires is not None and now >= prepared.expires,
                mastered=_mastered(prepared, state, moment, book.fitted, now),
                missing=tuple(p for p in unit.prerequisites if not state.units.get(p, Showing()).completed),
                showing=showing,
            )
        )
    return tuple(found)


NEVER_SHOWN = Showing()


def _showing(showing: Showing | None, prepared: PreparedUnit, record: TaskRecord | None) -> Showing:
    """What a person said of a unit holds until an error shows otherwise, or until the unit is another."""
    if showing is None:
        return NEVER_SHOWN
    known = showing.known and (record is None or record.last_error <= showing.known_at)
    irrelevant = showing.irrelevant and showing.version == prepared.version
    if known == showing.known and irrelevant == showing.irrelevant:
        return showing
    return msgspec.structs.replace(showing, known=known, irrelevant=irrelevant)


def _alone(showing: Showing, record: TaskRecord | None) -> int:
    """How often the task was begun since the unit was last shown, that time not counted, and since an error was found."""
    if record is None or not showing.shown:
        return 0
    return max(0, min(record.right, record.times - showing.times - 1))


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


def _off_work(person: Person, policy: Policy, now: float) -> bool:
    """Whether it is outside the organisation's working calendar, where the person is."""
    if policy.day_start is None and len(policy.working_days) == len(WEEKDAYS):
        return False
    local = local_time(person, now)
    return not policy.works(local.weekday(), local.hour * 60 + local.minute)
