"""`midflow record`: what leaves the record, as a file, for another store, or for good."""

import argparse
import getpass
import sys
import time
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflow.store.terms import Term
    from midflow.store.tx import Store

PURPOSES = ("support", "compliance", "study", "operations", "evidence")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("record", help="export, erase, retain and forward xAPI statements")
    actions = parser.add_subparsers(dest="action", required=True)
    _add_export(actions)
    _add_erase(actions)
    _add_forward(actions)
    probes = actions.add_parser("probes", help="what is left after 7, 30 and 90 days, measured and modelled")
    probes.add_argument("--json", action="store_true", help="print one JSON list and nothing else")
    _run(probes, _probes)


def _add_export(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    export = actions.add_parser("export", help="write statements to a file")
    export.add_argument("file", type=Path, help="where to; .csv, .ndjson or .parquet says as what")
    export.add_argument("--agent", help="only statements of or about this Agent (JSON)")
    export.add_argument("--verb", help="only statements with this verb (IRI)")
    export.add_argument("--since", help="stored later than this (RFC 3339)")
    export.add_argument("--until", help="stored at this time at the latest")
    export.add_argument("--purpose", choices=PURPOSES, default="operations", help="why: it is written down")
    _run(export, _export)


def _add_erase(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    erase = actions.add_parser(
        "erase", help="remove an agent's statements for good, and the agent from those of others"
    )
    erase.add_argument("--agent", required=True, help="the Agent (JSON)")
    retain = actions.add_parser("retain", help="remove what was stored longer ago")
    retain.add_argument("--days", type=float, required=True, help="how long statements are kept")
    for action, run in ((erase, _erase), (retain, _retain)):
        action.add_argument("--dry-run", action="store_true", help="only say what would go")
        _run(action, run)
    _run(actions.add_parser("erasures", help="which erasures were made"), _erasures)


def _add_forward(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    forward = actions.add_parser("forward", help="send statements on to another learning record store")
    doings = forward.add_subparsers(dest="doing", required=True)
    adding = doings.add_parser(
        "add", help="register a store; its password or key is read from standard input"
    )
    adding.add_argument(
        "--url", required=True, help="its xAPI endpoint, such as https://lrs.example.org/xapi"
    )
    adding.add_argument("--user", help="for Basic authentication; without it a bearer key")
    adding.add_argument("--from-now", action="store_true", help="only what is stored from now on")
    for name, run, words in (
        ("remove", _remove, "send no more, and forget how far it got"),
        ("pause", _pause, "send no more for the time being"),
        ("resume", _resume, "go on where it stopped"),
    ):
        _run(doings.add_parser(name, help=words), run).add_argument("--name", required=True)
    _run(adding, _add_receiver).add_argument("--name", required=True)
    _run(doings.add_parser("list", help="how far each has got, and what went wrong"), _list)


def _run(parser: argparse.ArgumentParser, run: object) -> argparse.ArgumentParser:
    parser.add_argument("--data", help="data folder")
    parser.set_defaults(run=run)
    return parser


def _open(args: argparse.Namespace) -> "Store":
    from midflow.cli.folder import open_store

    return open_store(args)


def _agent(text: str) -> str:
    from midflow.config import ConfigError
    from midflow.core.record.actors import ifi
    from midflow.core.record.problem import RecordError
    from midflow.core.record.query import parse_agent

    try:
        return str(ifi(parse_agent({"agent": text})))
    except RecordError as error:
        raise ConfigError(f"--agent: {error}") from None


def _time(text: str | None, option: str) -> int | None:
    from midflow.config import ConfigError
    from midflow.core.events import EventError, parse_time

    try:
        return None if text is None else int(parse_time(text, where=option) * 1000)
    except EventError as error:
        raise ConfigError(str(error)) from None


def _export(args: argparse.Namespace) -> int:
    from midflow.config import ConfigError
    from midflow.flow.export import FORMATS, export
    from midflow.insight.parquet import Missing

    format = args.file.suffix.removeprefix(".")
    if format not in FORMATS:
        raise ConfigError(f"{args.file}: name a file that ends in .{', .'.join(FORMATS)}.")
    wanted: list[Term] = [("agent", _agent(args.agent))] if args.agent else []
    if args.verb:
        wanted.append(("verb", args.verb))
    try:
        count = export(
            _open(args), args.file, format=format, wanted=wanted, since_ms=_time(args.since, "--since"),
            until_ms=_time(args.until, "--until"), reader=_whoami(), purpose=args.purpose, now=time.time(),
        )  # fmt: skip
    except (Missing, OSError) as error:
        raise ConfigError(f"{args.file} cannot be written: {error}") from None
    print(f"{count} statements in {args.file}.")
    return 0


def _probes(args: argparse.Namespace) -> int:
    import msgspec

    from midflow.config import ConfigError
    from midflow.core.content.release import decode
    from midflow.flow.probing import found_by_probes
    from midflow.plugs import block_kinds
    from midflow.store.releases import current_release

    store = _open(args)
    current = store.read(current_release)
    if current is None:
        raise ConfigError("Nothing is published yet, so nothing was asked.")
    release = decode(current[1], block_kinds())
    found = store.read(lambda tx: found_by_probes(tx, release))
    if args.json:
        print(msgspec.json.encode(found).decode())
        return 0
    for one in found:
        low, high = one.interval
        print(
            f"{one.plan}, {one.delay} days: {one.measured:.0%} right of {one.answers} ({low:.0%} to {high:.0%}),"
            f" memory foretold {one.modelled:.0%}"
        )
    if not found:
        print("Too few probes were answered yet to tell.")
    return 0


def _erase(args: argparse.Namespace) -> int:
    from uuid import uuid4

    from midflow.store.erasure import erase_actor, to_erase

    store, ifi = _open(args), _agent(args.agent)
    if args.dry_run:
        found = store.read(lambda tx: to_erase(tx, ifi))
        print(f"Would go: {_sums(found.statements, found.mentions, found.documents)}.")
        return 0
    token, sums = uuid4().hex, [0, 0, 0]
    while True:
        step = store.write(
            lambda tx: erase_actor(tx, ifi, token=token, by=_whoami(), now_ms=int(time.time() * 1000))
        )
        sums = [a + b for a, b in zip(sums, step[:3], strict=True)]
        if step.done:
            break
    store.clean()
    print(f"Erased: {_sums(*sums)}. The erasure is on the list as {token}.")
    return 0


def _sums(statements: int, mentions: int, documents: int) -> str:
    return f"{statements} statements, {mentions} mentions in statements of others, {documents} documents"


def _retain(args: argparse.Namespace) -> int:
    from midflow.store.erasure import retain, to_retain

    store, before = _open(args), int((time.time() - args.days * 86_400) * 1000)
    if args.dry_run:
        print(f"Would go: {store.read(lambda tx: to_retain(tx, before))} statements.")
        return 0
    count = 0
    while True:
        step = store.write(lambda tx: retain(tx, before))
        count += step.statements
        if step.done:
            break
    store.clean()
    print(f"Removed: {count} statements.")
    return 0


def _erasures(args: argparse.Namespace) -> int:
    from midflow.core.events import format_time
    from midflow.store.erasure import erasures

    for row in _open(args).read(erasures):
        state = "done" if row.done else "not finished"
        print(f"{format_time(row.at / 1000)}\t{row.token}\t{row.by}\t{_sums(*row[3:6])}\t{state}")
    return 0


def _add_receiver(args: argparse.Namespace) -> int:
    from midflow.config import ConfigError
    from midflow.store import forwarders, statements

    if not args.url.startswith(("https://", "http://")):
        raise ConfigError(f"--url: '{args.url}' must begin with https:// or http://.")
    secret = _secret()
    if not secret:
        raise ConfigError("The password or key is read from standard input, and nothing came.")
    auth = f"Bearer {secret}"
    if args.user is not None:
        auth = "Basic " + b64encode(f"{args.user}:{secret}".encode()).decode()
    store = _open(args)
    reached = store.read(statements.end)[0] if args.from_now else 0
    store.write(lambda tx: forwarders.save_forwarder(tx, args.name, url=args.url, auth=auth, reached=reached))
    print(f"'{args.name}' gets what is stored {'from now on' if args.from_now else 'and was stored so far'}.")
    return 0


def _secret() -> str:
    return getpass.getpass("Password or key: ") if sys.stdin.isatty() else sys.stdin.readline().strip()


def _remove(args: argparse.Namespace) -> int:
    from midflow.store import forwarders

    return _told(
        args.name, _open(args).write(lambda tx: forwarders.remove_forwarder(tx, args.name)), "removed"
    )


def _pause(args: argparse.Namespace) -> int:
    from midflow.store import forwarders

    return _told(
        args.name, _open(args).write(lambda tx: forwarders.set_paused(tx, args.name, True)), "paused"
    )


def _resume(args: argparse.Namespace) -> int:
    from midflow.store import forwarders

    return _told(
        args.name, _open(args).write(lambda tx: forwarders.set_paused(tx, args.name, False)), "going on"
    )


def _told(name: str, found: bool, what: str) -> int:
    print(f"'{name}' is {what}." if found else f"There is no '{name}'.")
    return 0 if found else 1


def _list(args: argparse.Namespace) -> int:
    from midflow.store import forwarders, statements

    store = _open(args)
    end = store.read(statements.end)[0]
    for to in store.read(forwarders.forwarders):
        state = "paused" if to.paused else f"try {to.attempts + 1}" if to.attempts else "sending"
        print(
            f"{to.name}\t{to.url}\tup to {to.reached} of {end}\t{to.sent} sent, {to.refused} refused\t{state}\t{to.last_error}"
        )
    return 0


def _whoami() -> str:
    """Who runs the command, for the log."""
    return f"{getpass.getuser()} on the command line"
