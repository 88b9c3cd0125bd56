"""Activities: one definition of each, put together from what statements say of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from midflow.core.record.definitions import combined
from midflow.core.record.jsontext import decode, encode
from midflow.store.terms import key_of
from midflow.store.tx import Tx, fetch_in


def definition(tx: Tx, id: str) -> dict[str, Any] | None:
    """Return the definition of an activity, None where no statement gave one."""
    return definitions(tx, [id]).get(id)


def definitions(tx: Tx, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the definitions of those activities that have one."""
    keys = {key_of(id): id for id in ids}
    rows = fetch_in(tx, "SELECT id, definition FROM activity WHERE id IN ({})", sorted(keys))
    return {keys[key]: decode(raw) for key, raw in rows}


def learn(tx: Tx, seen: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Take up definitions, (activity id, definition), in their order; what changes nothing is not written."""
    new = list(seen)
    before = definitions(tx, {id for id, _ in new})
    after: dict[str, dict[str, Any]] = {}
    for id, said in new:
        after[id] = combined(after.get(id, before.get(id)), dict(said))
    changed = [(key_of(id), encode(made)) for id, made in after.items() if made != before.get(id)]
    tx.executemany(
        "INSERT INTO activity VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET definition=excluded.definition",
        sorted(changed),
    )
