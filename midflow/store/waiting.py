"""Prompts that wait for a breakpoint, and those that found none."""

from collections.abc import Iterable
from typing import NamedTuple

from midflow.store.log import OfferRow, _offers
from midflow.store.tx import Tx


class WaitingRow(NamedTuple):
    """One prompt that waits. `expires`: up to when; `released`: when the person will have paused long enough."""

    decision: int
    person: str
    unit: str
    created: float
    expires: float
    shown_before: float
    released: float


class Move(NamedTuple):
    """What became of a prompt that waited: `waiting` still, `offered`, or `undelivered`."""

    decision: int
    person: str
    state: str
    released: float
    expires: float


_COLUMNS = "decision, person, unit, created, expires, shown_before, released"
# Both states, although one would do: so the small index of what is not displayed yet answers.
_WAITING = f"SELECT {_COLUMNS} FROM offer WHERE state IN ('waiting', 'offered') AND state='waiting'"


def waiting(tx: Tx) -> list[WaitingRow]:
    """Return every prompt that waits."""
    return [WaitingRow(*row) for row in tx.execute(_WAITING)]


def paused(tx: Tx, now: float) -> list[WaitingRow]:
    """Return the prompts whose people have paused long enough by `now`."""
    return [WaitingRow(*row) for row in tx.execute(f"{_WAITING} AND released<=?", [now])]


def move(tx: Tx, rows: Iterable[Move]) -> None:
    """Move prompts on that waited."""
    tx.executemany(
        "UPDATE offer SET state=?, released=?, expires=? WHERE decision=? AND state='waiting'",
        [(row.state, row.released, row.expires, row.decision) for row in rows],
    )


def released_after(tx: Tx, time: float) -> set[str]:
    """Return to whom prompts were released after a time (seconds) that nobody has displayed yet."""
    sql = "SELECT DISTINCT person FROM offer WHERE state IN ('waiting', 'offered') AND state='offered' AND released>?"
    return {person for (person,) in tx.execute(sql, [time])}


def undelivered(tx: Tx, person: str, since: float, most: int) -> list[OfferRow]:
    """Return the person's prompts since a time (seconds) that found no moment to be displayed, newest first."""
    found = _offers(tx, "o.person=? AND o.state='undelivered' AND o.created>=?", [person, since])
    return found[:most]
