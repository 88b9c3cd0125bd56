"""One xAPI request as its handlers see it, whichever of the two syntaxes it came in."""

import re
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qsl

from midflow.core.record.problem import RecordError
from midflow.edge.http import Problem, Request

FORM_HEADERS = frozenset(
    {
        "authorization",
        "x-experience-api-version",
        "content-type",
        "content-length",
        "if-match",
        "if-none-match",
    }
)
"""Headers that the alternate request syntax carries as form fields (Communication 1.3)."""

FORM = "application/x-www-form-urlencoded"
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
MOST_FIELDS = 100


@dataclass(frozen=True)
class Call:
    """`path` is whole ("/xapi/statements"); header names are in small letters, of a repeated header the last counts."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header's value, "" where absent."""
        return self.headers.get(name, "")

    @property
    def media(self) -> str:
        """The media type of the body, without its parameters, in small letters."""
        return self.header("content-type").partition(";")[0].strip().lower()


async def read(request: Request, limit: int) -> Call:
    """Return the call with its whole body, unpacked. Problem 413 where that is longer than `limit` bytes."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers.items()}
    method: str = request.scope["method"]
    body = b"" if method in ("GET", "HEAD") else await request.body(limit)
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if body and encoding != "identity":
        body = _unpacked(body, encoding, limit)
    query = request.scope["query_string"]
    return Call(method, request.scope["path"], _once(query, "query") if query else {}, headers, body)


def unfolded(call: Call) -> Call:
    """Return the call that a request in the alternate syntax stands for (Communication 1.3)."""
    if call.method != "POST":
        raise _refused("method", "only a POST may have the parameter `method`; send the request itself")
    if len(call.params) > 1:
        raise _refused(
            "method", "all other parameters belong into the form, and none beside it into the query"
        )
    if call.media != FORM:
        raise _refused("Content-Type", f"must be {FORM} where the parameter `method` is given")
    form = _once(call.body, "body")
    method = call.params["method"].upper()
    if method in ("PUT", "POST") and "content" not in form:
        raise _refused("content", f"is missing from the form: what the {method} sends")
    said = {name.lower(): value for name, value in form.items() if name.lower() in FORM_HEADERS}
    for name, value in said.items():
        # A form may hold what no header can; sent back in one it would break, or forge, an answer.
        if CONTROL.search(value):
            raise _refused(name, "must be what a header can hold: one line, without control characters")
    headers = call.headers | {"content-type": "application/json"} | said
    params = {
        name: value for name, value in form.items() if name.lower() not in FORM_HEADERS and name != "content"
    }
    return Call(method, call.path, params, headers, form.get("content", "").encode())


def _once(encoded: bytes, where: str) -> dict[str, str]:
    try:
        fields = parse_qsl(
            encoded.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        message = f"must be form fields in percent-encoded UTF-8: {error}"
        raise RecordError(message, section="Communication 1.4", where=where) from None
    found = dict(fields)
    if len(found) < len(fields):
        names = [name for name, _ in fields]
        twice = next(name for name in names if names.count(name) > 1)
        raise RecordError("is given twice; give it once", section="Communication 3.2", where=twice)
    return found


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """A small body may stand for an endless one, so no more than the limit is ever unpacked."""
    if encoding != "gzip":
        raise Problem(415, f"'{encoding}' is no content encoding that is read here. Send gzip, or none.")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, limit + 1)
    except zlib.error as error:
        message = f"must be what Content-Encoding says, gzip: {error}"
        raise RecordError(message, section="Communication 3.2", where="body") from None
    if len(unpacked) > limit:
        raise Problem(413, f"The body is larger than {limit} bytes when unpacked. Send it in smaller parts.")
    if not unpacker.eof or unpacker.unused_data:
        message = "must be one whole gzip stream"
        raise RecordError(message, section="Communication 3.2", where="body")
    return unpacked


def _refused(where: str, message: str) -> RecordError:
    return RecordError(message, section="Communication 1.3", where=where)
