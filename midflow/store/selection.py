"""Statements by what they are found by, in the order they were stored or the latest first."""

from collections.abc import Sequence
from typing import NamedTuple

from midflow.store import terms
from midflow.store.terms import Term
from midflow.store.texts import whole
from midflow.store.tx import Tx


class Selected(NamedTuple):
    """One statement that was asked for: its number, when it was stored (ms), and what is returned."""

    seq: int
    stored: int
    raw: bytes


def select(
    tx: Tx,
    wanted: Sequence[Term] = (),
    *,
    since_ms: int | None = None,
    until_ms: int | None = None,
    after: int = 0,
    before: int | None = None,
    limit: int,
    ascending: bool = False,
) -> list[Selected]:
    """Return statements that have all wanted terms, voided ones left out.

    Stored later than `since_ms`, at `until_ms` at the latest, with numbers
    after `after` and before `before`: whoever reads on page by page gives the
    last number it got. Ask for one more than a page to know whether there is one.
    """
    low, high = _bounds(tx, since_ms, until_ms)
    low, high = max(low, after), min(high, high if before is None else before)
    found = [terms.term(tx, term) for term in _paired(wanted)]
    if None in found or high - low < 2:
        return []
    # The rarest term leads, the others are looked up for each of its statements.
    numbers = [number for number, _ in sorted((t for t in found if t is not None), key=lambda t: t[1])]
    order = "ASC" if ascending else "DESC"
    sql = _led_by_term(len(numbers) - 1) if numbers else _UNLED
    values = [*numbers[:1], low, high, *numbers[1:], limit]
    rows = tx.execute(
        f"SELECT s.seq, s.stored, s.body, a.json FROM ({sql.format(order=order)}) AS hit"
        f" JOIN statement AS s ON s.seq=hit.seq JOIN authority AS a ON a.id=s.authority ORDER BY hit.seq {order}",
        values,
    )
    return [Selected(seq, stored, whole(body, authority, stored)) for seq, stored, body, authority in rows]


def _paired(wanted: Sequence[Term]) -> list[Term]:
    """Return what finds the same with fewer lookups: an agent and a verb are one term together."""
    agents = [value for kind, value in wanted if kind == "agent"]
    verbs = [value for kind, value in wanted if kind == "verb"]
    if len(agents) != 1 or len(verbs) != 1:
        return list(wanted)
    return [terms.both(agents[0], verbs[0]), *(term for term in wanted if term[0] not in ("agent", "verb"))]


_UNLED = "SELECT seq FROM statement WHERE seq>? AND seq<? AND voided=0 ORDER BY seq {order} LIMIT ?"


def _led_by_term(others: int) -> str:
    """A query whose plan leaves no choice: along one term's statements, each looked up, until there are enough.

    The lookups are values and not joins because a planner that knows too little of
    the terms would sort, hash or merge all of their statements instead.
    """
    also = " AND (SELECT 1 FROM statement_term AS o WHERE o.term=? AND o.seq=t.seq)=1" * others
    return (
        f"SELECT t.seq FROM statement_term AS t WHERE t.term=? AND t.seq>? AND t.seq<?{also}"
        " AND (SELECT s.voided FROM statement AS s WHERE s.seq=t.seq)=0 ORDER BY t.seq {order} LIMIT ?"
    )


def _bounds(tx: Tx, since_ms: int | None, until_ms: int | None) -> tuple[int, int]:
    """Return the numbers between which statements of a time are: times and numbers rise together."""
    low, high = 0, 1 << 62
    if since_ms is not None:
        row = tx.execute(
            "SELECT seq FROM statement WHERE stored>? ORDER BY stored, seq LIMIT 1", [since_ms]
        ).fetchone()
        low = row[0] - 1 if row else high
    if until_ms is not None:
        row = tx.execute(
            "SELECT seq FROM statement WHERE stored<=? ORDER BY stored DESC, seq DESC LIMIT 1", [until_ms]
        ).fetchone()
        high = row[0] + 1 if row else 0
    return low, high
