"""The file: durable, refused where it is not ours, brought up from an older schema."""

import sqlite3
from pathlib import Path

import pytest

from midflow.store.sqlite import Store
from midflow.store.tx import DiskFull, StoreError, Tx


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


def test_a_store_of_a_newer_version_is_refused_with_the_remedy(path: Path) -> None:
    Store.open(path).close()
    with sqlite3.connect(path) as tx:
        tx.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match="newer Midflow .schema 99.. Install that version"):
        Store.open(path)


@pytest.mark.parametrize("content", [b"not a database, whatever it is called" * 40, b"x" * 5000])
def test_a_file_of_another_program_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match="Restore a backup"):
        Store.open(path)
    assert path.read_bytes() == content


def test_acknowledged_writes_are_on_disk_in_full_sync(path: Path) -> None:
    store = Store.open(path)
    assert store.read(lambda tx: tx.execute("PRAGMA synchronous").fetchone()) == (2,)
    assert store.read(lambda tx: tx.execute("PRAGMA journal_mode").fetchone()) == ("wal",)
    store.close()


def test_a_full_disk_is_named_nothing_is_kept_and_reading_goes_on(path: Path) -> None:
    store = Store.open(path)

    def fill(tx: Tx, size: int) -> None:
        tx.execute("INSERT INTO meta VALUES ('first', '1')")
        tx.execute("INSERT INTO meta VALUES ('big', ?)", ["x" * size])

    pages = store.write(lambda tx: tx.execute("PRAGMA page_count").fetchone()[0])
    store.write(lambda tx: tx.execute(f"PRAGMA max_page_count={pages + 4}").fetchone())
    with pytest.raises(DiskFull, match="free some space"):
        store.write(lambda tx: fill(tx, 1_000_000))
    assert store.read(lambda tx: tx.execute("SELECT count(*) FROM meta").fetchone()) == (0,)
    store.write(lambda tx: tx.execute(f"PRAGMA max_page_count={pages + 4000}").fetchone())
    store.write(lambda tx: fill(tx, 1_000_000))
    assert store.read(lambda tx: tx.execute("SELECT count(*) FROM meta").fetchone()) == (2,)
    store.close()
