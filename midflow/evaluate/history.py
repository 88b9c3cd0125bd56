"""The work log that an evaluation is made on, read once and put in the order of time."""

import argparse
import sys
from pathlib import Path

from midflow.core.events import WorkEvent
from midflow.evaluate.finding import Refused, Say
from midflow.flow.worklog import LogError, read_events, read_map


def read_history(args: argparse.Namespace, say: Say) -> list[WorkEvent]:
    """Return the events of `args.log` (columns named by `args.map`) in the order of their times; Refused if none."""
    say(f"reading {args.log}")
    try:
        columns = read_map(Path(args.map) if args.map else None)
        events = read_events([Path(args.log)], columns, _warn)
    except LogError as error:
        raise Refused(str(error)) from None
    return sorted(events, key=lambda event: event.time)


def _warn(line: str) -> None:
    sys.stderr.write(f"{line}\n")
