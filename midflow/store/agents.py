"""Agents: the names they were seen under."""

from collections.abc import Iterable

from midflow.store.terms import KINDS, LONGEST_KEY, key_of
from midflow.store.tx import Tx

MOST_NAMES = 50


def names(tx: Tx, ifi: str) -> list[str]:
    """Return the names an agent was seen under, sorted, at most `MOST_NAMES`."""
    rows = tx.execute(
        "SELECT name FROM agent_name WHERE agent=? ORDER BY name LIMIT ?", [key_of(ifi), MOST_NAMES]
    )
    return [name for (name,) in rows]


def called(tx: Tx, text: str, limit: int) -> list[str]:
    """Return the identifiers of agents that were seen under a name, in any capitals, or whose account has it, sorted."""
    tail = f"|{text}"
    rows = tx.execute(
        "SELECT value FROM term WHERE kind=? AND (value IN (SELECT agent FROM agent_name WHERE lower(name)=lower(?))"
        " OR (substr(value, 1, 8)='account:' AND substr(value, length(value) - CAST(? AS INTEGER) + 1)=?))"
        " ORDER BY value LIMIT ?",
        [KINDS.index("agent"), text, len(tail), tail, limit],
    )
    return [value for (value,) in rows]


def learn(tx: Tx, seen: Iterable[tuple[str, str]]) -> None:
    """Take up names, (identifier, name). What no index can hold is nobody's name."""
    new = {*seen} - tx.memory.names
    pairs = sorted(
        {(key_of(ifi), name) for ifi, name in new if len(name.encode()) <= LONGEST_KEY and "\0" not in name}
    )
    if pairs:
        tx.executemany("INSERT INTO agent_name VALUES (?, ?) ON CONFLICT DO NOTHING", pairs)
    tx.memory.names |= new
