"""What holds for every resource: versions, HEAD, other pages' scripts, odd addresses (Communication 1.1, 3.2, 3.3)."""

import json
import socket

import pytest

from tests.edge.xapi.made import account, activity, new_id, statement
from tests.edge.xapi.record import STATEMENTS, VERSION, At, Record, good, refused

RESOURCES = {
    STATEMENTS: "GET, POST, PUT",
    "/xapi/activities": "GET",
    "/xapi/agents": "GET",
    "/xapi/about": "GET",
    "/xapi/activities/state": "DELETE, GET, POST, PUT",
    "/xapi/activities/profile": "DELETE, GET, POST, PUT",
    "/xapi/agents/profile": "DELETE, GET, POST, PUT",
}
ASKED = {
    "1.0": "1.0.3",
    "1.0.0": "1.0.3",
    "1.0.2": "1.0.3",
    "1.0.99": "1.0.3",
    "2.0": "2.0.0",
    "2.0.7": "2.0.0",
}


@pytest.mark.parametrize("asked", ASKED)
def test_a_version_is_answered_in_its_latest_patch(record: Record, asked: str) -> None:
    """Communication 3.3"""
    good(record.at(asked).ask("GET", STATEMENTS, served=ASKED[asked]))


@pytest.mark.parametrize("asked", ["0.95", "0.8", "1.1.0", "3.0.0", "2", "BAD", "1.0.3, 2.0.0", "é"])
@pytest.mark.parametrize("path", [path for path in RESOURCES if path != "/xapi/about"])
def test_another_version_is_refused_in_the_latest(record: Record, path: str, asked: str) -> None:
    """Communication 3.3"""
    answer = record.at("2.0.0").ask("GET", path, headers={VERSION: asked}, served="2.0.0")
    refused(answer, where="X-Experience-API-Version")


@pytest.mark.parametrize("asked", [None, ""])
@pytest.mark.parametrize("path", [path for path in RESOURCES if path != "/xapi/about"])
def test_no_version_is_0_9_which_had_no_header_and_is_refused(at: At, path: str, asked: str | None) -> None:
    """Communication 3.3: 400, and the version of the answer is one that a client of either version lets pass"""
    answer = at.ask("GET", path, headers={VERSION: asked}, served="0.9")
    refused(answer, where="X-Experience-API-Version")


def test_a_version_is_asked_for_whatever_is_sent(at: At) -> None:
    """Communication 3.3"""
    made = statement()
    for method, params in (("POST", {}), ("PUT", {"statementId": made["id"]})):
        answer = at.ask(method, STATEMENTS, json=made, params=params, headers={VERSION: None}, served="0.9")
        refused(answer, where="X-Experience-API-Version")
    assert at.get(statementId=made["id"]).status_code == 404


@pytest.mark.parametrize("path", RESOURCES)
def test_other_methods_are_refused_with_those_there_are(at: At, path: str) -> None:
    """Communication 3.2; a key is not needed to hear it"""
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        if method in RESOURCES[path]:
            continue
        answer = at.ask(method, path, headers={"authorization": None})
        refused(answer, 405)
        assert answer.headers["allow"] == RESOURCES[path]


@pytest.mark.parametrize(
    "path", ["/xapi/", "/xapi/nothing", "/xapi/statements/more", "/xapi/Statements", "/xapi/%00", "/xapi/%ff"]
)
def test_an_unknown_resource_is_not_found(at: At, path: str) -> None:
    for method in ("GET", "POST", "HEAD", "DELETE"):
        assert at.ask(method, path).status_code == 404


def test_a_slash_at_the_end_does_not_matter(at: At) -> None:
    (id,) = at.store(statement())
    good(at.get(STATEMENTS + "/", statementId=id))
    good(at.get("/xapi/about/"))


@pytest.mark.parametrize(
    "path", [STATEMENTS, "/xapi/agents", "/xapi/activities", "/xapi/activities/state", "/xapi/agents/profile"]
)
def test_an_unknown_parameter_is_refused_everywhere(at: At, path: str) -> None:
    """Communication 3.2"""
    refused(at.get(path, foo="bar"), where="foo")


def test_head_is_a_get_without_its_body(at: At) -> None:
    """Communication 1.1"""
    (id,) = at.store(made := statement())
    for path, params in (
        (STATEMENTS, {}),
        (STATEMENTS, {"statementId": id}),
        (STATEMENTS, {"statementId": new_id()}),
        (STATEMENTS, {"activity": made["object"]["id"], "format": "ids"}),
        (STATEMENTS, {"foo": "bar"}),
        ("/xapi/activities", {"activityId": made["object"]["id"]}),
        ("/xapi/agents", {"agent": made["actor"]}),
        ("/xapi/about", {}),
        ("/xapi/activities/state", {"activityId": activity()["id"], "agent": account()}),
        ("/xapi/nothing", {}),
    ):
        get, head = at.get(path, **params), at.head(path, **params)
        assert head.status_code == get.status_code
        for name in ("content-type", "content-length", "last-modified", "etag"):
            assert head.headers.get(name) == get.headers.get(name), (path, name)


def test_scripts_of_other_pages_may_call_and_read_the_headers(at: At) -> None:
    wanted = "authorization, content-type, x-experience-api-version, if-match, if-none-match, accept-language"
    answer = at.record.edge.client.request(
        "OPTIONS", STATEMENTS,
        headers={"origin": "https://course.example", "access-control-request-method": "PUT", "access-control-request-headers": wanted},
    )  # fmt: skip
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"GET", "HEAD", "PUT", "POST", "DELETE"} <= set(
        answer.headers["access-control-allow-methods"].split(", ")
    )
    assert set(wanted.split(", ")) <= set(answer.headers["access-control-allow-headers"].split(", "))
    exposed = at.get().headers["access-control-expose-headers"].split(", ")
    assert {"etag", "last-modified", VERSION, "x-experience-api-consistent-through"} <= set(exposed)
    assert "access-control-allow-credentials" not in answer.headers


ADDRESSES = {
    "bad UTF-8": "verb=%ff%fe", "half a character": "verb=%c3", "an encoded surrogate": "verb=%ed%a0%80",
    "twice": "limit=1&limit=1", "twice differently": "verb=x:y&verb=x:z", "twice empty": "since=&since=",
    "no value": "limit", "a number of parameters": "&".join(f"a{n}=1" for n in range(150)),
    "a NUL": "verb=x:%00", "an empty name": "=1",
}  # fmt: skip


@pytest.mark.parametrize("query", ADDRESSES.values(), ids=ADDRESSES)
def test_an_address_that_is_wrong_is_refused(at: At, query: str) -> None:
    """Communication 1.4, 3.2"""
    problem = refused(at.get(f"{STATEMENTS}?{query}"))
    assert problem["section"]


def test_an_address_in_percent_encoded_utf8_is_understood(at: At) -> None:
    """Communication 1.4"""
    made = statement(verb={"id": "https://example.org/ü/" + new_id()})
    at.store(made)
    asked = made["verb"]["id"].replace("ü", "%C3%BC").replace("/", "%2F")
    assert [one["id"] for one in at.get(f"{STATEMENTS}?verb={asked}&").json()["statements"]] == [made["id"]]


def raw(record: Record, request: bytes) -> bytes:
    """Send bytes that no client would and return the answer's first line."""
    with socket.create_connection(("127.0.0.1", record.edge.port), 5) as connection:
        connection.sendall(request)
        return connection.recv(65536).split(b"\r\n")[0]


def test_bytes_that_no_client_sends_do_no_harm(record: Record) -> None:
    lines = f"Host: x\r\n{VERSION}: 1.0.3\r\n".encode()
    for request in (
        b"GET /xapi/statements?verb=\xff\xfe HTTP/1.1\r\n" + lines + b"\r\n",
        b"GET /xapi/statements?verb=\xc3\xbc HTTP/1.1\r\n" + lines + b"\r\n",
        b"GET /xapi/statements HTTP/1.1\r\n" + lines + b"Authorization: Basic \xff\xfe\r\n\r\n",
        b"GET /xapi/statements HTTP/1.1\r\n" + lines + b"Authorization: Bearer \xe9\r\n\r\n",
        b"GET /xapi/statements HTTP/1.1\r\n" + lines + b"X-Experience-API-Version: \xff\r\n\r\n",
        b"POST /xapi/statements HTTP/1.1\r\n" + lines + b"Content-Type: \xff\r\nContent-Length: 2\r\n\r\n{}",
        b"POST /xapi/statements HTTP/1.1\r\n"
        + lines
        + b"Content-Encoding: \xff\r\nContent-Length: 2\r\n\r\n{}",
    ):
        status = raw(record, request)
        assert status.startswith((b"HTTP/1.1 4", b"")), (request, status)
        assert not status.startswith(b"HTTP/1.1 5"), (request, status)
    good(record.at("2.0.0").get())


def test_a_refusal_is_a_problem_in_json(at: At) -> None:
    """Communication 3.2"""
    answer = at.post({"verb": 1})
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert {"type", "title", "status", "detail", "where", "section"} <= problem.keys()
    assert problem["detail"].startswith(problem["where"])
