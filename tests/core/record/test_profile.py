"""Our own statements keep the rules of xAPI and those of our own profile."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from midflow.core.content.block import Score
from midflow.core.content.blocks.check import Check, Option
from midflow.core.content.model import Block, Unit
from midflow.core.record import profile
from midflow.core.record.statements import Outcome, Told, account, evidence, said, statement
from midflow.core.record.validate import check_statement
from midflow.core.record.values import Version

HOME = "https://midflow.example.org"
CHECK = Block(
    kind="check", id="why", body=Check(question="Who acts next?", options=(Option(text="Me", correct=True),))
)
UNIT = Unit(id="hold", title="Put on hold", objective="Come back to it", blocks=(CHECK,))
EXTENSION = re.compile(r"\$\.(context|result)\.extensions\['([^']+)'\]")


def said_by(verb: str, **changes: Any) -> dict[str, Any]:
    """The statement of an outcome with everything that a client may say of this verb."""
    results: dict[str, dict[str, Any]] = {
        "answered": {"answer": [0], "seconds": 3.5}, "reviewed": {"answer": [0], "seconds": 2},
        "ticked": {"items": ["a"]}, "completed": {"seconds": 90}, "dismissed": {"reason": "not_now"},
        "rated": {"useful": 5}, "flagged": {"comment": "The button is called otherwise."}, "stepped": {"step": 1, "of": 2},
    }  # fmt: skip
    scored = verb in profile.SCORED
    outcome = Outcome(
        id=str(uuid4()), verb=verb, time="2026-11-24T09:30:00Z", unit="hold", offer="41", case="T-1",  # type: ignore[arg-type]
        block="why" if scored else None, result=results.get(verb, {}),
    )  # fmt: skip
    told = Told(unit=UNIT, block=CHECK if scored else None, release=3)
    score = Score(correct=True, points=1.0, feedback="") if scored else None
    return (
        statement(outcome, told, person="ana", name="Ana", home=HOME, score=score, time=1_790_000_000.0)
        | changes
    )


def found(made: dict[str, Any], path: str) -> Any:
    """What is at one of the profile's JSON paths; None where nothing is."""
    extension = EXTENSION.fullmatch(path)
    if extension is not None:
        return made.get(extension[1], {}).get("extensions", {}).get(extension[2])
    place: Any = made
    for step in path.removeprefix("$.").split("."):
        place = place.get(step) if isinstance(place, dict) else None
    return place


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("verb", profile.VERB_IDS)
def test_a_statement_of_each_verb_keeps_the_rules_of_both_versions(verb: str, version: Version) -> None:
    check_statement(said_by(verb), version=version)


@pytest.mark.parametrize("template", profile.TEMPLATES, ids=lambda template: template.verb)
def test_a_statement_of_each_verb_holds_what_its_template_asks_for(template: profile.Template) -> None:
    made = said_by(template.verb)
    assert [path for path in template.included if found(made, path) is None] == []


def test_every_extension_and_type_that_we_use_is_a_concept_of_the_profile() -> None:
    concepts = {concept["id"] for concept in profile.document()["concepts"]}
    for verb in profile.VERB_IDS:
        made = said_by(verb)
        used = {*made["context"]["extensions"], *made.get("result", {}).get("extensions", {})}
        used.add(made["object"]["definition"]["type"])
        assert used <= concepts, verb
    assert {iri for iri in profile.VERB_IDS.values() if iri.startswith(profile.OWN)} <= concepts


def test_a_statement_names_the_profile_and_the_unit_of_its_block() -> None:
    activities = said_by("answered")["context"]["contextActivities"]
    assert activities == {"category": [{"id": profile.VERSION}], "parent": [{"id": f"{HOME}/v1/units/hold"}]}


def test_the_profile_is_one_json_document_whose_identifiers_are_used_once() -> None:
    made = json.loads(json.dumps(profile.document()))
    ids = [item["id"] for item in (*made["concepts"], *made["templates"], *made["versions"])]
    assert len(ids) == len(set(ids))
    assert all(item["inScheme"] == profile.VERSION for item in (*made["concepts"], *made["templates"]))


def page() -> str:
    return (Path(__file__).parents[3] / "docs" / "xapi-profile.md").read_text(encoding="utf-8")


def test_the_page_names_every_word_of_the_profile_and_none_beside_it() -> None:
    named = set(re.findall(r"`(urn:x-midflow:[^`]+|http://adlnet[^`]+)`", page()))
    real = {*profile.VERB_IDS.values(), *profile.TYPES, *profile.CONTEXTS, *profile.RESULTS}
    assert named == real | {profile.PROFILE, profile.VERSION}


def test_the_examples_of_the_page_keep_the_profile() -> None:
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", page(), re.DOTALL)]
    assert len(examples) == 2
    templates = {profile.VERB_IDS[template.verb]: template for template in profile.TEMPLATES}
    for example in examples:
        check_statement(example, version="1.0.3")
        template = templates[example["verb"]["id"]]
        assert [path for path in template.included if found(example, path) is None] == []


def test_a_statement_of_ours_is_evidence_again() -> None:
    assert evidence(said_by("answered"), time=5.0) == []  # an answer is looked at before it is evidence
    (dismissed,) = evidence(said_by("dismissed"), time=5.0)
    assert dismissed.reason == "not_now"  # type: ignore[union-attr]
    assert evidence(said_by("rated"), time=5.0) == []
    assert said(said_by("opened"), "decision") == "41"
    assert said({"verb": {"id": "x"}}, "decision") is None


def test_an_account_is_told_apart_by_its_installation() -> None:
    assert account(HOME, "ana")["account"] == {"homePage": HOME, "name": "ana"}
