"""What comes back today: a session of due checks by what asking gains, and what to suggest."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from midflow.core.content.model import Block, Unit
from midflow.core.content.release import WEEKDAYS, Policy
from midflow.core.learner.foretell import Correction, recall_of
from midflow.core.learner.memory import DAY, Memory
from midflow.core.learner.probes import Asked, delays_of, line_of, plan_of, probe_due, waits
from midflow.core.learner.session import AS_FORETOLD, Askable, compose, next_session, value
from midflow.core.learner.state import LearnerState, Showing
from midflow.core.learner.trace import weekday
from midflow.core.learner.variant import options_order
from midflow.flow.decide import fits
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.store.outcomes import AnsweredRow
from midflow.store.people import Person

PROBES = "probes"
"""What the draw of probes is seeded with, besides person and check."""


UNCORRECTED = Correction()
"""The layer over memory before it has learned anything."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A check of today's session. Times in seconds since the epoch, `recall` in [0, 1].

    `probe`: it is asked to measure what is left after so many days. `order`: how its options stand.
    """

    check: str
    unit: Unit
    block: Block
    due: float
    last_seen: float
    recall: float
    seconds: float
    probe: int | None
    order: tuple[int, ...]


class Reviews(msgspec.Struct, frozen=True, kw_only=True):
    """Today's session: what is asked, in this order, the seconds left for it, and how many due checks wait."""

    asked: tuple[Review, ...]
    seconds: float
    left: int


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person besides their state: their `answers`, and the chance of tasks in the coming week."""

    answers: Sequence[AnsweredRow] = ()
    coming: Mapping[str, float] = {}


def due_reviews(state: LearnerState, book: Rulebook, person: Person, *, now: float, known: Known) -> Reviews:
    """Return what is left of today's session: the day's minutes less what reviews took today.

    What is no longer in the release, out of date or not for this person is left out. An answer of
    today takes the seconds that its check is expected to take.
    """
    policy, fitted = book.release.policy, book.fitted
    # The layer over memory knows the person and such reviews: once it has learned, the line adds nothing to it.
    corrects = fitted.correction != UNCORRECTED
    found: dict[str, tuple[Askable, PreparedUnit, Block, int | None]] = {}
    firsts = _firsts(known.answers)
    for check, memory in state.memories.items():
        for prepared, block in _block(book, check, person, now):
            probe, waiting = _probe(
                check, memory, prepared.unit, firsts.get(check), book=book, person=person, now=now
            )
            if not waiting:
                one = _askable(
                    check, memory, prepared.unit, block,
                    book=book, person=person, coming=known.coming, fixed=probe is not None,
                    recalled=recall_of(state, check, fitted, now) if corrects else None,
                )  # fmt: skip
                found[check] = one, prepared, block, probe
    asked = [Asked(check=row.check, time=row.time, right=row.right) for row in known.answers]
    seconds = max(0.0, _cap(policy, person) - _spent(known.answers, book, now))
    session = compose(
        (one for one, *_ in found.values()),
        now=now, until=next_session(now, lambda day: WEEKDAYS[weekday(day)] not in policy.working_days),
        seconds=seconds, line=AS_FORETOLD if corrects else line_of(asked, fitted.fsrs), fsrs=fitted.fsrs,
    )  # fmt: skip
    reviews = tuple(
        Review(
            check=one.check, unit=prepared.unit, block=block, due=askable.memory.due,
            last_seen=askable.memory.last, recall=one.recall, seconds=one.seconds, probe=probe,
            order=order_of(person, one.check, block, askable.memory),
        )
        for one in session.asked
        for askable, prepared, block, probe in [found[one.check]]
    )  # fmt: skip
    return Reviews(asked=reviews, seconds=seconds, left=session.left)


def order_of(person: Person, check: str, block: Block, memory: Memory | None) -> tuple[int, ...]:
    """Return how a check's options stand at its next showing to the person; nothing where the block has none."""
    options = len(getattr(block.body, "options", ()))
    return options_order(person.id, check, shown=memory.reviews if memory else 0, options=options)


def next_due(state: LearnerState) -> float | None:
    """Return when the next check falls due, None where nothing is remembered yet."""
    return min((memory.due for memory in state.memories.values()), default=None)


def suggestions(state: LearnerState, book: Rulebook, person: Person, *, now: float, most: int) -> list[Unit]:
    """Return units worth a look on request: of the person's own roles, not done yet, in the paths' order."""
    order = path_order(book)
    open_ = [
        prepared.unit
        for prepared in book.units.values()
        if _served(prepared, person, now)
        and prepared.unit.kind == "training"
        and not state.units.get(prepared.unit.id, Showing()).completed
        and all(state.units.get(p, Showing()).completed for p in prepared.unit.prerequisites)
        and _my_task(prepared.unit, book, person)
    ]
    return sorted(open_, key=lambda unit: order.get(unit.id, len(order)))[:most]


def path_order(book: Rulebook) -> dict[str, int]:
    """Return the place of each unit in the path that names it last; a unit of no path is not there."""
    return {
        unit: place for path in book.release.paths for place, unit in reversed(list(enumerate(path.units)))
    }


def _my_task(unit: Unit, book: Rulebook, person: Person) -> bool:
    task = book.tasks.get(unit.task or "")
    return task is not None and not set(task.roles).isdisjoint(person.roles)


def _served(prepared: PreparedUnit, person: Person, now: float) -> bool:
    return fits(prepared.unit.audience, person) and (prepared.expires is None or now < prepared.expires)


def _askable(
    check: str, memory: Memory, unit: Unit, block: Block, *, book: Rulebook, person: Person,
    coming: Mapping[str, float], fixed: bool, recalled: float | None,
) -> Askable:  # fmt: skip
    task = book.tasks.get(unit.task or "")
    mine = task is None or not task.roles or not set(task.roles).isdisjoint(person.roles)
    # Before anything is known of what comes, nothing is held to be rare.
    needed = coming.get(unit.task or "", 0.0) if coming else 1.0
    return Askable(
        check=check, memory=memory, seconds=book.kinds[block.kind].seconds(block.body),
        unit=unit.id, skills=unit.skills, retention=book.release.policy.retention(unit.risk), fixed=fixed, recalled=recalled,
        value=value(unit.risk, relevance=float(mine), needed=needed),
    )  # fmt: skip


def _probe(
    check: str, memory: Memory, unit: Unit, first: float | None, *, book: Rulebook, person: Person, now: float
) -> tuple[int | None, bool]:  # fmt: skip
    """Which probe of a check is due now, and whether it must wait for one. Critical ones are not left to chance."""
    if first is None or unit.risk == "safety_critical" or not person.preferences.measured:
        return None, False
    plan = plan_of(person.id, check, share=book.release.policy.probe_share, salt=PROBES)
    delays = delays_of(person.id, check, plan, salt=PROBES)
    return probe_due(first, memory.last, delays, now), waits(first, plan, delays, now)


def _firsts(answers: Sequence[AnsweredRow]) -> dict[str, float]:
    """When each check was answered first."""
    found: dict[str, float] = {}
    for row in answers:
        found[row.check] = min(row.time, found.get(row.check, row.time))
    return found


def _cap(policy: Policy, person: Person) -> float:
    wanted = person.preferences.daily_minutes
    return 60.0 * (min(wanted, policy.review_minutes) if wanted else policy.review_minutes)


def _spent(answers: Sequence[AnsweredRow], book: Rulebook, now: float) -> float:
    """The seconds that today's reviews took, as far as their checks are still there."""
    midnight = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    return sum(
        book.kinds[block.kind].seconds(block.body)
        for row in answers
        if row.verb == "reviewed" and midnight <= row.time < midnight + DAY
        for _, block in _found(book, row.check)
    )


def _found(book: Rulebook, check: str) -> list[tuple[PreparedUnit, Block]]:
    unit_id, _, block_id = check.partition("#")
    prepared = book.units.get(unit_id)
    return [] if prepared is None else [(prepared, b) for b in prepared.unit.blocks if b.id == block_id]


def _block(book: Rulebook, check: str, person: Person, now: float) -> list[tuple[PreparedUnit, Block]]:
    return [(prepared, block) for prepared, block in _found(book, check) if _served(prepared, person, now)]
