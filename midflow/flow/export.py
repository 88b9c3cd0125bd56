"""The record as a file: for a spreadsheet, for data tools, or as the statements that it is."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Literal, get_args

from midflow.core.record.columns import KINDS, Row, row
from midflow.core.record.jsontext import decode
from midflow.insight.parquet import from_csv
from midflow.store.privacy import Purpose, log_access
from midflow.store.selection import Selected, select
from midflow.store.terms import Term
from midflow.store.tx import Store

Format = Literal["csv", "ndjson", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
Write = Callable[[IO[str], Iterator[Selected]], int]
PAGE = 500
EVERYBODY = "everybody"


def export(
    store: Store,
    target: Path,
    *,
    format: Format,
    wanted: Sequence[Term] = (),
    since_ms: int | None = None,
    until_ms: int | None = None,
    reader: str,
    purpose: Purpose,
    now: float,
) -> int:
    """Write the statements that have all wanted terms to a file, in stored order, and return how many.

    What is voided is left out. That it was read, by whom and for which purpose, is
    written down first: under the agent's identifier where one is wanted.
    """
    subject = next((value for kind, value in wanted if kind in ("agent", "related_agent")), EVERYBODY)
    what = f"statements of the record, exported as {format}"
    store.write(lambda tx: log_access(tx, at=now, reader=reader, purpose=purpose, subject=subject, what=what))
    found = _all(store, wanted, since_ms, until_ms)
    if format == "parquet":
        with TemporaryDirectory(dir=target.parent) as folder:
            table = Path(folder) / "statements.csv"
            _written(table, found, _csv)
            return from_csv(table, target, KINDS)
    return _written(target, found, _csv if format == "csv" else _ndjson)


def _all(
    store: Store, wanted: Sequence[Term], since_ms: int | None, until_ms: int | None
) -> Iterator[Selected]:
    """Page by page, so that no write waits and no memory fills."""
    after = 0
    while True:
        page = store.read(
            lambda tx, after=after: select(
                tx, wanted, since_ms=since_ms, until_ms=until_ms, after=after, limit=PAGE, ascending=True
            )
        )
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].seq


def _written(target: Path, found: Iterator[Selected], write: Write) -> int:
    """Write beside the target and put it in place when it is whole: nobody reads half a file."""
    partial = target.with_name(f".{target.name}.partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        count = write(file, found)
    partial.replace(target)
    return count


def _csv(file: IO[str], found: Iterator[Selected]) -> int:
    table = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
    table.writerow(KINDS)
    count = 0
    for count, one in enumerate(found, 1):  # noqa: B007 - how many there were is the result
        table.writerow([_cell(value) for value in _row(one)])
    return count


def _ndjson(file: IO[str], found: Iterator[Selected]) -> int:
    count = 0
    for count, one in enumerate(found, 1):  # noqa: B007 - how many there were is the result
        file.write(one.raw.decode() + "\n")
    return count


def _row(one: Selected) -> Row:
    return row(one.seq, one.raw, decode(one.raw))


def _cell(value: object) -> object:
    return ("true" if value else "false") if isinstance(value, bool) else value
