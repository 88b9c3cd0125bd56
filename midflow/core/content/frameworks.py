"""Skill frameworks from elsewhere, as content: a table of one's own, or ESCO's download.

Rows come as dictionaries with their lines; what comes out is a pack of skills
and roles, or every problem with the file and line of each. ESCO's files are
told apart by their columns: skills (`conceptUri`, `preferredLabel`), occupations
(the same with `iscoGroup`) and relations (`occupationUri`, `relationType`,
`skillUri`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from midflow.core.content.model import Pack, Problem, Role, Skill

LONGEST_ID, LONGEST_TITLE = 80, 120
ESSENTIAL, OPTIONAL = 0.85, 0.7
"""The target levels that stand for ESCO's essential and optional skills: ESCO itself has no levels."""

SKILLS, OCCUPATIONS, RELATIONS = "skills", "occupations", "relations"


class Line(NamedTuple):
    """One row of a table: its file, its line from 1, and its cells by column."""

    file: str
    number: int
    cells: Mapping[str, str]


Found = tuple[Pack | None, list[Problem]]


def from_table(lines: Sequence[Line], *, id: str, title: str) -> Found:
    """Return the pack of a table with the columns `title` and optionally `id`, `description`, `role`, `level`.

    A skill may stand in several lines, one for each role that asks for it. `level` is a chance in [0, 1] or
    a percentage. The pack is None where anything is wrong.
    """
    problems: list[Problem] = []
    skills: dict[str, Skill] = {}
    levels: dict[str, dict[str, float]] = {}
    roles: dict[str, str] = {}
    for line in lines:
        cells = {name.strip().lower(): value.strip() for name, value in line.cells.items()}
        if not cells.get("title"):
            problems.append(_problem(line, "The skill has no title.", "Fill the column `title`."))
            continue
        slug = cells.get("id") or slug_of(cells["title"])
        if not _is_slug(slug):
            remedy = "Write it in small letters, digits and hyphens, or leave it out."
            problems.append(_problem(line, f"'{slug}' is no id.", remedy))
            continue
        made = Skill(id=slug, title=_short(cells["title"]), description=cells.get("description", ""))
        before = skills.setdefault(slug, made)
        if before.title != made.title:
            what = f"The id '{slug}' is that of '{before.title}' already."
            problems.append(_problem(line, what, "Give each skill an id of its own."))
        level = _level(line, cells, problems)
        if level is not None:
            role = slug_of(cells["role"])
            roles.setdefault(role, cells["role"])
            if slug in levels.setdefault(role, {}):
                what = f"The role '{cells['role']}' has a level for '{slug}' already."
                problems.append(_problem(line, what, "Keep one of the lines."))
            levels[role][slug] = level
    return _pack(id, title, skills.values(), [(role, roles[role], levels[role]) for role in roles], problems)


def _level(line: Line, cells: Mapping[str, str], problems: list[Problem]) -> float | None:
    """The target level of a line; None where it has none, or none that can be used."""
    text, role = cells.get("level", ""), cells.get("role", "")
    if not text and not role:
        return None
    if not text or not role or not slug_of(role):
        problems.append(_problem(line, "`role` and `level` go together.", "Fill both or neither."))
        return None
    try:
        value = float(text.removesuffix("%").replace(",", "."))
    except ValueError:
        value = -1.0
    value = value / 100 if text.endswith("%") or value > 1 else value
    if not 0.0 <= value <= 1.0:
        problems.append(_problem(line, f"'{text}' is no level.", "Write 0.8 or 80%."))
        return None
    return value


def from_esco(lines: Sequence[Line], *, id: str, title: str, occupations: Sequence[str] = ()) -> Found:
    """Return the pack of ESCO's tables: skills, and a role for each occupation with its skills' target levels.

    `occupations`: only those with one of these words in their label or other labels, with the skills they
    name; without any, all. The pack is None where anything is wrong.
    """
    problems: list[Problem] = []
    tables: dict[str, list[Line]] = {SKILLS: [], OCCUPATIONS: [], RELATIONS: []}
    for line in lines:
        kind = kind_of(line.cells)
        if kind is None:
            what = "These are not the columns of ESCO's skills, occupations or occupation-skill relations."
            problems.append(_problem(line, what, "Give the files as they were downloaded."))
            return None, problems
        tables[kind].append(line)
    labels = _concepts(tables[SKILLS], problems)
    work = _concepts(tables[OCCUPATIONS], problems)
    wanted = {uri: line for uri, line in work.items() if _called(line, occupations)}
    if occupations and not wanted:
        problems.append(
            Problem(where="occupations", line=0, message=f"No occupation is called {' or '.join(occupations)}.", remedy="Look for its label at esco.ec.europa.eu.")
        )  # fmt: skip
    levels = _related(tables[RELATIONS], labels, wanted, work, problems)
    kept = labels if not occupations else {uri: labels[uri] for own in levels.values() for uri in own}
    ids = _ids({uri: line.cells["preferredLabel"] for uri, line in kept.items()})
    skills = [_skill(ids[uri], uri, line) for uri, line in kept.items()]
    names = _ids({uri: line.cells["preferredLabel"] for uri, line in wanted.items()})
    roles = [
        (names[uri], line.cells["preferredLabel"], {ids[skill]: level for skill, level in levels.get(uri, {}).items()})
        for uri, line in wanted.items()
    ]  # fmt: skip
    return _pack(id, title, skills, roles, problems)


def kind_of(cells: Mapping[str, str]) -> str | None:
    """Return which of ESCO's tables a row is of, None for none."""
    if {"occupationUri", "relationType", "skillUri"} <= cells.keys():
        return RELATIONS
    if {"conceptUri", "preferredLabel", "iscoGroup"} <= cells.keys():
        return OCCUPATIONS
    return SKILLS if {"conceptUri", "preferredLabel"} <= cells.keys() else None


def _concepts(lines: Iterable[Line], problems: list[Problem]) -> dict[str, Line]:
    found: dict[str, Line] = {}
    for line in lines:
        uri, label = line.cells["conceptUri"].strip(), line.cells["preferredLabel"].strip()
        if not uri or not label:
            missing = "conceptUri" if not uri else "preferredLabel"
            problems.append(_problem(line, f"`{missing}` is empty.", "Remove the line or fill it."))
        elif uri in found:
            what = f"{uri} stands in line {found[uri].number} already."
            problems.append(_problem(line, what, "Keep one of the two."))
        else:
            found[uri] = line
    return found


def _called(line: Line, wanted: Sequence[str]) -> bool:
    names = f"{line.cells['preferredLabel']}\n{line.cells.get('altLabels') or ''}".casefold()
    return not wanted or any(one.casefold() in names for one in wanted)


def _related(
    lines: Iterable[Line],
    skills: Mapping[str, Line],
    wanted: Mapping[str, Line],
    all_: Mapping[str, Line],
    problems: list[Problem],
) -> dict[str, dict[str, float]]:
    """The target levels of each wanted occupation, by the skills' addresses."""
    found: dict[str, dict[str, float]] = {}
    for line in lines:
        work, skill, kind = (
            line.cells[name].strip() for name in ("occupationUri", "skillUri", "relationType")
        )
        if work not in wanted and work in all_:
            continue
        if work not in wanted:
            problems.append(
                _problem(line, f"There is no occupation {work}.", "Give the table of occupations too.")
            )
        elif skill not in skills:
            problems.append(_problem(line, f"There is no skill {skill}.", "Give the table of skills too."))
        elif kind not in ("essential", "optional"):
            problems.append(_problem(line, f"'{kind}' is no relation.", "It is essential or optional."))
        else:
            found.setdefault(work, {})[skill] = ESSENTIAL if kind == "essential" else OPTIONAL
    return found


def _skill(id: str, uri: str, line: Line) -> Skill:
    said = (line.cells.get("description") or "").strip()
    others = [one.strip() for one in (line.cells.get("altLabels") or "").splitlines() if one.strip()]
    also = f"Also: {', '.join(others)}." if others else ""
    description = "\n".join(part for part in (said, also, uri) if part)
    return Skill(id=id, title=_short(line.cells["preferredLabel"].strip()), description=description)


def _pack(
    id: str,
    title: str,
    skills: Iterable[Skill],
    roles: Sequence[tuple[str, str, dict[str, float]]],
    problems: list[Problem],
) -> Found:
    found = tuple(skills)
    if not found and not problems:
        problems.append(
            Problem(where=id, line=0, message="There is no skill in it.", remedy="Give a table with rows.")
        )
    if problems:
        return None, problems
    made = tuple(Role(id=slug, title=_short(name), levels=levels) for slug, name, levels in roles)
    about = f"{len(found)} skills and {len(made)} roles, imported."
    return Pack(id=id, title=title, description=about, version="1.0.0", skills=found, roles=made), []


def slug_of(text: str) -> str:
    """Return an id made of a title: small letters, digits and hyphens, at most 80; "" where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID].strip("-")


def _ids(titles: Mapping[str, str]) -> dict[str, str]:
    """An id for each key; of two titles that make the same one the later has a number."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for key, title in titles.items():
        stem, number = slug_of(title) or "skill", 1
        id = stem
        while id in taken:
            number += 1
            id = f"{stem[: LONGEST_ID - 6]}-{number}"
        taken.add(id)
        found[key] = id
    return found


def _is_slug(text: str) -> bool:
    return len(text) <= LONGEST_ID and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 2].rsplit(" ", 1)[0] + " …"


def _problem(line: Line, message: str, remedy: str) -> Problem:
    return Problem(where=line.file, line=line.number, message=message, remedy=remedy)
