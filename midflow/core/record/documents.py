"""Documents: how two become one, and when a change may be made (Communication 2.2, 3.1)."""

import hashlib
from typing import Any, NamedTuple

import msgspec

from midflow.core.record.jsontext import decode, encode, members
from midflow.core.record.problem import RecordError
from midflow.core.record.query import Kind, Method
from midflow.core.record.values import Version


class Document(NamedTuple):
    """What a document resource holds: the media type it came with, and its bytes."""

    content_type: str
    body: bytes


def etag(body: bytes) -> str:
    """Return the entity tag of a document: its SHA-1 in quotation marks (Communication 3.1)."""
    return f'"{hashlib.sha1(body, usedforsecurity=False).hexdigest()}"'


def posted(old: Document | None, new: Document) -> Document:
    """Return what a POST of `new` leaves, where `old` is what was there (Communication 2.2).

    Nothing was there: the new document. Else both must be JSON objects, by media type and content, and the
    members of the new one replace those of the same name. A posted document that calls itself JSON must be.
    """
    if is_json(new.content_type):
        value = decode(new.body)
        if old is not None and not isinstance(value, dict):
            raise _no_object("what is posted")
    elif old is not None:
        raise _no_object("what is posted")
    if old is None:
        return new
    if not is_json(old.content_type):
        raise _no_object("what is there already")
    return Document(new.content_type, merge(old.body, new.body))


def merge(old: bytes, new: bytes) -> bytes:
    """Return the JSON object with the members of both, those of `new` where both have one; top level only.

    Members stay byte for byte. RecordError where one is no JSON object.
    """
    parts = _members(old, "what is there already") | _members(new, "what is posted")
    return b"{" + b",".join([encode(name) + b":" + bytes(raw) for name, raw in parts.items()]) + b"}"


def is_json(content_type: str) -> bool:
    """Return whether a media type is application/json, whatever its parameters."""
    return content_type.partition(";")[0].strip().lower() == "application/json"


def _members(raw: bytes, which: str) -> dict[str, msgspec.Raw]:
    try:
        value: Any = decode(raw)
    except RecordError as error:
        raise _no_object(which) from error
    if not isinstance(value, dict):
        raise _no_object(which)
    return members(raw)


def _no_object(which: str) -> RecordError:
    message = f"only JSON objects can be merged, and {which} is none; PUT replaces a document of any kind"
    return RecordError(message, section="Communication 2.2", where="$")


def check_precondition(
    *,
    kind: Kind,
    method: Method,
    version: Version,
    current: str | None,
    if_match: str | None,
    if_none_match: str | None,
) -> None:
    """Refuse a change that was made without knowing what is there (Communication 3.1).

    `current`: the entity tag of what is there, None where nothing is. RecordError of status 412 where a header
    is not fulfilled, and 409 where a PUT would replace something and has neither header. In 1.0.3 state is put
    without one, and a new profile is not: that is refused with 400. 2.0 (IEEE 9274.1.1, 4.1.4) makes no
    difference between the three kinds, and asks for a header only where something is there.
    """
    if if_match is not None and not _matches(if_match, current):
        message = "is not what is there now; fetch it again, change that, and send its ETag"
        raise RecordError(message, section="Communication 3.1", where="If-Match", status=412)
    if if_none_match is not None and _matches(if_none_match, current):
        message = "something is there already; fetch it, and send its ETag as If-Match to change it"
        raise RecordError(message, section="Communication 3.1", where="If-None-Match", status=412)
    free = kind == "state" and version == "1.0.3"
    if method == "PUT" and if_match is None and if_none_match is None and not free:
        _refuse_neither(current, version)


def _refuse_neither(current: str | None, version: Version) -> None:
    if current is not None:
        message = "is missing, and something is there already: check it, and send its ETag as If-Match"
        raise RecordError(message, section="Communication 3.1", where="If-Match", status=409)
    if version == "1.0.3":
        message = "is missing: send * to put a profile where none is, or If-Match to replace one"
        raise RecordError(message, section="Communication 3.1", where="If-None-Match")


def _matches(header: str, current: str | None) -> bool:
    """Return whether a list of entity tags, or "*", has the current one; proxies may have made it weak."""
    if current is None:
        return False
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")]
    return "*" in tags or current.strip('"') in tags
