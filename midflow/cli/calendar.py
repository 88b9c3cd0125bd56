"""`midflow calendar`: iCalendar feeds in which people's tasks are known to come."""

import argparse
import sys


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser("calendar", help="feeds that say which tasks are known to come")
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="register the iCalendar feed of a person")
    adding.add_argument("--person", required=True, help="the person's id")
    adding.add_argument("--url", required=True, help="https://... or webcal://...")
    adding.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="WORDS=TASK",
        help="titles with these words are this task; may be given again",
    )
    listing = actions.add_parser("list", help="the feeds, and how reading them went")
    remove = actions.add_parser("remove", help="forget a feed and its dates")
    remove.add_argument("--id", type=int, required=True, help="its number in the list")
    for action, run in ((adding, _add), (listing, _list), (remove, _remove)):
        action.add_argument("--data", help="data folder")
        action.set_defaults(run=run)


def _add(args: argparse.Namespace) -> int:
    from midflow import plugs
    from midflow.cli.folder import open_store
    from midflow.config import ConfigError
    from midflow.flow.calendars import CalendarRefused, register
    from midflow.flow.rulebook import current_book

    pairs = [entry.rpartition("=") for entry in args.map]
    if wrong := [
        entry for entry, (words, _, task) in zip(args.map, pairs, strict=True) if not words or not task
    ]:
        raise ConfigError(f"--map {wrong[0]}: write it as WORDS=TASK.")
    tasks = {words.strip(): task.strip() for words, _, task in pairs}
    store = open_store(args)
    book = current_book(store, plugs.block_kinds())
    try:
        number = store.write(
            lambda tx: register(tx, person=args.person, url=args.url, tasks=tasks, book=book)
        )
    except CalendarRefused as refused:
        raise ConfigError(str(refused)) from None
    print(number)
    print("It is read within the next quarter of an hour, and then every hour.", file=sys.stderr)
    return 0


def _list(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.core.events import format_time
    from midflow.store.calendars import calendars

    for row in open_store(args).read(calendars):
        state = row.error or (f"read {format_time(row.read)}" if row.read else "not read yet")
        print(f"{row.id}\t{row.person}\t{_host(row.url)}\t{state}")
    return 0


def _host(url: str) -> str:
    """A feed's address is its key: only where it lies is shown."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].rpartition('@')[2]}/…"


def _remove(args: argparse.Namespace) -> int:
    from midflow.cli.folder import open_store
    from midflow.store.calendars import remove_calendar

    gone = open_store(args).write(lambda tx: remove_calendar(tx, args.id))
    print(f"Removed calendar {args.id}." if gone else f"There is no calendar {args.id}.")
    return 0 if gone else 1
