"""What the store needs of one statement: its bytes as they are to be returned, and what it is found by."""

from typing import Any

import msgspec

from midflow.core.record.actors import agents, ifi
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
    found = _Found()
    found.statement(decoded, related=False)
    found.actor(authority, related=True)
    object_ = decoded["object"]
    target = object_["id"].lower() if object_.get("objectType") == "StatementRef" else None
    verb: str = decoded["verb"]["id"]
    registration = decoded.get("context", {}).get("registration")
    return Prepared(
        id=id.lower(),
        body=_body(raw, decoded, id, authority, version),
        dated="timestamp" in decoded,
        version=decoded.get("version") or OWN_VERSION[version].decode().strip('"'),
        verb=verb,
        actor=ifi(decoded["actor"]),
        authority=ifi(authority) or "",
        agents=tuple(found.agents),
        related_agents=tuple(found.agents | found.more_agents),
        activities=tuple(found.activities),
        related_activities=tuple(found.activities | found.more_activities),
        registration=registration.lower() if registration else None,
        target=target,
        voids=target if verb == VOIDED else None,
        attachments=tuple(found.attachments),
        definitions=tuple(found.definitions),
        names=tuple(found.names),
    )


def finished(prepared: Prepared, stored: str) -> bytes:
    """Return the statement as it is to be returned, stored at `stored` (RFC 3339, UTC)."""
    time = stored.encode()
    timestamp = b"" if prepared.dated else b',"timestamp":"' + time + b'"'
    return prepared.body + timestamp + b',"stored":"' + time + b'"}'


class _Found:
    """What one statement is found by; dicts because they keep the order and each thing once."""

    __slots__ = (
        "activities",
        "agents",
        "attachments",
        "definitions",
        "more_activities",
        "more_agents",
        "names",
    )

    def __init__(self) -> None:
        self.agents: dict[str, None] = {}
        self.more_agents: dict[str, None] = {}
        self.activities: dict[str, None] = {}
        self.more_activities: dict[str, None] = {}
        self.attachments: dict[str, None] = {}
        self.definitions: list[tuple[str, dict[str, Any]]] = []
        self.names: list[tuple[str, str]] = []

    def statement(self, decoded: dict[str, Any], *, related: bool) -> None:
        self.actor(decoded["actor"], related=related)
        object_ = decoded["object"]
        kind = object_.get("objectType", "Activity")
        if kind == "Activity":
            self.activity(object_, related=related)
        elif kind in ("Agent", "Group"):
            self.actor(object_, related=related)
        elif kind == "SubStatement":
            self.statement(object_, related=True)
        context = decoded.get("context")
        if context is not None:
            self.context(context)
        for attachment in decoded.get("attachments", ()):
            self.attachments[attachment["sha2"].lower()] = None

    def context(self, context: dict[str, Any]) -> None:
        for name in ("instructor", "team"):
            if name in context:
                self.actor(context[name], related=True)
        for item in context.get("contextAgents", ()):
            self.actor(item["agent"], related=True)
        for item in context.get("contextGroups", ()):
            self.actor(item["group"], related=True)
        for some in context.get("contextActivities", {}).values():
            for activity in some if type(some) is list else (some,):
                self.activity(activity, related=True)

    def actor(self, actor: dict[str, Any], *, related: bool) -> None:
        into = self.more_agents if related else self.agents
        for agent in agents(actor):
            who = ifi(agent)
            if who is not None:
                into[who] = None
                if "name" in agent:
                    self.names.append((who, agent["name"]))

    def activity(self, activity: dict[str, Any], *, related: bool) -> None:
        (self.more_activities if related else self.activities)[activity["id"]] = None
        if "definition" in activity:
            self.definitions.append((activity["id"], activity["definition"]))


def _body(raw: bytes, decoded: dict[str, Any], id: str, authority: dict[str, Any], version: Version) -> bytes:
    parts: dict[str, bytes | msgspec.Raw] = dict(members(raw))
    parts.pop("stored", None)
    parts.pop("authority", None)
    if "id" not in decoded:
        parts["id"] = encode(id.lower())
    if "version" not in decoded:
        parts["version"] = OWN_VERSION[version]
    _as_returned(parts, decoded, version)
    parts["authority"] = encode(authority)
    return _joined(parts)[:-1]


def _as_returned(parts: dict[str, Any], decoded: dict[str, Any], version: Version) -> None:
    """Rewrite, among the members of a statement or SubStatement, what must not be returned as it came."""
    time = decoded.get("timestamp")
    if time is not None and not time.endswith("Z") and (version == "2.0.0" or has_zone(time)):
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
