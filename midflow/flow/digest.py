"""One digest a day: what was not worth an interruption, and what may be forgotten before it comes."""

from collections.abc import Iterator

from midflow.core.content.release import WEEKDAYS
from midflow.core.decide.digest import MORNING, Digest, Line, compose, digest_day
from midflow.core.decide.refresher import DAY, decay_alarm, words
from midflow.core.learner.state import LearnerState, Showing
from midflow.flow.preferences import local_time
from midflow.flow.refresh import prospects, target, units_for
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.store import digests, learners
from midflow.store.people import Person
from midflow.store.tx import Tx

LOOKS_BACK = 7 * DAY
"""Seconds that the first digest after a while looks back."""
WORDS = {
    "to_digest": "It is likely to come soon.",
    "over_budget": "It came up when the day had no room for another prompt.",
    "another_open": "It came up while another prompt was open.",
}


def make_digest(tx: Tx, person: Person, *, book: Rulebook, now: float) -> Digest | None:
    """Make the person's digest where it is time for one, and return it; None where there is none to make.

    One a day: a second one of a day is not kept, whoever makes it.
    """
    day = due_day(tx, person, book=book, now=now)
    if day is None:
        return None
    before = digests.last_digest(tx, person.id)
    since = max(before.made if before else 0.0, now - LOOKS_BACK)
    state = learners.learner(tx, person.id)
    made = compose(_lines(tx, person, state, book, since, now), day=day, made=now)
    return made if digests.add_digest(tx, person.id, made) else None


def due_day(tx: Tx, person: Person, *, book: Rulebook, now: float) -> str | None:
    """Return the day (YYYY-MM-DD where the person is) whose digest is to be made now, None where there is none."""
    if not wants_digest(person, book):
        return None
    local = local_time(person, now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    there = max(learners.learner(tx, person.id).seen, (digests.last_event(tx, person.id) or (0, "", 0.0))[2])
    policy, own = book.release.policy, person.preferences.work_from
    start = policy.day_start if own is None else own
    return digest_day(
        local, now=now, start=MORNING if start is None else start, works=WEEKDAYS[local.weekday()] in policy.working_days,
        seen=midnight <= there <= now, before=digests.last_digest(tx, person.id),
    )  # fmt: skip


def wants_digest(person: Person, book: Rulebook) -> bool:
    """Return whether the organisation and the person want one; who has no prompts at all has none either."""
    policy = book.release.policy
    settled = policy.digest and policy.nudges and person.preferences.digest
    return settled and person.consent and not person.opted_out


def todays(tx: Tx, person: Person, now: float) -> Digest | None:
    """Return the digest of the person's day, None before it was made."""
    found = digests.last_digest(tx, person.id)
    return found if found is not None and found.day == local_time(person, now).date().isoformat() else None


def _lines(
    tx: Tx, person: Person, state: LearnerState, book: Rulebook, since: float, now: float
) -> Iterator[Line]:
    found = {prospect.task: prospect for prospect in prospects(tx, person, state, book=book, now=now)}
    for prospect in found.values():
        if not decay_alarm(prospect, now, target(book, prospect.task)):
            continue
        for unit in units_for(book, prospect.task, person, now):
            if _wanted(unit, state):
                # What is forgotten may go wrong; the unit prevents a share of it, if the task comes at all.
                value = prospect.p7d * (1 - (prospect.recall or 0.0)) * unit.prior.mean
                yield Line(
                    kind="alarm",
                    unit=unit.unit.id,
                    task=prospect.task,
                    reason=words(prospect, now),
                    value=value,
                )
    for passed in digests.passed_over(tx, person.id, since):
        unit = book.units.get(passed.unit)
        if unit is None or unit not in units_for(book, passed.task, person, now) or not _wanted(unit, state):
            continue
        prospect = found.get(passed.task) if passed.reason == "to_digest" else None
        yield Line(
            kind="refresher" if passed.reason == "to_digest" else "missed", unit=passed.unit, task=passed.task,
            reason=words(prospect, now) if prospect else WORDS[passed.reason], value=passed.score + book.limits.cost,
        )  # fmt: skip


def _wanted(unit: PreparedUnit, state: LearnerState) -> bool:
    showing = state.units.get(unit.unit.id, Showing())
    return not showing.known and not showing.irrelevant
