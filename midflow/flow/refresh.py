"""Refresh: a task about to come is decided on like any moment, and waits for a breakpoint."""

from collections.abc import Callable

from midflow.core.decide.refresher import DAY, REFRESHER, Prospect, raised, wants_refresher, words
from midflow.core.learner.memory import recall
from midflow.core.learner.state import LearnerState
from midflow.core.match import Moment
from midflow.flow.decide import fits
from midflow.flow.ingest import Occasion, begin, decide_moment
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.flow.work import Kept
from midflow.store import digests, learners, people, rhythm
from midflow.store.people import Person
from midflow.store.tx import Tx

PRESENT = 600.0
"""Seconds since the latest thing that somebody did, up to which they are at work."""


def refresh(
    tx: Tx, person: str, *, book: Rulebook, draw: Callable[[], float], now: float, kept: Kept | None = None
) -> str | None:
    """Decide on a refresher of the likeliest task that wants one, and return the task; None where none does.

    Each person and task once a day, and only while they are at work: what is
    decided now waits for a breakpoint of the next half hour. `kept` as in `ingest`.
    """
    best = next_refresher(tx, person, book=book, now=now)
    latest = digests.last_event(tx, person)
    if best is None or latest is None:
        return None
    number, source, _ = latest
    moment = Moment(
        person=person, task=best.task, phase="starting", rule=REFRESHER, case="", time=now,
        because=words(best, now), timing="at_break",
    )  # fmt: skip
    work = begin(tx, book=book, draw=draw, kept=kept or Kept())
    decide_moment(work, moment, Occasion(number, number, source, "", "", now, reachable=False))
    work.save()
    digests.note_refreshed(tx, person, best.task, int(now // DAY))
    return best.task


def next_refresher(tx: Tx, person: str, *, book: Rulebook, now: float) -> Prospect | None:
    """Return the likeliest task that wants a refresher today and has had none, None for who is not at work."""
    latest = digests.last_event(tx, person)
    me = people.person(tx, person)
    if me is None or latest is None or now - latest[2] > PRESENT:
        return None
    done = digests.refreshed(tx, person, int(now // DAY))
    found = [
        prospect
        for prospect in prospects(tx, me, learners.learner(tx, person), book=book, now=now)
        if prospect.task not in done and wants_refresher(prospect, now, target(book, prospect.task))
    ]
    return max(found, key=lambda prospect: prospect.p24h, default=None)


def prospects(tx: Tx, person: Person, state: LearnerState, *, book: Rulebook, now: float) -> list[Prospect]:
    """Return the tasks with a unit for the person that may come within a week, with what speaks for their being forgotten."""
    foreseen = {row.task: row for row in rhythm.coming(tx, person.id)}
    dates = digests.due_tasks(tx, person.id, now, now + 7 * DAY)
    found: list[Prospect] = []
    for task in sorted(foreseen.keys() | dates.keys()):
        units = units_for(book, task, person, now)
        if not units:
            continue
        row, record = foreseen.get(task), state.tasks.get(task)
        memories = [state.memories.get(check) for unit in units for check in unit.checks]
        chances = [recall(memory, now) for memory in memories if memory is not None]
        plain = Prospect(
            task=task, p24h=row.p24h if row else 0.0, p7d=row.p7d if row else 0.0, due=dates.get(task),
            last=record.last if record else 0.0, recall=min(chances, default=None),
        )  # fmt: skip
        found.append(raised(plain, now))
    return found


def units_for(book: Rulebook, task: str, person: Person, now: float) -> list[PreparedUnit]:
    """Return the units of a task that may be shown to the person at `now`."""
    return [
        unit
        for unit in book.by_task.get(task, ())
        if fits(unit.unit.audience, person) and (unit.expires is None or now < unit.expires)
    ]


def target(book: Rulebook, task: str) -> float:
    """Return the chance of recall below which a task's checks are at risk: that at which they fall due."""
    return max(
        (book.release.policy.retention(unit.unit.risk) for unit in book.by_task.get(task, ())),
        default=book.release.policy.desired_retention,
    )
