"""Good statements to break, and the way to break them."""

import copy
from typing import Any

ANA = {"objectType": "Agent", "name": "Ana", "mbox": "mailto:ana@example.org"}
BEN = {"objectType": "Agent", "account": {"homePage": "https://example.org", "name": "ben"}}
TEAM = {"objectType": "Group", "name": "Support", "member": [ANA, BEN]}
COURSE = {"objectType": "Activity", "id": "https://example.org/course"}
REF = {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}
AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://record.example.org", "name": "key-1"}}
MISSING = object()
"""In place of a value: the member is left out."""


def small() -> dict[str, Any]:
    """Return the smallest statement there is."""
    return {
        "actor": {"mbox": "mailto:ana@example.org"},
        "verb": {"id": "https://example.org/verbs/read"},
        "object": {"id": "https://example.org/page"},
    }


def full() -> dict[str, Any]:
    """Return a statement with every member 1.0.3 knows."""
    return copy.deepcopy({
        "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        "actor": ANA,
        "verb": {"id": "https://example.org/verbs/answered", "display": {"en-US": "answered", "de": "beantwortete"}},
        "object": {
            "objectType": "Activity",
            "id": "https://example.org/question",
            "definition": {
                "name": {"en": "A question"},
                "description": {"en": "Which of them?"},
                "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
                "moreInfo": "https://example.org/question/about",
                "interactionType": "choice",
                "correctResponsesPattern": ["a[,]b"],
                "choices": [{"id": "a", "description": {"en": "This"}}, {"id": "b"}],
                "extensions": {"https://example.org/x": None},
            },
        },
        "result": {
            "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
            "success": True,
            "completion": False,
            "response": "a",
            "duration": "PT1M2.5S",
            "extensions": {"https://example.org/x": {}},
        },
        "context": {
            "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
            "instructor": BEN,
            "team": TEAM,
            "contextActivities": {"parent": [COURSE], "grouping": COURSE, "category": [], "other": [COURSE, COURSE]},
            "revision": "2",
            "platform": "Midflow",
            "language": "en-US",
            "statement": REF,
            "extensions": {"https://example.org/x": [None]},
        },
        "timestamp": "2026-05-18T05:32:34.804Z",
        "stored": "2026-05-18T05:32:35Z",
        "authority": {"objectType": "Group", "member": [BEN, ANA]},
        "version": "1.0.0",
        "attachments": [
            {
                "usageType": "https://example.org/essay",
                "display": {"en": "Essay"},
                "description": {"en": "An essay"},
                "contentType": "text/plain; charset=ascii",
                "length": 27,
                "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
                "fileUrl": "https://example.org/essay.txt",
            }
        ],
    })  # fmt: skip


def nested() -> dict[str, Any]:
    """Return a statement about a statement that is none yet."""
    inner = {
        name: item
        for name, item in full().items()
        if name in ("actor", "verb", "object", "result", "context")
    }
    return small() | {"object": {"objectType": "SubStatement", "timestamp": "2030-01-01T00:00:00Z", **inner}}


def newer() -> dict[str, Any]:
    """Return a statement with what 2.0 added."""
    made = full() | {"version": "2.0.0"}
    made["context"]["contextAgents"] = [
        {"objectType": "contextAgent", "agent": ANA, "relevantTypes": ["https://example.org/types/coach"]},
        {"objectType": "contextAgent", "agent": BEN},
    ]
    made["context"]["contextGroups"] = [{"objectType": "contextGroup", "group": TEAM}]
    return made


def changed(statement: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the statement with another value at the path, such as "context.team.member.0.mbox"."""
    made = copy.deepcopy(statement)
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    at: Any = made
    for step in way:
        at = at[step]
    if value is MISSING:
        del at[last]
    else:
        at[last] = copy.deepcopy(value)
    return made


def json_path(path: str) -> str:
    """Return the JSON path that an error gives for such a path."""
    steps = [f"[{step}]" if step.isdigit() else f".{step}" for step in path.split(".")]
    return "$" + "".join(steps)
