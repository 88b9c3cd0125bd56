"""A statement as one row of a table, for spreadsheets and data tools."""

from typing import Any, NamedTuple

from midflow.core.events import format_time
from midflow.core.record.actors import ifi
from midflow.core.record.values import milliseconds

KINDS: dict[str, str] = {
    "seq": "BIGINT", "id": "VARCHAR", "stored": "TIMESTAMPTZ", "timestamp": "TIMESTAMPTZ",
    "actor": "VARCHAR", "actor_name": "VARCHAR", "verb": "VARCHAR", "object_type": "VARCHAR", "object": "VARCHAR",
    "object_name": "VARCHAR", "success": "BOOLEAN", "completion": "BOOLEAN", "score_scaled": "DOUBLE",
    "score_raw": "DOUBLE", "response": "VARCHAR", "duration": "VARCHAR", "registration": "VARCHAR",
    "platform": "VARCHAR", "language": "VARCHAR", "authority": "VARCHAR", "statement": "VARCHAR",
}  # fmt: skip
"""Columns in their order, with their SQL type."""


class Row(NamedTuple):
    """One statement; None where it says nothing. `statement` is the whole of it as JSON."""

    seq: int
    id: str
    stored: str
    timestamp: str
    actor: str | None
    actor_name: str | None
    verb: str
    object_type: str
    object: str | None
    object_name: str | None
    success: bool | None
    completion: bool | None
    score_scaled: float | None
    score_raw: float | None
    response: str | None
    duration: str | None
    registration: str | None
    platform: str | None
    language: str | None
    authority: str | None
    statement: str


def row(seq: int, raw: bytes, statement: dict[str, Any]) -> Row:
    """Return the row of a stored statement: its number, its bytes, and the same decoded."""
    about: dict[str, Any] = statement["object"]
    result: dict[str, Any] = statement.get("result", {})
    score: dict[str, Any] = result.get("score", {})
    context: dict[str, Any] = statement.get("context", {})
    kind = str(about.get("objectType", "Activity"))
    authority = statement.get("authority")
    return Row(
        seq=seq, id=statement["id"], stored=statement["stored"], timestamp=format_time(milliseconds(statement["timestamp"]) / 1000),
        actor=ifi(statement["actor"]), actor_name=statement["actor"].get("name"), verb=statement["verb"]["id"],
        object_type=kind, object=ifi(about) if kind in ("Agent", "Group") else about.get("id"),
        object_name=_name(about), success=result.get("success"), completion=result.get("completion"),
        score_scaled=score.get("scaled"), score_raw=score.get("raw"), response=result.get("response"),
        duration=result.get("duration"), registration=context.get("registration"), platform=context.get("platform"),
        language=context.get("language"), authority=ifi(authority) if authority else None, statement=raw.decode(),
    )  # fmt: skip


def _name(about: dict[str, Any]) -> str | None:
    """An actor's name, or an activity's in the first language that its author gave."""
    if "name" in about:
        return about["name"]
    names: dict[str, str] = about.get("definition", {}).get("name", {})
    return next(iter(names.values()), None)
