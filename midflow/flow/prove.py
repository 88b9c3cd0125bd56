"""Tests as they are taken: started, answered check by check, and what passing one skips.

What is asked carries no answer: options come without being marked, in an order
of the test's own, and are scored here.
"""

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid5

import msgspec

from midflow.core.content.blocks.check import Check
from midflow.core.content.model import Block, Unit
from midflow.core.events import format_time
from midflow.core.learner.proving import MOST, Answer, Verdict, can_pass, following, verdict
from midflow.core.learner.state import LearnerState, Showing
from midflow.flow.decide import fits
from midflow.flow.respond import Report, respond
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.store import learners
from midflow.store.people import Person
from midflow.store.proofs import Given, Proof, proof, proofs_of, save_proof
from midflow.store.tx import Tx

ORDINARY = 0.8
"""The level that is asked for where no role of the person names one."""

LASTS = 1800.0
"""Seconds after which a test that was left alone is over."""

RESTS = 86_400.0
"""Seconds within which a check that was answered says nothing new: it is not asked."""


class ProveError(ValueError):
    """A test that cannot be started or answered: why. `missing`: there is no such thing for this person."""

    def __init__(self, words: str, *, missing: bool = False) -> None:
        super().__init__(words)
        self.missing = missing


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A check as it is asked: `options` in the test's own order, `several` where more than one is right."""

    check: str
    question: str
    options: tuple[str, ...]
    several: bool


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of an answer: why it was wrong or right, but not what would have been right."""

    right: bool
    feedback: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Where a test stands. `skipped`: the units that passing it has put behind the person: (id, title)."""

    test: str
    skill: str
    unit: str | None
    asked: int
    most: int
    check: Asked | None
    said: Said | None = None
    verdict: Verdict | None = None
    skipped: tuple[tuple[str, str], ...] = ()


def level_for(book: Rulebook, person: Person, skill: str) -> float:
    """Return the level that the person's roles ask for; the ordinary one where none names the skill."""
    asked = [
        role.levels[skill] for role in book.release.roles if role.id in person.roles and skill in role.levels
    ]
    return max(asked, default=ORDINARY)


def askable(
    book: Rulebook, person: Person, state: LearnerState, skill: str, now: float
) -> dict[str, tuple[Unit, Block]]:
    """Return the checks on a skill that can be asked now: for this person, in date, not answered within a day."""
    found: dict[str, tuple[Unit, Block]] = {}
    for prepared in about(book, person, skill, now):
        for block in prepared.unit.blocks:
            check = f"{prepared.unit.id}#{block.id}"
            memory = state.memories.get(check)
            if block.kind == "check" and (memory is None or now - memory.last >= RESTS):
                found[check] = prepared.unit, block
    return found


def about(book: Rulebook, person: Person, skill: str, now: float) -> list[PreparedUnit]:
    """Return the training units on a skill that this person may see now, in the order of their ids."""
    return [
        prepared
        for prepared in book.units.values()
        if prepared.skill == skill and mine(prepared, person, now)
    ]


def mine(prepared: PreparedUnit, person: Person, now: float) -> bool:
    """Return whether this person may be taught a unit now."""
    return (
        prepared.unit.kind == "training"
        and fits(prepared.unit.audience, person)
        and (prepared.expires is None or now < prepared.expires)
    )


def provable(checks: dict[str, tuple[Unit, Block]], level: float) -> bool:
    """Return whether these checks suffice to pass at a level."""
    return can_pass([_guess(block.body) for _, block in checks.values()], level)


def can_be_tested(book: Rulebook, person: Person, state: LearnerState, unit: str, now: float) -> bool:
    """Return whether a test can be begun now that stands for a unit."""
    prepared = book.units.get(unit)
    if prepared is None or not mine(prepared, person, now) or not skippable(prepared.unit):
        return False
    checks = askable(book, person, state, prepared.skill, now)
    return provable(checks, level_for(book, person, prepared.skill))


def skippable(unit: Unit) -> bool:
    """Return whether a test may stand for a unit: not where it is mandatory or a matter of safety."""
    return not unit.mandatory and unit.risk != "safety_critical"


def start(
    tx: Tx,
    person: Person,
    *,
    skill: str | None,
    unit: str | None,
    contested: bool,
    book: Rulebook,
    id: str,
    now: float,
) -> Step:
    """Begin a test of a skill or of a unit, or go on with the one that is open. Raises ProveError."""
    skill = _skill(skill, unit, contested, book, person, now)
    for open_ in proofs_of(tx, person.id, 20):
        mine = (open_.skill, open_.unit) == (skill, unit)
        if mine and open_.ended is None and now - open_.started < LASTS:
            going = _moved(open_, book, person, learners.learner(tx, person.id), now)
            save_proof(tx, going)
            return _step(going, book)
    state = learners.learner(tx, person.id)
    checks = askable(book, person, state, skill, now)
    level = level_for(book, person, skill)
    if not checks:
        raise ProveError("There is no check on this that you have not answered today. Try again tomorrow.")
    if not contested and not provable(checks, level):
        count = f"{len(checks)} check{'s' * (len(checks) != 1)}"
        raise ProveError(f"Only {count} on this can be asked now: too few to be sure of anything.")
    made = Proof(
        id=id, person=person.id, skill=skill, unit=unit, contested=contested, level=level, started=now
    )
    made = _moved(made, book, person, state, now)
    save_proof(tx, made)
    return _step(made, book)


def _skill(
    skill: str | None, unit: str | None, contested: bool, book: Rulebook, person: Person, now: float
) -> str:
    if unit is None:
        known = {one.id for one in book.release.skills}
        if skill is None or skill not in known or not about(book, person, skill, now):
            raise ProveError(f"There is no unit on the skill '{skill}' for you.", missing=True)
        return skill
    prepared = book.units.get(unit)
    if prepared is None or not mine(prepared, person, now):
        raise ProveError(f"There is no unit '{unit}' for you.", missing=True)
    if not contested and not skippable(prepared.unit):
        raise ProveError("This unit is mandatory or a matter of safety: no test stands for it.")
    return prepared.skill


def answer(
    tx: Tx,
    person: Person,
    test: str,
    *,
    id: str,
    check: str,
    chosen: list[int],
    seconds: float,
    book: Rulebook,
    home: str,
    now: float,
    now_ms: int,
) -> Step:
    """Take one answer, once by its id, and say what comes next. Raises ProveError; then nothing is taken."""
    made = proof(tx, test)
    if made is None or made.person != person.id:
        raise ProveError("There is no such test of yours.", missing=True)
    before = next((one for one in made.given if one.answer == id or one.check == check), None)
    if before is not None:
        return msgspec.structs.replace(_step(made, book), said=Said(right=before.right, feedback=""))
    if made.ended is not None or now - made.started >= LASTS:
        raise ProveError("This test is over. Begin another.")
    if check != made.pending:
        raise ProveError(f"The check that is being asked is '{made.pending}', not '{check}'.")
    unit, block = _asked(book, check)
    places = _order(test, check, len(block.body.options))
    if not all(0 <= place < len(places) for place in chosen):
        raise ProveError(f"`answer` must name options by position, from 0 to {len(places) - 1}.")
    told: dict[str, Any] = {
        "answer": sorted(places[place] for place in chosen),
        "seconds": seconds,
        "test": test,
    }
    outcome = {"id": id, "verb": "answered", "time": format_time(now), "unit": unit.id, "block": block.id}
    report = Report(person=person, outcomes=({**outcome, "result": told},), received=now)
    taken = respond(tx, [report], book=book, home=home, now_ms=now_ms)[0]
    if taken.rejected or id not in taken.scores:
        why = taken.rejected[0].reason if taken.rejected else "`id` was used for another answer."
        raise ProveError(why)
    score = taken.scores[id]
    given = (*made.given, Given(answer=id, check=check, right=score.correct))
    made = msgspec.structs.replace(made, given=given, pending=None)
    made = _moved(made, book, person, learners.learner(tx, person.id), now)
    skipped = _skip(tx, person, made, book, home=home, now=now, now_ms=now_ms)
    save_proof(tx, made)
    said = Said(right=score.correct, feedback=score.feedback)
    return msgspec.structs.replace(_step(made, book), said=said, skipped=skipped)


def _moved(made: Proof, book: Rulebook, person: Person, state: LearnerState, now: float) -> Proof:
    """The test with the check that comes next, or with its verdict."""
    if made.pending is not None and _in(book, made.pending):
        return made
    checks = askable(book, person, state, made.skill, now)
    rest = {check for check in checks if check not in {one.check for one in made.given}}
    answers = [_answer(one, book) for one in made.given]
    said = verdict(answers, made.level, left=len(rest))
    if said is not None:
        return msgspec.structs.replace(made, pending=None, ended=now, verdict=said)
    # Of a unit its own checks come first: they are what is to be skipped.
    own = {check for check in rest if checks[check][0].id == made.unit}
    return msgspec.structs.replace(made, pending=following(answers, own or rest))


def _answer(given: Given, book: Rulebook) -> Answer:
    guess = _guess(_asked(book, given.check)[1].body) if _in(book, given.check) else 0.0
    return Answer(check=given.check, right=given.right, guess=guess)


def _guess(body: Check) -> float:
    """The chance to be right without knowing anything."""
    several = sum(option.correct for option in body.options) > 1
    return 1.0 / (2 ** len(body.options) - 1) if several else 1.0 / len(body.options)


def _skip(
    tx: Tx, person: Person, made: Proof, book: Rulebook, *, home: str, now: float, now_ms: int
) -> tuple[tuple[str, str], ...]:
    """Put the units behind the person that a passed test stands for, each as a statement that names the test."""
    if made.verdict != "passed":
        return ()
    done = learners.learner(tx, person.id).units
    units = [
        prepared.unit
        for prepared in about(book, person, made.skill, now)
        if skippable(prepared.unit)
        and made.unit in (None, prepared.unit.id)
        and not done.get(prepared.unit.id, Showing()).completed
    ]
    outcomes = tuple(
        {
            "id": str(uuid5(UUID(made.id), unit.id)),
            "verb": "completed",
            "time": format_time(now),
            "unit": unit.id,
            "result": {"test": made.id},
        }
        for unit in units
    )
    if outcomes:
        report = Report(person=person, outcomes=outcomes, received=now)
        respond(tx, [report], book=book, home=home, now_ms=now_ms)
    return tuple((unit.id, unit.title) for unit in units)


def _step(made: Proof, book: Rulebook) -> Step:
    return Step(
        test=made.id,
        skill=made.skill,
        unit=made.unit,
        asked=len(made.given),
        most=MOST,
        check=_question(made.id, made.pending, book) if made.pending else None,
        verdict=made.verdict,
    )


def _question(test: str, check: str, book: Rulebook) -> Asked:
    body: Check = _asked(book, check)[1].body
    return Asked(
        check=check,
        question=body.question,
        options=tuple(body.options[place].text for place in _order(test, check, len(body.options))),
        several=sum(option.correct for option in body.options) > 1,
    )


def _order(test: str, check: str, count: int) -> list[int]:
    """The order in which a test shows options: its own, and always the same, because authors write the right one first."""
    return sorted(range(count), key=lambda place: sha256(f"{test}|{check}|{place}".encode()).digest())


def _in(book: Rulebook, check: str) -> bool:
    unit, _, block = check.partition("#")
    prepared = book.units.get(unit)
    return prepared is not None and any(
        one.id == block and one.kind == "check" for one in prepared.unit.blocks
    )


def _asked(book: Rulebook, check: str) -> tuple[Unit, Block]:
    """Return a check of the current release; ProveError where it was withdrawn while it was asked."""
    if not _in(book, check):
        raise ProveError("This check was withdrawn. Begin the test again.")
    unit, _, id = check.partition("#")
    found = book.units[unit].unit
    return found, next(block for block in found.blocks if block.id == id)
