"""What a mentor saw: taken of whom the person chose, weak, and shown to the person with who noted it."""

import pytest

from midflow.store import learners
from tests.edge.conftest import Edge
from tests.edge.test_learner_api import newcomer, outcome

SEEN = {"task": "put-on-hold", "right": True, "note": "Told the customer why."}


def choose(edge: Edge, headers: dict[str, str], *mentors: str):  # type: ignore[no-untyped-def]
    return edge.client.put("/v1/me/preferences", json={"mentors": list(mentors)}, headers=headers)


def note(edge: Edge, headers: dict[str, str], person: str, **changes: object):  # type: ignore[no-untyped-def]
    return edge.client.post("/v1/observations", json=SEEN | {"person": person} | changes, headers=headers)


def test_only_a_mentor_whom_the_person_chose_can_note_what_they_saw(edge: Edge) -> None:
    mine, theirs = newcomer(edge, "ola"), newcomer(edge, "max")
    assert note(edge, theirs, "ola").status_code == 403
    assert note(edge, theirs, "nobody").json()["detail"] == note(edge, theirs, "ola").json()["detail"]
    assert note(edge, mine, "ola").status_code == 403
    assert choose(edge, mine, "max").json()["preferences"]["mentors"] == ["max"]
    assert note(edge, theirs, "ola").status_code == 201
    assert note(edge, mine, "max").status_code == 403
    assert choose(edge, mine).status_code == 200
    assert note(edge, theirs, "ola", task="close").status_code == 403


def test_what_was_seen_is_shown_to_the_person_with_who_noted_it_and_counts_once_a_day(edge: Edge) -> None:
    mine, theirs = newcomer(edge, "pia"), newcomer(edge, "rob")
    choose(edge, mine, "rob")
    told = outcome("answered", block="why", result={"answer": [0], "seconds": 8})
    edge.client.post("/v1/outcomes", json={"outcomes": [told]}, headers=mine)
    before = edge.store.read(lambda tx: learners.learner(tx, "pia"))
    assert note(edge, theirs, "pia").status_code == 201
    after = edge.store.read(lambda tx: learners.learner(tx, "pia"))
    assert after.answering.ability > before.answering.ability
    assert note(edge, theirs, "pia", right=False).status_code == 409
    assert edge.store.read(lambda tx: learners.learner(tx, "pia")) == after
    me = edge.client.get("/v1/me", headers=mine).json()
    assert {one["kind"]: one["count"] for one in me["held"]}["observations"] == 1
    assert [(one["reader"], one["purpose"]) for one in me["looked"]] == [("rob", "support")]
    (seen,) = edge.client.get("/v1/me/export", headers=mine).json()["observations"]
    assert (seen["observer"], seen["right"], seen["note"]) == ("rob", True, SEEN["note"])


@pytest.mark.parametrize("changes", [{"task": "no-such"}, {"right": "yes"}, {"note": "x" * 501}, {"more": 1}])
def test_what_cannot_be_taken_is_refused(edge: Edge, changes: dict[str, object]) -> None:
    mine, theirs = newcomer(edge, "sam"), newcomer(edge, "tom")
    choose(edge, mine, "tom")
    assert note(edge, theirs, "sam", **changes).status_code == 422


@pytest.mark.parametrize("mentors", [["uma"], ["nobody"], ["ana", "ana"]])
def test_a_mentor_is_somebody_else_who_is_here(edge: Edge, mentors: list[str]) -> None:
    assert choose(edge, newcomer(edge, "uma"), *mentors).status_code == 422
