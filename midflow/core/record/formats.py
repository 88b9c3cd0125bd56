"""Statements as a reader asks for them: identifiers only, or in the words of one language."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from midflow.core.record.objects import COMPONENTS, IDENTIFIERS

RANGE = re.compile(
    r"[ \t]*([A-Za-z0-9*]+(?:-[A-Za-z0-9*]+)*)[ \t]*(?:;[ \t]*[qQ][ \t]*=[ \t]*([01](?:\.[0-9]{0,3})?)[ \t]*)?\Z"
)

DefinitionOf = Callable[[str], dict[str, Any] | None]
"""Gives the canonical definition of an activity id, or None where the store has none."""


def accept_languages(header: str | None) -> tuple[str, ...]:
    """Return the language ranges of an Accept-Language header in small letters, the best first (RFC 2616 14.4).

    What is no range is left out, and so is what has a quality of 0. No header: no ranges.
    """
    found = [RANGE.match(part) for part in (header or "").split(",")]
    ranges = [(float(part[2] or 1), part[1].lower()) for part in found if part]
    return tuple(name for quality, name in sorted(ranges, key=lambda pair: -pair[0]) if quality > 0)


def one_language(language_map: dict[str, str], languages: Iterable[str]) -> dict[str, str]:
    """Return a checked language map with the one entry that suits the ranges best; its first where none does."""
    tags = {tag.lower(): tag for tag in language_map}
    for wanted in languages:
        tag = _matching(wanted, tags)
        if tag is not None:
            return {tag: language_map[tag]}
    return dict([next(iter(language_map.items()))])


def _matching(wanted: str, tags: dict[str, str]) -> str | None:
    """Return the tag of a range: itself, one it begins, or failing these the nearest less precise one."""
    if wanted == "*":
        return next(iter(tags.values()))
    if wanted in tags:
        return tags[wanted]
    for tag, written in tags.items():
        if tag.startswith(f"{wanted}-"):
            return written
    while "-" in wanted:
        wanted = wanted.rpartition("-")[0]
        if wanted in tags:
            return tags[wanted]
    return None


def canonical(
    statement: dict[str, Any], languages: Iterable[str], definition_of: DefinitionOf
) -> dict[str, Any]:
    """Return a statement with the store's own definitions of its activities, in one language each.

    Each language map (verb display, names, descriptions, those of interaction components and of attachments)
    keeps the one entry that suits the ranges best (Communication 2.1.3). Agents and Groups stay as they are.
    """
    words = tuple(languages)
    made = dict(statement)
    if "display" in made["verb"]:
        made["verb"] = made["verb"] | {"display": one_language(made["verb"]["display"], words)}
    object_ = made["object"]
    kind = object_.get("objectType", "Activity")
    if kind == "Activity":
        made["object"] = _canonical_activity(object_, words, definition_of)
    elif kind == "SubStatement":
        made["object"] = canonical(object_, words, definition_of)
    if "contextActivities" in made.get("context", {}):
        made["context"] = made["context"] | {
            "contextActivities": _each_activity(
                made["context"]["contextActivities"],
                lambda activity: _canonical_activity(activity, words, definition_of),
            )
        }
    if "attachments" in made:
        made["attachments"] = [_in_one_language(attachment, words) for attachment in made["attachments"]]
    return made


def _canonical_activity(
    activity: dict[str, Any], words: tuple[str, ...], definition_of: DefinitionOf
) -> dict[str, Any]:
    definition = definition_of(activity["id"]) or activity.get("definition")
    return activity | {"definition": localized(definition, words)} if definition else activity


def localized(definition: dict[str, Any], languages: Iterable[str]) -> dict[str, Any]:
    """Return an activity definition with one language in each of its language maps."""
    words = tuple(languages)
    made = _in_one_language(definition, words)
    for name in COMPONENTS:
        if name in made:
            made[name] = [_in_one_language(component, words) for component in made[name]]
    return made


def _in_one_language(thing: dict[str, Any], words: tuple[str, ...]) -> dict[str, Any]:
    made = dict(thing)
    for name in ("name", "description", "display"):
        if name in made:
            made[name] = one_language(made[name], words)
    return made


def _each_activity(
    kinds: dict[str, Any], change: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    return {
        kind: [change(activity) for activity in (some if isinstance(some, list) else [some])]
        for kind, some in kinds.items()
    }


def ids_only(statement: dict[str, Any]) -> dict[str, Any]:
    """Return a statement with no more of its actors, verb and activities than identifies them (Communication 2.1.3)."""
    made = dict(statement)
    made["actor"] = _actor_id(made["actor"])
    made["verb"] = {"id": made["verb"]["id"]}
    made["object"] = _object_id(made["object"])
    if "authority" in made:
        made["authority"] = _actor_id(made["authority"])
    if "context" in made:
        made["context"] = _context_ids(made["context"])
    return made


def _object_id(object_: dict[str, Any]) -> dict[str, Any]:
    kind = object_.get("objectType", "Activity")
    if kind == "Activity":
        return {"id": object_["id"]}  # no objectType: what has none is an Activity
    if kind == "SubStatement":
        return ids_only(object_)
    return object_ if kind == "StatementRef" else _actor_id(object_)


def _context_ids(context: dict[str, Any]) -> dict[str, Any]:
    made = dict(context)
    for name in ("instructor", "team"):
        if name in made:
            made[name] = _actor_id(made[name])
    for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in made:
            made[name] = [item | {who: _actor_id(item[who])} for item in made[name]]
    if "contextActivities" in made:
        made["contextActivities"] = _each_activity(made["contextActivities"], _object_id)
    return made


def _actor_id(actor: dict[str, Any]) -> dict[str, Any]:
    made = {name: actor[name] for name in ("objectType", *IDENTIFIERS) if name in actor}
    if "member" in actor and not any(name in actor for name in IDENTIFIERS):
        made["member"] = [_actor_id(agent) for agent in actor["member"]]
    return made
