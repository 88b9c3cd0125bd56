"""What a person is able to do, and is ready for: estimates of the skills of their roles and tasks."""

from collections.abc import Iterable

from midflow.core.learner import adaptive
from midflow.core.learner.estimate import Check, Doing, Estimate, Known, Readiness, Seen, estimate, readiness
from midflow.core.learner.foretell import Sums, foretell, place
from midflow.core.learner.memory import counts_as_memory
from midflow.core.learner.packed import unpack_skill
from midflow.core.learner.response import OnSkill, Tally
from midflow.core.learner.state import LearnerState, TaskRecord
from midflow.flow.everybody import Everybody
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.store.people import Person

NOBODY = OnSkill()


def estimates(
    state: LearnerState, book: Rulebook, person: Person, norms: Everybody, now: float
) -> tuple[Estimate, ...]:
    """Return an estimate for each skill of the person's roles and tasks, and each they have answered a check of.

    They come in the order of the skills' names; `norms` is what everybody's answers say, `now` in seconds.
    """
    skills = _skills(state, book, person)
    return tuple(estimate(_known(skill, state, book, person, norms, now), now) for skill in sorted(skills))


def estimate_of(
    skill: str, state: LearnerState, book: Rulebook, person: Person, norms: Everybody, now: float
) -> Estimate:
    """Return the estimate of one skill, also of one that nobody knows: then it is that of somebody new."""
    return estimate(_known(skill, state, book, person, norms, now), now)


def ready_for(
    task: str, state: LearnerState, book: Rulebook, person: Person, norms: Everybody, now: float
) -> Readiness:
    """Return how ready the person is for a task of the release; KeyError where there is none of this name."""
    needed = _needed(task, book)
    return readiness(task, [estimate_of(skill, state, book, person, norms, now) for skill in needed])


def contest(skill: str, state: LearnerState, book: Rulebook, norms: Everybody, now: float) -> str | None:
    """Return the check to ask somebody who says that an estimate is wrong: the one that tells most now.

    What was answered within this sitting is not asked again; None where no check is left.
    """
    ability = adaptive.on_skill(state.answering, _on(state, skill))
    items = [
        adaptive.Item(check=check, difficulty=-norms.ease(place(state, check, skill, now)))
        for prepared in _units(skill, book)
        for check in prepared.checks
        if counts_as_memory(state.memories.get(check), now)
    ]
    found = adaptive.next_check(ability, items, target=None)
    return None if found is None else found.check


def _known(
    skill: str, state: LearnerState, book: Rulebook, person: Person, norms: Everybody, now: float
) -> Known:
    on = _on(state, skill)
    return Known(
        skill=skill,
        title=_title(skill, book),
        typical=_typical(skill, state, book, norms, now),
        variance=(state.answering.variance + on.variance) * norms.line().slope ** 2,
        checks=tuple(
            _check(check, skill, state, book, norms, now)
            for prepared in _units(skill, book)
            for check in prepared.checks
        ),
        right=on.wins,
        answers=on.wins + on.fails,
        last=on.last,
        tasks=tuple(_doing(task, state, book) for task in book.tasks if skill in _needed(task, book)),
        seen=tuple(
            Seen(title=book.tasks[one.task].title, right=one.right, time=one.time)
            for one in state.observed
            if one.task in book.tasks and skill in _needed(one.task, book)
        ),
        target=max(
            (r.levels[skill] for r in book.release.roles if r.id in person.roles and skill in r.levels),
            default=None,
        ),
    )


def _check(
    check: str, skill: str, state: LearnerState, book: Rulebook, norms: Everybody, now: float
) -> Check:
    """A check that comes back after a day or more is as likely to be right as it is to be remembered."""
    where = place(state, check, skill, now)
    said = foretell(state, where, norms.sums(where), book.fitted, now)
    return Check(p=said.said if said.recalled is None else said.recalled, remembered=check in state.checks)


def _typical(skill: str, state: LearnerState, book: Rulebook, norms: Everybody, now: float) -> float:
    where = place(state, "", skill, now)
    known = norms.sums(where)
    return foretell(
        state, where, Sums(norms.of_skill(where), known.line, known.shift, Tally()), book.fitted, now
    ).said


def _on(state: LearnerState, skill: str) -> OnSkill:
    row = state.skills.get(skill)
    return NOBODY if row is None else unpack_skill(row)


def _doing(task: str, state: LearnerState, book: Rulebook) -> Doing:
    record = state.tasks.get(task, TaskRecord())
    return Doing(title=book.tasks[task].title, times=record.times, errors=record.errors, last=record.last)


def _skills(state: LearnerState, book: Rulebook, person: Person) -> set[str]:
    mine = set(person.roles)
    found = {skill for role in book.release.roles if role.id in mine for skill in role.levels}
    for task in book.release.tasks:
        if not mine.isdisjoint(task.roles):
            found.update(_needed(task.id, book))
    taught = {prepared.skill for prepared in book.units.values()}
    return found | taught.intersection(state.skills)


def _needed(task: str, book: Rulebook) -> tuple[str, ...]:
    """What a task needs: its own skills, else what its units' checks are about."""
    own = book.tasks[task].skills
    return own or tuple(dict.fromkeys(prepared.skill for prepared in book.by_task.get(task, ())))


def _units(skill: str, book: Rulebook) -> Iterable[PreparedUnit]:
    return (prepared for prepared in book.units.values() if prepared.skill == skill)


def _title(skill: str, book: Rulebook) -> str:
    for one in book.release.skills:
        if one.id == skill:
            return one.title
    unit = book.units.get(skill.removeprefix("unit:"))
    return unit.unit.title if unit else skill
