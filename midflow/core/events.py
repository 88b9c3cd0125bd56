"""What happened at work: one CloudEvent, cleaned to what may be kept."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

Fields = frozenset[str]

ALWAYS_KEPT: Fields = frozenset({"activity", "status"})
"""Data fields that are kept from every source: they name what was done, nothing else."""

CONTEXT_LIMIT = 512
"""Characters that a context attribute (source, id, type, person, case) may have."""

MAX_ITEMS = 100
"""The most elements that a list in kept data may have, so that no condition walks over more."""


class WorkEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a person did in a tool (CloudEvents 1.0, section 3).

    `time` is in seconds since the epoch (UTC). `person` is the account's name
    in that tool, `case` the work record; both are "" where unknown.
    """

    source: str
    id: str
    type: str
    time: float
    person: str = ""
    case: str = ""
    subject: str = ""
    data: dict[str, Any] = {}


class EventError(ValueError):
    """An event that cannot be taken: `where` it is wrong and the remedy in words."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where


_TEXTS = ("source", "id", "type", "person", "case", "subject")
_REQUIRED = ("source", "id", "type")


def parse_cloud_event(raw: Any, *, received: float) -> WorkEvent:
    """Return the work event of a CloudEvent in JSON format (JSON event format 1.0, section 3).

    `raw` is the decoded JSON object; `received` (seconds since the epoch) stands
    in for an absent `time`. `person` and `case` are read from extension
    attributes, else from `data`. Raises EventError naming the attribute.
    """
    if not isinstance(raw, dict):
        raise EventError("event", "a CloudEvent is a JSON object.")
    if raw.get("specversion") != "1.0":
        raise EventError("specversion", f"must be '1.0', not {raw.get('specversion')!r}.")
    if "data_base64" in raw:
        raise EventError("data_base64", "binary data is not read; send JSON in `data`.")
    data = raw.get("data")
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise EventError("data", "must be a JSON object of named fields.")
    texts = {name: _text(raw, name) for name in _TEXTS}
    for name in ("person", "case"):
        if not texts[name]:
            texts[name] = _text(data, name, prefix="data.")
    time = raw.get("time")
    return WorkEvent(time=received if time is None else parse_time(time), data=data, **texts)


def _text(raw: Mapping[str, Any], name: str, *, prefix: str = "") -> str:
    value = raw.get(name)
    if value is None or value == "":
        if name in _REQUIRED:
            raise EventError(name, "is required and may not be empty.")
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and prefix:
        value = str(value)
    if not isinstance(value, str):
        raise EventError(prefix + name, "must be a string.")
    if len(value) > CONTEXT_LIMIT:
        raise EventError(prefix + name, f"has {len(value)} characters; at most {CONTEXT_LIMIT} are taken.")
    if not value.isprintable():
        raise EventError(prefix + name, "has control characters (CloudEvents 1.0, section 3.1).")
    return value


def parse_time(value: Any, *, where: str = "time") -> float:
    """Return seconds since the epoch of an RFC 3339 timestamp; EventError if it is none.

    A timestamp without an offset is refused: its moment is not known.
    """
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise EventError(where, f"{value!r} is no RFC 3339 timestamp such as 2026-03-01T09:30:00Z.") from None
    if moment.tzinfo is None:
        raise EventError(where, f"{value!r} has no offset; write 'Z' for UTC.")
    return moment.timestamp()


def format_time(seconds: float) -> str:
    """Return the RFC 3339 timestamp (UTC, milliseconds) of `seconds` since the epoch."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class KeptFields:
    """Which fields of `data` may be kept from which source.

    A source is named exactly, or by a prefix that ends in `*`; the longest
    prefix wins. What nobody declared keeps `ALWAYS_KEPT` and nothing else.
    """

    def __init__(self, declared: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._exact: dict[str, Fields] = {}
        prefixes: dict[str, Fields] = {}
        for name, fields in declared:
            table = prefixes if name.endswith("*") else self._exact
            key = name.removesuffix("*")
            table[key] = table.get(key, ALWAYS_KEPT) | frozenset(fields)
        self._prefixes = sorted(prefixes.items(), key=lambda item: -len(item[0]))

    def of(self, source: str) -> Fields:
        """Return the names of the fields kept from `source`."""
        exact = self._exact.get(source)
        if exact is not None:
            return exact
        return next((fields for prefix, fields in self._prefixes if source.startswith(prefix)), ALWAYS_KEPT)


def minimise(event: WorkEvent, kept: Fields) -> tuple[WorkEvent, int]:
    """Return the event with only the kept fields of its data, and how many were dropped."""
    data = event.data
    if data.keys() <= kept:
        return event, 0
    left = {name: value for name, value in data.items() if name in kept}
    return msgspec.structs.replace(event, data=left), len(data) - len(left)


def check_data(data: Mapping[str, Any]) -> None:
    """Raise EventError where a list or object of the data has more than `MAX_ITEMS` elements."""
    waiting: list[tuple[str, Any]] = [(f"data.{name}", value) for name, value in data.items()]
    while waiting:
        where, value = waiting.pop()
        if isinstance(value, list | dict):
            inside: Any = value.values() if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
            if len(inside) > MAX_ITEMS:
                raise EventError(where, f"has {len(inside)} elements; at most {MAX_ITEMS} are taken.")
            waiting += [(where, element) for element in inside]
