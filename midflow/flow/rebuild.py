"""The learner's state and the sums over everybody made again from the evidence, in the order in which it came."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from midflow.core.learner.correction import expected_recall
from midflow.core.learner.evidence import Answered, Evidence
from midflow.core.learner.foretell import Fitted, Sums, logit_of, place
from midflow.core.learner.memory import AGAIN, Fsrs, counts_as_memory
from midflow.core.learner.projection import Projection
from midflow.core.learner.response import View
from midflow.core.learner.state import LearnerState
from midflow.flow.everybody import KINDS, Everybody
from midflow.flow.fitted import fitted
from midflow.store import learners
from midflow.store.answers import facts, numbers_of
from midflow.store.evidence import all_evidence, last_evidence
from midflow.store.models import forget_tallies
from midflow.store.tx import Store, Tx

TRIES = 3
"""How often it is tried beside the others' writing; then everybody waits for it."""


class Rebuilt(NamedTuple):
    """How many people's states were made again, from how many pieces of evidence."""

    people: int
    evidence: int


def project(
    evidence: Iterable[tuple[str, Evidence, bool]], *, fsrs: Fsrs, everybody: Everybody | None = None
) -> dict[str, LearnerState]:
    """Return each person's state; `everybody` is moved on by answers of those who are measured (the flag)."""
    people: dict[str, Projection] = {}
    for person, one, measured in evidence:
        projection = people.get(person)
        if projection is None:
            projection = people[person] = Projection(fsrs)
        if everybody is not None and measured and isinstance(one, Answered):
            _count(everybody, projection, one, fsrs)
        projection.add(one)
    return {person: projection.state() for person, projection in people.items()}


def rebuild(store: Store) -> Rebuilt:
    """Make all states and sums again, and put them in the place of what was there, at once."""
    for _ in range(TRIES):
        end, made = store.read(lambda tx: (last_evidence(tx), _make(tx)))
        done = store.write(
            lambda tx, end=end, made=made: _save(tx, made) if last_evidence(tx) == end else None
        )
        if done is not None:
            return done
    return store.write(lambda tx: _save(tx, _make(tx)))


class _Made(NamedTuple):
    states: dict[str, LearnerState]
    everybody: Everybody
    evidence: int


def _make(tx: Tx) -> _Made:
    known = fitted(tx)
    everybody, count = Everybody(None), 0

    def counted() -> Iterable[tuple[str, Evidence, bool]]:
        nonlocal count
        for row in all_evidence(tx):
            count += 1
            yield row

    states = project(counted(), fsrs=known.fsrs, everybody=everybody)
    draw_lines(tx, everybody, known)
    return _Made(states, everybody, count)


def draw_lines(tx: Tx, everybody: Everybody, known: Fitted) -> None:
    """Learn the line and the shifts anew from all answers there are, as if `known` had foretold them.

    Through trees the line is drawn by what came after those they were fitted on: these they know too well.
    """
    after = known.challenger.fitted_to if known.challenger else 0
    for one in facts(tx, after=after):
        everybody.draw(one, logit_of(known, View(numbers_of(one), 0.5, 0.5)))


def _save(tx: Tx, made: _Made) -> Rebuilt:
    forget_tallies(tx, KINDS)
    made.everybody.save(tx)
    learners.save_learners(
        tx, {person: _with_the_rest(tx, person, state) for person, state in made.states.items()}
    )
    return Rebuilt(len(made.states), made.evidence)


def _with_the_rest(tx: Tx, person: str, state: LearnerState) -> LearnerState:
    """When a client was last there is not in the evidence; it stays."""
    return msgspec.structs.replace(state, seen=learners.learner(tx, person).seen)


def _count(everybody: Everybody, person: Projection, one: Answered, fsrs: Fsrs) -> None:
    known = person.known()
    before = known.memories.get(one.check)
    if not counts_as_memory(before, one.time):
        return
    where = place(known, one.check, one.skill, one.time)
    plain = None if before is None else expected_recall(before, one.time, fsrs)
    sums = Sums(norms=everybody.norms(where), alike=everybody.alike(where.alike))
    view = View((), one.expected, one.without_item)
    everybody.count(where, sums, view, plain, right=one.grade != AGAIN)
