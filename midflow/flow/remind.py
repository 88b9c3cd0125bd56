"""What comes back today: due checks, the most forgotten first, and what to suggest."""

import msgspec

from midflow.core.content.block import BlockKinds
from midflow.core.content.model import Block, Unit
from midflow.core.learner.memory import recall
from midflow.core.learner.state import LearnerState, Showing
from midflow.flow.decide import fits
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.store.people import Person

SESSION_SECONDS = 180.0
"""The most that one day's review may take."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """A check that is due. Times in seconds since the epoch, `recall` in [0, 1]."""

    check: str
    unit: Unit
    block: Block
    due: float
    last_seen: float
    recall: float


def due_reviews(state: LearnerState, book: Rulebook, person: Person, *, now: float) -> list[Review]:
    """Return the checks due now that fit one session, the least remembered first.

    What is no longer in the release, out of date or not for this person is left out.
    """
    found = [
        Review(
            check=check,
            unit=unit,
            block=block,
            due=memory.due,
            last_seen=memory.last,
            recall=recall(memory, now),
        )
        for check, memory in state.memories.items()
        if memory.due <= now
        for unit, block in _block(book, check, person, now)
    ]
    found.sort(key=lambda review: review.recall)
    return _within_session(found, book.kinds)


def next_due(state: LearnerState) -> float | None:
    """Return when the next check falls due, None where nothing is remembered yet."""
    return min((memory.due for memory in state.memories.values()), default=None)


def seconds(reviews: list[Review], kinds: BlockKinds) -> float:
    """Return how long a session of these reviews takes."""
    return sum(kinds[review.block.kind].seconds(review.block.body) for review in reviews)


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


def _block(book: Rulebook, check: str, person: Person, now: float) -> list[tuple[Unit, Block]]:
    unit_id, _, block_id = check.partition("#")
    prepared = book.units.get(unit_id)
    if prepared is None or not _served(prepared, person, now):
        return []
    return [(prepared.unit, block) for block in prepared.unit.blocks if block.id == block_id]


def _within_session(reviews: list[Review], kinds: BlockKinds) -> list[Review]:
    taken: list[Review] = []
    spent = 0.0
    for review in reviews:
        spent += kinds[review.block.kind].seconds(review.block.body)
        if taken and spent > SESSION_SECONDS:
            break
        taken.append(review)
    return taken
