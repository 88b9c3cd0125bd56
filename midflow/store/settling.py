"""Statements that wait are moved into the index of terms, a share of them with each commit.

They move in the order of the index, each page of which is then written once for
many of them. Until all are there they still wait, and are found where they
wait; so a move may be dropped, begun again, or made by two processes, and
nobody who reads can tell. What is on its way is only remembered (`memory.py`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from midflow.store.ids import waiting_ids
from midflow.store.memory import Arrived, Moving
from midflow.store.terms import link, listed, pack, unpack, use
from midflow.store.tx import Tx

SETTLE_AT = 8192
"""How many statements set out together. The more, the fewer pages of the index each costs; the fewer, the shorter
the look through those that wait.
"""

TOGETHER = 32
"""How many new statements make a move worth while: small commits leave it to the next."""

MOST_WAITING = 2
"""How many times SETTLE_AT may wait: beyond it, all are moved at once."""


def settled(tx: Tx) -> int:
    """Return up to which number statements are in the index of terms."""
    return int(tx.execute("SELECT settled FROM record_end").fetchone()[0])


def arrive(tx: Tx, found_by: Mapping[int, Iterable[int]], ids: Sequence[bytes]) -> None:
    """Note what new statements (seq, in their order) are found by, and move a share of those that wait."""
    tx.executemany(
        "INSERT INTO statement_tail (seq, terms, id) VALUES (?, ?, ?)",
        [(seq, pack(numbers), id) for (seq, numbers), id in zip(found_by.items(), ids, strict=True)],
    )
    first, last = min(found_by), max(found_by)
    if tx.memory.ids is not None and tx.memory.ids_upto == first - 1:
        tx.memory.ids.update(zip(ids, found_by, strict=True))
        tx.memory.ids_upto = last
    arrived = tx.memory.arrived
    if arrived is None or arrived.last + 1 != first:
        arrived = tx.memory.arrived = Arrived(first, last)
    for seq, numbers in found_by.items():
        arrived.note(seq, numbers)
    arrived.last = last
    before = settled(tx)
    if last - before >= MOST_WAITING * SETTLE_AT:
        settle(tx)
        return
    moving = _moving(tx, before)
    if moving is None and last - before >= SETTLE_AT:
        moving = _set_out(tx, before, last)
    if moving is not None:
        moving.owed += len(found_by)
        if moving.owed >= TOGETHER:
            _move(tx, moving, moving.share * moving.owed)


def go_on(tx: Tx, count: int) -> bool:
    """Move about as many statements as `count` of those that wait, and return whether more wait."""
    before = settled(tx)
    (last,) = tx.execute("SELECT max(seq) FROM statement_tail").fetchone()
    if last is None:
        return False
    moving = _moving(tx, before) or _set_out(tx, before, last)
    _move(tx, moving, moving.share * count)
    return tx.memory.moving is not None or moving.upto < last


def settle(tx: Tx) -> None:
    """Move all that wait, now."""
    tx.memory.arrived = tx.memory.moving = None
    rows = tx.execute("SELECT seq, terms FROM statement_tail ORDER BY seq").fetchall()
    if rows:
        pairs = [(id, seq) for seq, packed in rows for id in unpack(packed)]
        link(tx, sorted(pairs))
        _take_ids(tx, tx.execute("SELECT id, seq FROM statement_tail ORDER BY id").fetchall())
        _end(tx, Counter(id for id, _ in pairs), rows[-1][0])


def _moving(tx: Tx, before: int) -> Moving | None:
    """Return what is on its way; nothing where somebody else has settled meanwhile."""
    moving = tx.memory.moving
    if moving is not None and moving.after != before:
        moving = tx.memory.moving = None
    return moving


def _set_out(tx: Tx, before: int, last: int) -> Moving:
    arrived = tx.memory.arrived
    if arrived is None or (arrived.first, arrived.last) != (before + 1, last):
        # Others stored some of them, or this process has just begun.
        arrived = Arrived(before + 1, last)
        for seq, packed in tx.execute("SELECT seq, terms FROM statement_tail ORDER BY seq"):
            arrived.note(seq, unpack(packed))
    tx.memory.arrived = None
    pairs = sum(map(len, arrived.found_by.values()))
    # Twice as fast as others come.
    share = 2 * pairs // max(last - before, 1) + 1
    ids = sorted(waiting_ids(tx).items())
    moving = Moving(before, last, arrived.found_by, sorted(arrived.found_by), [], ids, share)
    tx.memory.moving = moving
    return moving


def _move(tx: Tx, moving: Moving, most: int) -> None:
    """Move about `most` pairs of a term and a statement, or of an id and a statement; at the end, say that all are there."""
    moving.owed = 0
    pairs: list[tuple[int, int]] = []
    begin = moving.done
    while moving.done < len(moving.order) and len(pairs) < most:
        id = moving.order[moving.done]
        pairs += [(id, seq) for seq in moving.found_by[id]]
        moving.done += 1
    if pairs:
        link(tx, pairs)
        moving.listed += listed(tx, moving.order[begin : moving.done])
    else:
        _take_ids(tx, moving.ids[:most])
        del moving.ids[:most]
    if moving.done == len(moving.order) and not moving.ids:
        tx.memory.moving = None
        _end(tx, {id: len(moving.found_by[id]) for id in moving.listed}, moving.upto)


def _take_ids(tx: Tx, ids: Sequence[tuple[bytes, int]]) -> None:
    tx.executemany("INSERT INTO statement_id VALUES (?, ?) ON CONFLICT DO NOTHING", ids)


def _end(tx: Tx, uses: Mapping[int, int], upto: int) -> None:
    use(tx, uses)
    tx.execute("DELETE FROM statement_tail WHERE seq<=?", [upto])
    tx.execute("UPDATE record_end SET settled=?", [upto])
    if tx.memory.ids is not None:
        tx.memory.ids = {id: seq for id, seq in tx.memory.ids.items() if seq > upto}
