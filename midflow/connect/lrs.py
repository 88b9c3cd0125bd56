"""Another learning record store, to which statements are sent on."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

TIMEOUT_SECONDS = 30.0
TAKEN = (200, 204)
FINAL = (400, 409, 413, 415, 422)
"""Answers that sending the same again will not change."""


class SendError(RuntimeError):
    """Why statements were not taken. `final`: they never will be."""

    def __init__(self, message: str, *, final: bool) -> None:
        super().__init__(message)
        self.final = final


def client() -> "httpx2.Client":
    """Return a client to send with; the HTTP library is loaded only by whoever sends."""
    import httpx2

    return httpx2.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)


def send(
    http: "httpx2.Client", url: str, *, authorization: str, media: str, body: bytes, version: str
) -> None:
    """POST statements to the store whose endpoint is `url` (".../xapi"). Raises SendError."""
    import httpx2

    headers = {"authorization": authorization, "content-type": media, "x-experience-api-version": version}
    try:
        answer = http.post(f"{url.rstrip('/')}/statements", content=body, headers=headers)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SendError(f"{url} cannot be reached: {error!r}", final=False) from None
    if answer.status_code not in TAKEN:
        words = " ".join(answer.text.split())[:300]
        raise SendError(f"it answered {answer.status_code}: {words}", final=answer.status_code in FINAL)
