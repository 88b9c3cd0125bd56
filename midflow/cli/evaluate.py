"""`midflow evaluate`: what the models are worth on data of yours. One row of `SUBJECTS` for each subject."""

import argparse
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple


class Subject(NamedTuple):
    """What is evaluated: `midflow.evaluate.<name>` has `run(args, say) -> Finding`; `report`: with a page."""

    help: str
    declare: Callable[[argparse.ArgumentParser], None]
    report: bool


def _work_log(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    parser.add_argument(
        "log",
        metavar="LOG",
        nargs="?" if optional else None,
        help="CSV, .gz or not: time, person, activity, case",
    )
    parser.add_argument(
        "--map", metavar="FILE", help="YAML file `ours: theirs` where the columns have other names"
    )


def _mastery(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "responses",
        metavar="RESPONSES",
        nargs="?",
        help="table, .gz or not: user_id, item_id, timestamp, correct, skill_id",
    )
    parser.add_argument("--train", metavar="A", help="learn on this table")
    parser.add_argument("--test", metavar="B", help="and judge on this one")
    parser.add_argument("--day-one", action="store_true", help="learn nothing on RESPONSES beforehand")


def _errors(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    _work_log(parser, optional=optional)
    parser.add_argument(
        "--wrong",
        metavar="WHAT",
        help="what shows that a task went wrong: redo, status=A,B, activity=A,B or a condition",
    )


def _memory(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reviews", metavar="REVIEWS", help="table, .gz or not: card_id, review_rating 1 to 4, review_time"
    )


def _policy(parser: argparse.ArgumentParser) -> None:
    _errors(parser, optional=True)
    parser.add_argument(
        "--simulate", action="store_true", help="plant effects, on simulated people or on those of LOG"
    )
    parser.add_argument("--seed", type=int, default=0, help="fixes chance (default 0)")


def _scheduler(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seeds", type=int, default=20, metavar="N", help="simulated learners of each kind (default 20)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one budget, 90 days, at most 3 learners: some seconds"
    )


SUBJECTS: dict[str, Subject] = {
    "mastery": Subject("who will answer which check right, on a table of answers", _mastery, report=False),
    "memory": Subject("what will be remembered, on a table of one person's reviews", _memory, report=False),
    "scheduler": Subject(
        "what is known for the minutes that reviews take, on simulated learners", _scheduler, report=True
    ),
    "rhythm": Subject("who will do what in the next day and week, on a work log", _work_log, report=True),
    "need": Subject("who gets a task wrong when they begin it, on a work log", _errors, report=True),
    "policy": Subject(
        "whether prompting is worth it, on a work log or where effects are planted", _policy, report=True
    ),
}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "evaluate", help="try the models on data of yours, without installing anything"
    )
    subjects = parser.add_subparsers(dest="subject", required=True, metavar="SUBJECT")
    for name, subject in SUBJECTS.items():
        one = subjects.add_parser(name, help=subject.help)
        subject.declare(one)
        one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        one.set_defaults(run=_run, report=None)
        if subject.report:
            one.add_argument("--report", metavar="FILE", help="write a page with pictures to this HTML file")


def _run(args: argparse.Namespace) -> int:
    from midflow.config import ConfigError
    from midflow.evaluate.finding import Refused

    if args.report and not Path(args.report).parent.is_dir():
        raise ConfigError(f"{args.report} cannot be written: there is no folder {Path(args.report).parent}.")
    try:
        found = import_module(f"midflow.evaluate.{args.subject}").run(args, _say)
    except Refused as refused:
        raise ConfigError(str(refused)) from None
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if args.report and found.page is not None:
        _write(Path(args.report), found.page)
    print(json.dumps(found.figures, allow_nan=False) if args.json else found.words)
    return 0


def _write(path: Path, page: str) -> None:
    from midflow.config import ConfigError

    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error}.") from None


def _say(line: str) -> None:
    """One line that is overwritten where somebody watches."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
