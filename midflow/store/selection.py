"""Statements by what they are found by, in the order they were stored or the latest first."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from midflow.store import terms
from midflow.store.settling import settled
from midflow.store.terms import Term
from midflow.store.texts import whole
from midflow.store.tx import Tx, fetch_in


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
    numbers = _rarest_first(tx, wanted)
    seqs = _numbers(tx, numbers, low, high, limit, ascending=ascending)
    sql = "SELECT s.seq, s.stored, s.body, a.json FROM statement AS s JOIN authority AS a ON a.id=s.authority"
    rows = {row[0]: row for row in fetch_in(tx, f"{sql} WHERE s.seq IN ({{}})", seqs)}
    return [Selected(seq, rows[seq][1], whole(rows[seq][2], rows[seq][3], rows[seq][1])) for seq in seqs]


def found_by(tx: Tx, term: Term, *, after: int, limit: int) -> list[int]:
    """Return the numbers, after `after`, of statements that have a term, in their order, voided ones included."""
    return _numbers(tx, [terms.number_of(term)], after, LAST, limit, ascending=True, voided=True)


def _rarest_first(tx: Tx, wanted: Sequence[Term]) -> list[int]:
    """Return the numbers to look for: the rarest leads, the others are looked up for each of its statements.

    An agent and a verb are one: as often as the rarer of the two, for all that is known.
    """
    if len(wanted) < 2:
        return [terms.number_of(term) for term in wanted]
    numbers = {term: terms.number_of(term) for term in wanted}
    uses = dict(fetch_in(tx, "SELECT id, uses FROM term WHERE id IN ({})", sorted(numbers.values())))
    sizes = {term: uses.get(number, 0) for term, number in numbers.items()}
    pair = [term for term in sizes if term[0] in ("agent", "verb")]
    if {kind for kind, _ in pair} == {"agent", "verb"} and len(pair) == 2:
        agent, verb = sorted(pair)
        sizes[terms.both(agent[1], verb[1])] = min(sizes.pop(agent), sizes.pop(verb))
    return [terms.number_of(term) for term in sorted(sizes, key=lambda term: sizes[term])]


def _numbers(
    tx: Tx, wanted: Sequence[int], low: int, high: int, limit: int, *, ascending: bool, voided: bool = False
) -> list[int]:
    """Return the numbers, between the bounds, of statements that have all wanted terms.

    What was settled comes before what waits, so one place after the other is asked.
    """
    if high - low < 2:
        return []
    if not wanted:
        order = "ASC" if ascending else "DESC"
        return _column(tx, _UNLED.format(order=order), [low, high, limit])
    places = (_in_index(len(wanted) - 1, ascending, voided), _in_tail(len(wanted), ascending, voided))
    packed = [terms.one(number) for number in wanted]
    # What is on its way into the index may be there already in part; until all is, it counts where it waits.
    until = min(high, settled(tx) + 1)
    values: tuple[list[Any], list[Any]] = ([wanted[0], low, until, *wanted[1:]], [low, high, *packed])
    found: list[int] = []
    for place in (0, 1) if ascending else (1, 0):
        if len(found) < limit:
            found += _column(tx, places[place], [*values[place], limit - len(found)])
    return found


def _column(tx: Tx, sql: str, values: Sequence[Any]) -> list[int]:
    return [seq for (seq,) in tx.execute(sql, values)]


_UNLED = "SELECT seq FROM statement WHERE seq>? AND seq<? AND voided=0 ORDER BY seq {order} LIMIT ?"


def _in_index(others: int, ascending: bool, voided: bool) -> str:
    """A query whose plan leaves no choice: along one term's statements, each looked up, until there are enough.

    The lookups are values and not joins because a planner that knows too little of
    the terms would sort, hash or merge all of their statements instead.
    """
    also = " AND (SELECT 1 FROM statement_term AS o WHERE o.term=? AND o.seq=t.seq)=1" * others
    return f"SELECT t.seq FROM statement_term AS t WHERE t.term=? AND t.seq>? AND t.seq<?{also}{_ending(ascending, voided)}"


def _in_tail(wanted: int, ascending: bool, voided: bool) -> str:
    """Through all that waits: that is never much."""
    has = " AND instr(t.terms, ?)>0" * wanted
    return f"SELECT t.seq FROM statement_tail AS t WHERE t.seq>? AND t.seq<?{has}{_ending(ascending, voided)}"


def _ending(ascending: bool, voided: bool) -> str:
    left_out = "" if voided else " AND (SELECT s.voided FROM statement AS s WHERE s.seq=t.seq)=0"
    return f"{left_out} ORDER BY t.seq {'ASC' if ascending else 'DESC'} LIMIT ?"


LAST = 1 << 62
"""After every number that is ever given."""


def _bounds(tx: Tx, since_ms: int | None, until_ms: int | None) -> tuple[int, int]:
    """Return the numbers between which statements of a time are: times and numbers rise together."""
    low, high = 0, LAST
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
