"""`midflow host`: tools whose backend signs its people in."""

import argparse
import base64
import re
import secrets
import sys
import time

ORIGIN = re.compile(r"https?://[^/\s]+")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("host", help="tools whose backend signs its people in")
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser(
        "create", help="make a host, or a new secret for it, and print the secret once"
    )
    create.add_argument("--name", required=True, help="the CloudEvents source of its events")
    create.add_argument(
        "--origin", action="append", default=[], help="where its pages run: https://tool.example"
    )
    listing = actions.add_parser("list", help="names and origins; never the secrets")
    remove = actions.add_parser("remove", help="its tokens let nobody in any more")
    remove.add_argument("--name", required=True)
    for action, run in ((create, _create), (listing, _list), (remove, _remove)):
        action.add_argument("--data", help="data folder")
        action.set_defaults(run=run)


def _create(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.config import ConfigError
    from midflow.flow.identity import ISSUER
    from midflow.store import keys

    if args.name == ISSUER:
        raise ConfigError(f"'{ISSUER}' is Midflow's own name; give the host another.")
    wrong = [origin for origin in args.origin if not ORIGIN.fullmatch(origin)]
    if wrong:
        raise ConfigError(f"'{wrong[0]}' is no origin; write it like https://tool.example, without a path.")
    # The secret is text, so that it can be pasted into a host's settings and used as it is.
    text = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    row = keys.HostRow(args.name, text.encode(), tuple(args.origin))
    open_store(args).write(lambda tx: keys.save_host(tx, row, now=time.time()))
    print(text)
    print("This secret is shown once. Sign tokens with it by HS256.", file=sys.stderr)
    return 0


def _list(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.store import keys

    for row in open_store(args).read(keys.hosts):
        print(f"{row.name}\t{' '.join(row.origins) or 'no origins'}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.store import keys

    gone = open_store(args).write(lambda tx: keys.remove_host(tx, args.name))
    print(f"Removed '{args.name}'." if gone else f"There is no host '{args.name}'.")
    return 0 if gone else 1
