"""The store: a writer at a time, all or nothing, and commits shared by those who wait."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from midflow.store import jobs, keys, people, privacy, releases
from midflow.store.people import Person
from midflow.store.sqlite import Store, StoreError, Tx
from midflow.store.writer import Closed, GroupCommit


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(tmp_path / "events.db")
    yield opened
    opened.close()


def note(tx: Tx, names: list[str]) -> list[int]:
    for name in names:
        if name == "bad":
            raise ValueError("bad item")
        tx.execute("INSERT INTO meta VALUES (?, '1')", [name])
    return [len(names)] * len(names)


def noted(store: Store) -> set[str]:
    return store.read(lambda tx: {row[0] for row in tx.execute("SELECT name FROM meta")})


def test_items_that_wait_share_one_commit(store: Store) -> None:
    async def run() -> tuple[list[int], int]:
        writer = GroupCommit(store, {"note": note})
        results = await asyncio.gather(*(writer.submit("note", f"n{i}") for i in range(40)))
        await writer.close()
        return results, writer.transactions

    results, transactions = asyncio.run(run())
    assert len(noted(store)) == 40
    assert transactions < 5
    assert max(results) > 10


def test_a_bad_item_fails_alone(store: Store) -> None:
    async def run() -> list[object]:
        writer = GroupCommit(store, {"note": note})
        waiting = [writer.submit("note", name) for name in ("a", "bad", "b")]
        found = await asyncio.gather(*waiting, return_exceptions=True)
        await writer.close()
        return found

    first, bad, last = asyncio.run(run())
    assert (first, last) == (1, 1)
    assert isinstance(bad, ValueError)
    assert noted(store) == {"a", "b"}


def test_closing_commits_what_was_taken_and_takes_nothing_new(store: Store) -> None:
    async def run() -> None:
        writer = GroupCommit(store, {"note": note})
        future = writer.submit("note", "last")
        await writer.close()
        assert future.done()
        with pytest.raises(Closed):
            writer.submit("note", "late")

    asyncio.run(run())
    assert noted(store) == {"last"}


def test_a_caller_who_gives_up_does_not_disturb_the_others(store: Store) -> None:
    async def run() -> int:
        writer = GroupCommit(store, {"note": note})
        gone, stays = writer.submit("note", "x"), writer.submit("note", "y")
        gone.cancel()
        result = await stays
        await writer.close()
        return result

    assert asyncio.run(run()) == 2
    assert noted(store) == {"x", "y"}


def test_writers_in_several_threads_and_stores_take_turns(store: Store) -> None:
    other = Store.open(store.path)

    def count(which: Store) -> None:
        for _ in range(50):
            which.write(
                lambda tx: tx.execute(
                    "INSERT INTO meta VALUES ('n', '1') ON CONFLICT (name) DO UPDATE SET value=value+1"
                )
            )

    threads = [threading.Thread(target=count, args=(which,)) for which in (store, other, store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read(lambda tx: tx.execute("SELECT value FROM meta WHERE name='n'").fetchone()) == ("200",)
    other.close()


def test_an_exception_undoes_the_whole_transaction(store: Store) -> None:
    with pytest.raises(ValueError, match="bad"):
        store.write(lambda tx: note(tx, ["a", "bad"]))
    assert noted(store) == set()


def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.read(lambda tx: note(tx, ["a"]))


def test_a_change_by_another_connection_is_noticed(store: Store) -> None:
    before = store.changes()
    store.write(lambda tx: note(tx, ["a"]))
    assert store.changes() != before


def test_a_store_of_a_newer_version_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    Store.open(path).close()
    with sqlite3.connect(path) as tx:
        tx.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match="newer Midflow .schema 99.. Install that version"):
        Store.open(path)


def test_several_processes_may_create_the_store_at_once(tmp_path: Path) -> None:
    threads = [threading.Thread(target=lambda: Store.open(tmp_path / "events.db").close()) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Store.open(tmp_path / "events.db").read(releases.current_number) == 0


def test_acknowledged_writes_are_on_disk_in_full_sync(store: Store) -> None:
    assert store.read(lambda tx: tx.execute("PRAGMA synchronous").fetchone()) == (2,)
    assert store.read(lambda tx: tx.execute("PRAGMA journal_mode").fetchone()) == ("wal",)


def test_a_person_comes_back_as_they_were_saved(store: Store) -> None:
    ana = Person(
        id="ana", name="Ana", email="a@x", site="oslo", locale="no", jurisdiction="NO", timezone="Europe/Oslo",
        roles=("agent", "lead"), teams=("desk",), consent=False, opted_out=True, quiet_from=1200, quiet_until=480,
    )  # fmt: skip
    store.write(lambda tx: people.save_person(tx, ana, now=1.0))
    store.write(lambda tx: people.save_person(tx, ana, now=2.0))
    assert store.read(lambda tx: people.person(tx, "ana")) == ana
    assert store.read(people.people) == [ana]


def test_mapping_an_account_takes_it_off_the_list_and_keeps_its_history(store: Store) -> None:
    store.write(lambda tx: people.note_unknown(tx, [("desk", "a7", 5.0, 3)]))
    store.write(lambda tx: people.add_account(tx, "desk", "a7", "ana", now=9.0))
    assert store.read(people.unknown_accounts) == []
    assert store.read(lambda tx: people.person_of(tx, "desk", "a7")) == "ana"


def test_a_look_at_a_persons_data_is_written_down_with_its_purpose(store: Store) -> None:
    look = {"at": 1.0, "reader": "chloe", "subject": "ana", "what": "status"}
    store.write(lambda tx: privacy.log_access(tx, purpose="support", **look))  # type: ignore[arg-type]
    assert [row.reader for row in store.read(lambda tx: privacy.accesses_of(tx, "ana"))] == ["chloe"]
    with pytest.raises(sqlite3.IntegrityError):
        store.write(lambda tx: privacy.log_access(tx, purpose="curiosity", **look))  # type: ignore[arg-type]


def test_a_key_is_found_by_its_hash_until_it_is_revoked(store: Store) -> None:
    store.write(lambda tx: keys.add_key(tx, hash=b"h", name="crm", scopes=("events:write",), now=1.0))
    found = store.read(lambda tx: keys.key(tx, b"h"))
    assert found is not None
    assert (found.scopes, found.revoked) == (("events:write",), None)
    assert store.write(lambda tx: keys.revoke_keys(tx, "crm", 2.0)) == 1
    assert store.write(lambda tx: keys.revoke_keys(tx, "crm", 3.0)) == 0


def test_a_job_is_claimed_once_retried_later_each_time_and_repeated(store: Store) -> None:
    store.write(lambda tx: jobs.schedule(tx, "sweep", due=10.0, every=60.0))
    store.write(lambda tx: jobs.schedule(tx, "sweep", due=99.0, every=60.0))
    assert store.write(lambda tx: jobs.claim(tx, 9.0)) is None
    job = store.write(lambda tx: jobs.claim(tx, 10.0))
    assert job is not None
    assert store.write(lambda tx: jobs.claim(tx, 10.0)) is None
    store.write(lambda tx: jobs.fail(tx, job, 10.0, "boom"))
    assert store.write(lambda tx: jobs.claim(tx, 14.0)) is None
    again = store.write(lambda tx: jobs.claim(tx, 15.0))
    assert again is not None
    assert again.attempts == 2
    store.write(lambda tx: jobs.finish(tx, again, 15.0))
    assert store.write(lambda tx: jobs.claim(tx, 74.0)) is None
    assert store.write(lambda tx: jobs.claim(tx, 75.0)) is not None


def test_a_job_whose_worker_died_is_taken_by_another_when_its_lease_ends(store: Store) -> None:
    store.write(lambda tx: jobs.schedule(tx, "once", due=0.0))
    assert store.write(lambda tx: jobs.claim(tx, 0.0)) is not None
    assert store.write(lambda tx: jobs.claim(tx, jobs.LEASE_SECONDS - 1)) is None
    taken = store.write(lambda tx: jobs.claim(tx, jobs.LEASE_SECONDS))
    assert taken is not None
    store.write(lambda tx: jobs.finish(tx, taken, 400.0))
    assert store.write(lambda tx: jobs.claim(tx, 1e9)) is None
