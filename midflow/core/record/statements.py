"""Outcomes as xAPI statements, and statements as evidence about the learner."""

from typing import Any, Literal, get_args

import msgspec

from midflow.core.content.block import Score
from midflow.core.events import format_time
from midflow.core.learner.evidence import Answered, Completed, Dismissed, Engaged, Evidence
from midflow.core.learner.memory import Grade

Verb = Literal[
    "prompted", "opened", "stepped", "answered", "ticked", "completed", "dismissed", "rated", "reviewed", "flagged",
    "applied",
]  # fmt: skip
VERBS: tuple[str, ...] = get_args(Verb)

ADL = "http://adlnet.gov/expapi/verbs/"
VERB_IDS: dict[str, str] = {
    **{verb: f"urn:x-midflow:verb:{verb}" for verb in VERBS},
    "answered": ADL + "answered",
    "completed": ADL + "completed",
}
"""ADL's verbs where they say the same, ours elsewhere."""

VERB_NAMES = {iri: verb for verb, iri in VERB_IDS.items()}
EXTENSION = "urn:x-midflow:context:"
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


def statement(
    outcome: Outcome,
    *,
    person: str,
    name: str,
    home: str,
    release: int,
    score: Score | None,
    time: float,
    stored: float,
) -> dict[str, Any]:
    """Return the xAPI 1.0.3 statement of an outcome (IEEE 9274.1.1 keeps the shape).

    `home` is the address of this installation (the account's home page, section
    2.4.2.4), `time` when it happened and `stored` when it was taken, in seconds.
    """
    object_id = f"{home}/v1/units/{outcome.unit}" + (f"#{outcome.block}" if outcome.block else "")
    made: dict[str, Any] = {
        "id": outcome.id,
        "actor": {"objectType": "Agent", "name": name, "account": {"homePage": home, "name": person}},
        "verb": {"id": VERB_IDS[outcome.verb], "display": {"en": outcome.verb}},
        "object": {"objectType": "Activity", "id": object_id},
        "timestamp": format_time(time),
        "stored": format_time(stored),
        "version": "1.0.3",
        "context": {"platform": "Midflow", "extensions": _context(outcome, release)},
    }
    result = _result(outcome, score)
    if result:
        made["result"] = result
    return made


def _context(outcome: Outcome, release: int) -> dict[str, Any]:
    said: dict[str, Any] = {"release": release, "unit": outcome.unit}
    said |= {"block": outcome.block} if outcome.block else {}
    said |= {"decision": outcome.offer} if outcome.offer else {}
    said |= {"case": outcome.case} if outcome.case else {}
    return {EXTENSION + name: value for name, value in said.items()}


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
        made["extensions"] = {f"urn:x-midflow:result:{name}": value for name, value in rest.items()}
    return made


def evidence(made: dict[str, Any], *, time: float, grade: Grade | None, retention: float) -> list[Evidence]:
    """Return what a statement of ours says about the learner; nothing for most verbs.

    `time` in seconds since the epoch; `grade` of an answer, None where nothing was answered.
    """
    verb = VERB_NAMES.get(made["verb"]["id"])
    context = {key.removeprefix(EXTENSION): value for key, value in made["context"]["extensions"].items()}
    unit = context["unit"]
    if verb in ("answered", "reviewed") and grade is not None:
        return [Answered(check=f"{unit}#{context['block']}", grade=grade, time=time, retention=retention)]
    if verb == "opened" and "decision" in context:
        return [Engaged(decision=context["decision"], unit=unit, until=time + ENGAGED_SECONDS)]
    if verb == "completed":
        return [Completed(unit=unit, time=time)]
    if verb == "dismissed":
        return [Dismissed(unit=unit, reason=made["result"]["extensions"]["urn:x-midflow:result:reason"])]
    return []
