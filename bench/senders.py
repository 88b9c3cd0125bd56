"""Requests to a record: writes of one or many, and questions about what was stored."""

import json
from collections.abc import Callable
from urllib.parse import quote

from bench import load
from bench.place import Place
from bench.statements import STATEMENTS, batch, fresh

PATH = "/xapi/statements"
VERSION = {"x-experience-api-version": "1.0.3"}
STRIDE = 1009
"""Connections begin at different statements, so that they do not send the same ones at the same time."""


def own(place: Place) -> dict[str, str]:
    return {"authorization": f"Bearer {place.key}"}


def writing(port: int, path: str, size: int, headers: dict[str, str], *, first: int = 0) -> load.Make:
    """Requests of one statement, or of a batch."""
    headers = VERSION | {"content-type": "application/json"} | headers
    if size == 1:
        return lambda worker, count: load.request(port, path, fresh(first + worker * STRIDE + count), headers)
    return lambda worker, count: load.request(
        port, path, batch(first + worker * STRIDE + count, size), headers
    )


def reading(place: Place, targets: list[str]) -> load.Make:
    prepared = [load.reading(place.port, target, VERSION | own(place)) for target in targets]
    return lambda worker, count: prepared[(worker * STRIDE + count) % len(prepared)]


def agent(statement: dict) -> str:
    return "agent=" + quote(json.dumps({"account": statement["actor"]["account"]}), safe="")


def verb(statement: dict) -> str:
    return "verb=" + quote(statement["verb"]["id"], safe="")


def activity(statement: dict) -> str:
    return "activity=" + quote(statement["object"]["id"], safe="")


QUERIES: dict[str, Callable[[dict], str]] = {
    "agent": agent,
    "verb": verb,
    "activity": activity,
    "agent_and_verb": lambda statement: f"{agent(statement)}&{verb(statement)}",
}


def targets(kind: str) -> list[str]:
    """Questions of one kind, one for each template: what is recorded often is asked for often."""
    return [f"{PATH}?{QUERIES[kind](statement)}&limit=50" for statement in STATEMENTS]
