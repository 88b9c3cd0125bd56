"""What a store is to those who use it: functions of a transaction, on SQLite or on PostgreSQL.

The SQL of this folder runs on both: `?` for a value, names qualified in ON
CONFLICT, 0 and 1 for truth. What differs stands in `sqlite.py`, `postgres.py`
and `schema.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from midflow.store.memory import Memory

Result = TypeVar("Result")
Item = TypeVar("Item")

BUSY_SECONDS = 30.0
"""How long a writer waits for its turn among all processes."""


LONGEST_LIST = 256


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

    memory: Memory
    """What may be relied on while this one writes."""

    def execute(self, sql: str, values: Sequence[Any] = ..., /) -> Rows:
        """Run one statement."""
        ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Rows:
        """Run one statement once for each row of values."""
        ...


def in_powers(values: Sequence[Item], most: int = 64) -> Iterator[Sequence[Item]]:
    """Cut a list into pieces whose lengths are powers of two: few different statements, each prepared once."""
    place = 0
    while place < len(values):
        size = min(most, 1 << ((len(values) - place).bit_length() - 1))
        yield values[place : place + size]
        place += size


def fetch_in(tx: Tx, sql: str, values: Sequence[Any], after: Sequence[Any] = ()) -> list[Any]:
    """Return the rows of a query whose `{}`, after IN, stands for a list of values of any length; `after` follow it."""
    found: list[Any] = []
    for place in range(0, len(values), LONGEST_LIST):
        some = [*values[place : place + LONGEST_LIST]]
        # The last value again and again, up to a power of two: few different statements, each prepared once.
        some += some[-1:] * ((1 << (len(some) - 1).bit_length()) - len(some))
        found += tx.execute(sql.format(", ".join("?" * len(some))), [*some, *after]).fetchall()
    return found


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

    def settled(self, now_ms: int) -> int:
        """Return the time (ms) up to which whatever will ever be in the record is there to be read from now on.

        That is now while nobody writes, else when the last statement was stored.
        """
        ...

    def clean(self) -> None:
        """Take from the disk what was removed before, as far as the store can."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
