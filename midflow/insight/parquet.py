"""Tables as Parquet files, written by DuckDB (extra `analytics`)."""

from collections.abc import Mapping
from pathlib import Path


class Missing(RuntimeError):
    """DuckDB is not installed: what to do."""


def from_csv(source: Path, target: Path, columns: Mapping[str, str]) -> int:
    """Write a CSV file with a header as Parquet and return how many rows it has.

    `columns` maps each column to its SQL type; an empty field is no value.
    """
    try:
        import duckdb
    except ImportError:
        raise Missing("Parquet is written by DuckDB: pip install 'midflow[analytics]'.") from None
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    reading = (
        f"read_csv(?, header=true, columns={{{types}}}, nullstr='', quote='\"', escape='\"', parallel=false)"
    )
    with duckdb.connect() as db:
        relation = db.execute(
            f"COPY (SELECT * FROM {reading}) TO '{_quoted(target)}' (FORMAT parquet)", [str(source)]
        )
        row = relation.fetchone()
    return int(row[0]) if row else 0


def _quoted(path: Path) -> str:
    """COPY takes no parameter for its target."""
    return str(path).replace("'", "''")
