"""What mentors saw people do at work."""

from typing import NamedTuple

from midflow.store.tx import Tx


class ObservationRow(NamedTuple):
    """`observer` saw `person` do `task`, and it went right or wrong. `at` in seconds."""

    person: str
    observer: str
    task: str
    at: float
    right: bool
    note: str


_COLUMNS = "person, observer, task, at, went_right, note"


def add_observation(tx: Tx, row: ObservationRow) -> None:
    """Append an observation."""
    values = [*row._replace(right=int(row.right))]
    tx.execute(f"INSERT INTO observation ({_COLUMNS}) VALUES (?,?,?,?,?,?)", values)


def observations_of(tx: Tx, person: str) -> list[ObservationRow]:
    """Return what was seen of a person, the latest first."""
    rows = tx.execute(
        f"SELECT {_COLUMNS} FROM observation WHERE person=? ORDER BY at DESC, seq DESC", [person]
    )
    return [ObservationRow._make(row)._replace(right=bool(row[4])) for row in rows]
