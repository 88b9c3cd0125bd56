"""`midflow source`: which fields of its events may be kept from a tool."""

import argparse


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("source", help="which fields of its events may be kept from a tool")
    actions = parser.add_subparsers(dest="action", required=True)
    declare = actions.add_parser(
        "declare", help="keep these fields of `data`; all others are dropped before storing"
    )
    declare.add_argument("--name", required=True, help="the CloudEvents source, or a prefix that ends in *")
    declare.add_argument("--field", action="append", default=[], help="a field of `data`")
    listing = actions.add_parser("list", help="what was declared here; packs and connectors declare theirs")
    for action, run in ((declare, _declare), (listing, _list)):
        action.add_argument("--data", help="data folder")
        action.set_defaults(run=run)


def _declare(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.store import keys

    open_store(args).write(lambda tx: keys.declare_source(tx, args.name, tuple(args.field)))
    print(f"From '{args.name}' are kept: {', '.join(args.field) or 'activity and status only'}.")
    return 0


def _list(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.store import keys

    for name, fields in open_store(args).read(keys.declared_sources):
        print(f"{name}\t{' '.join(fields)}")
    return 0
