"""iCalendar feeds: what recurs is expanded, times are right, and a bad feed is named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from midflow.connect import calendars
from midflow.connect.calendars import CalendarError, client, fetch, occurrences

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 23, tzinfo=UTC).timestamp()
FORTNIGHT = 14 * 86_400.0


def feed(*events: str) -> bytes:
    inside = "\n".join(f"BEGIN:VEVENT\nDTSTAMP:20260101T000000Z\n{event}\nEND:VEVENT" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//a//b//EN\n{inside}\nEND:VCALENDAR\n".replace(
        "\n", "\r\n"
    ).encode()


def found(*events: str, days: float = 14, zone: ZoneInfo = BERLIN) -> list[tuple[str, str]]:
    rows = occurrences(feed(*events), start=START, end=START + days * 86_400, zone=zone)
    return [(row.title, datetime.fromtimestamp(row.at, UTC).strftime("%d %H:%M")) for row in rows]


def test_nine_on_the_wall_stays_nine_when_the_clock_is_changed() -> None:
    weekly = "UID:1\nSUMMARY:Close\nDTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=WEEKLY"
    assert found(weekly) == [("Close", "23 08:00"), ("Close", "30 07:00")]


def test_what_was_left_out_moved_or_cancelled_is_as_it_is_now() -> None:
    weekly = (
        "UID:1\nSUMMARY:Close\nDTSTART;TZID=Europe/Berlin:20260105T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU"
        "\nEXDATE;TZID=Europe/Berlin:20260324T090000"
    )
    moved = (
        "UID:1\nSUMMARY:Close late\nRECURRENCE-ID;TZID=Europe/Berlin:20260330T090000"
        "\nDTSTART;TZID=Europe/Berlin:20260401T150000"
    )
    cancelled = (
        "UID:1\nSUMMARY:Close\nSTATUS:CANCELLED\nRECURRENCE-ID;TZID=Europe/Berlin:20260331T090000"
        "\nDTSTART;TZID=Europe/Berlin:20260331T090000"
    )
    assert found(weekly, moved, cancelled) == [("Close", "23 08:00"), ("Close late", "01 13:00")]


@pytest.mark.parametrize(
    ("until", "times"),
    [
        ("COUNT=3", ["23 08:00", "24 08:00", "25 08:00"]),
        ("UNTIL=20260324T080000Z", ["23 08:00", "24 08:00"]),
        ("UNTIL=20260324", ["23 08:00", "24 08:00"]),
        ("INTERVAL=2;COUNT=2", ["23 08:00", "25 08:00"]),
    ],
)
def test_a_recurrence_ends_where_it_says(until: str, times: list[str]) -> None:
    daily = f"UID:1\nSUMMARY:a\nDTSTART;TZID=Europe/Berlin:20260323T090000\nRRULE:FREQ=DAILY;{until}"
    assert [at for _, at in found(daily)] == times


def test_whole_days_and_times_without_a_zone_are_meant_where_the_person_is() -> None:
    day, floating = (
        "UID:1\nSUMMARY:day\nDTSTART;VALUE=DATE:20260325",
        "UID:2\nSUMMARY:f\nDTSTART:20260325T090000",
    )
    assert found(day, floating) == [("day", "24 23:00"), ("f", "25 08:00")]
    assert found(floating, zone=ZoneInfo("America/New_York")) == [("f", "25 13:00")]


def test_more_dates_are_taken_and_nothing_outside_of_the_days_asked_for() -> None:
    more = "UID:1\nSUMMARY:a\nDTSTART:20260301T090000Z\nRDATE:20260326T090000Z,20270101T090000Z"
    assert found(more) == [("a", "26 09:00")]


def test_an_event_that_cannot_be_read_is_left_out_and_the_others_stay() -> None:
    broken = "UID:1\nSUMMARY:a\nRRULE:FREQ=DAILY"
    assert found(broken, "UID:2\nSUMMARY:b\nDTSTART:20260325T090000Z") == [("b", "25 09:00")]


def test_what_recurs_within_a_day_is_taken_once_and_quickly() -> None:
    busy = "UID:1\nSUMMARY:a\nDTSTART:20260323T090000Z\nRRULE:FREQ=SECONDLY"
    assert found(busy) == [("a", "23 09:00")]


def test_what_is_no_feed_or_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CalendarError, match="no iCalendar feed"):
        occurrences(b"<html>", start=0, end=1, zone=UTC)
    monkeypatch.setattr(calendars, "MOST_EVENTS", 1)
    with pytest.raises(CalendarError, match="more than 1 events"):
        found("UID:1\nDTSTART:20260325T090000Z", "UID:2\nDTSTART:20260325T090000Z")


@pytest.fixture
def server() -> Iterator[str]:
    class Feeds(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("location", "/feed")
                self.end_headers()
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(feed("UID:1\nSUMMARY:a\nDTSTART:20260325T090000Z"))

        def log_message(self, *_: object) -> None:
            return

    made = HTTPServer(("127.0.0.1", 0), Feeds)
    Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def test_a_feed_is_fetched_within_its_bounds(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with client() as http:
        assert b"UID:1" in fetch(http, f"{server}/feed")
        with pytest.raises(CalendarError, match="answered 302"):
            fetch(http, f"{server}/moved")
        with pytest.raises(CalendarError, match="cannot be reached: ConnectError"):
            fetch(http, "http://127.0.0.1:9/feed")
        monkeypatch.setattr(calendars, "MOST_BYTES", 20)
        with pytest.raises(CalendarError, match="larger than"):
            fetch(http, f"{server}/feed")
        monkeypatch.setattr(calendars, "MOST_BYTES", 10_000)
        monkeypatch.setattr(calendars, "MOST_SECONDS", -1.0)
        with pytest.raises(CalendarError, match="took longer"):
            fetch(http, f"{server}/feed")
