"""What a mentor saw: weak evidence on a person who chose them, written down with who looked."""

from typing import Annotated

import msgspec

from midflow.core.learner.evidence import Observed, apply
from midflow.core.learner.work import evidence
from midflow.flow.rulebook import Rulebook
from midflow.flow.settle import part_of, usual_of
from midflow.store import learners, people
from midflow.store.evidence import EvidenceRow, add_evidence
from midflow.store.observations import ObservationRow, add_observation, observations_of
from midflow.store.people import Person
from midflow.store.privacy import log_access
from midflow.store.tx import Tx

ONCE = 86_400.0
"""Seconds within which a mentor's word on one task of one person counts once."""


class Noted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a mentor notes: whom they saw do which task, whether it went right, and what they say to it."""

    person: str
    task: str
    right: bool
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


class NotChosen(ValueError):
    """Somebody notes something of a person who did not choose them, or is not here."""


class NotTaken(ValueError):
    """An observation that cannot be taken; `again`: the same was noted within a day."""

    def __init__(self, words: str, *, again: bool = False) -> None:
        self.again = again
        super().__init__(words)


def observe(tx: Tx, mentor: Person, noted: Noted, *, book: Rulebook, now: float) -> None:
    """Take what a mentor saw; the person finds it, and who noted it, in what is held on them.

    NotChosen, also where there is no such person; NotTaken for an unknown task, and within a day of the same.
    """
    person = people.person(tx, noted.person)
    if person is None or not person.consent or mentor.id not in person.preferences.mentors:
        raise NotChosen("Only a mentor whom the person chose in their settings can note what they saw.")
    task = book.tasks.get(noted.task)
    if task is None:
        raise NotTaken(f"There is no task '{noted.task[:60]}' in the current release.")
    before = observations_of(tx, person.id)
    if any((one.observer, one.task) == (mentor.id, task.id) and now - one.at < ONCE for one in before):
        raise NotTaken("You noted this task of theirs within the last day; it counts once.", again=True)
    parts = [part_of(prepared, book) for prepared in book.by_task.get(task.id, ())]
    way = "seen" if noted.right else "seen_wrong"
    used = tuple(evidence(parts, way, usual=usual_of(tx, task.id), time=now))
    found = Observed(task=task.id, right=noted.right, time=now, used=used)
    add_observation(tx, ObservationRow(person.id, mentor.id, task.id, now, noted.right, noted.note))
    log_access(
        tx, at=now, reader=mentor.id, purpose="support", subject=person.id,
        what=f"noted what they saw of “{task.title}”",
    )  # fmt: skip
    add_evidence(tx, [EvidenceRow(person.id, found)])
    state = apply(learners.learner(tx, person.id), found, book.fitted.fsrs)
    learners.save_learners(tx, {person.id: state})
