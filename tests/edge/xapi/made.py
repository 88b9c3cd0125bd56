"""What tests send: small statements that nobody else's filter finds, bodies of several parts, signatures."""

import copy
import hashlib
import json
from typing import Any
from uuid import uuid4

from tests.core.record.test_signatures import certificate, key, signed

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
TEXT = b"here is a simple attachment"
BOUNDARY = "-------314159265358979323846"


def new_id() -> str:
    return str(uuid4())


def iri(kind: str = "x") -> str:
    return f"https://example.org/{kind}/{new_id()}"


def agent(name: str = "") -> dict[str, Any]:
    return {"objectType": "Agent", "mbox": f"mailto:{name or new_id()}@example.org"}


def account(name: str = "") -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": "https://example.org", "name": name or new_id()}}


def activity(id: str = "", **definition: Any) -> dict[str, Any]:
    made = {"objectType": "Activity", "id": id or iri("activities")}
    return made | ({"definition": definition} if definition else {})


def ref(id: str) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": id}


def statement(**members: Any) -> dict[str, Any]:
    """A good statement with an id, of an actor and about an activity of its own."""
    made = {
        "id": new_id(),
        "actor": agent(),
        "verb": {"id": "https://example.org/verbs/tried"},
        "object": activity(),
    }
    return copy.deepcopy(made | members)


def refers(id: str, /, **members: Any) -> dict[str, Any]:
    return statement(object=ref(id), **members)


def voids(id: str, /, **members: Any) -> dict[str, Any]:
    return statement(verb={"id": VOIDED}, object=ref(id), **members)


def attached(body: bytes = TEXT, **members: Any) -> dict[str, Any]:
    """What a statement says of an attachment."""
    made = {
        "usageType": "https://example.org/usage/essay",
        "display": {"en-US": "An essay"},
        "contentType": "text/plain",
        "length": len(body),
        "sha2": hashlib.sha256(body).hexdigest(),
    }
    return made | members


def part(body: bytes = TEXT, **headers: str | None) -> bytes:
    """One part of a body of several; `headers` replace the usual ones, None leaves one out."""
    plain: dict[str, str | None] = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": hashlib.sha256(body).hexdigest(),
    }
    plain |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in plain.items() if value is not None)
    return head.encode() + b"\r\n" + body


def mixed(statements: Any, *parts: bytes, first: str = "application/json") -> tuple[bytes, str]:
    """Return a body of multipart/mixed and its Content-Type."""
    line = b"--" + BOUNDARY.encode()
    every = [f"Content-Type: {first}\r\n\r\n".encode() + json.dumps(statements).encode(), *parts]
    body = b"".join(line + b"\r\n" + one + b"\r\n" for one in every) + line + b"--\r\n"
    return body, f"multipart/mixed; boundary={BOUNDARY}"


def parted(content_type: str, body: bytes) -> tuple[Any, dict[str, tuple[str, bytes]]]:
    """Return the JSON of an answer of several parts, and its attachments by their hash: media type and bytes."""
    kind, _, boundary = content_type.partition("; boundary=")
    assert kind == "multipart/mixed"
    assert '"' not in boundary
    line = b"--" + boundary.encode()
    assert body.startswith(line + b"\r\n")
    assert body.endswith(b"\r\n" + line + b"--\r\n")
    inner = body[len(line) + 2 : -len(line) - 6]
    found: list[tuple[dict[str, str], bytes]] = []
    for piece in inner.split(b"\r\n" + line + b"\r\n"):
        head, _, content = piece.partition(b"\r\n\r\n")
        names = (row.partition(": ")[::2] for row in head.decode().split("\r\n"))
        found.append(({name.lower(): value for name, value in names}, content))
    assert found[0][0] == {"content-type": "application/json"}
    attachments: dict[str, tuple[str, bytes]] = {}
    for head, content in found[1:]:
        sha2 = head["x-experience-api-hash"]
        assert head["content-transfer-encoding"] == "binary"
        assert hashlib.sha256(content).hexdigest() == sha2
        assert sha2 not in attachments, "an attachment was sent twice"
        attachments[sha2] = (head["content-type"], content)
    return json.loads(found[0][1]), attachments


def signed_statement(
    plain: dict[str, Any], *, payload: Any = None, kind: str = "application/octet-stream", **how: Any
) -> tuple[bytes, str]:
    """Return the request that sends a statement with a signature over it, or over another `payload`."""
    signature = signed(plain if payload is None else payload, **how)
    about = attached(signature, usageType=SIGNATURE, contentType=kind, display={"en-US": "Signature"})
    return mixed(plain | {"attachments": [about]}, part(signature, Content_Type=kind))


def x5c() -> dict[str, Any]:
    return {"x5c": [certificate(key())]}
