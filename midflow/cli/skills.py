"""`midflow skills`: skill frameworks from elsewhere, made into a pack."""

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflow.core.content.frameworks import Line

MOST_PROBLEMS = 20


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "skills", help="skill frameworks: a table of yours or ESCO's, made into a pack"
    )
    actions = parser.add_subparsers(dest="action", required=True)
    takes = actions.add_parser(
        "import", help="write a pack of skills and roles; `midflow pack import` takes it in"
    )
    takes.add_argument("files", nargs="+", type=Path, metavar="FILE")
    takes.add_argument("--format", choices=("csv", "esco"), default="csv", help="whose columns they have")
    takes.add_argument("--to", type=Path, required=True, help="the pack's folder; it must be new or empty")
    takes.add_argument("--title", help="what the pack is called; else the folder's name")
    takes.add_argument(
        "--occupation",
        action="append",
        default=[],
        help="of ESCO: only occupations called so, with their skills",
    )
    takes.set_defaults(run=_import)


def read_lines(path: Path) -> "list[Line]":
    """Return the rows of a CSV file with the lines they begin in; ConfigError where it is none."""
    from midflow.config import ConfigError
    from midflow.core.content.frameworks import Line

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if not rows.fieldnames or len(set(rows.fieldnames)) < len(rows.fieldnames):
                raise ConfigError(f"{path}:1: the first line must name the columns, each once.")
            found: list[Line] = []
            begins = rows.line_num + 1
            for row in rows:
                if None in row or None in row.values():
                    raise ConfigError(
                        f"{path}:{begins}: the line has not as many cells as there are columns."
                    )
                found.append(Line(str(path), begins, row))
                begins = rows.line_num + 1
            return found
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text: {error}.") from None
    except csv.Error as error:
        raise ConfigError(f"{path} is no CSV file: {error}.") from None


def _import(args: argparse.Namespace) -> int:
    from midflow.config import ConfigError
    from midflow.core.content.frameworks import from_esco, from_table, slug_of
    from midflow.core.content.packs import write_pack

    folder: Path = args.to
    if folder.exists() and any(folder.iterdir()):
        raise ConfigError(f"{folder} holds something. Name a new or an empty folder with --to.")
    id = slug_of(folder.resolve().name)
    if not id:
        raise ConfigError(f"{folder} makes no id for a pack. Name it with letters or digits.")
    lines = [line for path in args.files for line in read_lines(path)]
    title = args.title or folder.resolve().name
    if args.format == "esco":
        pack, problems = from_esco(lines, id=id, title=title, occupations=args.occupation)
    else:
        pack, problems = from_table(lines, id=id, title=title)
    for problem in problems[:MOST_PROBLEMS]:
        print(problem)
    if pack is None:
        more = f", of which the first {MOST_PROBLEMS} are shown" if len(problems) > MOST_PROBLEMS else ""
        print(f"{len(problems)} errors{more}; nothing was written.", file=sys.stderr)
        return 1
    (folder / "units").mkdir(parents=True, exist_ok=True)
    for name, text in write_pack(pack).items():
        (folder / name).write_text(text, encoding="utf-8")
    print(
        f"{len(pack.skills)} skills and {len(pack.roles)} roles in {folder}. `midflow pack import {folder}` takes them in."
    )
    return 0
