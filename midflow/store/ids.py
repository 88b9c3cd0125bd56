"""Which statement has an id.

The index of ids is written in bulk, like that of terms: an id of chance lands on
a page of its own, which one commit would write for it alone. Ids of statements
that wait are with them in `statement_tail`, and whoever writes remembers those.
"""

from collections.abc import Sequence

from midflow.store.tx import Tx, fetch_in


def packed_id(id: str) -> bytes:
    """Return a statement's id, a UUID in its standard form, as it is kept."""
    return bytes.fromhex(id.replace("-", ""))


def number_of_id(tx: Tx, id: bytes) -> int | None:
    """Return the number of the statement of this id, None where there is none."""
    for table in ("statement_id", "statement_tail"):
        row = tx.execute(f"SELECT seq FROM {table} WHERE id=?", [id]).fetchone()
        if row is not None:
            return int(row[0])
    return None


def numbers_of_ids(tx: Tx, ids: Sequence[bytes]) -> list[int]:
    """Return the numbers of those statements of these ids that are stored: for whoever writes."""
    waiting = waiting_ids(tx)
    found: set[int] = set()
    here = [waiting[id] for id in ids if id in waiting]
    if here:  # others may have removed one since
        found.update(seq for (seq,) in fetch_in(tx, "SELECT seq FROM statement WHERE seq IN ({})", here))
    found.update(seq for (seq,) in fetch_in(tx, "SELECT seq FROM statement_id WHERE id IN ({})", ids))
    return sorted(found)


def waiting_ids(tx: Tx) -> dict[bytes, int]:
    """Return the ids of statements that wait, with their numbers, some that wait no more among them.

    They are remembered as long as nobody else has stored any: every statement stored moves the last number.
    """
    (last,) = tx.execute("SELECT seq FROM record_end").fetchone()
    if tx.memory.ids is None or tx.memory.ids_upto != last:
        tx.memory.ids = dict(tx.execute("SELECT id, seq FROM statement_tail").fetchall())
        tx.memory.ids_upto = last
    return tx.memory.ids
