"""The file: durable, refused where it is not ours, brought up from an older schema."""

import asyncio
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from midflow.store import counts, sqlite, statements, writer
from midflow.store.outcomes import statements_of
from midflow.store.selection import select
from midflow.store.sqlite import Store
from midflow.store.tx import DiskFull, StoreError, Tx
from tests.store.statements import rows, statement


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


def test_a_store_of_the_first_schema_is_brought_up_with_all_it_holds(path: Path) -> None:
    """The file as version 0.1 began it: statements of ours alone, teams in the people's rows."""
    with sqlite3.connect(path) as tx:
        tx.executescript((Path(__file__).parent / "schema-1.sql").read_text())
        tx.execute("PRAGMA user_version=1")
        tx.execute(
            "INSERT INTO person VALUES ('ana','Ana','','','en','','UTC','[]','[\"desk\",\"night\"]',1,0,NULL,NULL,1)"
        )
        for n, (verb, block, result) in enumerate(OLD):
            made = old_statement(n, verb, result)
            values = (made["id"], "ana", verb, "hold", block, 100.0 + n, 200.5 + n, msgspec.json.encode(made))
            tx.execute(
                "INSERT INTO statement (id, person, verb, unit, block, time, stored, raw) VALUES (?,?,?,?,?,?,?,?)",
                values,
            )
    tx.close()
    Store.open(path).close()
    store = Store.open(path)
    rows = store.read(lambda tx: statements_of(tx, "ana"))
    assert [(row.verb, row.block, row.time, row.stored) for row in rows] == [
        ("opened", None, 100.0, 200.5), ("answered", "why", 101.0, 201.5),
    ]  # fmt: skip
    assert msgspec.json.decode(rows[1].raw)["result"] == {"success": True}
    term = ("agent", "account:https://midflow.example|ana")
    assert len(store.read(lambda tx: select(tx, [term], limit=9))) == 2
    assert store.read(lambda tx: counts.first_answers(tx, "desk", 0.0, right=True)) == (1, 1)
    assert store.read(counts.teams_of_people) == {"desk": 1, "night": 1}
    assert store.read(lambda tx: tx.execute("SELECT decision FROM outcome").fetchall()) == [(7,), (7,)]
    store.close()


OLD = [("opened", None, {}), ("answered", "why", {"result": {"success": True}})]


def old_statement(n: int, verb: str, result: dict[str, Any]) -> dict[str, Any]:
    home = "https://midflow.example"
    return {
        "id": f"00000000-0000-4000-8000-00000000000{n}",
        "actor": {"objectType": "Agent", "name": "Ana", "account": {"homePage": home, "name": "ana"}},
        "verb": {"id": f"urn:x-midflow:verb:{verb}"},
        "object": {"objectType": "Activity", "id": f"{home}/v1/units/hold"},
        "timestamp": "1970-01-01T00:01:40.000Z",
        "stored": "1970-01-01T00:03:20.500Z",
        "version": "1.0.3",
        "context": {"platform": "Midflow", "extensions": {"urn:x-midflow:context:decision": "7"}},
        **result,
    }


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes, where we may mount one."""
    place = tmp_path / "tiny"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not in every container")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(store: Store) -> int:
    """Store statements until there is no more space, and return how many were acknowledged."""
    taken = 0
    while True:
        some = rows(*(statement("ana", result={"response": "x" * 2000}) for _ in range(20)))
        try:
            store.write(lambda tx, some=some: statements.add_statements(tx, some, now_ms=1))
        except DiskFull:
            return taken
        taken += 20


def test_on_a_disk_that_is_really_full_what_was_acknowledged_is_read_and_space_mends_it(tiny: Path) -> None:
    ballast = tiny / "ballast"
    ballast.write_bytes(b"x" * 1_000_000)
    store = Store.open(tiny / "events.db")
    taken = fill(store)
    assert taken > 0
    for _ in range(3):
        assert len(store.read(lambda tx: select(tx, limit=10_000))) == taken
        with pytest.raises(DiskFull):
            store.write(lambda tx: tx.execute("INSERT INTO meta VALUES ('big', ?)", ["x" * 3_000_000]))
    ballast.unlink()
    store.write(lambda tx: statements.add_statements(tx, rows(statement("ana")), now_ms=1))
    assert len(store.read(lambda tx: select(tx, limit=10_000))) == taken + 1
    assert store.read(lambda tx: tx.execute("PRAGMA integrity_check").fetchone()) == ("ok",)
    store.close()


def test_a_writer_that_waits_too_long_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Store.open(path)
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    second = Store.open(path)
    with pytest.raises(StoreError, match="another process is writing"):
        first.write(lambda tx: second.write(lambda tx: None))
    second.write(lambda tx: tx.execute("INSERT INTO meta VALUES ('a', '1')"))
    first.close()
    second.close()


def test_an_emptied_log_has_left_everything_in_the_file(path: Path, tmp_path: Path) -> None:
    store = Store.open(path)
    store.write(lambda tx: tx.execute("INSERT INTO meta VALUES ('kept', '1')"))
    store.empty_log()
    alone = tmp_path / "alone.db"
    alone.write_bytes(path.read_bytes())
    with sqlite3.connect(alone) as tx:
        assert tx.execute("SELECT name FROM meta").fetchall() == [("kept",)]
    tx.close()
    store.close()


def test_the_log_is_emptied_while_others_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "EMPTY_AT", 10)
    store = Store.open(path)

    async def run() -> None:
        group = writer.GroupCommit(
            store,
            {
                "add": lambda tx, items: [
                    tx.execute("INSERT INTO meta VALUES (?, ?)", [n, "x" * 3000]) for n in items
                ]
            },
        )
        for n in range(400):
            await group.submit("add", f"n{n}")
        await group.close()

    asyncio.run(run())
    assert path.with_name(f"{path.name}-wal").stat().st_size < 400 * 3000
    assert store.read(lambda tx: tx.execute("SELECT count(*) FROM meta").fetchone()) == (400,)
    store.close()
