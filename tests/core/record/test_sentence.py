"""A statement in words."""

from decimal import Decimal

import pytest

from midflow.core.record.sentence import duration, how, identifier_in_words, last_word, sentence, what, who

ANA = {"mbox": "mailto:ana@example.org", "name": "Ana"}
BEN = {"account": {"homePage": "https://desk.example", "name": "ben"}}


def said(verb="answered", about=None, **more):
    made = {"id": f"http://adlnet.gov/expapi/verbs/{verb}", "display": {"de": "tat", "en-US": verb}}
    about = about or {"id": "https://x.example/1", "definition": {"name": {"en": "Which tool?"}}}
    return {"actor": ANA, "verb": made, "object": about, **more}


def test_a_statement_says_who_did_what_and_how_it_went():
    result = {"success": True, "score": {"scaled": 0.8}, "duration": "PT2M5.3S", "response": "golf"}
    assert (
        sentence(said(result=result))
        == "Ana answered “Which tool?”: successful, 80%, in 2 min 5.3 s, answer “golf”."
    )


def test_a_statement_without_a_result_ends_after_its_object():
    assert sentence(said(about={"id": "https://x.example/1"})) == "Ana answered “https://x.example/1”."


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        (ANA, "Ana"),
        (BEN, "ben at https://desk.example"),
        ({"mbox": "mailto:a@b.example"}, "a@b.example"),
        ({"openid": "https://id.example/a"}, "https://id.example/a"),
        ({"mbox_sha1sum": "0123456789" * 4}, "a mailbox with SHA-1 01234567"),
        ({"objectType": "Group", "member": [ANA, BEN]}, "a group of 2: Ana, ben at https://desk.example"),
        ({"objectType": "Group", "member": [ANA] * 5}, "a group of 5: Ana, Ana, Ana, ..."),
    ],
)
def test_an_actor_is_called_by_its_name_or_else_by_its_identifier(actor, name):
    assert who(actor) == name


@pytest.mark.parametrize(
    ("about", "name"),
    [
        ({"objectType": "Agent", **BEN}, "ben at https://desk.example"),
        ({"objectType": "StatementRef", "id": "f47ac10b-58cc-4372-a567-0e02b2c3d479"}, "statement f47ac10b"),
        ({"objectType": "SubStatement", **said("attended")}, "Ana attended “Which tool?”"),
    ],
)
def test_an_object_of_each_kind_has_words(about, name):
    assert what(about) == name


def test_a_voiding_statement_says_so():
    about = {"objectType": "StatementRef", "id": "f47ac10b-58cc-4372-a567-0e02b2c3d479"}
    assert sentence(said("voided", about)) == "Ana voided statement f47ac10b."


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ({}, []),
        ({"success": False, "completion": False}, ["not successful", "not completed"]),
        ({"completion": True, "score": {"raw": 8, "max": 10}}, ["completed", "8 of 10 points"]),
        ({"score": {"raw": 2.5}}, ["2.5 points"]),
        ({"score": {"raw": Decimal("1E+400")}}, ["a number with more digits than fit here points"]),
        ({"score": {"scaled": -1}}, ["-100%"]),
    ],
)
def test_a_result_is_told_as_far_as_it_goes(result, words):
    assert how(result) == words


def test_a_time_is_told_in_hours_minutes_and_seconds_and_others_as_they_are_written():
    assert [duration(text) for text in ("PT1H30M", "PT0.5S", "P4W")] == ["1 h 30 min", "0.5 s", "P4W"]


def test_what_is_long_is_cut():
    assert len(who({"name": "A" * 5000})) == len(what({"id": "https://x.example/" + "a" * 5000})) == 120


def test_an_iri_is_called_by_its_end():
    assert [
        last_word(iri) for iri in ("https://x.example/verbs/ran/", "urn:x-midflow:verb:opened", "a:")
    ] == [
        "ran",
        "opened",
        "a",
    ]
    assert identifier_in_words("account:https://a.example|x|y") == "x|y at https://a.example"
