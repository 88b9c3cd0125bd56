"""Skills as a person reads them: the level with its uncertainty, in words, the target, and the next step."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec

from midflow.core.learner.estimate import Estimate
from midflow.core.learner.gaps import Gap, Known, Readiness, first_step, gap, gaps, readiness
from midflow.core.learner.memory import recall
from midflow.core.learner.state import LearnerState
from midflow.flow.estimates import estimates
from midflow.flow.everybody import Everybody
from midflow.flow.prove import ORDINARY, about, askable, mine, provable
from midflow.flow.remind import path_order
from midflow.flow.rulebook import Rulebook
from midflow.store import learners
from midflow.store.people import Person
from midflow.store.proofs import Proof, proofs_of
from midflow.store.tx import Tx

DAY = 86_400.0
SURE = 1.2816
"""Standard errors on either side of a level: where it lies in 8 of 10 cases, and above or below which it lies in one."""


class NextStep(msgspec.Struct, frozen=True, kw_only=True):
    """What to do about a skill: a unit, a test, or a review of what fades."""

    kind: Literal["unit", "test", "review"]
    words: str
    unit: str | None = None
    minutes: float = 1.0


class SkillView(msgspec.Struct, frozen=True, kw_only=True):
    """One skill. `target` is None where no role of the person asks for it; `recall` where nothing fades."""

    id: str
    title: str
    description: str
    level: float
    low: float
    high: float
    answers: int
    target: float | None
    standing: Literal["met", "gap", "not_sure"]
    words: str
    recall: float | None
    evidence: tuple[str, ...]
    proved: float | None
    testable: bool
    contestable: bool
    step: NextStep | None


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the person is ready for a task, and the skills that are in the way."""

    id: str
    title: str
    readiness: Readiness
    skills: tuple[str, ...]


class Look(NamedTuple):
    """Where a person stands, read once: for skills and for tasks. `proofs`: their tests, the latest first."""

    state: LearnerState
    book: Rulebook
    person: Person
    proofs: Sequence[Proof]
    found: list[Gap]
    estimates: dict[str, Estimate]
    now: float


def look(tx: Tx, book: Rulebook, person: Person, *, now: float) -> Look:
    """Return where the person stands on each skill that the release names: the largest gap first, others last."""
    state, proofs = learners.learner(tx, person.id), proofs_of(tx, person.id)
    names = {one.id for one in book.release.skills}
    made = estimates(state, book, person, Everybody(tx), now)
    known = {one.skill: one for one in made if one.skill in names}
    asked = {one.skill: one.target for one in known.values() if one.target is not None}
    here = {skill: _known(one, state, book, person, proofs, now) for skill, one in known.items()}
    others = [gap(here[skill], ORDINARY) for skill in known if skill not in asked and known[skill].answers]
    return Look(state, book, person, proofs, [*gaps(asked, here), *others], known, now)


def skills(seen: Look) -> list[SkillView]:
    """Return the skills that the person's roles ask for, the largest gap first, then others they have shown something of."""
    return [_view(one, seen) for one in seen.found]


def tasks(seen: Look) -> list[TaskView]:
    """Return the tasks of the person's roles with whether they are ready for each."""
    by_skill = {one.skill: one for one in seen.found}
    views: list[TaskView] = []
    for task in seen.book.release.tasks:
        if not set(task.roles).isdisjoint(seen.person.roles):
            said, against = readiness(task.skills, by_skill)
            views.append(TaskView(id=task.id, title=task.title, readiness=said, skills=against))
    return views


def _known(
    one: Estimate, state: LearnerState, book: Rulebook, person: Person, proofs: Sequence[Proof], now: float
) -> Known:
    return Known(
        skill=one.skill,
        level=one.level,
        low=max(0.0, one.level - SURE * one.error),
        high=min(1.0, one.level + SURE * one.error),
        answers=one.answers,
        recalls=_recalls(one.skill, state, book, person, now),
        proved=_proved(one.skill, proofs) is not None,
    )


def _recalls(
    skill: str, state: LearnerState, book: Rulebook, person: Person, now: float
) -> tuple[float, ...]:
    """The recall of each check on a skill that was answered right before."""
    checks = [check for prepared in about(book, person, skill, now) for check in prepared.checks]
    memories = [state.memories.get(check) for check in checks]
    return tuple(recall(memory, now) for memory in memories if memory is not None and memory.right > 0)


def _proved(skill: str, proofs: Sequence[Proof]) -> float | None:
    """When a test of the whole skill was last passed, None where the last one that ended was not."""
    last = next((one for one in proofs if one.skill == skill and one.unit is None and one.verdict), None)
    return last.ended if last is not None and last.verdict == "passed" else None


def _view(one: Gap, seen: Look) -> SkillView:
    skill = next(found for found in seen.book.release.skills if found.id == one.skill)
    said = seen.estimates[one.skill]
    checks = askable(seen.book, seen.person, seen.state, one.skill, seen.now)
    testable = provable(checks, one.target)
    proved = _proved(one.skill, seen.proofs)
    passed = () if proved is None else (f"You passed a test of it {ago(seen.now - proved)}.",)
    return SkillView(
        id=skill.id,
        title=skill.title,
        description=skill.description,
        level=one.known.level,
        low=one.known.low,
        high=one.known.high,
        answers=one.known.answers,
        target=said.target,
        standing=one.standing,
        words=_words(one, said.target is not None),
        recall=one.recall,
        evidence=(*said.evidence, *passed),
        proved=proved,
        testable=testable,
        contestable=bool(checks),
        step=_step(one, seen, testable),
    )


def _words(one: Gap, asked: bool) -> str:
    faded = (
        "" if one.recall is None else f"You knew this; recall has fallen to about {100 * one.recall:.0f}%."
    )
    if one.standing == "gap":
        below = "Below what your work asks for." if asked else "Not at home in this yet."
        return f"{below} {faded}".strip()
    if faded:
        return faded
    if one.standing == "met":
        return "Where your work needs it." if asked else "You know your way around this."
    return "Nothing is known of this yet." if one.known.answers == 0 else "Not sure yet: a minute would tell."


def _step(one: Gap, seen: Look, testable: bool) -> NextStep | None:
    if one.recall is not None and one.standing != "gap":
        return NextStep(kind="review", words="Look at it again in a review.")
    if one.standing == "met":
        return None
    test = NextStep(kind="test", words="Prove it in about a minute.") if testable else None
    if one.standing == "not_sure" and test is not None:
        return test
    book, order = seen.book, path_order(seen.book)
    wanted = [prepared.unit.id for prepared in about(book, seen.person, one.skill, seen.now)]
    wanted.sort(key=lambda unit: order.get(unit, len(order)))
    done = [unit for unit, showing in seen.state.units.items() if showing.completed]
    shown = {
        unit: prepared.unit.prerequisites
        for unit, prepared in book.units.items()
        if mine(prepared, seen.person, seen.now)
    }
    first = first_step(wanted, shown, done)
    if first is None:
        return test
    unit = book.units[first].unit
    return NextStep(kind="unit", words=unit.title, unit=unit.id, minutes=unit.minutes)


def ago(seconds: float) -> str:
    """Return how long ago something was, in words."""
    days = int(max(seconds, 0.0) // DAY)
    if days == 0:
        return "today" if seconds >= 3600 else "just now"
    return "yesterday" if days == 1 else f"{days} days ago"
