"""Another learning record store, to which statements are sent on."""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import httpx2

TIMEOUT_SECONDS = 30.0
CONFLICT = 409
REFUSED = (400, 409, 413, 422)
"""Answers that sending the same again will not change."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send: the endpoint (".../xapi"), and the value of the Authorization header."""

    url: str
    authorization: str
    version: str = "1.0.3"


class SendError(RuntimeError):
    """What a peer answered. `final`: the same statements will never be taken."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.final = status in REFUSED


def client() -> "httpx2.Client":
    """Return a client for sending; the HTTP library is loaded only by whoever sends."""
    import httpx2

    return httpx2.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)


def send(http: "httpx2.Client", peer: Peer, media: str, body: bytes) -> None:
    """POST statements to the peer. Raises SendError where it does not take them."""
    import httpx2

    headers = {
        "authorization": peer.authorization,
        "content-type": media,
        "x-experience-api-version": peer.version,
    }
    try:
        answer = http.post(f"{peer.url.rstrip('/')}/statements", content=body, headers=headers)
    except httpx2.HTTPError as error:
        raise SendError(f"{peer.url} cannot be reached: {error!r}") from None
    if answer.status_code not in (200, 204):
        raise SendError(_said(answer), status=answer.status_code)


def _said(answer: "httpx2.Response") -> str:
    words = " ".join(answer.text.split())[:300]
    return f"it answered {answer.status_code}: {words}"
