"""Statements of a request's body, decoded and held against every rule; what was seen before is not looked at twice.

Who acts, which verb and what it is about are said again and again in the same
bytes. Such a part is decoded, checked and looked through once and remembered,
a bounded number of each kind and version. This way is only ever taken for what
the plain one would take as well: whatever is unusual about a body sends it
there, and its errors are said there.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from midflow.core.record.found import Found
from midflow.core.record.jsontext import decode_batch, keys, keys_written
from midflow.core.record.objects import STATEMENT
from midflow.core.record.problem import RecordError
from midflow.core.record.shapes import Check, Shape
from midflow.core.record.validate import check_statement
from midflow.core.record.values import Version

MOST_PARTS = 2048
"""How many parts of each kind and version are remembered."""

LONGEST_PART = 2048
"""Bytes; what is longer is rarely said twice, and not remembered."""

DEPTH_OF_PART = 90
"""A part lies in a context, a statement and an array: with them it stays within jsontext.DEPTH."""

_Look = Callable[[Found, Any], None]

LOOKS: dict[str, _Look] = {
    "actor": lambda found, value: found.actor(value, related=False),
    "object": lambda found, value: found.object(value, related=False),
    "attachments": lambda found, value: found.attached(value),
}
"""What members of a statement are looked through for; those of a context by `Found.context`."""

RECURRING = frozenset({
    "actor", "verb", "object", "version", "instructor", "team", "contextActivities", "contextAgents", "contextGroups",
    "platform", "language", "revision",
})  # fmt: skip
"""What is remembered. Times, results and registrations are of one statement."""

_decode = msgspec.json.decode
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_array = msgspec.json.Decoder(list[msgspec.Raw]).decode


class Checked(NamedTuple):
    """A statement that keeps the rules: its bytes, what they say, and what it is found by.

    `decoded` shares parts with other statements, so nobody may change it. `compact`: there is no blank around
    its members, so that more of them can be written behind the last.
    """

    raw: bytes
    decoded: dict[str, Any]
    found: Found
    compact: bool


_Read = Callable[[bytes, Found], tuple[Any, int]]
"""Takes a member's bytes and what to note in what it is found by; returns its value and how many keys are in it."""


class _Unusual(Exception):
    """The plain way has to look at this."""


def check_batch(body: bytes, *, version: Version) -> list[Checked]:
    """Return each statement of a request's body, a single one or an array, checked by the version's rules.

    RecordError for the first thing that is wrong, with its path ("$.actor", in an array "$[3].actor").
    """
    read = _STATEMENTS[version]
    try:
        if body[:1] == b"{":
            return [read.statement(body)]
        return [read.statement(bytes(raw)) for raw in _array(body)]
    except (_Unusual, RecordError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _plainly(body, version)


def _plainly(body: bytes, version: Version) -> list[Checked]:
    single = body.lstrip()[:1] != b"["
    every = decode_batch(body)
    made: list[Checked] = []
    for place, (raw, decoded) in enumerate(every):
        check_statement(decoded, version=version, where="$" if single else f"$[{place}]")
        found = Found()
        found.statement(decoded, related=False)
        made.append(Checked(raw, decoded, found, compact=False))
    return made


class _Members:
    """Reads an object member by member, by the same table that checks it as a whole."""

    def __init__(self, shape: Shape, reads: dict[str, _Read]) -> None:
        self._reads = reads
        self._required = shape.required
        self._rules = shape.rules

    def statement(self, raw: bytes) -> Checked:
        found = Found()
        decoded, _, compact = self._read(raw, found)
        return Checked(raw, decoded, found, compact)

    def __call__(self, raw: bytes, found: Found) -> tuple[Any, int]:
        decoded, count, _ = self._read(raw, found)
        return decoded, count

    def _read(self, raw: bytes, found: Found) -> tuple[dict[str, Any], int, bool]:
        parts = _object(raw)
        decoded: dict[str, Any] = {}
        count = len(parts)
        length = count + 1  # braces and commas
        reads = self._reads
        for name, item in parts.items():
            read = reads.get(name)
            if read is None:
                raise _Unusual
            piece = bytes(item)
            decoded[name], inside = read(piece, found)
            count += inside
            length += len(name) + len(piece) + 3  # quotation marks and a colon
        # Bytes that the members do not account for are blanks between them, or one of them given twice.
        compact = length == len(raw)
        if not compact and keys_written(raw) != count:
            raise _Unusual
        for name in self._required:
            if name not in decoded:
                raise _Unusual
        for rule in self._rules:
            rule(decoded)
        return decoded, count, compact


def _value(piece: bytes, check: Check) -> tuple[Any, int]:
    value = _decode(piece)
    count = 0
    if type(value) is dict or type(value) is list:
        count = keys(value, most=DEPTH_OF_PART)
        if count != keys_written(piece):
            raise _Unusual
    check(value)
    return value, count


def _anew(check: Check, look: _Look | None) -> _Read:
    """Return what reads a member each time it comes."""

    def read(piece: bytes, found: Found) -> tuple[Any, int]:
        value, count = _value(piece, check)
        if look is not None:
            look(found, value)
        return value, count

    return read


def _once(check: Check, look: _Look | None) -> _Read:
    """Return what reads a member that came before from memory. What is refused is not remembered."""

    def looked(piece: bytes) -> tuple[Any, int, Found]:
        value, count = _value(piece, check)
        found = Found()
        if look is not None:
            look(found, value)
        return value, count, found

    remembered = lru_cache(MOST_PARTS)(looked)

    def read(piece: bytes, found: Found) -> tuple[Any, int]:
        value, count, its = remembered(piece) if len(piece) <= LONGEST_PART else looked(piece)
        if look is not None:
            found.add(its)
        return value, count

    return read


def _context(shape: Shape) -> _Members:
    reads: dict[str, _Read] = {}
    for name, check in shape.members.items():
        reads[name] = _once(check, _in_context(name)) if name in RECURRING else _anew(check, None)
    return _Members(shape, reads)


def _in_context(name: str) -> _Look:
    return lambda found, value: found.context(name, value)


def _statement(shape: Shape) -> _Members:
    reads = {
        name: (_once if name in RECURRING else _anew)(check, LOOKS.get(name))
        for name, check in shape.members.items()
    }
    context = shape.members["context"]
    if isinstance(context, Shape):
        reads["context"] = _context(context)
    return _Members(shape, reads)


_STATEMENTS: dict[Version, _Members] = {version: _statement(shape) for version, shape in STATEMENT.items()}
