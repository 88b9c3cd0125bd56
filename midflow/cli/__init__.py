"""`midflow`: the commands. Each is a module with `add`; it imports what it needs when it runs."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

COMMANDS = (
    "up", "edge", "studio", "jobs", "check", "key", "host", "source", "calendar", "pack", "skills", "record", "learner", "replay",
    "evaluate",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; an expected error is one line and exit code 2."""
    parser = argparse.ArgumentParser(prog="midflow", description="Learning in the flow of work.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        import_module(f"midflow.cli.{name}").add(commands)
    args = parser.parse_args(argv)
    from midflow.config import ConfigError
    from midflow.store.tx import StoreError

    try:
        return int(args.run(args))
    except (ConfigError, StoreError) as error:
        print(f"midflow: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read what we print has read enough (`midflow check | head`); Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
