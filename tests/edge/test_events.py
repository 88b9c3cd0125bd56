"""`POST /v1/events`: what is taken is durable, what is not is named, and nothing is a 500."""

import time

import pytest

from midflow.core.events import format_time
from midflow.store import log
from tests.edge.conftest import Edge, event


def test_a_structured_event_is_taken_and_stored(edge: Edge) -> None:
    answer = edge.client.post(
        "/v1/events",
        json=event("structured"),
        headers=edge.as_machine(**{"content-type": "application/cloudevents+json"}),
    )
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": [], "dropped_fields": 0}
    assert edge.store.read(lambda tx: log.seen_before(tx, [("desk", "structured")]))


def test_binary_mode_reads_attributes_from_headers(edge: Edge) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "bin%201",
        "ce-source": "desk",
        "ce-type": "desk.other",
        "ce-person": "ana",
    }
    answer = edge.client.post(
        "/v1/events",
        json={"hours": 2},
        headers=edge.as_machine(**headers, **{"content-type": "application/json"}),
    )
    assert answer.status_code == 202
    assert edge.store.read(lambda tx: log.seen_before(tx, [("desk", "bin 1")]))


def test_a_batch_says_which_events_it_did_not_take_and_why(edge: Edge) -> None:
    answer = edge.send(
        event("b1"),
        event("b2", specversion="0.3"),
        event("b3", time="tomorrow"),
        event("b1"),
        event("b5", data={"hours": [0] * 101}),
        7,
    )
    body = answer.json()
    assert answer.status_code == 202
    assert (body["accepted"], body["duplicates"]) == (1, 1)
    assert [(r["index"], r["where"]) for r in body["rejected"]] == [
        (1, "specversion"), (2, "time"), (4, "data.hours"), (5, "event"),
    ]  # fmt: skip


def test_with_decide_the_answer_carries_the_decision_and_its_offer(edge: Edge) -> None:
    answer = edge.send(event("d1", person="chloe", case="T-9"), query="?decide=1").json()
    ((decided,),) = [row["decisions"] for row in answer["decisions"]]
    assert decided["task"] == "put-on-hold"
    if decided["silence"]:
        assert decided["silence"] == "withheld"
        assert decided["words"]
    else:
        assert decided["offer"]["unit"] == "hold-a-ticket"
        assert decided["offer"]["why"]["evidence"]


def test_fields_that_nobody_declared_are_counted_as_dropped(edge: Edge) -> None:
    assert edge.send(event("f1", data={"hours": 1, "note": "x", "mail": "y"})).json()["dropped_fields"] == 2


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"specversion":"1.0","id":"\\ud800","source":"s","type":"t"}', "application/json", 400),
        (b"[" * 3000, "application/json", 400),
        (b'{"a":NaN}', "application/json", 400),
        (b"{}", "application/xml", 415),
        (b"{}", "application/cloudevents-batch+json", 400),
        (b'"text"', "application/cloudevents+json", 400),
        (b"null", "application/json", 400),
        (b'{"specversion":"1.0","id":1,"source":"s","type":"t"}', "application/json", 400),
        (
            b'{"specversion":"1.0","id":"a","source":"s","type":"t","data_base64":"AA=="}',
            "application/json",
            400,
        ),
        (b'{"specversion":"1.0","id":"a\\u0000","source":"s","type":"t"}', "application/json", 400),
        (b" " * 1_100_000, "application/json", 413),
    ],
)
def test_malformed_bodies_get_a_clear_problem(edge: Edge, body: bytes, kind: str, status: int) -> None:
    answer = edge.client.post("/v1/events", content=body, headers=edge.as_machine(**{"content-type": kind}))
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]


def test_more_events_than_a_batch_may_have_are_refused_whole(edge: Edge) -> None:
    answer = edge.send(*(event(f"many{n}") for n in range(1001)))
    assert answer.status_code == 413
    assert not edge.store.read(lambda tx: log.seen_before(tx, [("desk", "many0")]))


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Basic eDp5"}, {"authorization": "Bearer mf_wrong"}]
)
def test_without_a_valid_key_nothing_is_taken(edge: Edge, headers: dict[str, str]) -> None:
    answer = edge.client.post("/v1/events", json=event("nokey"), headers=headers)
    assert answer.status_code == 401
    assert "WWW-Authenticate".lower() in answer.headers
    assert not edge.store.read(lambda tx: log.seen_before(tx, [("desk", "nokey")]))


def test_a_persons_token_is_no_key(edge: Edge) -> None:
    assert edge.client.post("/v1/events", json=event("p"), headers=edge.as_person()).status_code == 401


def test_a_revoked_key_is_refused_within_a_second(own_edge: Edge) -> None:
    from midflow.store import keys

    own_edge.start()
    assert own_edge.send(event("before")).status_code == 202
    own_edge.store.write(lambda tx: keys.revoke_keys(tx, "test", time.time()))
    until = time.monotonic() + 5
    while own_edge.send(event("after")).status_code != 401:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_key_may_not_send_faster_than_its_rate(own_edge: Edge) -> None:
    own_edge.settings = {"rate_per_minute": "5"}
    own_edge.start()
    assert own_edge.send(*(event(f"r{n}") for n in range(4))).status_code == 202
    answer = own_edge.send(event("r8"), event("r9"))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert own_edge.send(event("r8")).status_code == 202


def test_an_event_from_the_past_is_late_and_one_from_the_future_is_taken_as_now(edge: Edge) -> None:
    past, future = format_time(time.time() - 7200), format_time(time.time() + 86_400)
    answer = edge.send(
        event("late", time=past, case="T-77"), event("early", time=future, case="T-78"), query="?decide=1"
    ).json()
    late, early = (row["decisions"][0]["silence"] for row in answer["decisions"])
    assert late == "late"
    assert early != "late"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/events", 405), ("POST", "/v1/offers", 405), ("DELETE", "/v1/units/x", 405), ("GET", "/nowhere", 404), ("POST", "/nowhere", 404)])  # fmt: skip
def test_wrong_methods_and_addresses_are_told_apart(edge: Edge, method: str, path: str, status: int) -> None:
    answer = edge.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    if status == 405:
        assert answer.headers["allow"]


def test_health_readiness_and_metrics_answer(edge: Edge) -> None:
    assert edge.client.get("/healthz").json() == {"status": "ok"}
    assert edge.client.get("/readyz").json()["status"] == "ready"
    edge.send(event("metric"))
    assert "midflow_events_total" in edge.client.get("/metrics").text
    assert edge.client.head("/healthz").content == b""
