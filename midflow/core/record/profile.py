"""Midflow's xAPI profile: the words of its own statements, as data (xAPI Profiles 1.0)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

ADL = "http://adlnet.gov/expapi/verbs/"
OWN = "urn:x-midflow:"
PROFILE = f"{OWN}profile"
VERSION = f"{PROFILE}:1"
"""The version that statements name as a category (xAPI Profiles 1.0, part two, section 6)."""

PUBLISHED = "2026-11-24T00:00:00Z"
CONTEXT = f"{OWN}context:"
RESULT = f"{OWN}result:"


class Word(NamedTuple):
    """A concept of the profile: its name in English and what it means."""

    name: str
    meaning: str


VERBS: dict[str, Word] = {
    f"{OWN}verb:prompted": Word("prompted", "A prompt was displayed to the person."),
    f"{OWN}verb:opened": Word("opened", "The person opened a unit, from a prompt or by themselves."),
    f"{OWN}verb:stepped": Word("stepped", "The person went on to the next block of a unit."),
    f"{OWN}verb:ticked": Word("ticked", "The person ticked items of a checklist that is bound to a case."),
    f"{OWN}verb:dismissed": Word("dismissed", "The person closed a prompt, for a reason that they chose."),
    f"{OWN}verb:rated": Word("rated", "The person said how useful a unit was to them."),
    f"{OWN}verb:flagged": Word("flagged", "The person said that something in a unit is wrong."),
    f"{OWN}verb:applied": Word("applied", "The person said that they used at work what a unit teaches."),
    f"{OWN}verb:reviewed": Word("reviewed", "The person answered a check again when it was due for review."),
}
"""Verbs of our own; `answered` and `completed` are ADL's."""

VERB_IDS: dict[str, str] = {word.name: iri for iri, word in VERBS.items()} | {
    "answered": f"{ADL}answered", "completed": f"{ADL}completed",
}  # fmt: skip

TYPES: dict[str, Word] = {
    f"{OWN}type:unit": Word("unit", "Two to five minutes on one task with one objective."),
    f"{OWN}type:block": Word("block", "A part of a unit: text, steps, a checklist, a video."),
    f"{OWN}type:check": Word("check", "One question with an answer that is scored."),
}

CONTEXTS: dict[str, Word] = {
    f"{CONTEXT}release": Word("release", "The number of the release in which the unit was shown."),
    f"{CONTEXT}unit": Word("unit", "The unit's id."),
    f"{CONTEXT}block": Word("block", "The block's id within its unit."),
    f"{CONTEXT}decision": Word("decision", "The decision that led to the prompt."),
    f"{CONTEXT}case": Word("case", "The work record that it was about."),
}

RESULTS: dict[str, Word] = {
    f"{RESULT}answer": Word("answer", "The positions of the options that were chosen, from 0."),
    f"{RESULT}items": Word("items", "The ids of the items of a checklist that are ticked."),
    f"{RESULT}reason": Word("reason", "Why a prompt was dismissed: not_now, i_know_this or not_relevant."),
    f"{RESULT}step": Word("step", "The number of the block that was reached, from 1."),
    f"{RESULT}of": Word("of", "How many blocks the unit has."),
    f"{RESULT}useful": Word("useful", "From 1, of no use, to 5, very useful."),
    f"{RESULT}test": Word("test", "The test in which it was answered, or that stands for the unit: its id."),
    f"{RESULT}comment": Word("comment", "What the person wrote about the unit."),
}

SCORED = ("answered", "reviewed", "ticked")
"""Verbs whose statements carry a score."""


class Template(NamedTuple):
    """What every statement of a verb holds: the JSON paths that must be there."""

    verb: str
    included: tuple[str, ...]


def _extension(iri: str) -> str:
    return f"$.context.extensions['{iri}']"


def _template(verb: str) -> Template:
    included = [_extension(f"{CONTEXT}release"), _extension(f"{CONTEXT}unit")]
    if verb in SCORED:
        included += [_extension(f"{CONTEXT}block"), "$.result.success", "$.result.score.scaled"]
    if verb == "completed":
        included.append("$.result.completion")
    if verb == "dismissed":
        included.append(f"$.result.extensions['{RESULT}reason']")
    return Template(verb, tuple(included))


TEMPLATES: tuple[Template, ...] = tuple(_template(verb) for verb in VERB_IDS)


def document() -> dict[str, Any]:
    """Return the profile as JSON-LD (xAPI Profiles 1.0, part two)."""
    return {
        "@context": "https://w3id.org/xapi/profiles/context",
        "id": PROFILE,
        "type": "Profile",
        "conformsTo": "https://w3id.org/xapi/profiles#1.0",
        "prefLabel": {"en": "Midflow"},
        "definition": {"en": "What happens between a person, a prompt and a unit of Midflow."},
        "author": {"type": "Organization", "name": "Midflow"},
        "versions": [{"id": VERSION, "generatedAtTime": PUBLISHED}],
        "concepts": [
            *_concepts("Verb", VERBS),
            *_concepts("ActivityType", TYPES),
            *_concepts("ContextExtension", CONTEXTS, recommendedVerbs=list(VERB_IDS.values())),
            *_concepts("ResultExtension", RESULTS, recommendedVerbs=list(VERB_IDS.values())),
        ],
        "templates": [_json(template) for template in TEMPLATES],
    }


def _concepts(kind: str, words: Mapping[str, Word], **more: Any) -> list[dict[str, Any]]:
    inline: dict[str, Any] = {} if kind in ("Verb", "ActivityType") else {"inlineSchema": "{}"}
    return [
        {
            "id": iri, "inScheme": VERSION, "type": kind, "prefLabel": {"en": word.name},
            "definition": {"en": word.meaning}, **inline, **more,
        }
        for iri, word in words.items()
    ]  # fmt: skip


def _json(template: Template) -> dict[str, Any]:
    return {
        "id": f"{OWN}template:{template.verb}",
        "inScheme": VERSION,
        "type": "StatementTemplate",
        "prefLabel": {"en": template.verb},
        "definition": {"en": f"Statements with the verb {template.verb}."},
        "verb": VERB_IDS[template.verb],
        "rules": [{"location": path, "presence": "included"} for path in template.included],
    }
