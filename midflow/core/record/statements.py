"""Outcomes as xAPI statements, and statements as evidence about the learner."""

from typing import Any, Literal, get_args

import msgspec

from midflow.core.content.block import Score
from midflow.core.content.model import Block, Unit
from midflow.core.events import format_time
from midflow.core.learner.evidence import Completed, Dismissed, Engaged, Evidence
from midflow.core.record.profile import CONTEXT, OWN, RESULT, VERB_IDS, VERSION

Verb = Literal[
    "prompted", "opened", "stepped", "answered", "ticked", "completed", "dismissed", "rated", "reviewed", "flagged",
    "applied",
]  # fmt: skip
VERBS: tuple[str, ...] = get_args(Verb)
VERB_NAMES = {iri: verb for verb, iri in VERB_IDS.items()}
ENGAGED_SECONDS = 1800.0


class Outcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person did with a prompt or a unit, as a client reports it.

    `id` is the client's UUID; the same id is taken once. `time` is RFC 3339.
    """

    id: str
    verb: Verb
    time: str
    unit: str
    offer: str | None = None
    block: str | None = None
    case: str | None = None
    result: dict[str, Any] = {}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a statement is told about: a unit, and the block of it where there is one. `release` is its number."""

    unit: Unit
    block: Block | None
    release: int


def account(home: str, name: str) -> dict[str, Any]:
    """Return the Agent who is `name` in the installation at the address `home` (Data 2.4.2.4)."""
    return {"objectType": "Agent", "account": {"homePage": home, "name": name}}


def statement(
    outcome: Outcome, told: Told, *, person: str, name: str, home: str, score: Score | None, time: float
) -> dict[str, Any]:
    """Return the xAPI statement of an outcome, by Midflow's profile (`profile.document`).

    `home` is the address of this installation, `person` and `name` who did it,
    `time` when it happened, in seconds. The store adds what a store adds.
    """
    made: dict[str, Any] = {
        "id": outcome.id,
        "actor": account(home, person) | {"name": name},
        "verb": {"id": VERB_IDS[outcome.verb], "display": {"en": outcome.verb}},
        "object": _activity(home, told.unit, told.block),
        "timestamp": format_time(time),
        "context": _context(outcome, told, home),
    }
    result = _result(outcome, score)
    if result:
        made["result"] = result
    return made


def _activity(home: str, unit: Unit, block: Block | None = None) -> dict[str, Any]:
    """A unit, or a block of it; a check is told by its question."""
    name, kind = unit.title, "unit"
    if block is not None:
        kind = "check" if block.kind == "check" else "block"
        name = getattr(block.body, "question", "") or f"{unit.title}: {block.id}"
    return {
        "objectType": "Activity",
        "id": f"{home}/v1/units/{unit.id}" + (f"#{block.id}" if block else ""),
        "definition": {"type": f"{OWN}type:{kind}", "name": {unit.locale: name}},
    }


def _context(outcome: Outcome, told: Told, home: str) -> dict[str, Any]:
    said: dict[str, Any] = {"release": told.release, "unit": outcome.unit}
    said |= {"block": outcome.block} if outcome.block else {}
    said |= {"decision": outcome.offer} if outcome.offer else {}
    said |= {"case": outcome.case} if outcome.case else {}
    activities: dict[str, Any] = {"category": [{"id": VERSION}]}
    if told.block is not None:
        activities["parent"] = [{"id": f"{home}/v1/units/{told.unit.id}"}]
    return {
        "platform": "Midflow",
        "contextActivities": activities,
        "extensions": {CONTEXT + name: value for name, value in said.items()},
    }


def _result(outcome: Outcome, score: Score | None) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if score is not None:
        made |= {"success": score.correct, "score": {"scaled": score.points}}
    if outcome.verb == "completed":
        made["completion"] = True
    seconds = outcome.result.get("seconds")
    if isinstance(seconds, int | float) and seconds >= 0:
        made["duration"] = f"PT{seconds:.2f}S"
    rest = {name: value for name, value in outcome.result.items() if name != "seconds"}
    if rest:
        made["extensions"] = {RESULT + name: value for name, value in rest.items()}
    return made


def said(made: dict[str, Any], name: str) -> Any:
    """Return what a statement of ours says in a context extension, None where nothing."""
    return made.get("context", {}).get("extensions", {}).get(CONTEXT + name)


def evidence(made: dict[str, Any], *, time: float, version: str = "") -> list[Evidence]:
    """Return what a statement of ours says about the learner, but for answers, which are looked at first.

    `time` in seconds since the epoch; `version` of the unit it is about. Most verbs say nothing.
    """
    verb = VERB_NAMES.get(made["verb"]["id"])
    unit: str = said(made, "unit")
    decision = said(made, "decision")
    if verb == "opened" and decision is not None:
        return [Engaged(decision=decision, unit=unit, until=time + ENGAGED_SECONDS)]
    if verb == "completed":
        return [Completed(unit=unit, time=time)]
    if verb == "dismissed":
        reason = made["result"]["extensions"][RESULT + "reason"]
        return [Dismissed(unit=unit, reason=reason, time=time, version=version)]
    return []
