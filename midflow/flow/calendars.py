"""Calendars: what in them speaks of a task is known to come; of the rest nothing is kept."""

from collections.abc import Iterable

from midflow.core.match.naming import tasks_named
from midflow.flow.rulebook import Rulebook
from midflow.store import people
from midflow.store.calendars import CalendarRow, add_calendar, note_read, origin
from midflow.store.digests import DueRow, replace_due
from midflow.store.tx import Tx

AHEAD = 14 * 86_400.0
"""Seconds ahead that calendars are read for."""


class CalendarRefused(ValueError):
    """A calendar that cannot be registered: why."""


def register(tx: Tx, *, person: str, url: str, tasks: dict[str, str], book: Rulebook) -> int:
    """Register a feed of a person and return its number. Raises CalendarRefused."""
    if people.person(tx, person) is None:
        raise CalendarRefused(f"There is no person '{person}'.")
    address = "https://" + url.removeprefix("webcal://") if url.startswith("webcal://") else url
    if not address.startswith(("https://", "http://")):
        raise CalendarRefused("A calendar's address begins with https://, http:// or webcal://.")
    unknown = sorted(set(tasks.values()) - book.tasks.keys())
    if unknown:
        raise CalendarRefused(f"There is no task '{unknown[0]}' in the current release.")
    return add_calendar(tx, person, address, tasks)


def take_calendar(
    tx: Tx, calendar: CalendarRow, occurrences: Iterable[tuple[str, float]], *, book: Rulebook, now: float
) -> int:
    """Put what a calendar says of tasks in the place of what it said before, and return how many dates that are.

    `occurrences`: (title, start in seconds). Titles are read and not kept.
    """
    found = {
        DueRow(calendar.person, task, origin(calendar.id), at)
        for title, at in occurrences
        for task in tasks_named(title, book.tasks.values(), calendar.tasks)
    }
    replace_due(tx, origin(calendar.id), sorted(found))
    note_read(tx, calendar.id, now=now, error="")
    return len(found)
