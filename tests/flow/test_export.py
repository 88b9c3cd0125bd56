"""The record as files, each complete or not there."""

import csv
import json
from pathlib import Path

import duckdb
import pytest

from midflow.core.record.columns import KINDS
from midflow.flow.export import Format, export
from midflow.flow.record import record
from midflow.store.privacy import accesses_of
from midflow.store.tx import Store
from tests.flow.statements import batch, says

ANA = "mbox:mailto:ana@example.org"


@pytest.fixture
def filled(store: Store) -> Store:
    scored = says(
        2, who="ben", result={"success": False, "score": {"scaled": 0.25, "raw": 1}, "response": 'a "b",\nc'},
        timestamp="2026-03-01T10:00:00+02:00",
    )  # fmt: skip
    group = says(3) | {"actor": {"objectType": "Group", "member": [{"mbox": "mailto:ana@example.org"}]}}
    voiding = says(5) | {
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": says(4)["id"]},
    }
    store.write(lambda tx: record(tx, [batch(says(1), scored, group, says(4), voiding)], now_ms=1000))
    return store


def written(store: Store, target: Path, format: Format, **more: object) -> int:
    return export(store, target, format=format, reader="op", purpose="operations", now=1.0, **more)  # type: ignore[arg-type]


def test_a_csv_has_a_row_for_each_statement_that_is_not_voided(filled: Store, tmp_path: Path) -> None:
    assert written(filled, tmp_path / "all.csv", "csv") == 4
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(KINDS)
    assert [row["seq"] for row in rows] == ["1", "2", "3", "5"]
    assert rows[1]["response"] == 'a "b",\nc'
    assert rows[1]["success"] == "false"
    assert rows[1]["timestamp"] == "2026-03-01T08:00:00.000Z"
    assert rows[2]["actor"] == ""
    assert json.loads(rows[0]["statement"])["id"] == says(1)["id"]


def test_ndjson_is_the_statements_as_they_are_stored(filled: Store, tmp_path: Path) -> None:
    written(filled, tmp_path / "all.ndjson", "ndjson")
    lines = (tmp_path / "all.ndjson").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [says(n)["id"] for n in (1, 2, 3, 5)]


def test_parquet_has_the_same_rows_with_types(filled: Store, tmp_path: Path) -> None:
    assert written(filled, tmp_path / "it's all.parquet", "parquet") == 4
    with duckdb.connect() as db:
        rows = db.execute(
            "SELECT seq, success, score_scaled, response FROM read_parquet(?) ORDER BY seq",
            [str(tmp_path / "it's all.parquet")],
        ).fetchall()
    assert rows[1] == (2, False, 0.25, 'a "b",\nc')
    assert rows[0] == (1, None, None, None)


def test_an_export_of_one_agent_is_written_down_under_that_agent(filled: Store, tmp_path: Path) -> None:
    assert written(filled, tmp_path / "ana.csv", "csv", wanted=[("agent", ANA)]) == 3
    (look,) = filled.read(lambda tx: accesses_of(tx, ANA))
    assert (look.reader, look.purpose) == ("op", "operations")


def test_a_bounded_export_has_what_was_stored_between(filled: Store, tmp_path: Path) -> None:
    filled.write(lambda tx: record(tx, [batch(says(9))], now_ms=5000))
    assert written(filled, tmp_path / "late.csv", "csv", since_ms=1000) == 1
    assert written(filled, tmp_path / "early.csv", "csv", until_ms=1000) == 4


def test_a_file_that_cannot_be_finished_is_not_there(filled: Store, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        written(filled, tmp_path / "nowhere" / "all.csv", "csv")
    assert list(tmp_path.glob("**/*.csv")) == []
