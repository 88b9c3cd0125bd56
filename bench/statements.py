"""Statements as learning tools send them, about 1.2 KB each, made once and then only given new ids."""

import json
import os
import random

ACTORS, VERBS, ACTIVITIES, TEMPLATES = 500, 20, 2000, 4000
SITE = "https://desk.example"
HOME = f"{SITE}/people"
SPARE = "00000000-0000-4000-8000-000000000000"

_draw = random.Random(3)
# Few verbs and activities are most of what is recorded: each is half as likely as the one of half its number.
_VERB_WEIGHTS = [1 / (n + 1) for n in range(VERBS)]
_ACTIVITY_WEIGHTS = [1 / (n + 100) for n in range(ACTIVITIES)]


def actor(n: int) -> dict[str, object]:
    return {"objectType": "Agent", "name": f"Person {n}", "account": {"homePage": HOME, "name": f"p{n}"}}


def verb(n: int) -> str:
    return f"https://w3id.example/xapi/verbs/verb-{n}"


def activity(n: int) -> str:
    return f"{SITE}/activities/activity-{n}"


def _statement(n: int) -> dict[str, object]:
    which_verb = _draw.choices(range(VERBS), _VERB_WEIGHTS)[0]
    which = _draw.choices(range(ACTIVITIES), _ACTIVITY_WEIGHTS)[0]
    right = _draw.randint(0, 10)
    session = f"{_draw.getrandbits(32):08x}-1111-4111-8111-{_draw.getrandbits(48):012x}"
    return {
        "id": SPARE,
        "actor": actor(n % ACTORS),
        "verb": {"id": verb(which_verb), "display": {"en": f"did {which_verb}", "de": f"tat {which_verb}"}},
        "object": {
            "objectType": "Activity",
            "id": activity(which),
            "definition": {
                "name": {"en": f"Activity {which}", "de": f"Aufgabe {which}"},
                "description": {
                    "en": "A customer asks for a refund after 32 days: decide whether it may be issued, by which rule, and who has to agree to it."
                },
                "type": "http://adlnet.gov/expapi/activities/assessment",
            },
        },
        "result": {
            "score": {"scaled": right / 10, "raw": right, "min": 0, "max": 10},
            "success": right >= 5,
            "completion": True,
            "duration": f"PT{_draw.randint(5, 300)}S",
        },
        "context": {
            "registration": session,
            "contextActivities": {
                "parent": [{"objectType": "Activity", "id": f"{SITE}/courses/course-{which % 50}"}],
                "grouping": [{"objectType": "Activity", "id": f"{SITE}/programmes/programme-{which % 10}"}],
            },
            "platform": "Example desk 4.2",
            "language": "en",
            "extensions": {
                f"{SITE}/extensions/case": f"T-{_draw.randint(1, 99999)}",
                f"{SITE}/extensions/attempt": _draw.randint(1, 4),
            },
        },
        "timestamp": f"2026-05-{n % 28 + 1:02}T{n % 24:02}:{n % 60:02}:07.{n % 1000:03}Z",
    }


def _halves(statement: dict[str, object]) -> tuple[bytes, bytes]:
    before, _, after = json.dumps(statement, separators=(",", ":")).encode().partition(SPARE.encode())
    return before, after


STATEMENTS = [_statement(n) for n in range(TEMPLATES)]
HALVES = [_halves(one) for one in STATEMENTS]
BYTES = sum(len(a) + len(b) + len(SPARE) for a, b in HALVES) / TEMPLATES


def fresh(n: int) -> bytes:
    """Return the statement of that number under an id nobody has seen."""
    before, after = HALVES[n % TEMPLATES]
    digits = os.urandom(16).hex()
    id = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"
    return before + id.encode() + after


def batch(n: int, size: int) -> bytes:
    return b"[" + b",".join(fresh(n * size + k) for k in range(size)) + b"]"
