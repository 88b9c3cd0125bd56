"""A person's own page: what is held on them, what they settled, and all of it to take away."""

import json
import time
from uuid import uuid4

import jwt
import pytest

from midflow import plugs
from midflow.core.content.release import Policy
from midflow.core.events import format_time
from midflow.flow.publish import publish
from midflow.store import keys, privacy
from midflow.store.keys import HostRow
from tests.edge.conftest import Edge, event
from tests.edge.test_learner_api import newcomer, outcome, prompt
from tests.flow.conftest import DRAFT

HOST_SECRET = b"s" * 32


def settle(edge: Edge, headers: dict[str, str], **fields: object):  # type: ignore[no-untyped-def]
    return edge.client.put("/v1/me/preferences", json=fields, headers=headers)


def test_all_that_is_held_is_counted_with_who_looked(edge: Edge) -> None:
    headers = newcomer(edge, "nora")
    edge.send(event("e-nora", person="nora", case="T-nora"))
    told = outcome("answered", block="why", result={"answer": [0], "seconds": 8})
    edge.client.post("/v1/outcomes", json={"outcomes": [told]}, headers=headers)
    look = {"reader": "chloe", "purpose": "support", "subject": "nora", "what": "status"}
    edge.store.write(lambda tx: privacy.log_access(tx, at=time.time(), **look))  # type: ignore[arg-type]
    edge.store.write(lambda tx: privacy.log_access(tx, at=time.time(), **{**look, "subject": "ana"}))  # type: ignore[arg-type]
    me = edge.client.get("/v1/me", headers=headers).json()
    held = {one["kind"]: one["count"] for one in me["held"]}
    assert held == {
        "events": 1, "decisions": 1, "outcomes": 1, "statements": 1, "checks": 1, "tasks": 1, "trail": 0, "timers": 0,
        "tests": 0, "observations": 0, "coming": 0, "dates": 0, "digests": 0, "accounts": 1,
    }  # fmt: skip
    assert [(one["reader"], one["purpose"], one["about"]) for one in me["looked"]] == [
        ("chloe", "support", "you")
    ]
    assert me["person"]["accounts"] == [{"source": "desk", "name": "nora"}]
    assert [one["task"] for one in me["decisions"]] == ["Put a ticket on hold"]
    assert me["decisions"][0]["words"]


def test_the_export_is_one_document_with_everything_and_is_itself_written_down(edge: Edge) -> None:
    headers = newcomer(edge, "olga")
    for number in range(3):
        edge.send(event(f"e-olga-{number}", person="olga", case=f"T-{number}", data={"hours": number}))
    told = outcome("answered", block="why", result={"answer": [0], "seconds": 8})
    edge.client.post("/v1/outcomes", json={"outcomes": [told]}, headers=headers)
    answer = edge.client.get("/v1/me/export", headers=headers)
    assert "attachment" in answer.headers["content-disposition"]
    mine = json.loads(answer.content)
    assert mine["person"]["id"] == "olga"
    assert [one["data"]["hours"] for one in mine["events"]] == [0, 1, 2]
    assert len(mine["decisions"]) == 3
    assert [one["id"] for one in mine["statements"]] == [told["id"]]
    assert list(mine["checks"]) == ["hold-a-ticket#why"]
    assert mine["preferences"]["opted_out"] is False
    assert [(one["reader"], one["purpose"]) for one in mine["looked"]] == [("olga", "evidence")]


def test_preferences_are_saved_and_a_wrong_one_is_named(edge: Edge) -> None:
    headers = newcomer(edge, "pia")
    saved = settle(edge, headers, reviews=False, quiet_from="21:00", quiet_until="07:00").json()[
        "preferences"
    ]
    assert (saved["reviews"], saved["quiet_from"], saved["digest"]) == (False, "21:00", True)
    wrong = settle(edge, headers, daily_minutes=900, colour="red")
    assert wrong.status_code == 422
    assert wrong.headers["content-type"] == "application/problem+json"
    assert [one["field"] for one in wrong.json()["errors"]] == ["daily_minutes", "colour"]
    assert edge.client.get("/v1/me", headers=headers).json()["preferences"] == saved


@pytest.mark.parametrize("body", ["[]", "3", "{", '"x"'])
def test_preferences_that_are_no_object_are_a_problem(edge: Edge, body: str) -> None:
    answer = edge.client.put("/v1/me/preferences", content=body, headers=edge.as_person())
    assert answer.status_code == 400


def test_a_pause_takes_the_prompt_off_every_tool_at_once_and_its_end_brings_it_back(edge: Edge) -> None:
    headers, offer = prompt(edge, "quin")
    settle(edge, headers, paused_until=format_time(time.time() + 3600))
    assert edge.client.get("/v1/offers", headers=headers).json()["offers"] == []
    settle(edge, headers, paused_until=None)
    assert [one["id"] for one in edge.client.get("/v1/offers", headers=headers).json()["offers"]] == [
        offer["id"]
    ]


def test_a_channel_that_is_not_wanted_carries_nothing(edge: Edge) -> None:
    headers, offer = prompt(edge, "rita")
    settle(edge, headers, channels=["app"])
    assert edge.client.get("/v1/offers", headers=headers).json()["offers"] == []
    assert [one["id"] for one in edge.client.get("/v1/today", headers=headers).json()["offers"]] == [
        offer["id"]
    ]
    settle(edge, headers, channels=["widget"])
    assert edge.client.get("/v1/today", headers=headers).json()["offers"] == []
    assert edge.client.get("/v1/offers", headers=headers).json()["offers"]


def test_no_nudge_is_answered_anywhere_once_the_organisation_switches_them_off(own_edge: Edge) -> None:
    own_edge.start()
    headers, _ = prompt(own_edge, "sam")
    made = publish(
        own_edge.store, DRAFT, kinds=plugs.block_kinds(), now=time.time(), policy=Policy(nudges=False)
    )
    until = time.monotonic() + 5
    while own_edge.client.get("/v1/me", headers=headers).json()["organisation"]["prompts"]:
        assert time.monotonic() < until
    assert made.changed
    assert own_edge.client.get("/v1/offers", headers=headers).json()["offers"] == []
    assert own_edge.client.get("/v1/today", headers=headers).json()["offers"] == []
    answer = own_edge.send(event("e-sam-2", person="sam0", case="T-9"), query="?decide=1").json()
    assert "help_on_request_only" in json.dumps(answer["decisions"])


def test_a_host_tool_cannot_read_what_is_held_on_a_person_it_signs_in(edge: Edge) -> None:
    edge.store.write(lambda tx: keys.save_host(tx, HostRow("desk", HOST_SECRET, ()), now=time.time()))
    now = int(time.time())
    claims = {
        "iss": "desk",
        "aud": "midflow",
        "sub": "ana",
        "iat": now,
        "exp": now + 600,
        "jti": str(uuid4()),
    }
    headers = {"authorization": f"Bearer {jwt.encode(claims, HOST_SECRET, algorithm='HS256')}"}
    assert edge.client.get("/v1/today", headers=headers).status_code == 200
    for path in ("/v1/me", "/v1/me/export"):
        assert edge.client.get(path, headers=headers).status_code == 403
    assert settle(edge, headers, opted_out=False).status_code == 403


def test_skills_come_with_their_evidence_and_a_test_is_begun_by_name(edge: Edge) -> None:
    headers = newcomer(edge, "tess")
    found = edge.client.get("/v1/me/skills", headers=headers).json()
    assert (found["skills"], found["tasks"], found["person"]["id"]) == ([], [], "tess")
    begin = {"unit": "hold-a-ticket", "contested": True}
    step = edge.client.post("/v1/me/tests", json=begin, headers=headers)
    assert step.status_code == 201
    first = step.json()
    assert set(first["check"]) == {"check", "question", "options", "several"}
    assert "correct" not in step.text
    reply = {"id": str(uuid4()), "check": first["check"]["check"], "answer": [0], "seconds": 3}
    path = f"/v1/me/tests/{first['test']}/answers"
    done = edge.client.post(path, json=reply, headers=headers).json()
    assert (done["asked"], done["verdict"], done["check"]) == (1, "not_sure", None)
    assert edge.client.post(path, json=reply, headers=headers).json()["asked"] == 1
    assert edge.client.get("/v1/me/export", headers=headers).json()["tests"][0]["id"] == first["test"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422), ({"skill": "a", "unit": "b"}, 422), ({"unit": 3}, 422), ({"unit": "nope"}, 404),
        ({"skill": "nope"}, 404), ({"unit": "hold-a-ticket"}, 409), ({"colour": "red"}, 422), ([], 422),
    ],
)  # fmt: skip
def test_a_test_that_cannot_be_begun_says_why(edge: Edge, body: object, status: int) -> None:
    answer = edge.client.post("/v1/me/tests", json=body, headers=newcomer(edge, "uma"))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_an_answer_to_nothing_is_refused(edge: Edge) -> None:
    headers = newcomer(edge, "vera")
    reply = {"id": str(uuid4()), "check": "x#y", "answer": [0]}
    assert edge.client.post("/v1/me/tests/nope/answers", json=reply, headers=headers).status_code == 404
    wrong = {**reply, "id": "seven"}
    assert edge.client.post("/v1/me/tests/nope/answers", json=wrong, headers=headers).status_code == 422
