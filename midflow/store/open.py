"""Which store an installation has: one file in its data folder, or PostgreSQL."""

from pathlib import Path

from midflow.store import sqlite
from midflow.store.tx import Store, StoreError

FILE = "events.db"


def open_store(data: Path, url: str) -> Store:
    """Open the store of the data folder, or the one at `url` where that is not empty.

    Raises StoreError with the remedy where it cannot be used.
    """
    if not url:
        return sqlite.Store.open(data / FILE)
    try:
        # An extra, and a start without it is lighter.
        from midflow.store import postgres
    except ImportError as error:
        raise StoreError(
            f'database_url names PostgreSQL, which needs psycopg ({error}): pip install "midflow[postgres]"'
        ) from None
    return postgres.Store.open(url)
