"""What is wrong with content, before anybody sees it: all of it, with the remedy."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal

from midflow.core.content.block import BlockKinds
from midflow.core.content.model import Absent, After, Draft, Problem, Rule, Times, Unit

SHORTEST_MINUTES, LONGEST_MINUTES, MOST_MINUTES = 1.0, 5.0, 8.0
HARDEST_GRADE = 12.0
MOST_TERMS = 6
"""Terms that the history of one rule may have."""

UNFINISHED = re.compile(r"\b(lorem ipsum|todo|tbd|fixme)\b", re.IGNORECASE)
"""Words that only a half-written unit has."""

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n\s*\n|\n\s*[-*0-9]")


def lint_unit(unit: Unit, kinds: BlockKinds) -> list[Problem]:
    """Return what is wrong with one unit by itself."""
    where = f"unit {unit.id}"
    found = [
        _error(where, f"Two blocks have the id '{id}'.", "Give each block its own id.")
        for id in _twice(b.id for b in unit.blocks)
    ]
    for block in unit.blocks:
        found += kinds[block.kind].lint(block.body, f"{where}, {block.kind} {block.id}")
    found += _lint_fields(unit, where)
    if unit.blocks:
        found += _lint_text(unit, kinds, where)
    else:
        found.append(_error(where, "The unit is empty.", "Write at least one block."))
    return found


def lint_draft(
    draft: Draft, kinds: BlockKinds, valid_condition: Callable[[str], str | None]
) -> list[Problem]:
    """Return what is wrong with all content together: units, references, conditions, cycles."""
    found = [problem for unit in draft.units for problem in lint_unit(unit, kinds)]
    for name in ("units", "tasks", "skills", "roles", "rules", "paths"):
        found += [
            _error(f"{name[:-1]} {id}", f"There are two {name} of this id.", "Rename or remove one.")
            for id in _twice(item.id for item in getattr(draft, name))
        ]
    found += _lint_references(draft)
    found += _lint_cycles(draft)
    for rule in draft.rules:
        found += lint_rule(rule, valid_condition)
    return found


def lint_rule(rule: Rule, valid_condition: Callable[[str], str | None]) -> list[Problem]:
    """Return what is wrong with one rule by itself: its events, its condition, its history."""
    where = f"rule {rule.id}"
    found: list[Problem] = []
    if not rule.events:
        found.append(_error(where, "The rule listens to no event.", "Name at least one event type."))
    wrong = valid_condition(rule.when)
    if wrong:
        found.append(_error(where, wrong, ""))
    return [*found, *(_error(where, *said) for said in _history_problems(rule))]


def reading_grade(text: str) -> float:
    """Return the Automated Readability Index: the US school grade that reads `text`.

    4.71 characters/word + 0.5 words/sentence - 21.43 (Smith and Senter, 1967,
    AMRL-TR-66-220). List items count as sentences; link addresses do not count.
    """
    plain = _LINK.sub(r"\1", text)
    words = re.findall(r"\w+", plain)
    sentences = max(1, sum(1 for part in _SENTENCE_END.split(plain) if part.strip()))
    if not words:
        return 0.0
    return 4.71 * sum(map(len, words)) / len(words) + 0.5 * len(words) / sentences - 21.43


def minutes(unit: Unit, kinds: BlockKinds) -> float:
    """Return how long a unit takes, estimated from its blocks."""
    return sum(kinds[block.kind].seconds(block.body) for block in unit.blocks) / 60


def _history_problems(rule: Rule) -> Iterable[tuple[str, str]]:
    """What the shape of a term alone cannot say: message and remedy."""
    if len(rule.history) > MOST_TERMS:
        yield (
            f"The history has {len(rule.history)} terms; at most {MOST_TERMS} are read.",
            "Split the rule in two.",
        )
    absent = [term for term in rule.history if isinstance(term, Absent)]
    if len(absent) > 1:
        yield "The rule waits for two things not to come.", "Keep one `absent` term and write a second rule."
    if absent and rule.phase == "starting":
        yield "Nobody starts anything by what does not come.", "Make it `stuck`, or `erred`."
    for term in rule.history:
        if isinstance(term, Times) and term.at_most is None and not term.at_least:
            yield "A `times` term asks for nothing.", "Give it `at_least` or `at_most`."
        if isinstance(term, Times) and term.at_most is not None and term.at_most < term.at_least:
            yield f"`times` cannot be at least {term.at_least} and at most {term.at_most}.", "Swap them."
        if isinstance(term, After) and (term.where, term.by) == ("person", "another"):
            yield "What this person did was never done by another.", "Look in the case, or for anyone."


def _lint_fields(unit: Unit, where: str) -> Iterable[Problem]:
    if unit.kind == "training" and unit.task is None:
        yield _error(where, "A training unit needs a task.", "Name its task, or make it a reference unit.")
    if unit.expires is not None:
        try:
            date.fromisoformat(unit.expires)
        except ValueError:
            yield _error(where, f"`expires` is '{unit.expires}', not a date.", "Write it as YYYY-MM-DD.")
    links = [*unit.sources, *([unit.deep_dive] if unit.deep_dive else [])]
    for link in links:
        if not link.url.startswith("https://"):
            yield _error(where, f"'{link.url}' is no https address.", "Link to an https page.")
    for name in ("title", "objective"):
        if UNFINISHED.search(getattr(unit, name)):
            yield _error(where, f"The {name} is half-written.", "Finish it.")


def _lint_text(unit: Unit, kinds: BlockKinds, where: str) -> Iterable[Problem]:
    text = "\n\n".join(kinds[block.kind].text(block.body) for block in unit.blocks)
    unfinished = UNFINISHED.search(text)
    if unfinished:
        yield _error(where, f"The text is half-written: it says '{unfinished.group()}'.", "Finish it.")
    if unit.kind == "reference":
        return
    if not any(block.kind == "check" for block in unit.blocks):
        yield _warning(where, "There is no check, so nothing of it can be remembered.", "Ask one question.")
    took = minutes(unit, kinds)
    if took > MOST_MINUTES:
        yield _error(
            where, f"It takes about {took:.1f} minutes.", f"Split it; {LONGEST_MINUTES:.0f} are the aim."
        )
    elif not SHORTEST_MINUTES <= took <= LONGEST_MINUTES:
        yield _warning(where, f"It takes about {took:.1f} minutes.", "Aim for 1 to 5.")
    grade = reading_grade(text)
    if grade > HARDEST_GRADE:
        yield _warning(
            where, f"It reads like school grade {grade:.0f} (ARI).", "Shorten sentences and words."
        )


def _lint_references(draft: Draft) -> Iterable[Problem]:
    known: Mapping[str, frozenset[str]] = {
        name: frozenset(item.id for item in getattr(draft, name))
        for name in ("units", "tasks", "skills", "roles")
    }

    def missing(where: str, kind: str, ids: Iterable[str]) -> Iterable[Problem]:
        for id in sorted(set(ids) - known[kind]):
            yield _error(
                where,
                f"There is no {kind[:-1]} '{id}'.",
                f"Add it, or name one of the {len(known[kind])} that exist.",
            )

    for unit in draft.units:
        where = f"unit {unit.id}"
        yield from missing(where, "tasks", [unit.task] if unit.task else [])
        yield from missing(where, "skills", unit.skills)
        yield from missing(where, "units", unit.prerequisites)
        yield from missing(where, "roles", unit.audience.roles)
    for task in draft.tasks:
        yield from missing(f"task {task.id}", "roles", task.roles)
        yield from missing(f"task {task.id}", "skills", task.skills)
    for role in draft.roles:
        yield from missing(f"role {role.id}", "skills", role.levels)
    for rule in draft.rules:
        yield from missing(f"rule {rule.id}", "tasks", [rule.task])
    for path in draft.paths:
        yield from missing(f"path {path.id}", "units", path.units)


def _lint_cycles(draft: Draft) -> Iterable[Problem]:
    before = {unit.id: unit.prerequisites for unit in draft.units}
    for start in before:
        way = _way_back(start, before)
        if way:
            named = " needs ".join(f"'{unit}'" for unit in (start, *way))
            yield _error(f"unit {start}", f"It comes before itself: {named}.", "Remove one prerequisite.")


def _way_back(start: str, before: Mapping[str, Sequence[str]]) -> list[str]:
    """The shortest way from a unit by its prerequisites back to itself; empty where there is none."""
    came: dict[str, str] = {}
    ahead = [start]
    for unit in ahead:
        for earlier in before.get(unit, ()):
            if earlier == start:
                way = [unit]
                while way[-1] in came:
                    way.append(came[way[-1]])
                return [*(one for one in reversed(way) if one != start), start]
            if earlier not in came:
                came[earlier] = unit
                ahead.append(earlier)
    return []


def _twice(ids: Iterable[str]) -> list[str]:
    return [id for id, count in Counter(ids).items() if count > 1]


def _error(where: str, message: str, remedy: str, severity: Literal["error", "warning"] = "error") -> Problem:
    return Problem(where=where, line=0, message=message, remedy=remedy, severity=severity)


def _warning(where: str, message: str, remedy: str) -> Problem:
    return _error(where, message, remedy, "warning")
