"""`midflow pack`: content as a folder."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflow.core.content.block import BlockKinds
    from midflow.core.content.model import Pack, Problem


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("pack", help="content as a folder: lint, import, export")
    actions = parser.add_subparsers(dest="action", required=True)
    lint = actions.add_parser("lint", help="say what is wrong with a pack, by file and line")
    lint.add_argument("folder")
    lint.set_defaults(run=_lint)
    takes = actions.add_parser("import", help="put a pack into the studio and publish it")
    takes.add_argument("folder")
    gives = actions.add_parser("export", help="write a pack of the studio to a folder")
    gives.add_argument("id")
    gives.add_argument("folder")
    for action, run in ((takes, _import), (gives, _export)):
        action.add_argument("--data", help="data folder")
        action.set_defaults(run=run)


def read_files(folder: Path) -> dict[str, str]:
    """Return the files of a pack's folder, path -> text; ConfigError where it is none."""
    from midflow.config import ConfigError

    if not (folder / "pack.yaml").is_file():
        raise ConfigError(f"{folder} is no pack: there is no pack.yaml in it.")
    names = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    try:
        return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in names}
    except UnicodeDecodeError as error:
        raise ConfigError(f"{folder} holds a file that is not UTF-8 text: {error}.") from None


def lint_pack(folder: Path, kinds: "BlockKinds") -> "tuple[Pack | None, list[Problem]]":
    """Return the pack of a folder and everything wrong with it, references and conditions included."""
    from midflow.core.content.lint import lint_draft
    from midflow.core.content.packs import parse_pack
    from midflow.core.content.release import draft_of
    from midflow.core.match import gate

    pack, problems = parse_pack(read_files(folder), kinds)
    if pack is not None:
        units = {f"unit {unit.id}" for unit in pack.units}
        whole = lint_draft(draft_of([pack]), kinds, gate)
        problems += [p for p in whole if p.where.partition(",")[0] not in units or "There is no" in p.message]
    return pack, problems


def read_pack(folder: Path, kinds: "BlockKinds") -> "Pack":
    """Return the pack of a folder; ConfigError with its errors where it has any."""
    from midflow.config import ConfigError

    pack, problems = lint_pack(folder, kinds)
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    if pack is None or errors:
        raise ConfigError(f"{folder} has errors:\n" + "\n".join(errors))
    return pack


def _lint(args: argparse.Namespace) -> int:
    from midflow import plugs

    pack, problems = lint_pack(Path(args.folder), plugs.block_kinds())
    for problem in problems:
        print(problem)
    errors = sum(problem.severity == "error" for problem in problems)
    count = f"{len(pack.units)} units, " if pack else ""
    print(f"{count}{errors} errors, {len(problems) - errors} warnings.", file=sys.stderr)
    return 1 if errors else 0


def _import(args: argparse.Namespace) -> int:
    return _task(args, "pack-import", str(Path(args.folder).resolve()))


def _export(args: argparse.Namespace) -> int:
    return _task(args, "pack-export", args.id, str(Path(args.folder).resolve()))


def _task(args: argparse.Namespace, name: str, *arguments: str) -> int:
    from midflow.cli.studio import run_task

    return run_task(args, name, *arguments)
