"""Who an actor is, as one text, and what is known of a person and of an activity."""

from typing import Any

import pytest

from midflow.core.record.actors import ifi, person
from midflow.core.record.definitions import combined
from midflow.core.record.validate import check_activity
from tests.core.record.sample import ANA, BEN, TEAM


@pytest.mark.parametrize(
    ("actor", "text"),
    [
        (ANA, "mbox:mailto:ana@example.org"),
        ({"mbox": "mailto:Ana@EXAMPLE.org"}, "mbox:mailto:Ana@example.org"),
        ({"mbox_sha1sum": "A" * 40}, "mbox_sha1sum:" + "a" * 40),
        ({"openid": "https://ana.example.org/"}, "openid:https://ana.example.org/"),
        (BEN, "account:https://example.org|ben"),
        ({"account": {"homePage": "https://example.org", "name": "a|b"}}, "account:https://example.org|a|b"),
        (TEAM, None),
        (TEAM | {"mbox": "mailto:team@example.org"}, "mbox:mailto:team@example.org"),
    ],
)
def test_an_actor_has_one_text_however_it_is_written(actor: dict[str, Any], text: str | None) -> None:
    assert ifi(actor) == text


def test_a_person_is_the_agent_with_every_name_it_was_seen_under() -> None:
    assert person(ANA, ["Ana", "Ana María"]) == {
        "objectType": "Person",
        "name": ["Ana", "Ana María"],
        "mbox": ["mailto:ana@example.org"],
    }
    assert person({"account": BEN["account"]}, []) == {"objectType": "Person", "account": [BEN["account"]]}


def test_definitions_of_an_activity_add_up() -> None:
    first = {
        "name": {"en": "Meeting"},
        "type": "https://example.org/meeting",
        "extensions": {"https://e.org/a": 1},
    }
    second = {
        "name": {"fr": "Réunion"},
        "moreInfo": "https://example.org",
        "extensions": {"https://e.org/b": 2},
    }
    assert combined(None, first) == first
    assert combined(first, first) == first
    assert combined(first, second) == {
        "name": {"en": "Meeting", "fr": "Réunion"},
        "type": "https://example.org/meeting",
        "moreInfo": "https://example.org",
        "extensions": {"https://e.org/a": 1, "https://e.org/b": 2},
    }


def test_the_newer_description_of_an_interaction_replaces_the_older_as_a_whole() -> None:
    choice = {"interactionType": "choice", "correctResponsesPattern": ["a"], "choices": [{"id": "a"}]}
    likert = {"interactionType": "likert", "scale": [{"id": "1"}]}
    assert combined(choice, likert) == likert
    assert combined(choice, {"name": {"en": "Q"}}) == choice | {"name": {"en": "Q"}}
    check_activity({"id": "https://example.org", "definition": combined(choice, likert)})
