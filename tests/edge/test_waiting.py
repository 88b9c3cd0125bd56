"""A prompt that waits for a breakpoint, over the wire."""

import time
from uuid import uuid4

import msgspec

from midflow import plugs
from midflow.core.learner.state import Row
from midflow.flow.publish import publish
from midflow.store import learners
from midflow.store.people import Person, add_account, save_person
from tests.edge.conftest import Edge, event
from tests.flow.conftest import DESK, DRAFT


def busy(edge: Edge, person: str) -> dict[str, str]:
    """Make a person who is in the middle of a case; holding a ticket waits for a breakpoint."""
    rules = tuple(
        msgspec.structs.replace(rule, timing="at_break") if rule.id == "hold" else rule
        for rule in DRAFT.rules
    )
    now = time.time()
    publish(edge.store, msgspec.structs.replace(DRAFT, rules=rules), kinds=plugs.block_kinds(), now=now)

    def make(tx):
        save_person(tx, Person(id=person, name=person, roles=("support-agent",)), now=now)
        add_account(tx, DESK, person, person, now=now)
        learners.mark_seen(tx, person, now)
        state = learners.learner(tx, person)
        row = Row(time=now, case="T-1", task="put-on-hold")
        learners.save_learners(tx, {person: msgspec.structs.replace(state, row=row)})

    edge.store.write(make)
    headers = edge.as_person(person)
    until = time.monotonic() + 5
    while edge.client.get("/v1/today", headers=headers).status_code != 200:
        assert time.monotonic() < until
    time.sleep(0.6)  # two looks of the edge at what others committed
    return headers


def hold(edge: Edge, person: str, case: str) -> dict:
    sent = edge.send(event(str(uuid4()), person=person, case=case), query="?decide=1")
    return sent.json()


def prompted(edge: Edge) -> tuple[str, dict[str, str]]:
    """Chance may hold a prompt back: try people until one gets it."""
    for _ in range(60):
        person = f"busy-{uuid4().hex[:8]}"
        headers = busy(edge, person)
        hold(edge, person, "T-1")
        row = edge.store.read(
            lambda tx, p=person: tx.execute("SELECT state FROM offer WHERE person=?", [p]).fetchone()
        )
        if row is not None:
            assert row[0] == "waiting"
            return person, headers
    raise AssertionError("chance held back every prompt")


def test_a_waiting_prompt_is_offered_only_with_the_next_case(edge: Edge) -> None:
    person, headers = prompted(edge)
    assert edge.client.get("/v1/offers", headers=headers).json()["offers"] == []
    today = edge.client.get("/v1/today", headers=headers).json()
    assert today["offers"] == today["inbox"] == []
    hold(edge, person, "T-2")
    (offer,) = edge.client.get("/v1/offers", headers=headers).json()["offers"]
    assert offer["unit"] == "hold-a-ticket"


def test_two_idle_minutes_are_noticed_without_any_event_and_a_missed_prompt_is_in_the_inbox(
    edge: Edge,
) -> None:
    person, headers = prompted(edge)
    edge.store.write(
        lambda tx: tx.execute("UPDATE offer SET released=? WHERE person=?", [time.time(), person])
    )
    until = time.monotonic() + 5
    while not (offers := edge.client.get("/v1/offers", headers=headers).json()["offers"]):
        assert time.monotonic() < until, "the edge did not notice the pause"
        time.sleep(0.1)
    edge.store.write(
        lambda tx: tx.execute("UPDATE offer SET state='undelivered' WHERE decision=?", [int(offers[0]["id"])])
    )
    state = edge.store.read(lambda tx: learners.learner(tx, person))
    unseen = msgspec.structs.replace(state, units={}, open=None)
    edge.store.write(lambda tx: learners.save_learners(tx, {person: unseen}))
    today = edge.client.get("/v1/today", headers=headers).json()
    assert [offer["unit"] for offer in today["inbox"]] == ["hold-a-ticket"]
    assert today["offers"] == []
