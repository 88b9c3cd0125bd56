"""The jobs process does what is due, and a failure stops nothing else."""

from pathlib import Path

import pytest

from midflow.jobs import serve
from midflow.jobs.table import TABLE, Entry
from midflow.store import jobs
from midflow.store.sqlite import Store


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


def test_a_job_that_no_version_knows_fails_with_its_name(store: Store) -> None:
    store.write(lambda tx: jobs.schedule(tx, "dance", due=-1.0))
    assert serve.work_once(store, 0.0)
    row = store.read(lambda tx: tx.execute("SELECT last_error FROM job WHERE name='dance'").fetchone())
    assert "there is no job 'dance'" in row[0]
