"""What a person's client reads and sends: offers, stream, units, outcomes, reviews."""

import json
import time
from uuid import uuid4

import httpx2
import jwt
import pytest

from midflow import plugs
from midflow.core.content.release import Draft
from midflow.core.decide import TaskRate
from midflow.core.events import format_time
from midflow.flow.publish import publish
from midflow.store import keys, learners
from midflow.store.keys import HostRow
from midflow.store.people import Person, add_account, save_person
from midflow.store.tx import Tx
from tests.edge.conftest import Edge, event
from tests.flow.conftest import DESK, DRAFT, hold_unit

HOST_SECRET = b"s" * 32


def newcomer(edge: Edge, name: str) -> dict[str, str]:
    """A person of the test's own, whose client is there; returns their headers."""

    def create(tx: Tx) -> None:
        save_person(tx, Person(id=name, name=name.title(), roles=("support-agent",)), now=time.time())
        add_account(tx, DESK, name, name, now=time.time())

    edge.store.write(create)
    return edge.as_person(name)


def prompt(edge: Edge, name: str) -> tuple[dict[str, str], dict[str, object]]:
    """A newcomer with an offer: events of several people, until chance has shown this one a prompt."""
    for number in range(20):
        who = f"{name}{number}"
        headers = newcomer(edge, who)
        # Everybody's success so far would lower the need of this one below the threshold.
        edge.store.write(lambda tx: learners.save_task_rates(tx, {"put-on-hold": TaskRate()}))
        edge.send(event(f"e-{who}", person=who, case=f"T-{who}"), query="?decide=1")
        offers = edge.client.get("/v1/offers", headers=headers).json()["offers"]
        if offers:
            return headers, offers[0]
    raise AssertionError("chance showed nothing twenty times over")


def outcome(verb: str, **more: object) -> dict[str, object]:
    return {
        "id": str(uuid4()),
        "verb": verb,
        "time": format_time(time.time()),
        "unit": "hold-a-ticket",
        **more,
    }


def test_an_offer_says_why_and_is_answered_with_304_until_it_changes(edge: Edge) -> None:
    headers, offer = prompt(edge, "ida")
    assert set(offer["why"]) == {"event", "task", "evidence", "chance"}  # type: ignore[call-overload]
    first = edge.client.get("/v1/offers", headers=headers)
    again = edge.client.get("/v1/offers", headers={**headers, "if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    edge.client.post(
        "/v1/outcomes", json={"outcomes": [outcome("completed", offer=offer["id"])]}, headers=headers
    )
    assert edge.client.get(
        "/v1/offers", headers={**headers, "if-none-match": first.headers["etag"]}
    ).json() == {"offers": []}


def test_a_stream_carries_the_offer_soon_after_the_event_and_its_withdrawal(edge: Edge) -> None:
    headers, offer = prompt(edge, "joe")
    with edge.client.stream("GET", "/v1/stream", headers=headers) as stream:
        lines = stream.iter_lines()
        assert offer["id"] == read_event(lines, "offer")["id"]
        edge.client.post(
            "/v1/outcomes",
            json={"outcomes": [outcome("dismissed", offer=offer["id"], result={"reason": "not_now"})]},
            headers=headers,
        )
        assert read_event(lines, "withdraw") == {"id": offer["id"]}


def test_an_idle_stream_gets_signs_of_life(edge: Edge) -> None:
    with edge.client.stream("GET", "/v1/stream", headers=edge.as_person()) as stream:
        assert any(line == ": keep-alive" for line in stream.iter_lines())


def test_a_stream_hears_of_events_that_another_process_took(edge: Edge) -> None:
    from midflow.core.events import WorkEvent
    from midflow.flow.ingest import admit, ingest
    from tests.flow.conftest import book_of

    headers = newcomer(edge, "kim")
    book = book_of()
    with edge.client.stream("GET", "/v1/stream", headers=headers) as stream:
        work = WorkEvent(
            source=DESK, id="other-process", type="desk.wait", time=time.time(), person="kim", case="T-k"
        )
        arrival = admit(work, book, received=time.time(), reachable=True)
        edge.store.write(lambda tx: ingest(tx, [arrival], book=book, draw=lambda: 0.0))
        assert read_event(stream.iter_lines(), "offer")["unit"] == "hold-a-ticket"


def read_event(lines, name: str) -> dict[str, object]:  # type: ignore[no-untyped-def]
    until = time.monotonic() + 10
    for line in lines:
        assert time.monotonic() < until
        if line == f"event: {name}":
            return json.loads(next(lines).removeprefix("data: "))
    raise AssertionError(f"the stream ended without {name}")


def test_a_unit_is_served_whole_with_its_lease(edge: Edge) -> None:
    unit = edge.client.get("/v1/units/hold-a-ticket", headers=edge.as_person()).json()
    assert unit["testable"] is False, "one check is too few"
    assert [block["kind"] for block in unit["blocks"]] == ["checklist", "check"]
    assert unit["blocks"][1]["options"][0]["correct"] is True
    assert sorted(unit["blocks"][1]["order"]) == [0, 1]
    assert "order" not in unit["blocks"][0]
    assert unit["task"] == {"id": "put-on-hold", "title": "Put a ticket on hold"}
    assert unit["lease_until"] > format_time(time.time())
    assert edge.client.get("/v1/units/nope", headers=edge.as_person()).status_code == 404


def test_outcomes_are_taken_once_scored_and_come_back_as_a_review(edge: Edge) -> None:
    headers = newcomer(edge, "lea")
    told = outcome("answered", block="why", result={"answer": [1], "seconds": 8})
    first = edge.client.post("/v1/outcomes", json={"outcomes": [told]}, headers=headers).json()
    assert first["scores"][str(told["id"])]["correct"] is False
    assert first["reviews"][0]["check"] == "hold-a-ticket#why"
    again = edge.client.post("/v1/outcomes", json={"outcomes": [told]}, headers=headers).json()
    assert again["duplicates"] == [told["id"]]
    reviews = edge.client.get("/v1/reviews", headers=headers).json()
    assert reviews["reviews"] == []
    assert (reviews["seconds"], reviews["left"], reviews["again"]) == (180, 0, {"apart": 3, "times": 2})
    assert reviews["next"] == first["reviews"][0]["due"]


@pytest.mark.parametrize(
    "body", ["[]", '{"outcomes": 3}', "{", '{"outcomes":' + "[0," * 300 + "0" + "]" * 300 + "}"]
)
def test_a_body_that_is_no_list_of_outcomes_is_a_problem(edge: Edge, body: str) -> None:
    answer = edge.client.post("/v1/outcomes", content=body, headers=edge.as_person())
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json()["rejected"]
    else:
        assert answer.headers["content-type"] == "application/problem+json"


def test_today_shows_at_most_three_things(edge: Edge) -> None:
    headers, offer = prompt(edge, "mia")
    today = edge.client.get("/v1/today", headers=headers).json()
    assert [row["id"] for row in today["offers"]] == [offer["id"]]
    assert today["person"]["name"]
    assert len(today["offers"]) + len(today["units"]) + bool(today["reviews"]["due"]) <= 3


def signed(**changes: object) -> str:
    now = int(time.time())
    claims = {"iss": "desk", "aud": "midflow", "sub": "ana", "iat": now, "exp": now + 600, **changes}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, HOST_SECRET, algorithm="HS256")


@pytest.fixture
def host(edge: Edge) -> Edge:
    row = HostRow("desk", HOST_SECRET, ("https://desk.example",))
    edge.store.write(lambda tx: keys.save_host(tx, row, now=time.time()))
    return edge


def ask(edge: Edge, token: str, **headers: str) -> httpx2.Response:
    return edge.client.get("/v1/offers", headers={"authorization": f"Bearer {token}", **headers})


def test_a_host_tools_backend_signs_its_people_in(host: Edge) -> None:
    assert ask(host, signed()).status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"exp": None}, "exp"),
        ({"exp": 1}, "expired"),
        ({"exp": 4_000_000_000}, "longer than an hour"),
        ({"aud": "other"}, "udience"),
        ({"aud": None}, "aud"),
        ({"iss": "elsewhere"}, "not a registered host"),
        ({"iss": "midflow"}, "not valid"),
        ({"iss": None}, "no issuer"),
        ({"sub": "nobody"}, "not a person here"),
        ({"iat": 4_000_000_000}, "future"),
    ],
)
def test_a_token_that_is_not_right_lets_nobody_in(host: Edge, changes: dict[str, object], said: str) -> None:
    answer = ask(host, signed(**changes))
    assert answer.status_code == 401
    assert said in answer.json()["detail"]
    assert answer.json()["login"].startswith("/accounts/login/")


def test_an_unsigned_token_or_another_algorithm_lets_nobody_in(host: Edge) -> None:
    claims = {
        "iss": "desk",
        "aud": "midflow",
        "sub": "ana",
        "iat": int(time.time()),
        "exp": int(time.time()) + 60,
    }
    assert ask(host, jwt.encode(claims, None, algorithm="none")).status_code == 401
    assert ask(host, jwt.encode(claims, HOST_SECRET * 2, algorithm="HS512")).status_code == 401
    assert ask(host, "not.a.token").status_code == 401


def test_only_registered_origins_may_read_answers(host: Edge) -> None:
    good = ask(host, signed(), origin="https://desk.example")
    assert good.headers["access-control-allow-origin"] == "https://desk.example"
    assert "access-control-allow-origin" not in ask(host, signed(), origin="https://evil.example").headers
    asked = {"origin": "https://desk.example", "access-control-request-method": "POST"}
    assert host.client.options("/v1/outcomes", headers=asked).status_code == 204
    assert (
        host.client.options("/v1/outcomes", headers={**asked, "origin": "https://evil.example"}).status_code
        == 403
    )


def test_a_new_release_reaches_the_edge_and_its_streams_within_two_seconds(own_edge: Edge) -> None:
    own_edge.start()
    with own_edge.client.stream("GET", "/v1/stream", headers=own_edge.as_person()) as stream:
        lines = stream.iter_lines()
        next(lines)
        import msgspec

        draft: Draft = msgspec.structs.replace(DRAFT, units=(hold_unit(title="A better title"),))
        made = publish(own_edge.store, draft, kinds=plugs.block_kinds(), now=time.time())
        started = time.monotonic()
        assert read_event(lines, "release") == {"number": made.number}
        assert time.monotonic() - started < 2
    unit = own_edge.client.get("/v1/units/hold-a-ticket", headers=own_edge.as_person()).json()
    assert (unit["title"], unit["release"]) == ("A better title", made.number)
