"""Statements are asked for: each filter finds what the specification says, and nothing else (Communication 2.1.3)."""

from collections.abc import Callable
from itertools import combinations
from typing import Any, NamedTuple

import pytest

from tests.edge.xapi.made import account, activity, agent, iri, new_id, refers, statement
from tests.edge.xapi.record import At, good, refused

Makes = Callable[[dict[str, Any]], dict[str, Any]]


class Place(NamedTuple):
    """Where in a statement an agent or an activity is: found by the plain filter, by the related one, or by neither."""

    makes: Makes
    plain: bool
    related: bool
    version: str = "1.0.3"


def group(*members: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"objectType": "Group", "member": list(members), **more}


def inner(**members: Any) -> dict[str, Any]:
    made = statement(**members)
    return {name: item for name, item in made.items() if name != "id"} | {"objectType": "SubStatement"}


AGENTS = {
    "the actor": Place(lambda who: statement(actor=who), True, True),
    "a member of the actor": Place(lambda who: statement(actor=group(agent(), who)), True, True),
    "the object": Place(lambda who: statement(object=who), True, True),
    "a member of the object": Place(lambda who: statement(object=group(who, mbox=f"mailto:{new_id()}@x.y")), True, True),
    "the instructor": Place(lambda who: statement(context={"instructor": who}), False, True),
    "a member of the instructor": Place(lambda who: statement(context={"instructor": group(who)}), False, True),
    "a member of the team": Place(lambda who: statement(context={"team": group(who)}), False, True),
    "the actor of a SubStatement": Place(lambda who: statement(object=inner(actor=who)), False, True),
    "the object of a SubStatement": Place(lambda who: statement(object=inner(object=who)), False, True),
    "the instructor of a SubStatement": Place(
        lambda who: statement(object=inner(context={"instructor": who})), False, True
    ),
    "a contextAgent": Place(
        lambda who: statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": who}]}),
        False, True, "2.0.0",
    ),
    "a member of a contextGroup": Place(
        lambda who: statement(context={"contextGroups": [{"objectType": "contextGroup", "group": group(who)}]}),
        False, True, "2.0.0",
    ),
    "the authority that was sent": Place(lambda who: statement(authority=who), False, False),
}  # fmt: skip


@pytest.mark.parametrize("make", [agent, account], ids=["mbox", "account"])
@pytest.mark.parametrize("place", AGENTS.values(), ids=AGENTS)
def test_an_agent_is_found_where_it_is(at: At, place: Place, make: Callable[[], dict[str, Any]]) -> None:
    who = make()
    made = place.makes(who)
    at.record.at(place.version).store(made)
    asked = who | {"name": "Another name"}
    del asked["objectType"]
    assert at.found(agent=asked) == [made["id"]] * place.plain
    assert at.found(agent=asked, related_agents=False) == [made["id"]] * place.plain
    assert at.found(agent=asked, related_agents=True) == [made["id"]] * place.related


def test_a_group_is_found_by_its_own_identifier_and_not_its_members(at: At) -> None:
    team = group(agent(), account={"homePage": "https://example.org", "name": new_id()})
    made = statement(actor=team)
    at.store(made)
    assert at.found(agent=team) == [made["id"]]
    refused(at.get(agent=group(agent())), where="agent")


def test_the_authority_of_a_key_is_a_related_agent(at: At) -> None:
    mine = at.with_key("xapi:all")
    made = statement()
    mine.store(made)
    authority = at.one(made["id"])["authority"]
    assert at.found(agent=authority) == []
    assert at.found(agent=authority, related_agents=True) == [made["id"]]


def in_context(kind: str) -> Makes:
    return lambda what: statement(context={"contextActivities": {kind: [activity(), what]}})


ACTIVITIES = {
    "the object": Place(lambda what: statement(object=what), True, True),
    "the parent": Place(in_context("parent"), False, True),
    "the grouping": Place(in_context("grouping"), False, True),
    "the category": Place(in_context("category"), False, True),
    "the other": Place(in_context("other"), False, True),
    "the only parent": Place(
        lambda what: statement(context={"contextActivities": {"parent": what}}), False, True
    ),
    "the object of a SubStatement": Place(lambda what: statement(object=inner(object=what)), False, True),
    "the parent in a SubStatement": Place(
        lambda what: statement(object=inner(context={"contextActivities": {"parent": [what]}})), False, True
    ),
}


@pytest.mark.parametrize("place", ACTIVITIES.values(), ids=ACTIVITIES)
def test_an_activity_is_found_where_it_is(at: At, place: Place) -> None:
    what = activity()
    made = place.makes(what)
    at.store(made)
    assert at.found(activity=what["id"]) == [made["id"]] * place.plain
    assert at.found(activity=what["id"], related_activities=False) == [made["id"]] * place.plain
    assert at.found(activity=what["id"], related_activities=True) == [made["id"]] * place.related


def test_iris_are_compared_as_they_are_written(at: At) -> None:
    """Data 4.3; IEEE 9274.1.1, 4.2.7"""
    what = iri("Caf%C3%A9/../ü?a=1&b=+")
    made = statement(object=activity(what), verb={"id": what})
    at.store(made)
    for other in (what.replace("ü", "u"), what.upper(), what + "/", what.replace("é", "e")):
        assert at.found(activity=other) == ([made["id"]] if other == what else [])
    assert at.found(activity=what, verb=what) == [made["id"]]


def test_all_combinations_of_filters_find_what_meets_each_of_them(at: At) -> None:
    who, what, did, where = agent(), activity(), iri("verbs"), new_id()
    filters = {"agent": who, "activity": what["id"], "verb": did, "registration": where}
    members: dict[str, dict[str, Any]] = {
        "agent": {"actor": who},
        "activity": {"object": what},
        "verb": {"verb": {"id": did}},
        "registration": {"context": {"registration": where.upper()}},
    }
    sets = [set(some) for size in range(5) for some in combinations(filters, size)]
    batch = [statement(**{k: v for name in some for k, v in members[name].items()}) for some in sets]
    good(at.post(batch))
    for asked in sets[1:]:
        wanted = [one["id"] for one, some in zip(batch, sets, strict=True) if asked <= some]
        assert at.found(**{name: filters[name] for name in asked}, ascending=True) == wanted, asked


def test_filters_have_to_be_met_by_one_statement_or_what_it_refers_to(at: At) -> None:
    """Communication 2.1.3, Filter Conditions for StatementRefs"""
    did, other = iri("verbs"), iri("verbs")
    target = statement(verb={"id": did})
    (id,) = at.store(target)
    (referring,) = at.store(refers(id, verb={"id": other}))
    assert at.found(verb=did) == [referring, id]
    assert at.found(verb=did, agent=target["actor"]) == [referring, id]
    assert at.found(verb=other) == [referring]
    assert at.found(verb=other, activity=target["object"]["id"]) == [referring]


def test_a_query_that_finds_nothing_is_answered_with_nothing(at: At) -> None:
    answer = good(at.get(verb=iri("verbs"), agent=agent(), activity=iri(), registration=new_id()))
    assert answer.json() == {"statements": [], "more": ""}


WITH_AN_ID = {
    "agent": agent(), "verb": iri(), "activity": iri(), "registration": new_id(), "related_activities": True,
    "related_agents": True, "since": "2012-06-01T19:09:13.245Z", "until": "2012-06-01T19:09:13.245Z", "limit": 1,
    "ascending": True,
}  # fmt: skip


@pytest.mark.parametrize("id", ["statementId", "voidedStatementId"])
@pytest.mark.parametrize("name", WITH_AN_ID)
def test_an_id_goes_with_no_filter(at: At, id: str, name: str) -> None:
    (stored,) = at.store(statement())
    refused(at.get(**{id: stored, name: WITH_AN_ID[name]}), where=name)


def test_both_ids_at_once_are_refused(at: At) -> None:
    refused(at.get(statementId=new_id(), voidedStatementId=new_id()), where="statementId")


BAD = {
    "foo": "bar", "LIMIT": "1", "Limit": "1", "Verb": iri(), "Agent": "{}", "Since": "2012-06-01T19:09:13Z",
    "verb": "no iri", "activity": "", "agent": "{}", "registration": "1", "related_agents": "yes",
    "related_activities": "1", "since": "yesterday", "until": "2012-06-01T19:09:13-00:00", "limit": "-1",
    "format": "exactly", "attachments": "TRUE", "ascending": "", "statementId": "1", "voidedStatementId": "true",
    "method": "GET", "cursor": "x", "stateId": "x",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_parameter_that_is_unknown_or_wrong_is_named(at: At, name: str) -> None:
    """Communication 3.2"""
    refused(at.get(**{name: BAD[name]}), where=name)


AGENTS_REFUSED = [
    '{"mbox":"mailto:a@b.c"', "[]", "null", "1", '{"mbox":"mailto:a@b.c","mbox":"mailto:a@b.c"}',
    '{"mbox":"mailto:a@b.c","openid":"https://a.b"}', '{"account":{"homePage":"https://a.b","name":"\\ud800"}}',
    '{"objectType":"Activity","id":"x:y"}', '{"mbox":"mailto:a@b.c","x":1e999999}', "{" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("text", AGENTS_REFUSED)
def test_an_agent_that_is_none_is_refused(at: At, text: str) -> None:
    problem = refused(at.get(agent=text))
    assert problem["where"].startswith("agent")
