"""Which event types, fields and values have come in lately: what a rule can ask for."""

from collections import defaultdict
from typing import Any, Literal

import msgspec

from midflow.core.match.builder import name_of
from midflow.store import seen as stored
from midflow.store.tx import Store

DAYS = 30
MOST_COUNTED = 50_000
"""Events that are counted: the newest."""

MOST_READ = 2_000
"""Events whose data is read: the newest."""

MOST_VALUES = 12
LONGEST_VALUE = 60
SHARED_BY = 2
"""Accounts that a value must be common to, so that no name and no sentence of one person is suggested."""

Kind = Literal["text", "number", "yes_no", "list"]


class SeenField(msgspec.Struct, frozen=True, kw_only=True):
    """A field as an author names it, the kind of its values, and the commonest of them."""

    name: str
    kind: Kind
    values: tuple[str, ...]
    types: tuple[str, ...]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Event types with their counts, the most first, and the fields that their events had."""

    types: tuple[tuple[str, int], ...]
    fields: tuple[SeenField, ...]


def seen(store: Store, *, now: float, days: int = DAYS) -> Seen:
    """Return what came in within the last `days`; `now` in seconds. At most the newest `MOST_COUNTED` events count."""
    since = now - days * 86_400.0
    types, rows = store.read(
        lambda tx: (stored.types_since(tx, since, MOST_COUNTED), stored.data_since(tx, since, MOST_READ))
    )
    found: dict[tuple[str, ...], _Values] = defaultdict(_Values)
    for type_, account, data in rows:
        for path, value in _leaves(("data",), data):
            found[path].add(type_, account, value)
    fields = (values.field(name_of(path)) for path, values in found.items())
    return Seen(types=tuple(types), fields=tuple(sorted(fields, key=lambda field: field.name)))


def _leaves(path: tuple[str, ...], value: dict[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    """Fields down to one level of objects inside of objects."""
    found: list[tuple[tuple[str, ...], Any]] = []
    for name, inner in value.items():
        if isinstance(inner, dict) and len(path) < 2:
            found += _leaves((*path, name), inner)  # pyright: ignore[reportUnknownArgumentType]
        elif inner is not None and not isinstance(inner, dict):
            found.append(((*path, name), inner))
    return found


class _Values:
    """The values of one field: who had them, and with which event types they came."""

    def __init__(self) -> None:
        self._kinds: dict[Kind, int] = defaultdict(int)
        self._accounts: dict[str, set[str]] = defaultdict(set)
        self._counts: dict[str, int] = defaultdict(int)
        self._types: set[str] = set()

    def add(self, type_: str, account: str, value: Any) -> None:
        self._types.add(type_)
        self._kinds[_kind(value)] += 1
        for one in value if isinstance(value, list) else [value]:
            said = _said(one)
            if said:
                self._accounts[said].add(account)
                self._counts[said] += 1

    def field(self, name: str) -> SeenField:
        common = [said for said, accounts in self._accounts.items() if len(accounts) >= SHARED_BY]
        common.sort(key=lambda said: (-self._counts[said], said))
        kind = max(self._kinds, key=lambda one: self._kinds[one])
        return SeenField(
            name=name, kind=kind, values=tuple(common[:MOST_VALUES]), types=tuple(sorted(self._types))
        )


def _kind(value: Any) -> Kind:
    if isinstance(value, bool):
        return "yes_no"
    if isinstance(value, list):
        return "list"
    return "number" if isinstance(value, int | float) else "text"


def _said(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    said = str(value)
    return said if len(said) <= LONGEST_VALUE and said.isprintable() else ""
