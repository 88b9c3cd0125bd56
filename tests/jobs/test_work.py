"""The jobs process does what is due, and a failure stops nothing else."""

from pathlib import Path

import msgspec
import pytest

from midflow import plugs
from midflow.core.content.model import Absent, Rule
from midflow.core.events import WorkEvent
from midflow.core.match.history import HOUR
from midflow.flow.ingest import admit, ingest
from midflow.flow.publish import publish
from midflow.flow.rulebook import current_book
from midflow.jobs import serve
from midflow.jobs.table import TABLE, Entry
from midflow.store import jobs, log
from midflow.store.people import Person, add_account, save_person
from midflow.store.sqlite import Store
from midflow.store.tx import Tx
from tests.flow.conftest import DESK, DRAFT, NOW


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(tmp_path / "events.db")
    opened.write(lambda tx: serve.plan(tx, 0.0))
    yield opened
    opened.close()


def test_every_job_of_the_table_runs_when_it_is_due(store: Store) -> None:
    done = 0
    while serve.work_once(store, 1.0):
        done += 1
    assert done == len(TABLE)
    assert store.read(jobs.last_beat) is not None


def test_a_job_that_fails_is_noted_and_the_others_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def boom(store: Store, job: jobs.Job, now: float) -> None:
        raise RuntimeError("boom")

    monkeypatch.setitem(serve.TABLE, "expire_offers", Entry(boom, 20.0))
    while serve.work_once(store, 1.0):
        pass
    errors = store.read(lambda tx: dict(tx.execute("SELECT name, last_error FROM job").fetchall()))
    assert "boom" in errors["expire_offers"]
    assert errors["beat"] == ""


def test_a_rule_that_waits_speaks_by_the_job_when_its_time_has_come_and_not_before(store: Store) -> None:
    rule = Rule(
        id="unanswered", task="put-on-hold", phase="stuck", events=("desk.wait",),
        history=(Absent(events=("desk.reply",), within_hours=4),),
    )  # fmt: skip
    draft = msgspec.structs.replace(DRAFT, rules=(rule,))
    publish(store, draft, kinds=plugs.block_kinds(), now=NOW)
    book = current_book(store, plugs.block_kinds())

    def happens(tx: Tx) -> None:
        save_person(tx, Person(id="ana", name="Ana"), now=NOW)
        add_account(tx, DESK, "ana", "ana", now=NOW)
        event = WorkEvent(source=DESK, id="1", type="desk.wait", time=NOW, person="ana", case="T-1")
        ingest(tx, [admit(event, book, received=NOW)], book=book, draw=lambda: 0.0)

    store.write(happens)
    while serve.work_once(store, NOW + 4 * HOUR - 1):
        pass
    assert store.read(log.all_decisions) == []
    store.write(lambda tx: jobs.schedule(tx, "fire_timers", key="now", due=0.0))
    while serve.work_once(store, NOW + 4 * HOUR + 1):
        pass
    (row,) = store.read(log.all_decisions)
    assert (row.situation.rule, row.situation.now) == ("unanswered", NOW + 4 * HOUR + 1)


def test_a_job_that_no_version_knows_fails_with_its_name(store: Store) -> None:
    store.write(lambda tx: jobs.schedule(tx, "dance", due=-1.0))
    assert serve.work_once(store, 0.0)
    row = store.read(lambda tx: tx.execute("SELECT last_error FROM job WHERE name='dance'").fetchone())
    assert "there is no job 'dance'" in row[0]
