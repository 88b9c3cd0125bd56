"""Releases: what is published, whole and immutable."""

from typing import NamedTuple

from midflow.store.tx import Tx


class ReleaseRow(NamedTuple):
    """One release without its body. `created` in seconds since the epoch."""

    number: int
    created: float
    hash: str
    published_by: str


def save_release(
    tx: Tx, number: int, body: bytes, *, hash: str, created: float, published_by: str = ""
) -> None:
    """Append a release; numbers run from 1 without gaps."""
    tx.execute("INSERT INTO release VALUES (?,?,?,?,?)", [number, created, hash, published_by, body])


def current_number(tx: Tx) -> int:
    """Return the number of the current release, 0 before the first."""
    return int(tx.execute("SELECT coalesce(max(number), 0) FROM release").fetchone()[0])


def current_release(tx: Tx) -> tuple[ReleaseRow, bytes] | None:
    """Return the current release and its body, None before the first."""
    return _release(tx, "ORDER BY number DESC LIMIT 1", [])


def release(tx: Tx, number: int) -> tuple[ReleaseRow, bytes] | None:
    """Return one release and its body, or None."""
    return _release(tx, "WHERE number=?", [number])


def releases(tx: Tx, limit: int = 50) -> list[ReleaseRow]:
    """Return the latest releases, newest first."""
    rows = tx.execute(
        "SELECT number, created, hash, published_by FROM release ORDER BY number DESC LIMIT ?", [limit]
    )
    return [ReleaseRow(*row) for row in rows]


def _release(tx: Tx, which: str, values: list[int]) -> tuple[ReleaseRow, bytes] | None:
    row = tx.execute(
        f"SELECT number, created, hash, published_by, body FROM release {which}", values
    ).fetchone()
    return (ReleaseRow(*row[:4]), row[4]) if row else None
