"""`midflow key`: machines' keys. A key is printed once and stored hashed."""

import argparse
import sys
import time


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("key", help="create, list and revoke the keys of machines")
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", help="make a key and print it once")
    create.add_argument("--name", required=True, help="what it is for")
    create.add_argument("--scope", action="append", required=True, help="what it may do; may be given again")
    create.add_argument("--actor", help="an xAPI Agent as JSON: the key is good for what is about them only")
    create.add_argument("--registration", help="a UUID: the key is good for this registration only")
    create.add_argument("--hours", type=float, help="how long it is good; for ever otherwise")
    revoke = actions.add_parser("revoke", help="revoke the keys of this name")
    revoke.add_argument("--name", required=True)
    listing = actions.add_parser("list", help="names, scopes and state; never the keys")
    for action in (create, revoke, listing):
        action.add_argument("--data", help="data folder")
    create.set_defaults(run=_create)
    revoke.set_defaults(run=_revoke)
    listing.set_defaults(run=_list)


def _create(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.config import ConfigError
    from midflow.flow.identity import SCOPES, new_key
    from midflow.store import keys

    unknown = sorted(set(args.scope) - set(SCOPES))
    if unknown:
        raise ConfigError(f"There is no scope '{unknown[0]}'. Known: {', '.join(SCOPES)}.")
    text, hash = new_key()
    now = time.time()
    actor = _actor(args.actor) if args.actor else None
    registration = _registration(args.registration) if args.registration else None
    expires = now + args.hours * 3600 if args.hours else None
    open_store(args).write(
        lambda tx: keys.add_key(
            tx, hash=hash, name=args.name, scopes=tuple(args.scope), now=now,
            actor=actor, registration=registration, expires=expires,
        )
    )  # fmt: skip
    print(text)
    print("This key is shown once; it is stored hashed.", file=sys.stderr)
    return 0


def _actor(text: str) -> str:
    from midflow.config import ConfigError
    from midflow.core.record.actors import ifi
    from midflow.core.record.problem import RecordError
    from midflow.core.record.query import parse_agent

    try:
        return str(ifi(parse_agent({"agent": text})))
    except RecordError as error:
        raise ConfigError(f"--actor: {error}") from None


def _registration(text: str) -> str:
    from uuid import UUID

    from midflow.config import ConfigError

    try:
        return str(UUID(text))
    except ValueError:
        raise ConfigError(f"--registration: '{text}' is no UUID.") from None


def _revoke(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.store import keys

    count = open_store(args).write(lambda tx: keys.revoke_keys(tx, args.name, time.time()))
    print(f"Revoked {count} key{'s' * (count != 1)} named '{args.name}'.")
    return 0 if count else 1


def _list(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.store import keys

    now = time.time()
    for row in open_store(args).read(keys.keys):
        made = time.strftime("%Y-%m-%d", time.gmtime(row.created))
        state = "revoked" if row.revoked else "expired" if row.expires and row.expires <= now else "valid"
        print(f"{row.name}\t{' '.join(row.scopes)}\t{made}\t{state}")
    return 0
