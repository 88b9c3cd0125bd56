"""Agents, activities, formats and languages, and what the record says of itself (Communication 2.1.3, 2.4, 2.5, 2.8)."""

from typing import Any

import pytest

from tests.edge.xapi.made import account, activity, agent, iri, new_id, ref, statement
from tests.edge.xapi.record import VERSION, At, Record, good, refused

AGENTS = "/xapi/agents"
ACTIVITIES = "/xapi/activities"
ABOUT = "/xapi/about"


def test_an_agent_nobody_has_met_is_who_it_says(at: At) -> None:
    """Communication 2.4"""
    who = account() | {"name": "Ana"}
    made = good(at.get(AGENTS, agent=who)).json()
    assert made == {"objectType": "Person", "name": ["Ana"], "account": [who["account"]]}


def test_a_person_has_every_name_it_was_seen_under(at: At) -> None:
    """Communication 2.4"""
    who = agent()
    other = {"objectType": "Group", "member": [who | {"name": "Anna"}]}
    at.store(statement(actor=who | {"name": "Ana"}), statement(context={"team": other}))
    made = good(at.get(AGENTS, agent=who)).json()
    assert made["objectType"] == "Person"
    assert sorted(made["name"]) == ["Ana", "Anna"]
    assert made["mbox"] == [who["mbox"]]


WHO_NOT: dict[str, dict[str, str]] = {
    "missing": {},
    "not JSON": {"agent": "ana"},
    "a number": {"agent": "1"},
    "nobody": {"agent": "{}"},
    "a Group": {"agent": '{"objectType":"Group","mbox":"mailto:a@b.c"}'},
    "half a surrogate": {"agent": '{"mbox":"mailto:a@b.c","name":"\\ud800"}'},
}


@pytest.mark.parametrize("params", WHO_NOT.values(), ids=WHO_NOT)
def test_who_is_no_agent_is_refused(at: At, params: dict[str, str]) -> None:
    """Communication 2.4"""
    assert refused(at.get(AGENTS, **params))["where"].startswith("agent")


def test_an_activity_nobody_has_met_is_only_its_id(at: At) -> None:
    """Communication 2.5; IEEE 9274.1.1, 4.1.6.4"""
    id = iri("activities")
    assert good(at.get(ACTIVITIES, activityId=id)).json() == {"objectType": "Activity", "id": id}


def test_an_activity_is_what_all_statements_say_of_it(at: At) -> None:
    """Communication 2.5"""
    id = iri("activities")
    full = activity(
        id, name={"en-US": "example meeting"}, type="http://adlnet.gov/expapi/activities/meeting",
        moreInfo="https://example.org/more", extensions={"https://example.org/x": {"a": [None]}},
    )  # fmt: skip
    at.store(statement(object=full))
    assert good(at.get(ACTIVITIES, activityId=id)).json() == full
    batch = [
        statement(object=activity(id, name={"fr-FR": "réunion"}, description={"en": "One"})),
        statement(context={"contextActivities": {"parent": activity(id, description={"en": "Two"})}}),
    ]
    good(at.post(batch))
    definition = good(at.get(ACTIVITIES, activityId=id)).json()["definition"]
    assert definition["name"] == {"en-US": "example meeting", "fr-FR": "réunion"}
    assert definition["description"] == {"en": "Two"}
    assert definition["type"] == full["definition"]["type"]


@pytest.mark.parametrize(("params", "where"), [
    ({}, "activityId"), ({"activityId": "true"}, "activityId"), ({"activityid": "x:y"}, "activityid"),
    ({"activityId": "x:y", "foo": "1"}, "foo"),
])  # fmt: skip
def test_what_is_no_activity_is_refused(at: At, params: dict[str, str], where: str) -> None:
    refused(at.get(ACTIVITIES, **params), where=where)


def test_the_record_tells_1_0_of_no_later_version(record: Record) -> None:
    """Communication 2.8: the values that 1.0.3 knows are 0.9, 0.95 and 1.0.x"""
    for asked in ("1.0.3", "1.0", "1.0.0"):
        answer = record.at(asked).ask("GET", ABOUT, headers={"authorization": None}, served="1.0.3")
        assert good(answer).json() == {"version": ["1.0.3"]}


def test_the_record_says_which_versions_it_speaks_to_everybody(at_2: At) -> None:
    """Communication 2.8"""
    at = at_2
    bare = {"authorization": None, VERSION: None}
    assert good(at.ask("GET", ABOUT, headers=bare, served="2.0.0")).json() == {"version": ["1.0.3", "2.0.0"]}
    assert good(at.get(ABOUT)).json() == {"version": ["1.0.3", "2.0.0"]}
    good(at.ask("GET", ABOUT, headers={VERSION: "0.95", "authorization": "Basic x"}, served="2.0.0"))
    assert at.ask("HEAD", ABOUT, headers=bare, served="2.0.0").status_code == 200
    profile = good(at.ask("GET", "/xapi/extensions/profile", headers=bare, served="2.0.0"))
    assert profile.headers["content-type"] == "application/ld+json"
    assert profile.json()["@context"]


def words(*tags: str) -> dict[str, str]:
    return {tag: f"in {tag}" for tag in tags}


def full() -> dict[str, Any]:
    """A statement with something to leave out in each place."""
    what = activity(name=words("en-US", "de", "fr"), description=words("de"), interactionType="choice",
                    choices=[{"id": "a", "description": words("fr", "en")}])  # fmt: skip
    group = {
        "objectType": "Group",
        "name": "Support",
        "member": [agent() | {"name": "Ana"}, account() | {"name": "Ben"}],
    }
    return statement(
        actor=agent() | {"name": "Ana"},
        verb={"id": iri("verbs"), "display": words("en-US", "de")},
        object=what,
        context={
            "registration": new_id(),
            "instructor": group,
            "contextActivities": {"parent": [activity(name=words("en-GB", "en-US"))]},
            "statement": ref(new_id()),
        },
        result={"response": "a"},
    )


def test_ids_are_all_that_is_left_of_whom_and_what(at: At) -> None:
    """Communication 2.1.3"""
    made = full()
    at.store(made)
    back = at.one(made["id"], format="ids")
    assert back["actor"] == {"objectType": "Agent", "mbox": made["actor"]["mbox"]}
    assert back["verb"] == {"id": made["verb"]["id"]}
    assert back["object"] == {"id": made["object"]["id"]}
    parent = made["context"]["contextActivities"]["parent"][0]
    assert back["context"]["contextActivities"] == {"parent": [{"id": parent["id"]}]}
    members = [
        {k: v for k, v in one.items() if k != "name"} for one in made["context"]["instructor"]["member"]
    ]
    assert back["context"]["instructor"] == {"objectType": "Group", "member": members}
    assert back["result"] == made["result"]
    assert "name" not in back["authority"]
    page = good(at.get(verb=made["verb"]["id"], format="ids")).json()
    assert page["statements"] == [back]


LANGUAGES = {
    "de": ("de", "de"), "en-US": ("en-US", "en"), "en": ("en-US", "en"), "de-AT": ("de", "de"), "fr": ("en-US", "fr"),
    "fr;q=0.5, de;q=0.9": ("de", "de"), "de;q=0, en-US": ("en-US", "en"), "*": ("en-US", "en"), "es": ("en-US", "en"),
    "": ("en-US", "en"), "ü;;q": ("en-US", "en"), "DE": ("de", "de"),
}  # fmt: skip


@pytest.mark.parametrize("header", LANGUAGES)
def test_canonical_words_are_in_one_language(at: At, header: str) -> None:
    """Communication 2.1.3"""
    made = full()
    at.store(made)
    params = {"statementId": made["id"], "format": "canonical"}
    back = good(at.ask("GET", "/xapi/statements", params=params, headers={"accept-language": header})).json()
    verb, language = LANGUAGES[header]
    assert list(back["verb"]["display"]) == [verb]
    definition = back["object"]["definition"]
    assert len(definition["name"]) == len(definition["description"]) == 1
    assert next(iter(definition["name"])).startswith(language)
    assert len(definition["choices"][0]["description"]) == 1
    assert len(back["context"]["contextActivities"]["parent"][0]["definition"]["name"]) == 1
    assert back["actor"] == made["actor"]


def test_languages_are_chosen_in_the_canonical_format_only(at: At) -> None:
    """Communication 2.1.3"""
    made = full()
    at.store(made)
    for more in ({}, {"format": "exact"}):
        answer = at.ask(
            "GET",
            "/xapi/statements",
            params={"statementId": made["id"], **more},
            headers={"accept-language": "de"},
        )
        back = good(answer).json()
        for name in ("actor", "verb", "object", "context", "result"):
            assert back[name] == made[name]


def test_canonical_definitions_are_what_the_record_knows(at: At) -> None:
    """Communication 2.1.3"""
    id = iri("activities")
    bare = statement(object=activity(id))
    at.store(bare, statement(object=activity(id, name={"en": "Known"})))
    assert at.one(bare["id"], format="canonical")["object"]["definition"] == {"name": {"en": "Known"}}
    assert "definition" not in at.one(bare["id"])["object"]
