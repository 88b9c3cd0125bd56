"""A child of `midflow up` ends when `midflow up` is gone, also when that was killed."""

import argparse
import os
import signal
import threading
import time

LOOK_SECONDS = 1.0


def add_parent(parser: argparse.ArgumentParser) -> None:
    """Declare the option that `midflow up` gives to its children; nobody else needs it."""
    parser.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def end_with_parent(args: argparse.Namespace) -> None:
    """End this process as SIGTERM does once its parent is another than it was told; without one never."""
    if args.parent is not None:
        threading.Thread(target=_watch, args=(args.parent,), daemon=True).start()


def _watch(parent: int) -> None:
    # The system tells of it by nothing but this number: an orphan has another parent.
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
