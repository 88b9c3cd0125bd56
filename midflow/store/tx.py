"""What a store is to those who use it: functions of a transaction, on SQLite or on PostgreSQL.

The SQL of this folder runs on both: `?` for a value, names qualified in ON
CONFLICT, 0 and 1 for truth. What differs stands in `sqlite.py`, `postgres.py`
and `schema.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

Result = TypeVar("Result")

BUSY_SECONDS = 30.0
"""How long a writer waits for its turn among all processes."""


class StoreError(RuntimeError):
    """The store cannot be used: why, and what to do."""


class DiskFull(StoreError):
    """The disk takes no more: nothing of this write is kept, and reading goes on."""


class Rows(Protocol):
    """What a statement gave: rows as tuples, or how many it touched."""

    @property
    def rowcount(self) -> int:
        """How many rows were touched."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Tx(Protocol):
    """One transaction."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Rows:
        """Run one statement."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Rows:
        """Run one statement once for each row of values."""
        ...


class Store(Protocol):
    """One open store. Safe to use from several threads; writers of all processes take turns."""

    def write(self, fn: Callable[[Tx], Result]) -> Result:
        """Run `fn` in one transaction and return its result after the commit; an exception undoes all.

        Raises DiskFull, or StoreError where the store is away.
        """
        ...

    def read(self, fn: Callable[[Tx], Result]) -> Result:
        """Run `fn` on one consistent view and return its result."""
        ...

    def changes(self) -> int:
        """Return a number that changes when any other connection has committed."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
