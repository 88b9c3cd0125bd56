"""Reads the calendars that are registered, each about once an hour."""

from datetime import UTC
from typing import TYPE_CHECKING

from midflow.connect import calendars as feeds
from midflow.flow.calendars import AHEAD, take_calendar
from midflow.flow.preferences import local_time
from midflow.flow.rulebook import Rulebook
from midflow.jobs.digest import Present
from midflow.store import people
from midflow.store.calendars import CalendarRow, calendars, note_read
from midflow.store.jobs import Job
from midflow.store.tx import Store

if TYPE_CHECKING:
    import httpx2

EVERY = 3600.0
"""Seconds between two readings of a calendar."""


class ReadCalendars:
    """The job; without a calendar neither the HTTP library nor a release is loaded."""

    def __init__(self) -> None:
        self._present = Present()

    def __call__(self, store: Store, job: Job, now: float) -> None:
        """Read what is due; one that cannot be read keeps its dates, and says why."""
        due = store.read(lambda tx: calendars(tx, before=now - EVERY))
        if not due:
            return
        book = self._present.of(store)
        with feeds.client() as http:
            for calendar in due:
                try:
                    _read(store, http, calendar, book, now)
                except feeds.CalendarError as error:
                    why = str(error)
                    store.write(
                        lambda tx, calendar=calendar, why=why: note_read(tx, calendar.id, now=now, error=why)
                    )


def _read(store: Store, http: "httpx2.Client", calendar: CalendarRow, book: Rulebook, now: float) -> None:
    person = store.read(lambda tx: people.person(tx, calendar.person))
    if person is None:
        raise feeds.CalendarError("its person is not there any more.")
    body = feeds.fetch(http, calendar.url)
    found = feeds.occurrences(body, start=now, end=now + AHEAD, zone=local_time(person, now).tzinfo or UTC)
    store.write(lambda tx: take_calendar(tx, calendar, found, book=book, now=now))
