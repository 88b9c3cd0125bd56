"""Skills as a person reads them: the level with its uncertainty, in words, the target, and the next step."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from midflow.core.learner.adaptive import level_of, on_skill
from midflow.core.learner.gaps import Gap, Known, Readiness, first_step, gap, gaps, readiness
from midflow.core.learner.memory import recall
from midflow.core.learner.packed import unpack_skill
from midflow.core.learner.response import OnSkill
from midflow.core.learner.state import LearnerState
from midflow.flow.prove import ORDINARY, about, askable, level_for, mine, provable
from midflow.flow.remind import path_order
from midflow.flow.rulebook import Rulebook
from midflow.store.people import Person
from midflow.store.proofs import Proof

DAY = 86_400.0


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
    step: NextStep | None


class TaskView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the person is ready for a task, and the skills that are in the way."""

    id: str
    title: str
    readiness: Readiness
    skills: tuple[str, ...]


def skills(
    state: LearnerState, book: Rulebook, person: Person, proofs: Sequence[Proof], *, now: float
) -> list[SkillView]:
    """Return the skills that the person's roles ask for, the largest gap first, then others they have shown something of."""
    targets, found = _gaps(state, book, person, proofs, now)
    return [_view(one, state, book, person, proofs, now, asked=one.skill in targets) for one in found]


def tasks(
    state: LearnerState, book: Rulebook, person: Person, proofs: Sequence[Proof], *, now: float
) -> list[TaskView]:
    """Return the tasks of the person's roles with whether they are ready for each."""
    _, found = _gaps(state, book, person, proofs, now)
    by_skill = {one.skill: one for one in found}
    views: list[TaskView] = []
    for task in book.release.tasks:
        if not set(task.roles).isdisjoint(person.roles):
            said, against = readiness(task.skills, by_skill)
            views.append(TaskView(id=task.id, title=task.title, readiness=said, skills=against))
    return views


def _gaps(
    state: LearnerState, book: Rulebook, person: Person, proofs: Sequence[Proof], now: float
) -> tuple[set[str], list[Gap]]:
    names = {one.id for one in book.release.skills}
    roles = [role for role in book.release.roles if role.id in person.roles]
    targets = {
        skill: level_for(book, person, skill) for role in roles for skill in role.levels if skill in names
    }
    others = sorted(skill for skill in state.skills if skill in names and skill not in targets)
    known = {skill: _known(skill, state, book, person, proofs, now) for skill in [*targets, *others]}
    return set(targets), [*gaps(targets, known), *(gap(known[skill], ORDINARY) for skill in others)]


def _known(
    skill: str, state: LearnerState, book: Rulebook, person: Person, proofs: Sequence[Proof], now: float
) -> Known:
    on = _on(state, skill)
    level, low, high = level_of(on_skill(state.answering, on))
    return Known(
        skill=skill,
        level=level,
        low=low,
        high=high,
        answers=on.wins + on.fails,
        recalls=_recalls(skill, state, book, person, now),
        proved=_proved(skill, proofs) is not None,
    )


def _on(state: LearnerState, skill: str) -> OnSkill:
    row = state.skills.get(skill)
    return OnSkill() if row is None else unpack_skill(row)


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


def _view(
    one: Gap,
    state: LearnerState,
    book: Rulebook,
    person: Person,
    proofs: Sequence[Proof],
    now: float,
    *,
    asked: bool,
) -> SkillView:
    skill = next(found for found in book.release.skills if found.id == one.skill)
    testable = provable(askable(book, person, state, one.skill, now), one.target)
    proved = _proved(one.skill, proofs)
    return SkillView(
        id=skill.id,
        title=skill.title,
        description=skill.description,
        level=one.known.level,
        low=one.known.low,
        high=one.known.high,
        answers=one.known.answers,
        target=one.target if asked else None,
        standing=one.standing,
        words=_words(one, asked),
        recall=one.recall,
        evidence=evidence(one.skill, state, book, person, proved, now),
        proved=proved,
        testable=testable,
        step=_step(one, state, book, person, now, testable),
    )


def _words(one: Gap, asked: bool) -> str:
    if one.recall is not None and one.standing != "gap":
        return f"You knew this; recall has fallen to about {100 * one.recall:.0f}%."
    if one.standing == "gap":
        return "Below what your work asks for." if asked else "Not at home in this yet."
    if one.standing == "met":
        return "Where your work needs it." if asked else "You know your way around this."
    return "Nothing is known of this yet." if one.known.answers == 0 else "Not sure yet: a minute would tell."


def evidence(
    skill: str, state: LearnerState, book: Rulebook, person: Person, proved: float | None, now: float
) -> tuple[str, ...]:
    """Return what an estimate rests on, in words."""
    on = _on(state, skill)
    found: list[str] = []
    answers = on.wins + on.fails
    if answers:
        when = f", last {ago(now - on.last)}" if on.last is not None else ""
        found.append(f"{on.wins} of {answers} right at the first attempt{when}.")
    if proved is not None:
        found.append(f"You passed a test of it {ago(now - proved)}.")
    for task in book.release.tasks:
        record = state.tasks.get(task.id)
        if record is None or skill not in task.skills or not record.times:
            continue
        wrong = "none came back" if not record.errors else f"{record.errors} came back"
        found.append(f"{task.title}: done {_times(record.times)}, {wrong}.")
    return tuple(found) or ("You have not answered a check on this, nor done a task that needs it.",)


def _step(
    one: Gap, state: LearnerState, book: Rulebook, person: Person, now: float, testable: bool
) -> NextStep | None:
    if one.recall is not None and one.standing != "gap":
        return NextStep(kind="review", words="Look at it again in a review.")
    if one.standing == "met":
        return None
    test = NextStep(kind="test", words="Prove it in about a minute.") if testable else None
    if one.standing == "not_sure" and test is not None:
        return test
    order = path_order(book)
    wanted = [prepared.unit.id for prepared in about(book, person, one.skill, now)]
    wanted.sort(key=lambda unit: order.get(unit, len(order)))
    done = [unit for unit, showing in state.units.items() if showing.completed]
    shown = {
        unit: prepared.unit.prerequisites
        for unit, prepared in book.units.items()
        if mine(prepared, person, now)
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


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"
