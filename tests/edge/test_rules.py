"""`POST /v1/rules/try`: what a rule would have matched, for a key that may ask."""

import time

from midflow.flow.identity import new_key
from midflow.store import keys
from tests.edge.conftest import Edge, event

RULE = {
    "id": "long",
    "task": "put-on-hold",
    "phase": "stuck",
    "events": ["desk.wait"],
    "when": "data.hours > 48",
}


def trier(edge: Edge) -> dict[str, str]:
    key, hashed = new_key()
    edge.store.write(
        lambda tx: keys.add_key(tx, hash=hashed, name="author", scopes=("rules:try",), now=time.time())
    )
    return {"authorization": f"Bearer {key}"}


def test_a_rule_is_tried_on_what_the_edge_has_taken(edge: Edge) -> None:
    edge.send(
        event("t1", data={"hours": 50}, case="T-1"),
        event("t2", data={"hours": 5}, case="T-2"),
        event("t3", data={"hours": 72}, case="T-3", person="chloe"),
    )
    answer = edge.client.post("/v1/rules/try", json={"rule": RULE}, headers=trier(edge))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["moments"], body["people"], body["cut"]) == (2, 2, False)
    assert [match["case"] for match in body["matches"]] == ["T-1", "T-3"]
    assert "ana" not in answer.text
    assert body["since"].endswith("Z")


def test_a_rule_that_could_not_be_saved_is_refused_with_every_problem(edge: Edge) -> None:
    wrong = {**RULE, "events": [], "when": "dta.x == 1"}
    answer = edge.client.post("/v1/rules/try", json={"rule": wrong}, headers=trier(edge))
    assert answer.status_code == 400
    assert [("Unknown name" in p, "no event" in p) for p in answer.json()["problems"]] == [
        (False, True),
        (True, False),
    ]


def test_what_is_no_rule_is_refused_with_its_place(edge: Edge) -> None:
    term = {"kind": "after", "events": ["a"], "within_hours": 1000}
    answer = edge.client.post(
        "/v1/rules/try", json={"rule": {**RULE, "history": [term]}}, headers=trier(edge)
    )
    assert answer.status_code == 400
    assert "within_hours" in answer.json()["detail"]


def test_a_key_that_only_sends_events_tries_no_rule(edge: Edge) -> None:
    answer = edge.client.post("/v1/rules/try", json={"rule": RULE}, headers=edge.as_machine())
    assert answer.status_code == 403
    assert edge.client.post("/v1/rules/try", json={"rule": RULE}).status_code == 401
