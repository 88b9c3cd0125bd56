"""What the store needs of one statement: its bytes as they are to be returned, and what it is found by."""

from typing import Any

import msgspec

from midflow.core.record.actors import ifi
from midflow.core.record.checked import Checked
from midflow.core.record.found import Found
from midflow.core.record.jsontext import encode, members
from midflow.core.record.objects import VOIDED
from midflow.core.record.values import Version, has_zone, in_utc

OWN_VERSION: dict[Version, bytes] = {"1.0.3": b'"1.0.0"', "2.0.0": b'"2.0.0"'}
"""The version of a statement that came without one (Data 2.4.10)."""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """One statement, ready to be stored.

    `id`: UUID in small letters. `body`: the JSON object without `stored` and without its closing brace, and,
    where `dated` is false, without `timestamp`, which is then the time it is stored; see `finished`.
    `actor` and `authority`: identifiers as `actors.ifi` writes them, `actor` None for a Group of members only.
    `agents`, `related_agents`: identifiers as `actors.ifi` writes them; `activities`, `related_activities`:
    IRIs; related ones contain the direct ones. `registration`, `target` (the id of the statement that is this
    one's object) and `voids` (the same, when this one voids it): UUIDs in small letters. `attachments`: SHA-2
    in small letters. `definitions`: activity id and the definition seen. `names`: identifier and name seen.
    """

    id: str
    body: bytes
    dated: bool
    version: str
    verb: str
    actor: str | None
    authority: str
    agents: tuple[str, ...]
    related_agents: tuple[str, ...]
    activities: tuple[str, ...]
    related_activities: tuple[str, ...]
    registration: str | None
    target: str | None
    voids: str | None
    attachments: tuple[str, ...]
    definitions: tuple[tuple[str, dict[str, Any]], ...]
    names: tuple[tuple[str, str], ...]


def prepare(
    raw: bytes, decoded: dict[str, Any], *, id: str, authority: dict[str, Any], version: Version
) -> Prepared:
    """Return what the store needs of a checked statement.

    `raw` and `decoded` are the same statement. `id`: its UUID, made by the caller where the statement has
    none. `authority`: the Agent (or Group of two) the request's credentials stand for; it replaces any other.
    Members stay byte for byte as they came, with three exceptions that the specification asks for: a single
    context Activity becomes an array of one (Data 2.4.6.2), a time with an offset becomes UTC (Data 4.5; 2.0
    4.2.7), and `id`, `version` and `authority` are set (Data 2.4).
    """
    found = Found()
    found.statement(decoded, related=False)
    return prepare_checked(
        Checked(raw, decoded, found, compact=False), id=id, authority=authority, version=version
    )


def prepare_checked(checked: Checked, *, id: str, authority: dict[str, Any], version: Version) -> Prepared:
    """Return the same of a statement that `check_batch` returned; the version is the one it was checked by."""
    decoded, found = checked.decoded, checked.found
    its = Found()
    its.actor(authority, related=True)
    object_ = decoded["object"]
    target = object_["id"].lower() if object_.get("objectType") == "StatementRef" else None
    verb: str = decoded["verb"]["id"]
    registration = decoded.get("context", {}).get("registration")
    return Prepared(
        id=id.lower(),
        body=_body(checked, id, authority, version),
        dated="timestamp" in decoded,
        version=decoded.get("version") or OWN_VERSION[version].decode().strip('"'),
        verb=verb,
        actor=ifi(decoded["actor"]),
        authority=ifi(authority) or "",
        agents=tuple(found.agents),
        related_agents=tuple(found.agents | found.more_agents | its.more_agents),
        activities=tuple(found.activities),
        related_activities=tuple(found.activities | found.more_activities),
        registration=registration.lower() if registration else None,
        target=target,
        voids=target if verb == VOIDED else None,
        attachments=tuple(found.attachments),
        definitions=tuple(found.definitions),
        names=(*found.names, *its.names),
    )


def finished(prepared: Prepared, stored: str) -> bytes:
    """Return the statement as it is to be returned, stored at `stored` (RFC 3339, UTC)."""
    time = stored.encode()
    timestamp = b"" if prepared.dated else b',"timestamp":"' + time + b'"'
    return prepared.body + timestamp + b',"stored":"' + time + b'"}'


def _body(checked: Checked, id: str, authority: dict[str, Any], version: Version) -> bytes:
    decoded = checked.decoded
    added = b""
    if "id" not in decoded:
        added += b',"id":' + encode(id.lower())
    if "version" not in decoded:
        added += b',"version":' + OWN_VERSION[version]
    added += b',"authority":' + encode(authority)
    if checked.compact and _returned_as_it_came(decoded, version):
        return checked.raw[:-1] + added
    parts: dict[str, bytes | msgspec.Raw] = dict(members(checked.raw))
    parts.pop("stored", None)
    parts.pop("authority", None)
    _as_returned(parts, decoded, version)
    return _joined(parts)[:-1] + added


def _returned_as_it_came(decoded: dict[str, Any], version: Version) -> bool:
    """Return whether nothing is taken from a statement's members or rewritten in them."""
    if "stored" in decoded or "authority" in decoded or decoded["object"].get("objectType") == "SubStatement":
        return False
    kinds = decoded.get("context", {}).get("contextActivities", {})
    return not _moved(decoded.get("timestamp"), version) and all(
        type(some) is list for some in kinds.values()
    )


def _moved(time: str | None, version: Version) -> bool:
    """Return whether a timestamp is not returned as it came: it is turned into UTC."""
    return time is not None and not time.endswith("Z") and (version == "2.0.0" or has_zone(time))


def _as_returned(parts: dict[str, Any], decoded: dict[str, Any], version: Version) -> None:
    """Rewrite, among the members of a statement or SubStatement, what must not be returned as it came."""
    time = decoded.get("timestamp")
    if time is not None and _moved(time, version):
        parts["timestamp"] = encode(in_utc(time))
    kinds = decoded.get("context", {}).get("contextActivities")
    if kinds is not None and any(type(some) is not list for some in kinds.values()):
        context: dict[str, Any] = dict(members(bytes(parts["context"])))
        listed = {
            kind: some if type(kinds[kind]) is list else b"[" + bytes(some) + b"]"
            for kind, some in members(bytes(context["contextActivities"])).items()
        }
        context["contextActivities"] = _joined(listed)
        parts["context"] = _joined(context)
    object_ = decoded.get("object", {})
    if object_.get("objectType") == "SubStatement":
        nested: dict[str, Any] = dict(members(bytes(parts["object"])))
        before = dict(nested)
        _as_returned(nested, object_, version)
        if nested != before:
            parts["object"] = _joined(nested)


def _joined(parts: dict[str, Any]) -> bytes:
    """Return a JSON object of members whose names need no escape."""
    return b"{" + b",".join([b'"' + name.encode() + b'":' + bytes(raw) for name, raw in parts.items()]) + b"}"
