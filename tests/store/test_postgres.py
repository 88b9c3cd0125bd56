"""PostgreSQL: what goes wrong between us and a server is one clear error, and what can be mended mends itself."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from midflow.store import postgres, releases, settling, statements
from midflow.store.open import open_store
from midflow.store.selection import select
from midflow.store.tx import DiskFull, StoreError, Tx
from tests.postgres import Server, running
from tests.store.statements import ifi, rows, statement, verb

pytestmark = pytest.mark.needs("postgresql")


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.database()


@pytest.fixture
def own(needs: Callable[[str], Path]) -> Iterator[Server]:
    """A server that one test may stop as it likes."""
    with running(needs("postgresql").resolve().parent) as server:
        yield server


def note(tx: Tx, name: str) -> None:
    tx.execute("INSERT INTO meta VALUES (?, '1')", [name])


def noted(tx: Tx) -> set[str]:
    return {name for (name,) in tx.execute("SELECT name FROM meta")} - {"schema"}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://midflow:hush@/d?no_such_option=1", "no PostgreSQL address"),
        ("postgresql://midflow:hush@127.0.0.1:1/d", "Check that it runs"),
        ("postgresql://midflow:hush@/d?host=/nowhere", "Check that it runs"),
    ],
)
def test_a_wrong_address_is_one_line_without_its_password(tmp_path: Path, address: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as caught:
        open_store(tmp_path, address)
    assert "hush" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_that_is_not_there_is_named(postgres: Server, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match='"nothing" does not exist'):
        open_store(tmp_path, postgres.url("nothing"))


def test_without_psycopg_the_error_says_how_to_get_it(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("midflow.store.postgres")
    monkeypatch.setitem(sys.modules, "midflow.store.postgres", None)
    with pytest.raises(StoreError, match=r'pip install "midflow\[postgres\]"'):
        open_store(tmp_path, url)


def test_a_store_of_a_newer_version_is_refused_with_the_remedy(url: str) -> None:
    store = postgres.Store.open(url)
    store.write(lambda tx: tx.execute("UPDATE meta SET value='99' WHERE name='schema'"))
    store.close()
    with pytest.raises(StoreError, match="newer Midflow .schema 99.. Install that version"):
        postgres.Store.open(url)


def test_a_database_in_another_encoding_is_refused(postgres: Server, tmp_path: Path) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(StoreError, match="encoding is LATIN1"):
        open_store(tmp_path, postgres.url("latin"))


def test_our_tables_share_a_database_with_tables_of_the_same_names(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE meta (something TEXT)")
    store = postgres.Store.open(url)
    store.write(lambda tx: note(tx, "ours"))
    store.close()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM public.meta").fetchone() == (0,)


def test_a_server_that_was_started_again_is_used_again_and_one_that_is_away_is_named(own: Server) -> None:
    store = postgres.Store.open(own.database())
    assert store.read(noted) == set()
    own.stop()
    own.start()
    store.write(lambda tx: note(tx, "a"))
    assert store.read(noted) == {"a"}
    own.stop()
    for use in (lambda: store.write(lambda tx: note(tx, "b")), lambda: store.read(noted), store.changes):
        with pytest.raises(StoreError, match="Check that it runs"):
            use()
    own.start()
    store.write(lambda tx: note(tx, "c"))
    assert store.read(noted) == {"a", "c"}
    store.close()


def test_a_connection_lost_in_the_middle_is_an_error_and_nothing_is_done_twice(url: str) -> None:
    store = postgres.Store.open(url)
    times: list[int] = []

    def cut(tx: Tx) -> None:
        note(tx, "half")
        times.append(1)
        own = tx.execute("SELECT pg_backend_pid()").fetchone()[0]
        with psycopg.connect(url) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [own])
        note(tx, "other half")

    with pytest.raises(StoreError, match="connection was lost"):
        store.write(cut)
    assert (len(times), store.read(noted)) == (1, set())
    store.write(lambda tx: note(tx, "again"))
    assert store.read(noted) == {"again"}
    store.close()


def test_a_writer_that_waits_too_long_says_so(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = postgres.Store.open(url)
    monkeypatch.setattr(postgres, "SESSION", postgres.SESSION.replace(b"'30s'", b"'50ms'"))
    second = postgres.Store.open(url)
    with pytest.raises(StoreError, match="another process is writing"):
        first.write(lambda tx: second.write(lambda tx: note(tx, "a")))
    second.write(lambda tx: note(tx, "b"))
    assert first.read(noted) == {"b"}
    first.close()
    second.close()


def test_a_full_disk_is_named_nothing_is_kept_and_writing_goes_on_when_there_is_space(url: str) -> None:
    store = postgres.Store.open(url)

    def full(tx: Tx) -> None:
        note(tx, "a")
        tx.execute("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE='53100'; END $$")

    with pytest.raises(DiskFull, match="free some space"):
        store.write(full)
    assert store.read(noted) == set()
    store.write(lambda tx: note(tx, "b"))
    store.close()


def test_reading_from_many_threads_keeps_few_connections(url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    store = postgres.Store.open(url)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: store.read(releases.current_number), range(400)))
    assert found == [0] * 400
    assert len(store._idle) <= postgres.IDLE_CONNECTIONS
    store.close()


def test_a_list_is_read_along_its_index_also_before_the_tables_were_ever_analysed(url: str) -> None:
    store = postgres.Store.open(url)
    for _ in range(4):
        some = rows(*(statement("ana", "tried", str(n)) for n in range(500)))
        store.write(lambda tx, some=some: statements.add_statements(tx, some, now_ms=1))
    store.write(settling.settle)
    plans: list[str] = []

    class Explained:
        def __init__(self, tx: Tx) -> None:
            self.tx = tx

        def execute(self, sql: str, values: Any = ()) -> Any:
            plans.extend(line for (line,) in self.tx.execute(f"EXPLAIN {sql}", values))
            return self.tx.execute(sql, values)

    wanted = [("agent", ifi("ana")), ("verb", verb("tried"))]
    found = store.read(lambda tx: select(Explained(tx), wanted, limit=3, since_ms=0, until_ms=5))  # type: ignore[arg-type]
    assert len(found) == 3
    assert any("Index Only Scan Backward using statement_term_pkey" in line for line in plans), plans
    slow = re.compile(r"Bitmap|Hash|Seq Scan on statement(_term)? ")
    assert [line for line in plans if slow.search(line)] == []
    store.close()
