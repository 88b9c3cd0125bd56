"""Where a list of statements goes on: an address that holds the query and the place, so the server keeps nothing."""

import base64
import binascii
from collections.abc import Mapping

import msgspec

from midflow.core.record.problem import RecordError

NAME = "cursor"


class Cursor(msgspec.Struct, frozen=True):
    """The parameters of the first page, and the number after which the next one goes on."""

    params: dict[str, str]
    goes_on: int | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Cursor).decode


def opened(params: Mapping[str, str]) -> Cursor:
    """Return what a request's parameters ask for; of a `more` address, what it was made from."""
    text = params.get(NAME)
    if text is None:
        return Cursor(dict(params))
    if len(params) > 1:
        raise _wrong("stands alone: what was asked for is in it")
    try:
        return _decode(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (binascii.Error, UnicodeEncodeError, msgspec.MsgspecError):
        raise _wrong("must be left as it came in `more`") from None


def more(cursor: Cursor, goes_on: int) -> str:
    """Return the address of the page after `goes_on`, from the root of this server (Data 2.5)."""
    text = base64.urlsafe_b64encode(_encode(Cursor(cursor.params, goes_on))).decode().rstrip("=")
    return f"/xapi/statements?{NAME}={text}"


def _wrong(message: str) -> RecordError:
    return RecordError(message, section="Data 2.5", where=NAME)
