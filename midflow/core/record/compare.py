"""Whether two statements are the same one (Data 2.3.1)."""

import re
from typing import Any

import msgspec

from midflow.core.record.actors import mailbox
from midflow.core.record.values import in_utc

PRECISION = re.compile(r"([.,][0-9]{2})[0-9]+")
SET_BY_THE_STORE = ("stored", "authority", "version")
MAYBE_SET_BY_THE_STORE = ("id", "timestamp")

_sortable = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode


def same(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Return whether two checked statements differ in nothing that counts (Data 2.3.1).

    What does not count: what a store sets, how a time or a mail domain is written, the display of verbs, the
    definitions of activities, attachments, the order of a Group's members, one context Activity or an array of
    it, and a duration's digits beyond the hundredth of a second (Data 4.6).
    """
    one, other = _core(a), _core(b)
    for name in MAYBE_SET_BY_THE_STORE:
        if name not in one or name not in other:
            one.pop(name, None)
            other.pop(name, None)
    return _equal(one, other)


def _core(statement: dict[str, Any]) -> dict[str, Any]:
    core = {name: item for name, item in statement.items() if name not in SET_BY_THE_STORE}
    core.pop("attachments", None)
    core["actor"] = _actor(core["actor"])
    core["verb"] = {"id": core["verb"]["id"]}
    core["object"] = _object(core["object"])
    if "id" in core:
        core["id"] = core["id"].lower()
    if "timestamp" in core:
        core["timestamp"] = _time(core["timestamp"])
    if "context" in core:
        core["context"] = _context(core["context"])
    duration = core.get("result", {}).get("duration")
    if duration is not None:
        core["result"] = core["result"] | {"duration": PRECISION.sub(r"\1", duration)}
    return core


def _time(value: str) -> str:
    """Return the point in time to the millisecond, which is as exact as a store must be (Data 4.5)."""
    day, _, fraction = in_utc(value).rstrip("Z").partition(".")
    return f"{day}.{fraction:0<3}"[: len(day) + 4]


def _actor(actor: dict[str, Any]) -> dict[str, Any]:
    made = {name: item for name, item in actor.items() if name != "objectType"}
    made["objectType"] = actor.get("objectType", "Agent")
    if "mbox" in made:
        made["mbox"] = mailbox(made["mbox"])
    if "mbox_sha1sum" in made:
        made["mbox_sha1sum"] = made["mbox_sha1sum"].lower()
    if "member" in made:
        made["member"] = sorted(map(_actor, made["member"]), key=_sortable)
    return made


def _object(object_: dict[str, Any]) -> dict[str, Any]:
    kind = object_.get("objectType", "Activity")
    if kind == "Activity":
        return {"id": object_["id"]}
    if kind == "StatementRef":
        return {"ref": object_["id"].lower()}
    if kind == "SubStatement":
        return _core(object_)
    return _actor(object_)


def _context(context: dict[str, Any]) -> dict[str, Any]:
    made = dict(context)
    if "registration" in made:
        made["registration"] = made["registration"].lower()
    if "statement" in made:
        made["statement"] = _object(made["statement"])
    for name in ("instructor", "team"):
        if name in made:
            made[name] = _actor(made[name])
    for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in made:
            made[name] = [item | {who: _actor(item[who])} for item in made[name]]
    if "contextActivities" in made:
        made["contextActivities"] = {
            kind: [{"id": activity["id"]} for activity in (some if isinstance(some, list) else [some])]
            for kind, some in made["contextActivities"].items()
        }
    return made


def _equal(a: Any, b: Any) -> bool:
    """Return whether two JSON values are equal; unlike Python's ==, true is not 1."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_equal(item, b[name]) for name, item in a.items())
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_equal, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and a == b
