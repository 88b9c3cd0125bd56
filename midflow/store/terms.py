"""What statements are found by: numbered terms, how often each is used, and which statements have it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b, sha256
from typing import Literal, get_args

import msgspec

from midflow.core.record.prepare import Prepared
from midflow.store.tx import Tx, fetch_in, in_powers

Kind = Literal[
    "verb", "agent", "related_agent", "activity", "related_activity", "registration", "authority", "agent_verb"
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The place in this list is what the table holds: append only."""

Term = tuple[Kind, str]
"""A kind and a value: an identifier as `core.record.actors.ifi` writes it, an IRI, or a UUID in small letters.

What is asked for most often together, an agent and a verb, is a term of its own: `both`.
"""

LONGEST_KEY = 500
"""Bytes; PostgreSQL has no more than 2,700 for all that an index entry holds."""

pack = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder(list[int]).decode


def key_of(value: str) -> str:
    """Return what a value is found by: itself, or its digest where no index or no PostgreSQL text could hold it."""
    data = value.encode()
    return f"sha256:{sha256(data).hexdigest()}" if len(data) > LONGEST_KEY or b"\0" in data else value


def both(agent: str, verb: str) -> Term:
    """Return the term of an agent with a verb."""
    text = f"{key_of(agent)}\n{key_of(verb)}"
    return "agent_verb", blake2b(text.encode(), digest_size=12).hexdigest()


def closed(some: Iterable[Term]) -> set[Term]:
    """Return terms with that of each agent among them with each verb."""
    found = set(some)
    verbs = [value for kind, value in found if kind == "verb"]
    return found | {both(agent, verb) for kind, agent in found if kind == "agent" for verb in verbs}


def own_terms(row: Prepared) -> set[Term]:
    """Return what a statement is found by, its target's not included."""
    found: tuple[tuple[Kind, Sequence[str]], ...] = (
        ("verb", [row.verb]),
        ("agent", row.agents),
        ("related_agent", row.related_agents),
        ("activity", row.activities),
        ("related_activity", row.related_activities),
        ("registration", [row.registration] if row.registration else []),
        ("authority", [row.authority]),
    )
    return closed((kind, value) for kind, values in found for value in values)


def numbered(tx: Tx, uses: Mapping[Term, int]) -> dict[Term, int]:
    """Return the number of each term, new ones made, each used as many times more."""
    found: dict[Term, int] = {}
    places: dict[tuple[int, str], Term] = {(KINDS.index(t[0]), key_of(t[1])): t for t in uses}
    # In one order, whoever writes: rows of PostgreSQL that two writers change in two orders are a deadlock.
    for some in in_powers(sorted(places), 128):
        sql = (
            f"INSERT INTO term (kind, value, uses) VALUES {', '.join(['(?, ?, ?)'] * len(some))}"
            " ON CONFLICT (kind, value) DO UPDATE SET uses=term.uses+excluded.uses RETURNING kind, value, id"
        )
        values = [v for place in some for v in (*place, uses[places[place]])]
        for kind, value, id in tx.execute(sql, values).fetchall():
            found[places[kind, value]] = id
    return found


def named(tx: Tx, ids: Iterable[int]) -> dict[int, Term]:
    """Return what terms of these numbers are; values as `key_of` gives them."""
    rows = fetch_in(tx, "SELECT id, kind, value FROM term WHERE id IN ({})", sorted(set(ids)))
    return {id: (KINDS[kind], value) for id, kind, value in rows}


def term(tx: Tx, wanted: Term) -> tuple[int, int] | None:
    """Return the number of a term and how many statements have it, None where none has."""
    kind, value = wanted
    row = tx.execute(
        "SELECT id, uses FROM term WHERE kind=? AND value=?", [KINDS.index(kind), key_of(value)]
    ).fetchone()
    return (row[0], row[1]) if row else None


def of_kind(tx: Tx, kind: Kind, ids: Iterable[int]) -> set[int]:
    """Return those of the terms (their numbers) that are of a kind."""
    sql = f"SELECT id FROM term WHERE kind={KINDS.index(kind)} AND id IN ({{}})"
    return {id for (id,) in fetch_in(tx, sql, sorted(ids))}


def use(tx: Tx, uses: Mapping[int, int]) -> None:
    """Count more uses of terms, or fewer; a term that is used no more is removed, and an agent's names with it."""
    changes = sorted(uses.items())
    tx.executemany("UPDATE term SET uses=uses+? WHERE id=?", [(n, id) for id, n in changes])
    fewer = [[id] for id, n in changes if n < 0]
    if fewer:
        agent = f"SELECT value FROM term WHERE id=? AND uses<=0 AND kind={KINDS.index('related_agent')}"
        tx.executemany(f"DELETE FROM agent_name WHERE agent=({agent})", fewer)
        tx.executemany("DELETE FROM term WHERE id=? AND uses<=0", fewer)


def link(tx: Tx, pairs: Iterable[tuple[int, int]]) -> None:
    """Note which statements have which terms: (term, seq)."""
    tx.executemany("INSERT INTO statement_term VALUES (?, ?)", sorted(pairs))


def unlink(tx: Tx, pairs: Sequence[tuple[int, int]]) -> None:
    """Take terms from statements, (term, seq), and count that."""
    tx.executemany("DELETE FROM statement_term WHERE term=? AND seq=?", pairs)
    use(tx, {id: -n for id, n in Counter(id for id, _ in pairs).items()})


def most_used(tx: Tx, kind: Kind, limit: int = 50) -> list[tuple[str, int]]:
    """Return the values of a kind with the most statements, and how many: as many as a filter finds."""
    return tx.execute(
        "SELECT value, uses FROM term WHERE kind=? ORDER BY uses DESC, value LIMIT ?",
        [KINDS.index(kind), limit],
    ).fetchall()
