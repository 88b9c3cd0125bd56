"""`midflow replay`: history, sent the way live events go."""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midflow.core.content.release import Draft
    from midflow.core.events import WorkEvent


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("replay", help="send a work log the way live events go")
    parser.add_argument(
        "logs", nargs="+", metavar="LOG", help="CSV, .gz or not: time, person, activity, case"
    )
    parser.add_argument("--map", help="YAML file `ours: theirs` where the columns have other names")
    parser.add_argument("--pack", help="folder of a pack whose rules to use; else each activity is a task")
    parser.add_argument("--data", help="data folder to keep it in; a temporary one otherwise")
    parser.add_argument(
        "--speed", type=float, help="seconds of the log a second of the clock; as fast as it goes otherwise"
    )
    parser.add_argument("--seed", type=int, default=0, help="fixes chance (default 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    import msgspec

    from midflow.cli.folder import open_store
    from midflow.flow.replay import replay
    from midflow.store.sqlite import Store

    if args.speed is not None and args.speed <= 0:
        from midflow.config import ConfigError

        raise ConfigError("--speed must be more than 0.")
    events = _read(args)
    book = _book(args, events)
    with ExitStack() as stack:
        if args.data:
            store = open_store(args)
        else:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="midflow-replay-")))
            store = Store.open(folder / "events.db")
        stack.callback(store.close)
        summary = replay(
            store, events, book=book, seed=args.seed, speed=args.speed, progress=_progress(len(events))
        )
    print(file=sys.stderr)
    print(msgspec.json.encode(summary).decode() if args.json else _words(msgspec.to_builtins(summary)))
    return 0


def _read(args: argparse.Namespace) -> "list[WorkEvent]":
    from midflow.config import ConfigError
    from midflow.flow.worklog import LogError, read_events, read_map

    try:
        columns = read_map(Path(args.map) if args.map else None)
        return read_events(map(Path, args.logs), columns, lambda line: print(line, file=sys.stderr))
    except LogError as error:
        raise ConfigError(str(error)) from None


def _book(args: argparse.Namespace, events: "list[WorkEvent]") -> Any:
    from midflow import plugs
    from midflow.core.content.release import Policy, compile_release
    from midflow.core.match import gate
    from midflow.flow.rulebook import prepare
    from midflow.flow.worklog import built_in

    kinds = plugs.block_kinds()
    draft = _pack(args.pack, kinds) if args.pack else built_in(events)
    made = compile_release(draft, Policy(), number=0, created=0.0, kinds=kinds, valid_condition=gate)
    return prepare(made, kinds)


def _pack(folder: str, kinds: Any) -> "Draft":
    from midflow.cli.pack import read_pack
    from midflow.core.content.release import draft_of

    return draft_of([read_pack(Path(folder), kinds)])


def _progress(total: int) -> Any:
    def show(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done:,} of {total:,} events", end="", file=sys.stderr, flush=True)

    return show


def _breaks(summary: dict[str, Any]) -> str:
    return f"At a breakpoint: {100 * summary['at_breakpoint']:.1f}% of what was shown; {summary['inbox']} went to the inbox."


def _words(summary: dict[str, Any]) -> str:
    spread = summary["prompts_per_person_day"]
    lines = [
        f"{summary['events']:,} events of {summary['people']:,} people, {summary['moments']:,} moments.",
        f"{summary['prompts']:,} prompts: {spread['mean']:.3f} a person-day (p95 {spread['p95']:g}, most {spread['max']}).",
        f"Safety-critical, beside the budget: {summary['safety_critical']:,}.",
        f"Budget violations: {summary['budget_violations']}.",
        *([] if summary["at_breakpoint"] is None else [_breaks(summary)]),
        "Silences:",
        *(f"  {count:>8,}  {reason}" for reason, count in summary["silences"].items()),
        f"{summary['seconds']:.1f} s, {summary['events_per_second']:,.0f} events/s.",
    ]
    return "\n".join(lines)
