"""What statements are found by: terms, each a number made from its kind and value, and which statements have it.

A commit touches no index of terms: what a statement is found by waits beside
the others that came last, and is moved into the index in sorted bulk
(`settling.py`). Whoever looks for a term looks at both places (`selection.py`).
"""

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Literal, get_args

from midflow.core.record.prepare import Prepared
from midflow.store.tx import Tx, fetch_in, in_powers

Kind = Literal[
    "verb", "agent", "related_agent", "activity", "related_activity", "registration", "authority", "agent_verb"
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
"""The place in this list is in every number, and in the table: append only."""

UNNAMED: tuple[Kind, ...] = ("registration", "agent_verb")
"""Nobody asks which of these there are, and nearly every statement has one of its own."""

Term = tuple[Kind, str]
"""A kind and a value: an identifier as `core.record.actors.ifi` writes it, an IRI, or a UUID in small letters.

What is asked for most often together, an agent and a verb, is a term of its own: `both`.
"""

LONGEST_KEY = 500
"""Bytes; PostgreSQL has no more than 2,700 for all that an index entry holds."""


def key_of(value: str) -> str:
    """Return what a value is listed as: itself, or its digest where no index or no PostgreSQL text could hold it."""
    data = value.encode()
    return f"sha256:{sha256(data).hexdigest()}" if len(data) > LONGEST_KEY or b"\0" in data else value


@lru_cache(maxsize=100_000)
def number_of(term: Term) -> int:
    """Return a term's number, 64 bits of a digest: the same in every store, and never looked up.

    Among a hundred million terms two share one with a chance of one in four thousand.
    """
    kind, value = term
    digest = blake2b(f"{KINDS.index(kind)}:{value}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def pack(numbers: Iterable[int]) -> bytes:
    """Return numbers, sorted, as bytes among which `one` can be looked for."""
    found = sorted(numbers)
    return struct.pack(f">{len(found)}q", *found)


def unpack(packed: bytes) -> tuple[int, ...]:
    """Return the numbers that were packed."""
    return struct.unpack(f">{len(packed) // 8}q", packed)


def one(number: int) -> bytes:
    """Return a number as `pack` writes it."""
    return struct.pack(">q", number)


def both(agent: str, verb: str) -> Term:
    """Return the term of an agent with a verb."""
    return "agent_verb", f"{key_of(agent)}\n{key_of(verb)}"


def paired(tx: Tx, statements: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
    """Return the terms (numbers) of statements (seq) with that of each agent among them with each verb.

    These are in the index and follow from the others, so a statement's own list goes without them.
    """
    every = {id for ids in statements.values() for id in ids}
    agents, verbs = values_of(tx, "agent", every), values_of(tx, "verb", every)
    made: dict[int, set[int]] = {}
    for seq, ids in statements.items():
        found = made[seq] = set(ids)
        its_verbs = [verbs[id] for id in found if id in verbs]
        found |= {number_of(both(agents[id], verb)) for id in ids if id in agents for verb in its_verbs}
    return made


def own_terms(row: Prepared) -> list[Term]:
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
    return [(kind, value) for kind, values in found for value in values]


def own_numbers(row: Prepared) -> set[int]:
    """Return the numbers of the same terms, but for the registration: those that are listed."""
    found = {number_of(("verb", row.verb)), number_of(("authority", row.authority))}
    found.update(_numbers_of("agent", row.agents), _numbers_of("related_agent", row.related_agents))
    found.update(_numbers_of("activity", row.activities))
    found.update(_numbers_of("related_activity", row.related_activities))
    return found


@lru_cache(maxsize=20_000)
def _numbers_of(kind: Kind, values: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(number_of((kind, value)) for value in values)


def pairs_of(row: Prepared) -> Iterator[int]:
    """Return the numbers of each agent of a statement with its verb; those that `paired` adds to its own terms."""
    return (_pair(agent, row.verb) for agent in row.agents)


@lru_cache(maxsize=20_000)
def _pair(agent: str, verb: str) -> int:
    return number_of(both(agent, verb))


def name(tx: Tx, terms: Iterable[Term]) -> None:
    """Take up the values of terms that are listed; how often each is used is counted when statements are settled."""
    wanted = {number_of(term): term for term in terms if term[0] not in UNNAMED}
    known = {id for (id,) in fetch_in(tx, "SELECT id FROM term WHERE id IN ({})", sorted(wanted))}
    tx.executemany(
        "INSERT INTO term VALUES (?, ?, ?, 0) ON CONFLICT (id) DO NOTHING",
        [
            (id, KINDS.index(kind), key_of(value))
            for id, (kind, value) in sorted(wanted.items())
            if id not in known
        ],
    )
    tx.memory.terms.update(wanted)


def waiting(tx: Tx) -> Counter[int]:
    """Return how many of the statements that wait have each term."""
    rows = tx.execute("SELECT terms FROM statement_tail").fetchall()
    return Counter(id for (packed,) in rows for id in unpack(packed))


def uses(tx: Tx, wanted: Term) -> int:
    """Return how many statements have a term that is listed."""
    number = number_of(wanted)
    row = tx.execute("SELECT uses FROM term WHERE id=?", [number]).fetchone()
    return (row[0] if row else 0) + waiting(tx)[number]


def of_kind(tx: Tx, kind: Kind, ids: Iterable[int]) -> set[int]:
    """Return those of the terms (their numbers) that are of a kind that is listed."""
    return set(values_of(tx, kind, ids))


def values_of(tx: Tx, kind: Kind, ids: Iterable[int]) -> dict[int, str]:
    """Return those of the terms (their numbers) that are of a kind that is listed, with what they are listed as."""
    sql = f"SELECT id, value FROM term WHERE kind={KINDS.index(kind)} AND id IN ({{}})"
    return dict(fetch_in(tx, sql, sorted(set(ids))))


def use(tx: Tx, uses: Mapping[int, int]) -> None:
    """Count more uses of terms, or fewer; a term that is used no more is removed, and an agent's names with it."""
    changes = sorted(uses.items())
    tx.executemany("UPDATE term SET uses=uses+? WHERE id=?", [(n, id) for id, n in changes])
    fewer = [[id] for id, n in changes if n < 0]
    if fewer:
        agent = f"SELECT value FROM term WHERE id=? AND uses<=0 AND kind={KINDS.index('related_agent')}"
        tx.executemany(f"DELETE FROM agent_name WHERE agent=({agent})", fewer)
        tx.executemany("DELETE FROM term WHERE id=? AND uses<=0", fewer)
        tx.memory.forget()


def listed(tx: Tx, ids: Sequence[int]) -> list[int]:
    """Return those of the terms (their numbers) that are listed, and so are counted."""
    return [id for (id,) in fetch_in(tx, "SELECT id FROM term WHERE id IN ({})", ids)]


def link(tx: Tx, pairs: Sequence[tuple[int, int]]) -> None:
    """Put statements into the index, (term, seq) in its order; those that are there already stay."""
    for some in in_powers(pairs, 256):
        rows = ", ".join(["(?, ?)"] * len(some))
        values = [value for pair in some for value in pair]
        tx.execute(f"INSERT INTO statement_term VALUES {rows} ON CONFLICT DO NOTHING", values)


def unlink(tx: Tx, pairs: Sequence[tuple[int, int]]) -> None:
    """Take terms from settled statements, (term, seq), and count that."""
    tx.executemany("DELETE FROM statement_term WHERE term=? AND seq=?", pairs)
    use(tx, {id: -n for id, n in Counter(id for id, _ in pairs).items()})


def most_used(tx: Tx, kind: Kind, limit: int = 50) -> list[tuple[str, int]]:
    """Return the values of a kind with the most statements, and how many: as many as a filter finds."""
    late = waiting(tx)
    sql = "SELECT id, value, uses FROM term WHERE kind=?"
    rows = tx.execute(f"{sql} ORDER BY uses DESC, value LIMIT ?", [KINDS.index(kind), limit]).fetchall()
    rows += fetch_in(
        tx, f"SELECT id, value, uses FROM term WHERE kind={KINDS.index(kind)} AND id IN ({{}})", sorted(late)
    )
    found = {value: uses + late[id] for id, value, uses in rows}
    counted = [(value, uses) for value, uses in found.items() if uses > 0]
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))[:limit]
