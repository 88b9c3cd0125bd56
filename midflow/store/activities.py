"""Activities: one definition of each, put together from what statements say of it."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from midflow.store.terms import key_of
from midflow.store.tx import Tx, fetch_in

MAPS = ("name", "description", "extensions")
"""Members that are added to; of all others the latest counts."""

_encode = msgspec.json.Encoder(decimal_format="number").encode
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def definition(tx: Tx, id: str) -> dict[str, Any] | None:
    """Return the definition of an activity, None where no statement gave one."""
    return definitions(tx, [id]).get(id)


def definitions(tx: Tx, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return the definitions of those activities that have one."""
    keys = {key_of(id): id for id in ids}
    rows = fetch_in(tx, "SELECT id, definition FROM activity WHERE id IN ({})", sorted(keys))
    return {keys[key]: _decode(raw) for key, raw in rows}


def learn(tx: Tx, seen: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Take up definitions, (activity id, definition), in their order; what changes nothing is not written."""
    new = list(seen)
    before = definitions(tx, {id for id, _ in new})
    after: dict[str, dict[str, Any]] = {}
    for id, said in new:
        after[id] = merged(after.get(id, before.get(id, {})), said)
    changed = [(key_of(id), _encode(made)) for id, made in after.items() if made != before.get(id)]
    tx.executemany(
        "INSERT INTO activity VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET definition=excluded.definition",
        sorted(changed),
    )


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition with what a later one says: languages and extensions added, the rest replaced."""
    maps = {name: {**old.get(name, {}), **new[name]} for name in MAPS if name in new}
    return {**old, **new, **maps}
