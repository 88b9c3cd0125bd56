"""From a registered feed to a date on which a task is known to come; nothing else of it is kept."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from midflow import plugs
from midflow.cli import main
from midflow.connect import calendars as feeds
from midflow.flow.publish import publish
from midflow.jobs.calendars import ReadCalendars
from midflow.store import calendars, digests
from midflow.store.jobs import Job
from midflow.store.open import open_store
from midflow.store.people import Person, save_person
from midflow.store.tx import Store
from tests.flow.conftest import DRAFT
from tests.plugs.test_calendars import feed

JOB = Job("read_calendars", "", 300.0, 1, {})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path, "")
    opened.write(lambda tx: save_person(tx, Person(id="ana", name="Ana"), now=1.0))
    publish(opened, DRAFT, kinds=plugs.block_kinds(), now=1.0)
    yield opened
    opened.close()


def tomorrow() -> str:
    return datetime.fromtimestamp(time.time() + 86_400, UTC).strftime("%Y%m%dT090000Z")


def test_a_calendar_from_the_command_line_to_the_date_of_a_task(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--data", str(tmp_path)]
    url = "webcal://calendar.example/secret-key/ana.ics"
    assert (
        main(["calendar", "add", "--person", "ana", "--url", url, "--map", "evening round=close", *at]) == 0
    )
    body = feed(
        f"UID:1\nSUMMARY:Evening round with Mr Smith\nDTSTART:{tomorrow()}",
        f"UID:2\nSUMMARY:Dentist\nDTSTART:{tomorrow()}",
    )
    asked: list[str] = []
    monkeypatch.setattr(feeds, "fetch", lambda _http, address: asked.append(address) or body)
    now = time.time()
    ReadCalendars()(store, JOB, now)
    assert asked == ["https://calendar.example/secret-key/ana.ics"]
    due = store.read(lambda tx: digests.due_tasks(tx, "ana", now, now + 3 * 86_400))
    assert due.keys() == {"close"}
    kept = store.read(lambda tx: tx.execute("SELECT * FROM task_due").fetchall())
    assert "Smith" not in str(kept)
    capsys.readouterr()
    assert main(["calendar", "list", *at]) == 0
    said = capsys.readouterr().out
    assert "ana\thttps://calendar.example/…\tread 2" in said
    assert "secret-key" not in said
    ReadCalendars()(store, JOB, now + 60)
    assert len(asked) == 1
    assert main(["calendar", "remove", "--id", "1", *at]) == 0
    assert store.read(lambda tx: tx.execute("SELECT count(*) FROM task_due").fetchone()) == (0,)
    assert main(["calendar", "remove", "--id", "1", *at]) == 1


def test_a_feed_that_cannot_be_read_keeps_its_dates_and_says_why(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write(lambda tx: calendars.add_calendar(tx, "ana", "https://x/a.ics", {}))
    body = feed(f"UID:1\nSUMMARY:Closing tickets\nDTSTART:{tomorrow()}")
    monkeypatch.setattr(feeds, "fetch", lambda _http, _url: body)
    now = time.time()
    ReadCalendars()(store, JOB, now)

    def away(_http: object, _url: str) -> bytes:
        raise feeds.CalendarError("the address answered 503, not 200.")

    monkeypatch.setattr(feeds, "fetch", away)
    ReadCalendars()(store, JOB, now + 3700)
    (row,) = store.read(calendars.calendars)
    assert row.error == "the address answered 503, not 200."
    assert store.read(lambda tx: digests.due_tasks(tx, "ana", now, now + 3 * 86_400)).keys() == {"close"}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"--person": "bob"}, "There is no person 'bob'."),
        ({"--url": "ftp://x"}, "begins with https://"),
        ({"--map": "a=nothing"}, "There is no task 'nothing'"),
        ({"--map": "=close"}, "write it as WORDS=TASK"),
    ],
)
def test_a_calendar_that_cannot_be_registered_is_refused_with_why(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str], complaint: str
) -> None:
    args = {"--person": "ana", "--url": "https://x/a.ics", "--map": "round=close", **changes}
    given = [part for pair in args.items() for part in pair]
    assert main(["calendar", "add", "--data", str(tmp_path), *given]) == 2
    assert complaint in capsys.readouterr().err
