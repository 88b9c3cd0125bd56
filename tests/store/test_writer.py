"""Writing: a writer at a time, all or nothing, and commits shared by those who wait."""

import asyncio
import threading

import pytest

from midflow.store import releases
from midflow.store.tx import DiskFull, Store, StoreError, Tx
from midflow.store.writer import Closed, GroupCommit
from tests.conftest import Opens


def note(tx: Tx, names: list[str]) -> list[int]:
    for name in names:
        if name == "bad":
            raise ValueError("bad item")
        tx.execute("INSERT INTO meta VALUES (?, '1')", [name])
    return [len(names)] * len(names)


def noted(store: Store) -> set[str]:
    found = store.read(lambda tx: {row[0] for row in tx.execute("SELECT name FROM meta")})
    return found - {"schema"}


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


@pytest.mark.parametrize("error", [StoreError("away"), DiskFull("full")])
def test_a_store_that_is_away_or_full_fails_everybody_at_once(store: Store, error: StoreError) -> None:
    tries: list[int] = []

    def away(tx: Tx, items: list[str]) -> list[int]:
        tries.append(len(items))
        raise error

    async def run() -> list[object]:
        writer = GroupCommit(store, {"away": away})
        waiting = [writer.submit("away", "x") for _ in range(30)]
        found = await asyncio.gather(*waiting, return_exceptions=True)
        await writer.close()
        return found

    assert asyncio.run(run()) == [error] * 30
    assert len(tries) < 5


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


def test_writers_in_several_threads_and_stores_take_turns(store: Store, opens: Opens) -> None:
    other = opens()

    def up(tx: Tx) -> None:
        row = tx.execute("SELECT value FROM meta WHERE name='n'").fetchone()
        tx.execute("DELETE FROM meta WHERE name='n'")
        tx.execute("INSERT INTO meta VALUES ('n', ?)", [str(int(row[0]) + 1 if row else 1)])

    def count(which: Store) -> None:
        for _ in range(50):
            which.write(up)

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
    store.write(lambda tx: note(tx, ["a"]))
    assert noted(store) == {"a"}


def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        store.read(lambda tx: note(tx, ["a"]))
    assert noted(store) == set()


def test_a_reader_sees_one_moment_however_long_it_reads(store: Store, opens: Opens) -> None:
    other = opens()

    def look(tx: Tx) -> tuple[int, int]:
        before = tx.execute("SELECT count(*) FROM meta").fetchone()[0]
        other.write(lambda tx: note(tx, ["a"]))
        return before, tx.execute("SELECT count(*) FROM meta").fetchone()[0]

    before, after = store.read(look)
    assert before == after
    assert noted(store) == {"a"}
    other.close()


def test_a_change_by_another_connection_is_noticed_and_nothing_else(store: Store, opens: Opens) -> None:
    other = opens()
    for name in ("a", "b", "c"):
        before = store.changes()
        assert store.changes() == before
        other.write(lambda tx, name=name: note(tx, [name]))
        assert store.changes() != before
    other.close()


def test_what_has_not_been_committed_is_no_change_yet(store: Store, opens: Opens) -> None:
    other = opens()

    def look(tx: Tx) -> int:
        note(tx, ["a"])
        return store.changes()

    before = store.changes()
    assert other.write(look) == before
    assert store.changes() != before
    other.close()


def test_several_processes_may_create_the_store_at_once(opens: Opens) -> None:
    threads = [threading.Thread(target=lambda: opens().close()) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = opens()
    assert store.read(releases.current_number) == 0
    store.close()


def test_who_holds_the_turn_is_waited_for_beside_the_event_loop(store: Store, opens: Opens) -> None:
    other = opens()
    held, let_go = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        note(tx, ["held"])
        held.set()
        let_go.wait(10)

    async def run() -> None:
        writer = GroupCommit(store, {"note": note})
        waiting = writer.submit("note", "late")
        for _ in range(20):  # the loop goes on
            await asyncio.sleep(0.005)
        assert not waiting.done()
        let_go.set()
        await waiting
        await writer.close()

    thread = threading.Thread(target=other.write, args=[hold])
    thread.start()
    held.wait(10)
    asyncio.run(run())
    thread.join()
    other.close()
    assert noted(store) == {"held", "late"}
