"""A client of the record that knows what holds for every answer, whatever was asked."""

import base64
import datetime as dt
import json
import time
from collections.abc import Mapping
from itertools import count
from typing import Any

import httpx2

from midflow.flow.identity import new_key
from midflow.store import keys
from tests.edge.conftest import Edge

STATEMENTS = "/xapi/statements"
THROUGH = "x-experience-api-consistent-through"
VERSION = "x-experience-api-version"
_names = count(1)


def moment(text: str) -> float:
    """Return the seconds of an ISO 8601 time; a test fails here where it is none, or is not in UTC."""
    made = dt.datetime.fromisoformat(text)
    assert made.utcoffset() == dt.timedelta(0)
    return made.timestamp()


class Record:
    """The record of a running edge, and a key that may do everything in it."""

    def __init__(self, edge: Edge) -> None:
        self.edge = edge
        self.key = self.add_key("xapi:all")

    def add_key(self, *scopes: str, name: str = "", **bound: Any) -> str:
        """Make a key and return it; `bound` to an actor, a registration, or until it expires."""
        key, hashed = new_key()
        name = name or f"key-{next(_names)}"
        self.edge.store.write(
            lambda tx: keys.add_key(tx, hash=hashed, name=name, scopes=scopes, now=time.time(), **bound)
        )
        return key

    def at(self, version: str, key: str = "") -> "At":
        return At(self, version, key or self.key)


class At:
    """The record as it is for one version and one key."""

    def __init__(self, record: Record, version: str, key: str) -> None:
        self.record = record
        self.version = version
        self.key = key

    def with_key(self, *scopes: str, **bound: Any) -> "At":
        """Return the same for a new key with these scopes."""
        return At(self.record, self.version, self.record.add_key(*scopes, **bound))

    @property
    def headers(self) -> dict[str, str]:
        secret = base64.b64encode(f"tool:{self.key}".encode()).decode()
        return {VERSION: self.version, "authorization": f"Basic {secret}"}

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str | None] | None = None,
        served: str | None = None,
        **more: Any,
    ) -> httpx2.Response:
        """Send one request and check what holds for every answer. A header of None is left out."""
        given = {**self.headers, **(headers or {})}
        sent = {name: value.encode() for name, value in given.items() if value is not None}
        client = self.record.edge.client
        answer = client.request(method, path, headers=sent, **more)
        check(answer, served or self.version)
        return answer

    def get(self, path: str = STATEMENTS, **params: Any) -> httpx2.Response:
        return self.ask("GET", path, params=texts(params))

    def head(self, path: str = STATEMENTS, **params: Any) -> httpx2.Response:
        return self.ask("HEAD", path, params=texts(params))

    def post(self, body: Any, path: str = STATEMENTS, **params: Any) -> httpx2.Response:
        return self.ask("POST", path, params=texts(params), json=body)

    def put(self, body: Any, path: str = STATEMENTS, **params: Any) -> httpx2.Response:
        return self.ask("PUT", path, params=texts(params), json=body)

    def raw(
        self, body: bytes, kind: str, *, method: str = "POST", path: str = STATEMENTS, **params: Any
    ) -> httpx2.Response:
        return self.ask(method, path, params=texts(params), content=body, headers={"content-type": kind})

    def store(self, *statements: dict[str, Any]) -> list[str]:
        """Store statements, each in a request of its own so that their order is known; return their ids."""
        return [good(self.post(one)).json()[0] for one in statements]

    def found(self, **params: Any) -> list[str]:
        """Return the ids of the statements that a query finds, of all pages."""
        page = good(self.get(**params)).json()
        ids = [one["id"] for one in page["statements"]]
        while page["more"]:
            page = good(self.get(page["more"])).json()
            ids += [one["id"] for one in page["statements"]]
        return ids

    def one(self, id: str, **params: Any) -> dict[str, Any]:
        """Return the statement of this id."""
        return good(self.get(statementId=id, **params)).json()


def texts(params: Mapping[str, Any]) -> dict[str, str] | None:
    """Return parameters as a query has them: objects as JSON, true and false in small letters."""
    if not params:
        return None  # an empty mapping would take away the query of the address itself
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in params.items()
    }


def good(answer: httpx2.Response) -> httpx2.Response:
    assert answer.status_code == 200, answer.text
    return answer


def refused(answer: httpx2.Response, status: int = 400, where: str | None = None) -> dict[str, Any]:
    """Check that a request was refused, and where it says the fault is; return what it says."""
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["status"] == status
    assert problem["detail"]
    if where is not None:
        assert problem["where"] == where, problem
        assert problem["section"]
    return problem


def check(answer: httpx2.Response, version: str) -> None:
    """What every answer has, an error too (Communication 2.1.3, 3.2, 3.3)."""
    assert answer.status_code < 500, answer.text
    assert answer.headers[VERSION] == version
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["date"]
    if answer.request.url.path.rstrip("/") == STATEMENTS:
        through = answer.headers[THROUGH]
        assert through.endswith("Z") and moment(through) <= time.time() + 0.1
    if answer.status_code == 204:
        assert answer.content == b""
    if answer.request.method == "HEAD":
        assert answer.content == b""
    elif answer.status_code >= 400:
        assert answer.json()["detail"]
    if answer.status_code == 200:
        assert answer.headers["content-type"]
