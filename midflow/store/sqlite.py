"""The embedded store: one SQLite file, WAL, acknowledged after commit.

Every write is a function of a transaction. The writing lock is taken at its
begin, so that what it reads is what it decides on, in whichever process it runs.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from midflow.store import schema, upgrade
from midflow.store.memory import Memory
from midflow.store.tx import BUSY_SECONDS, DiskFull, Result, StoreError, Tx


class Store:
    """One open store. Safe to use from several threads; writers take turns."""

    def __init__(self, path: Path, writer: "Connection") -> None:
        self.path = path
        self._changes: object = None
        self._patience = -1.0
        self._writer = writer
        self._turn = threading.Lock()
        self._local = threading.local()
        self._raised = ExitStack()
        self._flag = _Flag(path.with_name(f"{path.name}-writing"))

    @classmethod
    def open(cls, path: Path) -> "Store":
        """Open the store at `path`, creating it where there is none.

        Raises StoreError for a file of another program or of a newer version.
        """
        try:
            writer = _connect(path)
            _migrate(writer, path)
        except sqlite3.DatabaseError as error:
            _raise_named(error, path)
            raise StoreError(
                f"{path} cannot be opened as a store: {error}. Restore a backup or name another folder."
            ) from error
        return cls(path, writer)

    def write(self, fn: Callable[[Tx], Result]) -> Result:
        """Run `fn` in one transaction and return its result after the commit; an exception undoes all."""
        tx = self.begin()
        try:
            result = fn(tx)
        except BaseException as error:
            self.rollback()
            _raise_named(error, self.path)
            raise
        self.commit()
        return result

    def begin(self) -> Tx:
        """Begin a transaction, when it is our turn. `commit` or `rollback` must follow, from whichever thread."""
        self._turn.acquire()
        try:
            self._wait_at_most(BUSY_SECONDS)
            self._writer.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            self._turn.release()
            _raise_named(error, self.path)
            raise
        return self._begun()

    def begin_at_once(self) -> Tx | None:
        """Begin a transaction, or return None where that would mean to wait or fails."""
        if not self._turn.acquire(blocking=False):
            return None
        try:
            self._wait_at_most(0.0)
            self._writer.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:  # whoever begins with `begin` then is told why
            self._turn.release()
            return None
        return self._begun()

    def _begun(self) -> Tx:
        self._raised.enter_context(self._flag.raised())
        changes = self._writer.execute("PRAGMA data_version").fetchone()
        if changes != self._changes:  # another connection has committed
            self._changes = changes
            self._writer.memory.forget()
        return self._writer

    def _wait_at_most(self, seconds: float) -> None:
        if seconds != self._patience:
            self._writer.execute(f"PRAGMA busy_timeout={seconds * 1000:.0f}")
            self._patience = seconds

    def commit(self) -> None:
        """Make the transaction durable; where that fails it is undone."""
        try:
            self._writer.execute("COMMIT")
        except BaseException as error:
            self.rollback()
            _raise_named(error, self.path)
            raise
        self._end()

    def rollback(self) -> None:
        """Undo the transaction."""
        self._writer.memory.forget_all()
        try:
            # On some errors, a full disk among them, SQLite has rolled back by itself.
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        finally:
            self._end()

    def _end(self) -> None:
        self._raised.close()
        self._turn.release()

    def read(self, fn: Callable[[Tx], Result]) -> Result:
        """Run `fn` on one consistent view and return its result."""
        tx = self._reader()
        tx.execute("BEGIN")
        try:
            return fn(tx)
        finally:
            tx.execute("COMMIT")

    def changes(self) -> int:
        """Return a number that changes when any other connection has committed."""
        row = self._reader().execute("PRAGMA data_version").fetchone()
        return int(row[0])

    def settled(self, now_ms: int) -> int:
        """Return the time (ms) up to which whatever will ever be in the record is there to be read from now on."""
        # The file says whether any process writes. What has not begun by now will be stored now or later.
        quiet = self._flag.is_down()
        last = self.read(lambda tx: tx.execute("SELECT stored FROM record_end").fetchone()[0])
        return max(now_ms, last) - 1 if quiet else last - 1

    def empty_log(self) -> None:
        """Bring what the write-ahead log has into the file, nearly all of it while others write.

        The log can begin anew only when all of it is in the file, so the rest takes its turn among the writers.
        """
        log = self._reader()
        log.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        with self._turn:
            log.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def clean(self) -> None:
        """Empty the write-ahead log, which still has pages as they were; in the file removed rows are zeroes."""
        with self._turn:
            self._wait_at_most(BUSY_SECONDS)
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Close the writer and this thread's reader."""
        with self._turn:
            self._writer.close()
            self._flag.close()
        reader = getattr(self._local, "tx", None)
        if reader is not None:
            reader.close()
            del self._local.tx

    def _reader(self) -> "Connection":
        reader: Connection | None = getattr(self._local, "tx", None)
        if reader is None:
            reader = _connect(self.path)
            reader.execute("PRAGMA query_only=ON")
            self._local.tx = reader
        return reader


class Connection(sqlite3.Connection):
    """A connection with what it remembers."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.memory = Memory()


class _Flag:
    """A file that is locked while anybody writes, so that others can see it without waiting or disturbing.

    SQLite's own lock can only be asked for, and whoever asks makes a writer sleep.
    """

    def __init__(self, path: Path) -> None:
        self._mine = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._look = os.open(path, os.O_RDWR | os.O_CLOEXEC)

    @contextmanager
    def raised(self) -> Generator[None]:
        fcntl.flock(self._mine, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._mine, fcntl.LOCK_UN)

    def is_down(self) -> bool:
        try:
            fcntl.flock(self._look, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        fcntl.flock(self._look, fcntl.LOCK_UN)
        return True

    def close(self) -> None:
        os.close(self._mine)
        os.close(self._look)


def _raise_named(error: BaseException, path: Path) -> None:
    """Raise our own error where it is one that an operator can mend."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest says where SQLite met it
    if code == sqlite3.SQLITE_FULL:
        raise DiskFull(
            f"{path} cannot grow: the disk is full. Nothing was kept of this write; free some space."
        ) from error
    if code == sqlite3.SQLITE_BUSY:
        raise StoreError(
            f"{path} was busy for {BUSY_SECONDS:.0f} s: another process is writing. Try again."
        ) from error
    if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY):
        raise StoreError(
            f"{path} cannot be written: {error}. Look at its disk and at whose it is."
        ) from error


def _connect(path: Path) -> Connection:
    tx = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256,
        factory=Connection,
    )  # fmt: skip
    tx.execute("PRAGMA journal_mode=WAL")
    tx.execute("PRAGMA synchronous=FULL")
    tx.execute("PRAGMA foreign_keys=OFF")
    tx.execute("PRAGMA secure_delete=ON")
    tx.execute("PRAGMA cache_size=-16000")
    tx.execute("PRAGMA wal_autocheckpoint=16000")
    return tx


def _migrate(tx: Connection, path: Path) -> None:
    """Bring the file to the present schema; several processes may start at once."""
    tx.execute("BEGIN IMMEDIATE")
    try:
        version = int(tx.execute("PRAGMA user_version").fetchone()[0])
        if version > schema.SCHEMA:
            raise StoreError(
                f"{path} was written by a newer Midflow (schema {version}). Install that version."
            )
        if version == 0:
            for statement in schema.statements():
                tx.execute(statement)
        elif version < schema.SCHEMA:
            upgrade.upgrade(tx, version)
        tx.execute(f"PRAGMA user_version={schema.SCHEMA}")
    except BaseException:
        tx.execute("ROLLBACK")
        raise
    tx.execute("COMMIT")
