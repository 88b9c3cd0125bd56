"""Work events read back in the order in which they arrived, and what people had done before one of them."""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from midflow.core.events import WorkEvent
from midflow.store.tx import Store, Tx

PAGE = 2000
"""Events that are read in one view of the store, so that none is held long."""

_decode = msgspec.json.Decoder(dict).decode


class PastEvent(NamedTuple):
    """An event that arrived; `person` is None where its account was nobody's, times in seconds."""

    seq: int
    event: WorkEvent
    received: float
    person: str | None


def last_seq(tx: Tx) -> int:
    """Return the number of the last event, 0 where there is none."""
    return tx.execute("SELECT coalesce(max(seq), 0) FROM work_event").fetchone()[0]


def first_received(tx: Tx, since: float) -> int:
    """Return the number of the first event that was received at `since` (seconds) or later; one after the last for none.

    Found by halving, since events are numbered as they are received: there is no index by time.
    """
    low, high = 1, last_seq(tx) + 1
    while low < high:
        middle = (low + high) // 2
        row = tx.execute(
            "SELECT seq, received FROM work_event WHERE seq>=? ORDER BY seq LIMIT 1", [middle]
        ).fetchone()
        if row is None or row[1] >= since:
            high = middle
        else:
            low = row[0] + 1
    return low


def received_at(tx: Tx, seq: int) -> float:
    """Return when the event of this number was received, in seconds."""
    return tx.execute("SELECT received FROM work_event WHERE seq=?", [seq]).fetchone()[0]


def events_from(store: Store, first: int, last: int) -> Iterator[PastEvent]:
    """Yield the events from number `first` to `last`, page by page."""
    while first <= last:
        page = store.read(lambda tx, first=first: _page(tx, first, last))
        if not page:
            return
        yield from page
        first = page[-1].seq + 1


def _page(tx: Tx, first: int, last: int) -> list[PastEvent]:
    rows = tx.execute(
        "SELECT seq, source, id, type, time, received, account, person, case_ref, subject, data FROM work_event"
        " WHERE seq>=? AND seq<=? ORDER BY seq LIMIT ?",
        [first, last, PAGE],
    )
    return [
        PastEvent(
            seq,
            WorkEvent(
                source=source, id=id, type=type_, time=time, person=account, case=case, subject=subject,
                data=_decode(data),
            ),
            received, person,
        )
        for seq, source, id, type_, time, received, account, person, case, subject, data in rows
    ]  # fmt: skip


class Done(NamedTuple):
    """A task begun by somebody, in seconds, and when it turned out wrong, None where it did not."""

    person: str
    time: float
    wrong_at: float | None


def done_before(tx: Tx, task: str, event: int) -> list[Done]:
    """Return when people began the task by events before number `event`, in the order of time."""
    rows = tx.execute(
        "SELECT person, time, wrong_at FROM begun WHERE task=? AND event<? ORDER BY time, seq", [task, event]
    )
    return [Done(*row) for row in rows]
