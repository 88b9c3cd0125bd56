"""JSON as it comes: decoded strictly, cut into its statements, and written again."""

import json
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from midflow.core.record.problem import RecordError

KEY = re.compile(rb'"[ \t\n\r]*:')
DEPTH = 100
"""Objects and arrays within each other; statements need less than ten, their extensions what they like."""

LARGEST = Decimal("1E+999999999999999999")

_encode = msgspec.json.Encoder(decimal_format="number").encode
_raw = msgspec.json.Decoder(msgspec.Raw).decode
_raw_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_raw_array = msgspec.json.Decoder(list[msgspec.Raw]).decode


def encode(value: Any) -> bytes:
    """Return the value as compact JSON in UTF-8."""
    return _encode(value)


def members(raw: bytes) -> dict[str, msgspec.Raw]:
    """Return the members of a JSON object that `decode` took, each as the bytes it was."""
    return _raw_object(raw)


def decode(raw: bytes, *, where: str = "$") -> Any:
    """Return the value of a JSON text.

    RecordError where it is no JSON in UTF-8, is nested deeper than DEPTH, or has an object with the same
    member twice (Data 2.2). Numbers may have any size; those no float holds become Decimal.
    """
    try:
        value = msgspec.json.decode(raw)
    except msgspec.ValidationError:  # a number beyond what msgspec holds
        value = _decode_any_number(raw, where)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(error, where) from error
    except RecursionError as error:
        raise _deep(where) from error
    if keys_written(raw) != keys(value, where=where):
        _refuse_duplicates(raw, where)
    return value


def decode_batch(raw: bytes) -> list[tuple[bytes, Any]]:
    """Return each statement of a request's body, a single one or an array, as its bytes and its value."""
    value = decode(raw)
    if not isinstance(value, list):
        return [(raw, value)]
    return list(zip(map(bytes, _raw_array(raw)), value, strict=True))


def _broken(error: Exception, where: str) -> RecordError:
    return RecordError(f"must be JSON in UTF-8: {error}", section="Communication 1.4", where=where)


def _deep(where: str) -> RecordError:
    return RecordError(f"must not nest deeper than {DEPTH} levels", section="Data 2.2", where=where)


def keys(value: Any, *, where: str = "$", most: int = DEPTH) -> int:
    """Return how many members all objects of a value have. RecordError beyond `most` levels."""
    count = depth = 0
    level: list[Any] = [value]
    while level:
        depth += 1
        if depth > most:
            raise _deep(where)
        below: list[Any] = []
        for item in level:
            if type(item) is dict:
                count += len(item)
                below += item.values()
            elif type(item) is list:
                below += item
        level = below
    return count


def keys_written(raw: bytes) -> int:
    """Return how much of a JSON text looks like a key: every key, and in rare texts something inside a string as well."""
    if b" :" in raw or b"\n:" in raw or b"\t:" in raw or b"\r:" in raw:
        return len(KEY.findall(raw))
    return raw.count(b'":')


def _refuse_duplicates(raw: bytes, where: str) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            message = f'has the member "{twice}" more than once; leave one of them out'
            raise RecordError(message, section="Data 2.2", where=where)
        return made

    json.loads(raw, object_pairs_hook=once, parse_int=str, parse_float=str)


def _decode_any_number(raw: bytes, where: str) -> Any:
    try:
        _raw(raw)  # as strict as for all others: Python would take half a surrogate
        return json.loads(raw, parse_int=_whole, parse_float=_decimal, parse_constant=_no_number)
    except RecursionError as error:
        raise _deep(where) from error
    except (ValueError, msgspec.DecodeError) as error:
        raise _broken(error, where) from error


def _whole(digits: str) -> int | Decimal:
    return (
        int(digits) if len(digits) < 4000 else Decimal(digits)
    )  # Python reads integers of up to 4300 digits


def _decimal(digits: str) -> float | Decimal:
    value = float(digits)
    if not math.isinf(value):
        return value
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent of more than 18 digits: the largest number there is will do
        return LARGEST.copy_sign(Decimal(math.copysign(1, value)))


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
