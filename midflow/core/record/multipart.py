"""Statements and their attachments in one body of multipart/mixed (Communication 1.5.2)."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from midflow.core.record.problem import RecordError
from midflow.core.record.signatures import SIGNATURE, check_signature
from midflow.core.record.values import MEDIA_TYPE, SHA2

SECTION = "Communication 1.5.2"
BOUNDARY = re.compile(r';[ \t]*boundary[ \t]*=[ \t]*(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
BLANK_LINE = re.compile(rb"(?:^|\r?\n)\r?\n")
DIGESTS = {56: hashlib.sha224, 64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}
"""The SHA-2 functions by the number of hexadecimal digits they give."""


class Part(msgspec.Struct, frozen=True):
    """The data of one attachment: its media type, its bytes, and their SHA-2 in small hexadecimal letters."""

    content_type: str
    body: bytes
    sha2: str


def is_multipart(content_type: str) -> bool:
    """Return whether a media type is multipart/mixed, whatever its parameters."""
    return content_type.partition(";")[0].strip().lower() == "multipart/mixed"


def parse(content_type: str, body: bytes) -> tuple[bytes, dict[str, Part]]:
    """Return the JSON of the statements, and the attachments by their SHA-2.

    RecordError where the body is not multipart/mixed of RFC 2046, its first part is not application/json, or
    another part lacks X-Experience-API-Hash or Content-Transfer-Encoding: binary, or is not what its hash says.
    """
    found = BOUNDARY.search(content_type)
    if found is None:
        raise RecordError("must name the boundary of the parts", section=SECTION, where="Content-Type")
    cut = [_head_and_body(part) for part in _parts(body, b"--" + (found[1] or found[2]).encode())]
    if not cut or cut[0][0].get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        message = "the first part is the statements, with Content-Type: application/json"
        raise RecordError(message, section=SECTION, where="part 1")
    parts: dict[str, Part] = {}
    for place, (head, content) in enumerate(cut[1:], 2):
        part = _attachment(head, content, f"part {place}")
        parts[part.sha2] = part
    return cut[0][1], parts


def _parts(body: bytes, delimiter: bytes) -> list[bytes]:
    """Return what stands between the lines that begin with the delimiter; what is before and after is dropped.

    Lines end with CRLF, and with LF where a client knows no better.
    """
    parts: list[bytes] = []
    begin: int | None = None
    for start, end, last in _delimiters(body, delimiter):
        if begin is not None:
            parts.append(body[begin:start])
        if last:
            return parts
        begin = end
    message = (
        "ends without the boundary that closes it" if parts or begin is not None else "has no boundary in it"
    )
    raise RecordError(message, section=SECTION, where="body")


def _delimiters(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where each delimiter's line begins (its line break included), where it ends, and whether it is the last."""
    at = body.find(delimiter)
    while at >= 0:
        line_end = body.find(b"\n", at)
        end = len(body) if line_end < 0 else line_end + 1
        rest = body[at + len(delimiter) : end].strip(b" \t\r\n")
        if (at == 0 or body[at - 1 : at] == b"\n") and rest in (b"", b"--"):
            start = at - 2 if body[max(0, at - 2) : at] == b"\r\n" else max(0, at - 1)
            yield start, end, rest == b"--"
        at = body.find(delimiter, at + len(delimiter))


def _head_and_body(part: bytes) -> tuple[dict[str, str], bytes]:
    found = BLANK_LINE.search(part)
    if found is None:
        message = "a part needs a blank line between its headers and its content"
        raise RecordError(message, section=SECTION, where="body")
    head: dict[str, str] = {}
    for line in part[: found.start()].decode("latin-1").splitlines():
        name, _, value = line.partition(":")
        head[name.strip().lower()] = value.strip()
    return head, part[found.end() :]


def _attachment(head: Mapping[str, str], content: bytes, where: str) -> Part:
    claimed = head.get("x-experience-api-hash", "").lower()
    if not SHA2.match(claimed):
        message = "needs X-Experience-API-Hash with the SHA-2 of its content"
        raise RecordError(message, section=SECTION, where=where)
    if head.get("content-transfer-encoding", "").lower() != "binary":
        message = "needs Content-Transfer-Encoding: binary, and its content as it is"
        raise RecordError(message, section=SECTION, where=where)
    if DIGESTS[len(claimed)](content).hexdigest() != claimed:
        message = "its content does not have the SHA-2 that X-Experience-API-Hash claims"
        raise RecordError(message, section=SECTION, where=where)
    if not MEDIA_TYPE.match(head.get("content-type", "")):
        raise RecordError("needs Content-Type with a media type", section=SECTION, where=where)
    return Part(head["content-type"], content, claimed)


def check_attachments(statements: Sequence[dict[str, Any]], parts: Mapping[str, Part]) -> None:
    """Refuse checked statements whose attachments and the parts of the request do not belong together.

    An attachment has a fileUrl or a part, a part belongs to an attachment, both name the same kind of
    content, and a signature signs its statement (Communication 1.5.1, 1.5.2; Data 2.6). `parts` is empty for
    a request of application/json. The `length` is not compared: what counts is the hash, and nothing else.
    """
    wanted: set[str] = set()
    alone = len(statements) == 1
    for place, statement in enumerate(statements):
        root = "$" if alone else f"$[{place}]"
        for path, attachment in _attachments(statement):
            part = parts.get(attachment["sha2"].lower())
            _check_attachment(statement, attachment, part, root + path)
            wanted.add(attachment["sha2"].lower())
    for place, sha2 in enumerate(parts, 2):
        if sha2 not in wanted:
            message = "belongs to no attachment of the statements; leave it out, or add its sha2 to one"
            raise RecordError(message, section=SECTION, where=f"part {place}")


def _attachments(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for place, attachment in enumerate(statement.get("attachments", ())):
        yield f".attachments[{place}]", attachment
    for place, attachment in enumerate(statement["object"].get("attachments", ())):
        yield f".object.attachments[{place}]", attachment


def _check_attachment(
    statement: dict[str, Any], attachment: dict[str, Any], part: Part | None, where: str
) -> None:
    if part is None and "fileUrl" not in attachment:
        message = "needs a fileUrl, or a part of multipart/mixed with its content"
        raise RecordError(message, section="Communication 1.5.1", where=where)
    kind = attachment["contentType"].partition(";")[0].strip().lower()
    if part is not None and not _same_kind(part.content_type, kind):
        message = f"says {kind}, and its part says {part.content_type}; they must be the same"
        raise RecordError(message, section=SECTION, where=f"{where}.contentType")
    if attachment["usageType"] == SIGNATURE:
        if kind != "application/octet-stream":
            message = "a signature is application/octet-stream"
            raise RecordError(message, section="Data 2.6", where=f"{where}.contentType")
        if part is not None:
            check_signature(part.body, statement, where=where)


def as_named(parts: Iterable[Part], statements: Iterable[dict[str, Any]]) -> list[Part]:
    """Return the parts, each with the media type that the first of these checked statements gives it.

    The same bytes may have come under another name before, and whoever reads these statements compares.
    """
    kinds: dict[str, str] = {}
    for statement in statements:
        for _, attachment in _attachments(statement):
            kinds.setdefault(attachment["sha2"].lower(), attachment["contentType"])
    return [
        part if (kind := kinds.get(part.sha2)) is None or _same_kind(part.content_type, kind)
        else Part(kind, part.body, part.sha2)
        for part in parts
    ]  # fmt: skip


def _same_kind(one: str, other: str) -> bool:
    """Return whether two media types differ in no more than their parameters."""
    return one.partition(";")[0].strip().lower() == other.partition(";")[0].strip().lower()


def build(statements: bytes, parts: Iterable[Part]) -> tuple[str, list[bytes]]:
    """Return the Content-Type and the chunks of a body with the JSON of statements and their attachments.

    The boundary is made from what it separates, and occurs nowhere in it.
    """
    sent = list(parts)
    seed = hashlib.sha256(statements + b"".join(part.sha2.encode() for part in sent)).hexdigest()
    boundary = seed[:32].encode()
    while boundary in statements or any(boundary in part.body for part in sent):
        boundary = hashlib.sha256(boundary).hexdigest()[:32].encode()
    line = b"--" + boundary
    chunks = [line + b"\r\nContent-Type: application/json\r\n\r\n", statements]
    for part in sent:
        head = (
            f"Content-Type: {part.content_type}\r\nContent-Transfer-Encoding: binary\r\n"
            f"X-Experience-API-Hash: {part.sha2}\r\n\r\n"
        )
        chunks += [b"\r\n" + line + b"\r\n" + head.encode("latin-1"), part.body]
    chunks.append(b"\r\n" + line + b"--\r\n")
    return f"multipart/mixed; boundary={boundary.decode()}", chunks
