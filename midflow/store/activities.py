"""Activities: one definition of each, put together from what statements say of it."""

from collections.abc import Iterable, Mapping, Sequence
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
    return {keys[key]: decode(raw) for key, raw in _raw(tx, sorted(keys)).items()}


def learn(tx: Tx, seen: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Take up definitions, (activity id, definition), in their order; what changes nothing is not written."""
    last = tx.memory.said  # statements share what is said again and again in the same words
    every = [*seen]
    otherwise = {id for id, said in every if last.get(id) is not said}
    if not otherwise:
        return
    news = [(id, said) for id, said in every if id in otherwise]
    new = [(key_of(id), dict(said), encode(said)) for id, said in news]
    known = tx.memory.definitions
    keys = {key for key, _, _ in new}
    known |= _raw(tx, sorted(keys - known.keys()))
    before = {key: known[key] for key in keys & known.keys()}
    after: dict[str, dict[str, Any]] = {}
    for key, said, text in new:
        if key in after:
            after[key] = combined(after[key], said)
        elif key not in before:
            after[key] = said
        elif text != before[key]:  # most say what is known, in the same words
            after[key] = combined(decode(before[key]), said)
    changed = [(key, text) for key, made in after.items() if (text := encode(made)) != before.get(key)]
    if changed:
        tx.executemany(
            "INSERT INTO activity VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET definition=excluded.definition",
            sorted(changed),
        )
        known.update(changed)
    for (id, said), (key, _, text) in zip(news, new, strict=True):
        last.pop(id, None)
        if known.get(key) == text:
            last[id] = said


def _raw(tx: Tx, keys: Sequence[str]) -> dict[str, bytes]:
    return dict(fetch_in(tx, "SELECT id, definition FROM activity WHERE id IN ({})", keys))
