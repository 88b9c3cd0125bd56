"""Statements about statements: targeting and voiding, whichever comes first (Communication 2.1.3, Data 2.3.2)."""

from itertools import permutations

import pytest

from tests.edge.xapi.made import iri, new_id, refers, statement, voids
from tests.edge.xapi.record import At, good, refused


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("batch", [False, True])
def test_a_chain_of_references_is_found_by_its_end_in_whatever_order_it_came(
    at: At, order: tuple[int, ...], batch: bool
) -> None:
    end = statement(verb={"id": iri("verbs")}, context={"registration": new_id()})
    middle = refers(end["id"])
    first = refers(middle["id"])
    chain = [end, middle, first]
    sent = [chain[place] for place in order]
    if batch:
        good(at.post(sent))
    else:
        at.store(*sent)
    ids = [one["id"] for one in sent]
    for filters in (
        {"verb": end["verb"]["id"]},
        {"agent": end["actor"]},
        {"agent": end["actor"], "related_agents": True},
        {"activity": end["object"]["id"]},
        {"activity": end["object"]["id"], "related_activities": True},
        {"registration": end["context"]["registration"]},
        {"verb": end["verb"]["id"], "agent": end["actor"], "activity": end["object"]["id"]},
    ):
        assert at.found(**filters, ascending=True) == ids, filters
    assert at.found(agent=first["actor"]) == [first["id"]]


def test_a_circle_of_references_is_found_and_ends(at: At) -> None:
    one, other = statement(), statement()
    one |= {"object": {"objectType": "StatementRef", "id": other["id"]}, "verb": {"id": iri("verbs")}}
    other |= {"object": {"objectType": "StatementRef", "id": one["id"]}}
    at.store(one, other)
    assert at.found(verb=one["verb"]["id"]) == [other["id"], one["id"]]
    (itself,) = at.store(refers(id := new_id(), id=id))
    assert at.one(itself)["object"]["id"] == itself


def test_a_reference_in_the_context_or_a_substatement_is_no_target(at: At) -> None:
    """Communication 2.1.3: the object of the statement"""
    target = statement(verb={"id": iri("verbs")})
    (id,) = at.store(target)
    inner = {name: item for name, item in refers(id).items() if name != "id"} | {"objectType": "SubStatement"}
    at.store(
        statement(object=inner), statement(context={"statement": {"objectType": "StatementRef", "id": id}})
    )
    assert at.found(verb=target["verb"]["id"]) == [id]


@pytest.mark.parametrize("voiding_first", [False, True])
@pytest.mark.parametrize("batch", [False, True])
def test_a_voided_statement_is_returned_only_when_asked_for_as_voided(
    at: At, voiding_first: bool, batch: bool
) -> None:
    made = statement(verb={"id": iri("verbs")})
    voiding = voids(made["id"].upper())
    sent = [voiding, made] if voiding_first else [made, voiding]
    if batch:
        good(at.post(sent))
    else:
        at.store(*sent)
    refused(at.get(statementId=made["id"]), 404)
    answer = good(at.get(voidedStatementId=made["id"]))
    assert answer.json()["id"] == made["id"]
    assert answer.headers["last-modified"]
    refused(at.get(voidedStatementId=voiding["id"]), 404)
    assert at.one(voiding["id"])["object"]["id"] == made["id"].upper()


def test_statements_that_target_a_voided_one_are_still_found_by_it(at: At) -> None:
    """Communication 2.1.4"""
    made = statement(verb={"id": iri("verbs")})
    voiding = voids(made["id"])
    referring = refers(made["id"], verb=made["verb"])
    at.store(made, voiding, referring)
    assert at.found(verb=made["verb"]["id"]) == [referring["id"], voiding["id"]]
    assert at.found(agent=made["actor"]) == [referring["id"], voiding["id"]]
    late = refers(referring["id"])
    at.store(late)
    assert at.found(activity=made["object"]["id"]) == [late["id"], referring["id"], voiding["id"]]


@pytest.mark.parametrize("first", ["target", "voiding", "voiding the voiding"])
def test_what_voids_cannot_be_voided(at: At, first: str) -> None:
    made = statement()
    voiding = voids(made["id"])
    again = voids(voiding["id"])
    orders = {
        "target": [made, voiding, again],
        "voiding": [voiding, again, made],
        "voiding the voiding": [again, voiding, made],
    }
    at.store(*orders[first])
    assert at.one(voiding["id"])["id"] == voiding["id"]
    refused(at.get(voidedStatementId=voiding["id"]), 404)
    refused(at.get(statementId=made["id"]), 404)
    assert good(at.get(voidedStatementId=made["id"])).json()["id"] == made["id"]


def test_what_is_voided_may_be_voided_again(at: At) -> None:
    made = statement()
    one, other = voids(made["id"]), voids(made["id"])
    at.store(made, one, other)
    assert good(at.get(voidedStatementId=made["id"])).json()["id"] == made["id"]
    assert at.found(activity=made["object"]["id"]) == [other["id"], one["id"]]


def test_the_id_of_a_voided_statement_stays_its_own(at: At) -> None:
    """Data 2.3.1"""
    made = statement()
    at.store(made, voids(made["id"]))
    good(at.post(made))
    refused(at.post(made | {"verb": {"id": iri("verbs")}}), 409, where="$.id")
    refused(at.put(statement(id=made["id"]), statementId=made["id"]), 409, where="$.id")
    refused(at.get(statementId=made["id"]), 404)


@pytest.mark.parametrize("object_", [{"id": "x:y"}, {"objectType": "Agent", "mbox": "mailto:a@b.c"}])
def test_a_voiding_statement_needs_a_reference(at: At, object_: dict[str, str]) -> None:
    made = voids(new_id()) | {"object": object_}
    refused(at.post(made), where="$.object")


def test_nothing_of_a_voided_statement_is_lost(at: At) -> None:
    made = statement()
    at.store(made)
    before = at.one(made["id"])
    at.store(voids(made["id"]))
    assert good(at.get(voidedStatementId=made["id"])).json() == before
    assert good(at.get(voidedStatementId=made["id"], format="ids")).json()["verb"] == {
        "id": made["verb"]["id"]
    }
