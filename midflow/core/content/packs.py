"""Packs: content as a folder of Markdown and YAML, read and written without loss.

`pack.yaml` is the catalogue; each unit is `units/<id>.md`: its fields as YAML
between `---` lines, then its body. Plain Markdown is a text block. Any other
block is a fence whose info string is its kind and id, and whose content is its
body in YAML; a text block may stand in such a fence too, as Markdown.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

import msgspec
import yaml

from midflow.core.content.block import BlockKinds
from midflow.core.content.decode import ContentError, convert, decode_block
from midflow.core.content.lint import lint_unit
from midflow.core.content.model import Block, Pack, Problem, Unit

CATALOGUE = "pack.yaml"
FENCE = re.compile(r"^(`{3,})[ \t]*(.*?)[ \t]*$")
FRONT = "---"
_MISSING_FIELD = re.compile(r"unknown field `([^`]+)`")


class _Fence(NamedTuple):
    ticks: int
    info: str
    first: int
    last: int


def parse_pack(files: Mapping[str, str], kinds: BlockKinds) -> tuple[Pack | None, list[Problem]]:
    """Return the pack of a folder's files (path -> text) and everything wrong with it.

    The pack is None where an error leaves nothing usable. Each problem names
    the file and, where it can be told, the line.
    """
    problems: list[Problem] = []
    units: list[Unit] = []
    for name in sorted(files):
        if name.startswith("units/") and name.endswith(".md"):
            unit, wrong = parse_unit(name, files[name], kinds)
            problems += wrong
            units += [unit] if unit else []
        elif name != CATALOGUE:
            problems.append(
                _problem(name, 0, "The file belongs to no pack.", "Units are units/<id>.md.", "warning")
            )
    if CATALOGUE not in files:
        return None, [*problems, _problem(CATALOGUE, 0, "There is no catalogue.", "Write pack.yaml.")]
    pack, wrong = _catalogue(files[CATALOGUE])
    problems += wrong
    if pack is None or any(problem.severity == "error" for problem in problems):
        return None, problems
    return msgspec.structs.replace(pack, units=tuple(sorted(units, key=lambda unit: unit.id))), problems


def parse_unit(name: str, text: str, kinds: BlockKinds) -> tuple[Unit | None, list[Problem]]:
    """Return the unit of one file and what is wrong with it; None where it has no shape."""
    lines = _lines(text)
    end = next((n for n, line in enumerate(lines[1:], 1) if line == FRONT), 0)
    if not lines or lines[0] != FRONT or not end:
        return None, [
            _problem(name, 1, "The file does not begin with fields between `---` lines.", "Add them.")
        ]
    fields, problems = _yaml(name, "\n".join(lines[1:end]) + "\n", 2)
    blocks, places, wrong = _blocks(name, lines, end + 1, kinds)
    problems += wrong
    if fields is None or problems:
        return None, problems
    try:
        unit: Unit = convert({**fields, "blocks": ()}, Unit, "")
    except ContentError as error:
        return None, [_problem(name, _line_of(error, lines, 1, end), error.message, "Correct the field.")]
    unit = msgspec.structs.replace(unit, blocks=tuple(blocks))
    if name != f"units/{unit.id}.md":
        problems.append(
            _problem(name, 1, f"The unit's id is '{unit.id}'.", f"Call the file units/{unit.id}.md.")
        )
    return unit, problems + [_placed(problem, name, places) for problem in lint_unit(unit, kinds)]


def write_pack(pack: Pack) -> dict[str, str]:
    """Return the files of a pack; `parse_pack` of them gives the same pack."""
    catalogue = _bare(msgspec.structs.replace(pack, units=()))
    # A reader wants to know first what this is.
    about = ("id", "title", "description", "version", "locale", "licence")
    ordered = {name: catalogue.pop(name) for name in about if name in catalogue} | catalogue
    files = {CATALOGUE: _dump(ordered)}
    for unit in pack.units:
        files[f"units/{unit.id}.md"] = write_unit(unit)
    return files


def write_unit(unit: Unit) -> str:
    """Return the file of one unit."""
    fields = _bare(msgspec.structs.replace(unit, blocks=()))
    del fields["blocks"]
    front = _dump(fields)
    parts: list[str] = []
    plain_before = False
    for number, block in enumerate(unit.blocks, 1):
        plain = (
            block.kind == "text"
            and block.id == f"text-{number}"
            and not plain_before
            and _is_plain(block.body.markdown)
        )
        parts.append(block.body.markdown if plain else _fenced(block))
        plain_before = plain
    return f"{FRONT}\n{front}{FRONT}\n\n" + "\n\n".join(parts) + "\n"


def _lines(text: str) -> list[str]:
    """Lines end with a line feed; files of other systems are read as if theirs did."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


def _is_plain(markdown: str) -> bool:
    """Whether text comes back the same when it stands bare: no blank edges, no odd line ends, no open fence."""
    lines = markdown.split("\n")
    if not markdown.strip() or not lines[0].strip() or not lines[-1].strip() or "\r" in markdown:
        return False
    return all(not FENCE.match(line) for line in lines)


def _fenced(block: Block) -> str:
    content = block.body.markdown + "\n" if block.kind == "text" else _dump(_bare(block.body))
    longest = max((len(run) for run in re.findall(r"`{3,}", content)), default=2)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{block.kind} {block.id}\n{content}{ticks}"


def _blocks(
    name: str, lines: list[str], start: int, kinds: BlockKinds
) -> tuple[list[Block], dict[str, int], list[Problem]]:
    blocks: list[Block] = []
    places: dict[str, int] = {}
    problems: list[Problem] = []
    number = start
    for fence in [*_fences(name, lines, start, kinds, problems), None]:
        stop = fence.first if fence else len(lines)
        text, at = _trimmed(lines, number, stop)
        if text:
            _add(
                blocks,
                places,
                Block(kind="text", id=f"text-{len(blocks) + 1}", body=kinds["text"].shape(markdown=text)),
                at,
            )
        if fence is None:
            break
        block = _fence_block(name, fence, lines, kinds, problems)
        if block is not None:
            _add(blocks, places, block, fence.first + 1)
        number = fence.last + 1
    return blocks, places, problems


def _add(blocks: list[Block], places: dict[str, int], block: Block, line: int) -> None:
    blocks.append(block)
    places.setdefault(f"{block.kind} {block.id}", line)


def _fences(
    name: str, lines: list[str], start: int, kinds: BlockKinds, problems: list[Problem]
) -> Iterable[_Fence]:
    """The fences that are blocks; ordinary code fences are passed over whole."""
    number = start
    while number < len(lines):
        opened = FENCE.match(lines[number])
        if opened is None:
            number += 1
            continue
        ticks = len(opened.group(1))
        close = next((n for n in range(number + 1, len(lines)) if _closes(lines[n], ticks)), None)
        is_block = opened.group(2).split(" ", 1)[0] in kinds
        if close is None:
            if is_block:
                problems.append(
                    _problem(name, number + 1, "The block is not closed.", "End it with as many backticks.")
                )
            return
        if is_block:
            yield _Fence(ticks, opened.group(2), number, close)
        number = close + 1


def _closes(line: str, ticks: int) -> bool:
    bare = line.rstrip()
    return len(bare) >= ticks and set(bare) == {"`"}


def _fence_block(
    name: str, fence: _Fence, lines: list[str], kinds: BlockKinds, problems: list[Problem]
) -> Block | None:
    kind, _, id = fence.info.partition(" ")
    content = "\n".join(lines[fence.first + 1 : fence.last])
    if not id.strip():
        problems.append(
            _problem(name, fence.first + 1, f"The {kind} has no id.", f"Write ```{kind} some-id.")
        )
        return None
    if kind == "text":
        body: Any = {"markdown": content}
    else:
        body, wrong = _yaml(name, content + "\n", fence.first + 2)
        problems += wrong
        if body is None:
            return None
    try:
        return decode_block(kind, id.strip(), body, kinds, "")
    except ContentError as error:
        line = _line_of(error, lines, fence.first, fence.last)
        problems.append(_problem(name, line, error.message, f"Correct the {kind}."))
        return None


def _trimmed(lines: list[str], start: int, stop: int) -> tuple[str, int]:
    """The lines of a bare text block without the blank ones around it, and its first line."""
    while start < stop and not lines[start].strip():
        start += 1
    while stop > start and not lines[stop - 1].strip():
        stop -= 1
    return "\n".join(lines[start:stop]), start + 1


def _catalogue(text: str) -> tuple[Pack | None, list[Problem]]:
    fields, problems = _yaml(CATALOGUE, text, 1)
    if fields is None:
        return None, problems
    if "units" in fields:
        return None, [
            _problem(CATALOGUE, 0, "Units do not stand in the catalogue.", "Each is a file units/<id>.md.")
        ]
    try:
        return convert(fields, Pack, ""), problems
    except ContentError as error:
        lines = _lines(text)
        return None, [
            _problem(CATALOGUE, _line_of(error, lines, 0, len(lines)), error.message, "Correct the field.")
        ]


def _yaml(name: str, text: str, first_line: int) -> tuple[dict[str, Any] | None, list[Problem]]:
    try:
        raw: Any = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = (error.problem_mark.line if error.problem_mark else 0) + first_line
        return None, [_problem(name, line, f"Not YAML: {error.problem}.", "Mind indentation and quotes.")]
    except yaml.YAMLError as error:
        return None, [_problem(name, first_line, f"Not YAML: {error}.", "Remove the odd characters.")]
    if not isinstance(raw, dict):
        return None, [
            _problem(name, first_line, "These are not `name: value` fields.", "Write one field a line.")
        ]
    return cast("dict[str, Any]", raw), []


class _Loader(yaml.CSafeLoader):
    """Dates stay text: what an author wrote is what is stored."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class _Dumper(yaml.SafeDumper):
    """Long texts as literal blocks, so that they can be read and compared."""


_ODD_BREAKS = re.compile("[\x85\u2028\u2029]")


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    clean = not any(line.endswith((" ", "\t")) for line in value.split("\n"))
    style = '"' if _ODD_BREAKS.search(value) else "|" if "\n" in value and clean else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _dump(fields: Mapping[str, Any]) -> str:
    return yaml.dump(dict(fields), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _bare(value: Any) -> Any:
    """A value as builtins for YAML, in its shape's order, without what says no more than the default."""
    if isinstance(value, msgspec.Struct):
        pairs = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
        kind = value.__struct_config__
        named = {kind.tag_field: kind.tag} if kind.tag_field else {}
        return named | {
            field.name: _bare(inside)
            for field, inside in pairs
            if field.required or inside != _default(field)
        }
    if isinstance(value, list | tuple):
        return [_bare(inside) for inside in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _bare(inside) for key, inside in cast("dict[str, Any]", value).items()}
    return value


def _default(field: msgspec.structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def _line_of(error: ContentError, lines: list[str], start: int, stop: int) -> int:
    """The line of a misspelt or wrong field, else the first line of its block; 1-based."""
    unknown = _MISSING_FIELD.search(error.message)
    path = re.findall(r"\.(\w+)", error.message.rsplit("`$", 1)[-1]) if "`$" in error.message else []
    wanted = unknown.group(1) if unknown else path[-1] if path else ""
    for number in range(start, stop):
        if wanted and re.match(rf"\s*(?:-\s+)?{re.escape(wanted)}\s*:", lines[number]):
            return number + 1
    return start + 1


def _placed(problem: Problem, name: str, places: Mapping[str, int]) -> Problem:
    """A problem of the linter, with the file and the line of its block."""
    block = problem.where.partition(", ")[2]
    return msgspec.structs.replace(problem, where=name, line=places.get(block, 1))


def _problem(where: str, line: int, message: str, remedy: str, severity: Any = "error") -> Problem:
    return Problem(where=where, line=line, message=message, remedy=remedy, severity=severity)
