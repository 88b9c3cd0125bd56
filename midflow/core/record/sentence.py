"""A statement in words, for people who look at the record: who did what, and how it went."""

import re
from typing import Any

from midflow.core.record.actors import ifi
from midflow.core.record.formats import one_language
from midflow.core.record.objects import VOIDED
from midflow.core.record.values import shown

LANGUAGES = ("en",)
LONGEST = 120
"""Characters of one name or answer in a sentence."""

CLOCK = re.compile(r"PT(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:[.,][0-9]+)?)S)?\Z")


def sentence(statement: dict[str, Any]) -> str:
    """Return a stored statement as one English sentence; names are its own, and may be anything."""
    said = _clause(statement)
    result: dict[str, Any] = statement.get("result", {})
    rest = [*how(result), *_time(result), *_answer(result)]
    return f"{said}: {', '.join(rest)}." if rest else f"{said}."


def who(actor: dict[str, Any]) -> str:
    """Return an Agent's or a Group's name, else its identifier in words, else whom the Group consists of."""
    if actor.get("name"):
        return _cut(actor["name"])
    identifier = ifi(actor)
    if identifier is not None:
        return _cut(identifier_in_words(identifier))
    members: list[dict[str, Any]] = actor.get("member", [])
    names = ", ".join(who(one) for one in members[:3])
    return _cut(f"a group of {len(members)}: {names}{', ...' if len(members) > 3 else ''}")


def identifier_in_words(identifier: str) -> str:
    """Return an identifier, as `actors.ifi` writes it, as people write it: ana@example.org, "ana at https://..."."""
    kind, _, value = identifier.partition(":")
    if kind == "account":
        home, _, name = value.partition("|")
        return f"{name} at {home}"
    if kind == "mbox_sha1sum":
        return f"a mailbox with SHA-1 {value[:8]}"
    return value.removeprefix("mailto:")


def did(verb: dict[str, Any]) -> str:
    """Return what a verb is called."""
    return in_english(verb.get("display")) or last_word(verb["id"])


def last_word(iri: str) -> str:
    """Return the end of an IRI, which says most of it to a person."""
    return _cut(re.split(r"[/#:]", iri.rstrip("/#:"))[-1] or iri)


def what(about: dict[str, Any]) -> str:
    """Return what an object is called, else its id."""
    kind = about.get("objectType", "Activity")
    if kind in ("Agent", "Group"):
        return who(about)
    if kind == "StatementRef":
        return f"statement {about['id'][:8]}"
    if kind == "SubStatement":
        return _clause(about)
    return in_english(about.get("definition", {}).get("name")) or _cut(about["id"])


def in_english(words: dict[str, str] | None) -> str:
    """Return a language map's text in English, else in its first language; "" for none."""
    return _cut(next(iter(one_language(words, LANGUAGES).values()))) if words else ""


def how(result: dict[str, Any]) -> list[str]:
    """Return how it went: success, completion and score, each where it is said."""
    found: list[str] = []
    if "success" in result:
        found.append("successful" if result["success"] else "not successful")
    if "completion" in result:
        found.append("completed" if result["completion"] else "not completed")
    return found + _score(result.get("score", {}))


def duration(text: str) -> str:
    """Return a duration of hours, minutes and seconds in words, any other as it is written."""
    found = CLOCK.match(text)
    if found is None or not any(found.groups()):
        return _cut(text)
    parts = [f"{part} {unit}" for part, unit in zip(found.groups(), ("h", "min", "s"), strict=True) if part]
    return " ".join(parts)


def _clause(statement: dict[str, Any]) -> str:
    about: dict[str, Any] = statement["object"]
    verb = statement["verb"]
    done = "voided" if verb["id"] == VOIDED else did(verb)
    if about.get("objectType") == "SubStatement":
        return f"{who(statement['actor'])} {done}: {what(about)}"
    if about.get("objectType") == "StatementRef":
        return f"{who(statement['actor'])} {done} {what(about)}"
    return f"{who(statement['actor'])} {done} “{what(about)}”"


def _score(score: dict[str, Any]) -> list[str]:
    if "scaled" in score:
        return [f"{float(score['scaled']) * 100:.0f}%"]
    if "raw" in score:
        most = f" of {shown(score['max'])}" if "max" in score else ""
        return [f"{shown(score['raw'])}{most} points"]
    return []


def _time(result: dict[str, Any]) -> list[str]:
    return [f"in {duration(result['duration'])}"] if "duration" in result else []


def _answer(result: dict[str, Any]) -> list[str]:
    return [f"answer “{_cut(result['response'])}”"] if result.get("response") else []


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
