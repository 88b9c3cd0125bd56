"""The alternate request syntax, which 1.0.3 has and 2.0 has not (Communication 1.3)."""

import json
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from tests.edge.xapi.made import TEXT, account, attached, iri, mixed, new_id, part, statement
from tests.edge.xapi.record import STATEMENTS, VERSION, At, good, refused

FORM = "application/x-www-form-urlencoded"
STATE = "/xapi/activities/state"


def send(at: At, method: str, fields: dict[str, Any], path: str = STATEMENTS, **more: Any) -> httpx2.Response:
    form = {k: v if isinstance(v, str) else json.dumps(v) for k, v in fields.items()}
    headers = {"content-type": FORM, **more.pop("headers", {})}
    return at.ask("POST", f"{path}?method={method}", content=urlencode(form), headers=headers, **more)


def test_each_method_can_be_asked_for_in_a_form(at_1: At) -> None:
    made = statement()
    assert good(send(at_1, "POST", {"content": made})).json() == [made["id"]]
    other = statement()
    assert send(at_1, "PUT", {"content": other, "statementId": other["id"]}).status_code == 204
    found = good(send(at_1, "GET", {"statementId": other["id"], "format": "ids"})).json()
    assert found["object"] == {"id": other["object"]["id"]}
    page = good(send(at_1, "GET", {"limit": "1"})).json()
    assert page.keys() == {"statements", "more"}
    head = send(at_1, "HEAD", {"statementId": made["id"]})
    assert (head.status_code, head.content) == (200, b"")
    assert good(send(at_1, "get", {"verb": made["verb"]["id"]})).json()["statements"]


def test_a_document_can_be_changed_by_forms(at_1: At) -> None:
    place = {"activityId": iri(), "agent": account(), "stateId": "ü&="}
    put = {**place, "content": '{"a":"ü&+"}', "Content-Type": "application/json; charset=utf-8"}
    assert send(at_1, "PUT", put, STATE).status_code == 204
    back = good(send(at_1, "GET", place, STATE))
    assert back.json() == {"a": "ü&+"}
    assert back.headers["content-type"] == "application/json; charset=utf-8"
    refused(send(at_1, "PUT", {**put, "If-Match": '"1"'}, STATE), 412, where="If-Match")
    refused(send(at_1, "PUT", {**put, "If-None-Match": "*"}, STATE), 412, where="If-None-Match")
    tag = back.headers["etag"]
    assert send(at_1, "POST", {**place, "content": '{"b":1}', "If-Match": tag}, STATE).status_code == 204
    assert good(at_1.get(STATE, **place)).json() == {"a": "ü&+", "b": 1}
    assert send(at_1, "DELETE", place, STATE).status_code == 204
    refused(send(at_1, "GET", place, STATE), 404)


def test_headers_may_come_in_the_form_and_win(at_1: At) -> None:
    made = statement()
    secret = at_1.headers["authorization"]
    fields = {"statementId": made["id"], "content": made, VERSION.title(): "1.0.2", "Authorization": secret}
    bare = {VERSION: None, "authorization": None}
    assert send(at_1, "PUT", fields, headers=bare).status_code == 204
    refused(send(at_1, "PUT", fields | {"X-Experience-API-Version": "0.8"}), where="X-Experience-API-Version")
    refused(send(at_1, "GET", {"Authorization": "Basic x"}), 401)


def test_parts_can_be_sent_in_a_form(at_1: At) -> None:
    made = statement(attachments=[attached()])
    body, kind = mixed(made, part())
    good(send(at_1, "POST", {"content": body.decode(), "Content-Type": kind}))
    answer = good(send(at_1, "GET", {"statementId": made["id"], "attachments": "true"}))
    assert TEXT in answer.content


def test_what_is_more_or_less_than_a_form_is_refused(at_1: At) -> None:
    made = statement()
    json_ = json.dumps({"statementId": made["id"], "content": json.dumps(made)})
    refused(at_1.ask("PUT", f"{STATEMENTS}?method=POST", json=made), where="method")
    refused(at_1.ask("GET", f"{STATEMENTS}?method=GET"), where="method")
    refused(at_1.ask("POST", f"{STATEMENTS}?method=PUT"), where="Content-Type")
    refused(at_1.ask("POST", f"{STATEMENTS}?method=PUT", json=made), where="Content-Type")
    refused(send(at_1, "PUT", {"statementId": made["id"]}), where="content")
    refused(send(at_1, "POST", {}), where="content")
    refused(at_1.raw(json_.encode(), FORM, path=f"{STATEMENTS}?method=PUT"), where="content")
    params = f"PUT&statementId={made['id']}"
    refused(send(at_1, params, {"statementId": made["id"], "content": made}), where="method")
    refused(send(at_1, "PUT", {"statementId": made["id"], "content": made, "happy": "day"}), where="happy")
    refused(send(at_1, "GET", {"foo": "bar"}), where="foo")
    refused(at_1.raw(b"limit=1&limit=2", FORM, path=f"{STATEMENTS}?method=GET"), where="limit")
    refused(at_1.raw(b"verb=%ff", FORM, path=f"{STATEMENTS}?method=GET"), where="body")
    refused(at_1.raw("verb=ü".encode(), FORM, path=f"{STATEMENTS}?method=GET"), where="body")
    refused(send(at_1, "DELETE", {"statementId": made["id"]}), 405)
    refused(send(at_1, "DANCE", {}), 405)
    assert at_1.get(statementId=made["id"]).status_code == 404


@pytest.mark.parametrize("kind", ["text/plain\r\nX-Bad: 1", "a\0b", "text/plain\n", "é/ü", "\u2028/x", ""])
def test_a_media_type_in_a_form_cannot_break_the_answer_that_carries_it(at_1: At, kind: str) -> None:
    place = {"activityId": iri(), "agent": account(), "stateId": "x"}
    answer = send(at_1, "PUT", {**place, "content": "x", "Content-Type": kind}, STATE)
    assert answer.status_code in (204, 400)
    if answer.status_code == 204:
        back = good(at_1.get(STATE, **place))
        assert "x-bad" not in back.headers
        assert back.content == b"x"


def test_the_newer_version_has_no_such_thing(at_2: At) -> None:
    """IEEE 9274.1.1, 4.1.2"""
    made = statement()
    refused(send(at_2, "PUT", {"statementId": made["id"], "content": made}), where="method")
    refused(send(at_2, "GET", {"limit": "1"}), where="method")
    refused(at_2.get(f"{STATEMENTS}?method=GET"), where="method")
    fields = {"statementId": new_id(), "X-Experience-API-Version": "2.0.0", "content": made}
    refused(send(at_2, "PUT", fields, headers={VERSION: None}, served="2.0.0"), where="method")
    refused(send(at_2, "PUT", fields, headers={VERSION: "1.0.3"}, served="2.0.0"), where="method")
