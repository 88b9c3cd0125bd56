"""The store on PostgreSQL: the same tables and functions, for more than one machine.

One writer at a time over all processes, by an advisory lock taken at the begin
of each transaction: numbers are given in the order of commits, and concurrent
batches cannot deadlock. Needs psycopg 3 (`pip install "midflow[postgres]"`).
"""

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import count, groupby
from typing import Any

import psycopg
from psycopg import errors
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.numeric import Int8BinaryDumper

from midflow.store import schema, upgrade
from midflow.store.evidence import begin_evidence
from midflow.store.memory import Memory
from midflow.store.tx import BUSY_SECONDS, DiskFull, Result, Rows, StoreError, Tx, in_powers

Connection = psycopg.Connection[tuple[Any, ...]]

SPACE = "midflow"
"""Our tables have a PostgreSQL schema of their own, so that they can share a database with others."""

LOCK = 0x6D6964666C6F77
"""The advisory lock of whoever writes."""

CONNECTION = {
    "application_name": "midflow",
    "connect_timeout": 5,
    # A server that vanished without a word is noticed within a minute.
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}
"""What the address may say otherwise."""

PREPARED = 400
"""How many statements a connection keeps prepared: more than we have, lists of each size included."""

IDLE_CONNECTIONS = 8
"""How many connections for reading are kept open while nobody reads."""

BEGIN_WRITE = f"BEGIN; SELECT pg_advisory_xact_lock({LOCK})".encode()
BEGIN_READ = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
SESSION = (
    f"SET search_path TO {SPACE}; SET lock_timeout TO '{BUSY_SECONDS:.0f}s';"
    # Whoever holds the writing lock and is not heard of any more is sent away, so that others get their turn.
    " SET idle_in_transaction_session_timeout TO '60s'; SET client_min_messages TO warning;"
    # All our joins go along keys and all our lists along an index. Until a table has been analysed, the planner
    # thinks it small, and would rather read and sort all that a term is found in.
    " SET enable_bitmapscan TO off; SET enable_hashjoin TO off; SET enable_mergejoin TO off"
).encode()


class Store:
    """One open store. Safe to use from several threads; writers take turns."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._turn = threading.Lock()
        self._writer: Connection | None = None
        self._memory = Memory()
        self._pool = threading.Lock()
        self._idle: list[Connection] = []

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open the store at `url` (postgresql://...), creating our tables where there are none.

        Raises StoreError for a wrong address, a server that does not answer, or a store of a newer version.
        """
        try:
            known = conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # What psycopg says of it may repeat the password.
            raise StoreError(
                "database_url is no PostgreSQL address such as postgresql://user:password@host:5432/midflow."
            ) from None
        store = cls(make_conninfo("", **{**CONNECTION, **known}))
        try:
            store.write(_migrate)
        except BaseException:
            store.close()
            raise
        return store

    def write(self, fn: Callable[[Tx], Result]) -> Result:
        """Run `fn` in one transaction and return its result after the commit; an exception undoes all."""
        with self._turn:
            connection = self._writing()
            self._memory.forget()  # others may have written since
            try:
                return _to_its_end(connection, fn, self._memory)
            except BaseException:
                self._memory.forget_all()
                raise

    def read(self, fn: Callable[[Tx], Result]) -> Result:
        """Run `fn` on one consistent view and return its result."""
        connection = self._reading()
        try:
            return _to_its_end(connection, fn, Memory())
        finally:
            self._put_back(connection)

    def changes(self) -> int:
        """Return a number that changes when any other connection has committed.

        A view names the transactions it does not see; it differs as soon as one more has ended.
        """
        row = self.read(
            lambda tx: tx.execute(
                "SELECT hashtextextended(CAST(pg_current_snapshot() AS text), 0)"
            ).fetchone()
        )
        return int(row[0])

    def settled(self, now_ms: int) -> int:
        """Return the time (ms) up to which whatever will ever be in the record is there to be read from now on."""
        # A lock that any number may have, but nobody while somebody writes.
        look = f"SELECT pg_try_advisory_xact_lock_shared({LOCK}), stored FROM record_end"
        quiet, last = self.read(lambda tx: tx.execute(look).fetchone())
        return max(now_ms, last) - 1 if quiet else last - 1

    def clean(self) -> None:
        """Free what rows that were removed took; PostgreSQL's own log and backups have their own time."""
        connection = _connect(self._url)
        try:
            connection.execute(
                b"VACUUM statement, statement_id, statement_tail, statement_term, term, agent_name, outcome, attachment, document"
            )
        finally:
            connection.close()

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        while (connection := self._take_idle()) is not None:
            connection.close()

    def _writing(self) -> Connection:
        """Return the writer's connection with our turn taken; a connection that was lost is made again once."""
        if self._writer is not None:
            if _began(self._writer, BEGIN_WRITE):
                return self._writer
            self._writer = None
        self._writer = _connect(self._url)
        if not _began(self._writer, BEGIN_WRITE):
            raise _away("the connection was lost at once")
        return self._writer

    def _reading(self) -> Connection:
        while (connection := self._take_idle()) is not None:
            if _began(connection, BEGIN_READ):
                return connection
        connection = _connect(self._url)
        if not _began(connection, BEGIN_READ):
            raise _away("the connection was lost at once")
        return connection

    def _take_idle(self) -> Connection | None:
        with self._pool:
            return self._idle.pop() if self._idle else None

    def _put_back(self, connection: Connection) -> None:
        with self._pool:
            if not connection.closed and len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()


class _Tx:
    """One transaction, taking the SQL of this folder."""

    def __init__(self, connection: Connection, memory: Memory) -> None:
        self._connection = connection
        self.memory = memory

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Rows:
        return self._connection.cursor(binary=True).execute(_numbered(sql), values)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> Rows:
        every = list(rows)
        if INSERT.fullmatch(sql):
            return self._insert(sql, every)
        cursor = self._connection.cursor(binary=True)
        cursor.executemany(_numbered(sql), every)
        return cursor

    def _insert(self, sql: str, rows: list[Sequence[Any]]) -> Rows:
        """Insert many rows with each statement: that is several times faster than a statement for each."""
        cursor = self._connection.cursor(binary=True)
        for size, pieces in groupby(in_powers(rows), key=len):
            values = [[value for row in piece for value in row] for piece in pieces]
            cursor.executemany(_of_many_rows(sql, size), values)
        return cursor


INSERT = re.compile(
    r"(INSERT INTO \w+(?: \([\w, ]+\))? VALUES) (\([?, ]+\))((?: ON CONFLICT(?: \(\w+\))? DO NOTHING)?)"
)


@lru_cache(maxsize=1024)
def _of_many_rows(sql: str, count: int) -> bytes:
    return _numbered(INSERT.sub(lambda found: f"{found[1]} {', '.join([found[2]] * count)}{found[3]}", sql))


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> bytes:
    """Return SQL with `$1`, `$2` for each `?`."""
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql).encode()


class _Truth(Int8BinaryDumper):
    """Truth is 0 or 1 in our tables, as it is in SQLite."""

    def dump(self, obj: Any) -> Any:
        return super().dump(int(obj))


def _connect(url: str) -> Connection:
    try:
        connection = psycopg.connect(url, autocommit=True, cursor_factory=psycopg.RawCursor)
    except psycopg.OperationalError as error:
        raise _away(str(error).strip().splitlines()[0]) from error
    # Whole numbers have one width, so that a statement is prepared once and not once for each size of number.
    connection.adapters.register_dumper(int, Int8BinaryDumper)
    connection.adapters.register_dumper(bool, _Truth)
    connection.prepared_max = PREPARED
    connection.execute(SESSION)
    return connection


def _began(connection: Connection, begin: bytes) -> bool:
    """Begin a transaction and return whether the connection still stands."""
    try:
        connection.execute(begin)
    except errors.LockNotAvailable:
        _undo(connection)
        raise StoreError(
            f"The store was busy for {BUSY_SECONDS:.0f} s: another process is writing. Try again."
        ) from None
    except psycopg.OperationalError:
        connection.close()
        return False
    return True


def _to_its_end(connection: Connection, fn: Callable[[Tx], Result], memory: Memory) -> Result:
    """Run `fn` in the transaction that has begun and commit it; an exception undoes all."""
    try:
        result = fn(_Tx(connection, memory))
        connection.execute(b"COMMIT")
    except BaseException as error:
        _undo(connection)
        _raise_named(error, connection)
        raise
    return result


def _undo(connection: Connection) -> None:
    try:
        connection.execute(b"ROLLBACK")
    except psycopg.Error:
        connection.close()


def _raise_named(error: BaseException, connection: Connection) -> None:
    """Raise our own error where it is one that an operator can mend."""
    if isinstance(error, errors.DiskFull):
        raise DiskFull(
            "PostgreSQL's disk is full. Nothing was kept of this write; free some space there."
        ) from error
    if isinstance(error, psycopg.Error) and connection.closed:
        raise _away("the connection was lost") from error


def _away(why: str) -> StoreError:
    return StoreError(f"PostgreSQL cannot be used: {why}. Check that it runs and that database_url names it.")


def _migrate(tx: Tx) -> None:
    """Bring our tables to the present schema; several processes may start at once, and take turns here."""
    encoding = tx.execute("SHOW server_encoding").fetchone()[0]
    if encoding != "UTF8":
        raise StoreError(f"The database's encoding is {encoding}; make one with ENCODING 'UTF8'.")
    if tx.execute("SELECT to_regnamespace(?)::text", [SPACE]).fetchone()[0] is None:
        tx.execute(f"CREATE SCHEMA {SPACE}")
    if tx.execute("SELECT to_regclass(?)::text", [f"{SPACE}.meta"]).fetchone()[0] is None:
        for statement in schema.statements(postgres=True):
            tx.execute(statement)
        tx.execute("INSERT INTO meta VALUES ('schema', ?)", [str(schema.SCHEMA)])
    version = int(tx.execute("SELECT value FROM meta WHERE name='schema'").fetchone()[0])
    if version > schema.SCHEMA:
        raise StoreError(
            f"The database was written by a newer Midflow (schema {version}). Install that version."
        )
    if version < schema.SCHEMA:
        # Columns first: an index may be of one.
        columns = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema=?"
        for statement in schema.lacking(tx.execute(columns, [SPACE]).fetchall(), postgres=True):
            tx.execute(statement)
        rows = tx.execute("SELECT relname FROM pg_class WHERE relnamespace=?::regnamespace", [SPACE])
        there = {name for (name,) in rows}
        for statement in schema.missing(there, postgres=True):
            tx.execute(statement)
        for statement in schema.IDS if version < 5 else ():
            tx.execute(statement)
        if "task_rate" in there:
            upgrade.move_rates(tx)
        begin_evidence(tx)
        tx.execute("UPDATE meta SET value=? WHERE name='schema'", [str(schema.SCHEMA)])
