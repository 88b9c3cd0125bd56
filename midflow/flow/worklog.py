"""Work logs: CSV files of what people did, read row by row into work events."""

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec
import yaml

from midflow.core.content.blocks.text import Text
from midflow.core.content.model import Block, Rule, Task, Unit
from midflow.core.content.release import Draft
from midflow.core.events import EventError, WorkEvent, parse_time
from midflow.core.match import gate

COLUMNS = ("time", "person", "activity", "case")
OPTIONAL = ("status",)
SHOWN = 10
"""Rows left out that are named one by one; more are counted."""


class LogError(ValueError):
    """A work log that cannot be read: which, and what to do."""


class BadRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was left out. `line` is 1-based, the header being line 1."""

    file: str
    line: int
    reason: str


def log_name(path: Path) -> str:
    """Return the log's name: its file name without `.csv` and `.gz`."""
    return path.name.removesuffix(".gz").removesuffix(".csv")


def slug(text: str) -> str:
    """Return the slug of a name: lower case, words joined by hyphens; never empty."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:70].strip("-") or "unnamed"


def read_log(path: Path, columns: Mapping[str, str]) -> Iterator[WorkEvent | BadRow]:
    """Yield the log's rows in file order.

    `columns` maps our names (`COLUMNS`, `status`) to the file's. An event's id
    is file name and line number. Raises LogError for a file without the columns.
    """
    name = log_name(path)
    try:
        with _open(path) as file:
            reader = csv.reader(file)
            places = _places(path, next(reader, []), columns)
            for row in reader:
                if row:
                    yield _event(name, path.name, reader.line_num, row, places)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise LogError(f"{path} cannot be read: {error}.") from None


def read_events(
    paths: Iterable[Path], columns: Mapping[str, str], warn: Callable[[str], None]
) -> list[WorkEvent]:
    """Return the events of several logs in file order; `warn` is told of the rows left out.

    Raises LogError where a file cannot be read or no row is usable.
    """
    events: list[WorkEvent] = []
    bad = 0
    for path in paths:
        for row in read_log(path, columns):
            if isinstance(row, WorkEvent):
                events.append(row)
                continue
            bad += 1
            if bad <= SHOWN:
                warn(f"{row.file}:{row.line}: left out: {row.reason}")
    if bad > SHOWN:
        warn(f"{bad} rows were left out in all.")
    if not events:
        raise LogError("There is not one usable row; nothing to replay.")
    return events


def read_map(path: Path | None) -> dict[str, str]:
    """Return which of our columns is which of the log's, from a YAML file `ours: theirs`; LogError if it is none."""
    if path is None:
        return {}
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LogError(f"{path} cannot be read: {error}.") from None
    known = (*COLUMNS, *OPTIONAL)
    if not isinstance(table, dict) or not all(k in known and isinstance(v, str) for k, v in table.items()):
        raise LogError(f"{path} must map some of {', '.join(known)} to the log's column names.")
    return table


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _places(path: Path, header: Sequence[str], columns: Mapping[str, str]) -> dict[str, int]:
    wanted = {name: columns.get(name, name) for name in (*COLUMNS, *OPTIONAL)}
    missing = [name for name in COLUMNS if wanted[name] not in header]
    if missing:
        raise LogError(
            f"{path} has no column for {', '.join(missing)}; it has {', '.join(header) or 'no header'}."
            " Name them in a --map file, one `ours: theirs` a line."
        )
    return {name: header.index(theirs) for name, theirs in wanted.items() if theirs in header}


def _event(
    name: str, file: str, line: int, row: Sequence[str], places: Mapping[str, int]
) -> WorkEvent | BadRow:
    try:
        value = {ours: row[place].strip() for ours, place in places.items()}
        for needed in COLUMNS:
            if not value[needed]:
                return BadRow(file=file, line=line, reason=f"`{needed}` is empty.")
        data = {"activity": value["activity"]}
        if value.get("status"):
            data["status"] = value["status"]
        return WorkEvent(
            source=name, id=f"{file}:{line}", type=f"{name}.{slug(value['activity'])}",
            time=parse_time(value["time"]), person=value["person"], case=value["case"], data=data,
        )  # fmt: skip
    except IndexError:
        return BadRow(file=file, line=line, reason=f"{len(row)} columns are too few.")
    except EventError as error:
        return BadRow(file=file, line=line, reason=str(error))


def built_in(events: Sequence[WorkEvent], wrong: str | None = None) -> Draft:
    """Return content for a log without rules: each activity is a task with one unit.

    `wrong` says what shows that a task went wrong. By default: with a status,
    reopened after completed, or handed off right after being accepted; else the
    same activity again later in the case. Otherwise `redo` (the latter, status or
    not), `status=A,B` (a later row of the task in the case has one of these),
    `activity=A,B` (such a row comes right after the task in the case), or a
    condition as in rules, on a later row of the task in the case. LogError where
    it is none of these.
    """
    if wrong is None:
        wrong = GONE_WRONG if any("status" in event.data for event in events) else REDO
    titles: dict[str, str] = {}
    types: dict[str, set[str]] = {}
    for event in events:
        task = slug(event.data["activity"])
        titles.setdefault(task, event.data["activity"])
        types.setdefault(task, set()).add(event.type)
    redo = wrong == REDO
    tasks = tuple(Task(id=t, title=title[:120], redo_is_error=redo) for t, title in titles.items())
    rules = [
        Rule(id=task, task=task, phase="starting", events=tuple(sorted(names)))
        for task, names in types.items()
    ]
    if not redo:
        rules += _wrong_rules(titles, types, wrong)
    return Draft(units=tuple(_unit(task.id, task.title) for task in tasks), tasks=tasks, rules=tuple(rules))


REDO = "redo"
GONE_WRONG = (
    '(before.status.startsWith("Completed") && !data.status.startsWith("Completed"))'
    ' || (before.status.startsWith("Accepted") && !before.by_me && before.activity == data.activity)'
)


def _wrong_rules(titles: Mapping[str, str], types: Mapping[str, set[str]], wrong: str) -> list[Rule]:
    column, _, listed = wrong.partition("=")
    values = [value.strip() for value in listed.split(",")] if column in {"status", "activity"} else []
    after = dict(types)
    when = dict.fromkeys(titles, wrong)
    if column == "activity":
        corrections = {slug(value) for value in values}
        missing = sorted(corrections - titles.keys())
        if missing:
            raise LogError(f"--wrong {wrong}: the log has no activity {', '.join(missing)}.")
        names = set[str]().union(*(types[task] for task in corrections))
        after = dict.fromkeys(titles, names)
        when = {task: f"before.activity == {json.dumps(title)}" for task, title in titles.items()}
    elif column == "status":
        when = dict.fromkeys(titles, f"data.status in {json.dumps(values)}")
    elif problem := gate(wrong):
        raise LogError(f"--wrong {wrong}: {problem} It may also be redo, status=A,B or activity=A,B.")
    return [
        Rule(
            id=f"{task}-wrong",
            task=task,
            phase="erred",
            events=tuple(sorted(after[task])),
            who="last_doer",
            when=when[task],
        )
        for task in titles
    ]


def _unit(task: str, title: str) -> Unit:
    words = f"A built-in unit for the task “{title}” of this log; it stands for the unit that an author would write."
    return Unit(
        id=task, title=title, objective=f"Do “{title[:100]}” right the first time", task=task,
        blocks=(Block(kind="text", id="text-1", body=Text(markdown=words)),),
    )  # fmt: skip
