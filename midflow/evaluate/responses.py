"""Answers to checks, read from a table: who, which item, when, right or wrong, which skill."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from midflow.evaluate.finding import Refused

COLUMNS = ("user_id", "item_id", "timestamp", "correct", "skill_id")
RIGHT = {"1": True, "1.0": True, "true": True, "0": False, "0.0": False, "false": False}


class Answer(msgspec.Struct, frozen=True, gc=False):
    """One answer of one person. `time` in seconds; None where the table has no real times."""

    item: str
    skill: str
    time: float | None
    right: bool


class Learner(msgspec.Struct, frozen=True):
    """One person's answers, in the table's order."""

    name: str
    answers: list[Answer]


def read_responses(path: Path) -> list[Learner]:
    """Return the people of a table with their answers, both in the table's order.

    Tab-separated or CSV, .gz or not, with the columns `COLUMNS`; others are
    ignored. Where all times are the same there are none. Raises Refused, with
    file and line, for a row that cannot be read.
    """
    people: dict[str, list[Answer]] = {}
    times: set[float] = set()
    for line, row in read_rows(path, COLUMNS):
        user, item, when, correct, skill = row
        if not user or not item:
            raise Refused(f"{path}:{line}: user_id and item_id must not be empty.")
        right = RIGHT.get(correct.lower())
        if right is None:
            raise Refused(f"{path}:{line}: correct is 1 or 0, not {correct!r}.")
        time = read_time(path, line, "timestamp", when)
        if len(times) < 2:
            times.add(time)
        people.setdefault(user, []).append(Answer(item, skill, time, right))
    if not people:
        raise Refused(f"{path} has no answers, only a header.")
    if len(times) < 2:
        people = {user: [_untimed(a) for a in answers] for user, answers in people.items()}
    return [Learner(user, answers) for user, answers in people.items()]


def _untimed(answer: Answer) -> Answer:
    return Answer(answer.item, answer.skill, None, answer.right)


def read_time(path: Path, line: int, column: str, text: str) -> float:
    """Return seconds since some start: of a number, or of an ISO 8601 time; Refused names the place."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise Refused(
                f"{path}:{line}: {column} is neither seconds nor an ISO 8601 time: {text!r}."
            ) from None
        # Only what passes between two answers counts, so a table without offsets is as good as one in UTC.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not -1e15 < seconds < 1e15:
        raise Refused(f"{path}:{line}: {column} is no time in seconds: {text!r}.")
    return seconds


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and the cells of `columns`, stripped, of a table with a header.

    Raises Refused for a file that cannot be read, lacks a column or has a row that is too short.
    """
    try:
        with _open(path) as file:
            first = file.readline()
            tab = "\t" if "\t" in first else ","
            header = [name.strip() for name in next(csv.reader([first], delimiter=tab), [])]
            missing = [name for name in columns if name not in header]
            if missing:
                raise Refused(
                    f"{path}:1: no column {', '.join(missing)}; it has {', '.join(header) or 'no header'}."
                )
            places = [header.index(name) for name in columns]
            reader = csv.reader(file, delimiter=tab)
            for row in reader:
                if not row:
                    continue
                if len(row) <= max(places):
                    raise Refused(
                        f"{path}:{reader.line_num + 1}: {len(row)} columns, the header has {len(header)}."
                    )
                yield reader.line_num + 1, [row[place].strip() for place in places]
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise Refused(f"{path} cannot be read: {error}.") from None


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
