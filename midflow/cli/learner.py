"""`midflow learner`: what is known of people, made again from the evidence."""

import argparse


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("learner", help="make what is known of people again from the log")
    actions = parser.add_subparsers(dest="action", required=True)
    rebuild = actions.add_parser("rebuild", help="make every state and all sums again, in the log's order")
    rebuild.add_argument("--data", help="data folder")
    rebuild.set_defaults(run=_rebuild)


def _rebuild(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.flow.rebuild import rebuild

    done = rebuild(open_store(args))
    print(f"Made again: {done.people} people from {done.evidence} pieces of evidence.")
    return 0
