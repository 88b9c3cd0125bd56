"""The objects of xAPI: one table each, for either version."""

from decimal import Decimal
from typing import Any

from midflow.core.record import values
from midflow.core.record.problem import RecordError
from midflow.core.record.shapes import ByType, Check, ListOf, MapOf, OneOf, Shape
from midflow.core.record.values import Version, shown, wrong

VOIDED = "http://adlnet.gov/expapi/verbs/voided"
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")

LANGUAGE_MAP = MapOf("a language map", "Data 4.2", values.language, values.string, least=1)
EXTENSIONS = MapOf("an extensions map", "Data 4.1", values.iri, None)

# Actors (Data 2.4.2)


def _one_identifier(actor: dict[str, Any]) -> None:
    given = [name for name in IDENTIFIERS if name in actor]
    if len(given) != 1:
        had = f"has {' and '.join(given)}" if given else "has none"
        message = f"an Agent needs exactly one of {', '.join(IDENTIFIERS)}, and this {had}"
        raise RecordError(message, section="Data 2.4.2.1")


def _identifier_or_members(group: dict[str, Any]) -> None:
    given = [name for name in IDENTIFIERS if name in group]
    if len(given) > 1:
        message = f"a Group has at most one of {', '.join(IDENTIFIERS)}, and this has {' and '.join(given)}"
        raise RecordError(message, section="Data 2.4.2.2")
    if not given and not group.get("member"):
        message = "a Group without an identifier needs its members, at least one"
        raise RecordError(message, section="Data 2.4.2.2")


ACCOUNT = Shape(
    "an account", "Data 2.4.2.4",
    {"homePage": values.iri, "name": values.string},
    required=("homePage", "name"),
)  # fmt: skip
ACTOR: dict[str, Check] = {
    "name": values.string,
    "mbox": values.mailto,
    "mbox_sha1sum": values.sha1,
    "openid": values.iri,
    "account": ACCOUNT,
}
AGENT = Shape(
    "an Agent",
    "Data 2.4.2.1",
    {"objectType": OneOf("Data 2.4.2.1", "Agent"), **ACTOR},
    rules=(_one_identifier,),
)
GROUP = Shape(
    "a Group", "Data 2.4.2.2",
    {
        "objectType": OneOf("Data 2.4.2.2", "Group"),
        **ACTOR,
        "member": ListOf("Agents", "Data 2.4.2.2", AGENT),
    },
    required=("objectType",),
    rules=(_identifier_or_members,),
)  # fmt: skip
AGENT_OR_GROUP = ByType("an Agent or a Group", "Data 2.4.2", {"Agent": AGENT, "Group": GROUP}, absent="Agent")


def _two_members(group: dict[str, Any]) -> None:
    if any(name in group for name in IDENTIFIERS) or len(group["member"]) != 2:
        message = (
            "a Group as authority is an application and a user: two members, and no identifier of its own"
        )
        raise RecordError(message, section="Data 2.4.9")


AUTHORITY_GROUP = Shape(
    "a Group", "Data 2.4.9", GROUP.members,
    required=("objectType",), rules=(_identifier_or_members, _two_members),
)  # fmt: skip
AUTHORITY = ByType(
    "an Agent or a Group of two", "Data 2.4.9", {"Agent": AGENT, "Group": AUTHORITY_GROUP}, absent="Agent"
)

# Verb and Activity (Data 2.4.3, 2.4.4.1)

VERB = Shape("a Verb", "Data 2.4.3", {"id": values.iri, "display": LANGUAGE_MAP}, required=("id",))

COMPONENT_LISTS: dict[str, frozenset[str]] = {
    "choice": frozenset({"choices"}),
    "sequencing": frozenset({"choices"}),
    "likert": frozenset({"scale"}),
    "matching": frozenset({"source", "target"}),
    "performance": frozenset({"steps"}),
    "true-false": frozenset(),
    "fill-in": frozenset(),
    "long-fill-in": frozenset(),
    "numeric": frozenset(),
    "other": frozenset(),
}
"""Which lists of components each kind of interaction has."""

COMPONENTS = ("choices", "scale", "source", "target", "steps")
INTERACTION = frozenset({"interactionType", "correctResponsesPattern", *COMPONENTS})


def _interaction(definition: dict[str, Any]) -> None:
    if INTERACTION.isdisjoint(definition):
        return
    kind = definition.get("interactionType")
    if kind is None:
        given = next(name for name in definition if name in INTERACTION)
        message = f'a definition with "{given}" needs "interactionType"'
        raise RecordError(message, section="Data 2.4.4.1")
    for name in COMPONENTS:
        if name in definition and name not in COMPONENT_LISTS[kind]:
            supported = " and ".join(sorted(COMPONENT_LISTS[kind])) or "no list of components"
            message = f"does not belong to an interaction of type {kind}, which has {supported}"
            error = RecordError(message, section="Data 2.4.4.1")
            error.within(name)
            raise error


class _Components(ListOf):
    """A list of interaction components, whose ids are distinct."""

    __slots__ = ()

    def __call__(self, value: Any) -> None:
        super().__call__(value)
        ids = [component["id"] for component in value]
        if len(set(ids)) != len(ids):
            twice = next(name for name in ids if ids.count(name) > 1)
            message = f'has the id "{twice}" more than once; ids within a list are distinct'
            raise RecordError(message, section="Data 2.4.4.1")


COMPONENT = Shape(
    "an interaction component", "Data 2.4.4.1",
    {"id": values.string, "description": LANGUAGE_MAP},
    required=("id",),
)  # fmt: skip
COMPONENT_LIST = _Components("interaction components", "Data 2.4.4.1", COMPONENT)
DEFINITION = Shape(
    "an Activity Definition", "Data 2.4.4.1",
    {
        "name": LANGUAGE_MAP,
        "description": LANGUAGE_MAP,
        "type": values.iri,
        "moreInfo": values.iri,
        "extensions": EXTENSIONS,
        "interactionType": OneOf("Data 2.4.4.1", *COMPONENT_LISTS),
        "correctResponsesPattern": ListOf("strings", "Data 2.4.4.1", values.string),
        **dict.fromkeys(COMPONENTS, COMPONENT_LIST),
    },
    rules=(_interaction,),
)  # fmt: skip
ACTIVITY = Shape(
    "an Activity", "Data 2.4.4.1",
    {"objectType": OneOf("Data 2.4.4.1", "Activity"), "id": values.iri, "definition": DEFINITION},
    required=("id",),
)  # fmt: skip

STATEMENT_REF = Shape(
    "a StatementRef", "Data 2.4.4.3",
    {"objectType": OneOf("Data 2.4.4.3", "StatementRef"), "id": values.uuid},
    required=("objectType", "id"),
)  # fmt: skip

# Result (Data 2.4.5)


def _number(value: Any) -> None:
    if type(value) not in (int, float, Decimal):
        raise wrong(value, "a number, without quotation marks", "Data 2.4.5.1")


def _scaled(value: Any) -> None:
    _number(value)
    if not -1 <= value <= 1:
        raise wrong(value, "a number from -1 to 1", "Data 2.4.5.1")


def _within_bounds(score: dict[str, Any]) -> None:
    raw, low, high = score.get("raw"), score.get("min"), score.get("max")
    if low is not None and high is not None and low >= high:
        message = f"min must be less than max, and {shown(low)} is not less than {shown(high)}"
        raise RecordError(message, section="Data 2.4.5.1")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        message = f"raw must be between min and max, and {shown(raw)} is not"
        raise RecordError(message, section="Data 2.4.5.1")


SCORE = Shape(
    "a Score", "Data 2.4.5.1",
    {"scaled": _scaled, "raw": _number, "min": _number, "max": _number},
    rules=(_within_bounds,),
)  # fmt: skip
RESULT = Shape(
    "a Result", "Data 2.4.5",
    {
        "score": SCORE,
        "success": values.boolean,
        "completion": values.boolean,
        "response": values.string,
        "duration": values.duration,
        "extensions": EXTENSIONS,
    },
)  # fmt: skip

# Context (Data 2.4.6)

ACTIVITIES = ListOf("Activities", "Data 2.4.6.2", ACTIVITY)


def _activity_or_activities(value: Any) -> None:
    if type(value) is list:
        ACTIVITIES(value)
    else:
        ACTIVITY(value)


def _some_kind(kinds: dict[str, Any]) -> None:
    if not kinds:
        raise RecordError(
            "must have parent, grouping, category or other, or be left out", section="Data 2.4.6.2"
        )


CONTEXT_ACTIVITIES = Shape(
    "contextActivities", "Data 2.4.6.2",
    dict.fromkeys(("parent", "grouping", "category", "other"), _activity_or_activities),
    rules=(_some_kind,),
)  # fmt: skip
RELEVANT_TYPES = ListOf("IRIs", "Data 2.4.6", values.iri, least=1)
CONTEXT_AGENT = Shape(
    "a contextAgent", "Data 2.4.6",
    {"objectType": OneOf("Data 2.4.6", "contextAgent"), "agent": AGENT, "relevantTypes": RELEVANT_TYPES},
    required=("objectType", "agent"),
)  # fmt: skip
CONTEXT_GROUP = Shape(
    "a contextGroup", "Data 2.4.6",
    {"objectType": OneOf("Data 2.4.6", "contextGroup"), "group": GROUP, "relevantTypes": RELEVANT_TYPES},
    required=("objectType", "group"),
)  # fmt: skip
CONTEXT_MEMBERS: dict[str, Check] = {
    "registration": values.uuid,
    "instructor": AGENT_OR_GROUP,
    "team": ByType("a Group", "Data 2.4.6", {"Group": GROUP}, absent=None),
    "contextActivities": CONTEXT_ACTIVITIES,
    "revision": values.string,
    "platform": values.string,
    "language": values.language,
    "statement": STATEMENT_REF,
    "extensions": EXTENSIONS,
}
CONTEXT_SINCE_2: dict[str, Check] = {
    "contextAgents": ListOf("contextAgents", "Data 2.4.6", CONTEXT_AGENT),
    "contextGroups": ListOf("contextGroups", "Data 2.4.6", CONTEXT_GROUP),
}

# Attachments (Data 2.4.11)

ATTACHMENT = Shape(
    "an Attachment", "Data 2.4.11",
    {
        "usageType": values.iri,
        "display": LANGUAGE_MAP,
        "description": LANGUAGE_MAP,
        "contentType": values.media_type,
        "length": values.size,
        "sha2": values.sha2,
        "fileUrl": values.iri,
    },
    required=("usageType", "display", "contentType", "length", "sha2"),
)  # fmt: skip

# Statements (Data 2.4, 2.4.4.3)


def _about_activities_only(statement: dict[str, Any]) -> None:
    context = statement.get("context")
    if context is None or statement["object"].get("objectType", "Activity") == "Activity":
        return
    for name in ("revision", "platform"):
        if name in context:
            message = "belongs to statements about an Activity; leave it out here"
            error = RecordError(message, section="Data 2.4.6")
            error.within(name)
            error.within("context")
            raise error


def _voids_a_statement(statement: dict[str, Any]) -> None:
    if statement["verb"]["id"] == VOIDED and statement["object"].get("objectType") != "StatementRef":
        message = "what a voiding statement voids is a StatementRef"
        error = RecordError(message, section="Data 2.3.2")
        error.within("object")
        raise error


def _statement(version: Version) -> Shape:
    context = Shape(
        "a Context", "Data 2.4.6", CONTEXT_MEMBERS | (CONTEXT_SINCE_2 if version == "2.0.0" else {})
    )
    members: dict[str, Check] = {
        "actor": AGENT_OR_GROUP,
        "verb": VERB,
        "result": RESULT,
        "context": context,
        "timestamp": values.timestamp,
        "attachments": ListOf("Attachments", "Data 2.4.11", ATTACHMENT),
    }
    objects: dict[str, Check] = {
        "Activity": ACTIVITY,
        "Agent": AGENT,
        "Group": GROUP,
        "StatementRef": STATEMENT_REF,
    }
    needed = ("actor", "verb", "object")
    nested = Shape(
        "a SubStatement", "Data 2.4.4.3",
        {
            "objectType": OneOf("Data 2.4.4.3", "SubStatement"),
            **members,
            "object": ByType("an Object", "Data 2.4.4.3", objects, absent="Activity"),
        },
        required=needed, rules=(_about_activities_only,),
    )  # fmt: skip
    return Shape(
        "a Statement", "Data 2.4",
        {
            "id": values.uuid,
            **members,
            "object": ByType("an Object", "Data 2.4.4", objects | {"SubStatement": nested}, absent="Activity"),
            "stored": values.timestamp,
            "authority": AUTHORITY,
            "version": values.VERSIONS[version],
        },
        required=needed, rules=(_about_activities_only, _voids_a_statement),
    )  # fmt: skip


STATEMENT: dict[Version, Shape] = {"1.0.3": _statement("1.0.3"), "2.0.0": _statement("2.0.0")}
