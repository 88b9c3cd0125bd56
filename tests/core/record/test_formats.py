"""Statements in the form a reader asks for."""

from typing import Any

import pytest

from midflow.core.record.formats import accept_languages, canonical, ids_only, localized, one_language
from midflow.core.record.validate import check_statement
from tests.core.record.sample import ANA, AUTHORITY, BEN, COURSE, REF, TEAM, full, nested, newer, small


def nothing_known(activity: str) -> None:
    assert activity.startswith("https://")


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        (None, ()),
        ("", ()),
        ("en", ("en",)),
        ("de, en-GB;q=0.8, en;q=0.7", ("de", "en-gb", "en")),
        ("en;q=0.1,de;q=0.9, fr ; Q=0.5", ("de", "fr", "en")),
        ("en,de", ("en", "de")),
        ("*", ("*",)),
        ("en;q=0, de", ("de",)),
        ("en;q=2, de;q=x, fr, ;;, -", ("fr",)),
        ("en;q=1.000", ("en",)),
    ],
)
def test_languages_are_taken_in_the_order_a_reader_likes_them(
    header: str | None, ranges: tuple[str, ...]
) -> None:
    assert accept_languages(header) == ranges


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [
        ((), "en-US"),
        (("de",), "de"),
        (("DE".lower(),), "de"),
        (("en",), "en-US"),
        (("en-gb",), "en-GB"),
        (("de-at",), "de"),
        (("fr", "de"), "de"),
        (("fr",), "en-US"),
        (("fr", "*"), "en-US"),
        (("zh-hant-tw",), "zh-Hant"),
    ],
)
def test_each_language_map_gives_the_one_entry_that_suits_best(
    languages: tuple[str, ...], chosen: str
) -> None:
    words = {"en-US": "color", "en-GB": "colour", "de": "Farbe", "zh-Hant": "顏色"}
    assert one_language(words, languages) == {chosen: words[chosen]}


def test_the_canonical_form_has_one_language_in_each_map_and_leaves_people_alone() -> None:
    statement = full()
    statement["object"]["definition"]["choices"][0]["description"] = {"en": "This", "de": "Dies"}
    statement["attachments"][0]["display"] = {"en": "Essay", "de": "Aufsatz"}
    made = canonical(statement, ("de",), nothing_known)
    assert made["verb"]["display"] == {"de": "beantwortete"}
    assert made["object"]["definition"]["name"] == {"en": "A question"}
    assert made["object"]["definition"]["choices"] == [
        {"id": "a", "description": {"de": "Dies"}},
        {"id": "b"},
    ]
    assert made["attachments"][0]["display"] == {"de": "Aufsatz"}
    for member in ("actor", "result", "authority", "timestamp"):
        assert made[member] == statement[member]
    check_statement(made, version="1.0.3")


def test_the_canonical_form_has_the_definitions_of_the_store() -> None:
    known: dict[str, dict[str, Any]] = {
        "https://example.org/question": {"name": {"en": "Question 1", "de": "Frage 1"}},
        "https://example.org/course": {"name": {"en": "Course", "de": "Kurs"}},
    }
    made = canonical(full(), ("de",), known.get)
    assert made["object"]["definition"] == {"name": {"de": "Frage 1"}}
    assert made["context"]["contextActivities"]["grouping"] == [
        COURSE | {"definition": {"name": {"de": "Kurs"}}}
    ]
    inside = canonical(nested(), ("de",), known.get)["object"]
    assert inside["object"]["definition"] == {"name": {"de": "Frage 1"}}
    assert inside["verb"]["display"] == {"de": "beantwortete"}


def test_the_canonical_form_of_what_has_no_words_is_the_statement() -> None:
    for statement in (small(), small() | {"object": REF}, small() | {"object": ANA}):
        assert canonical(statement, ("de",), nothing_known) == statement


def test_making_another_form_changes_nothing_in_the_statement() -> None:
    for make in (full, nested, newer):
        statement = make()
        canonical(statement, ("de",), nothing_known)
        ids_only(statement)
        assert statement == make()


def test_only_identifiers_are_left_of_people_verb_and_activities() -> None:
    statement = full() | {"authority": AUTHORITY, "actor": TEAM}
    made = ids_only(statement)
    ana = {"objectType": "Agent", "mbox": "mailto:ana@example.org"}
    ben = {"objectType": "Agent", "account": BEN["account"]}
    assert made["actor"] == {"objectType": "Group", "member": [ana, ben]}
    assert made["verb"] == {"id": "https://example.org/verbs/answered"}
    assert made["object"] == {"id": "https://example.org/question"}
    assert made["context"]["instructor"] == ben
    assert made["context"]["contextActivities"]["other"] == [{"id": COURSE["id"]}, {"id": COURSE["id"]}]
    assert made["authority"] == AUTHORITY
    for member in ("id", "result", "timestamp", "stored", "version", "attachments"):
        assert made[member] == statement[member]
    check_statement(made, version="1.0.3")


def test_only_identifiers_are_left_within_a_substatement_too() -> None:
    made = ids_only(nested())["object"]
    assert made["objectType"] == "SubStatement"
    assert made["object"] == {"id": "https://example.org/question"}
    assert made["actor"] == {"objectType": "Agent", "mbox": "mailto:ana@example.org"}


def test_a_group_with_an_identifier_is_that_identifier() -> None:
    group = {"objectType": "Group", "name": "Support", "openid": "https://team.example.org", "member": [ANA]}
    made = ids_only(small() | {"object": group})
    assert made["object"] == {"objectType": "Group", "openid": "https://team.example.org"}


def test_context_agents_and_groups_keep_their_identifiers_and_types() -> None:
    made = ids_only(newer())["context"]
    assert made["contextAgents"][0] == {
        "objectType": "contextAgent",
        "agent": {"objectType": "Agent", "mbox": "mailto:ana@example.org"},
        "relevantTypes": ["https://example.org/types/coach"],
    }
    assert "name" not in made["contextGroups"][0]["group"]
    check_statement(ids_only(newer()), version="2.0.0")


def test_a_reference_stays_a_reference() -> None:
    assert ids_only(small() | {"object": REF})["object"] == REF


def test_a_definition_alone_is_put_into_one_language() -> None:
    assert localized({"name": {"en": "A", "de": "B"}, "type": "https://example.org/t"}, ("de",)) == {
        "name": {"de": "B"},
        "type": "https://example.org/t",
    }
