"""Statements are sent: what is taken, what is refused, and that nothing is ever half done."""

import copy
import gzip
import json
from typing import Any

import pytest

from tests.edge.xapi.conftest import MOST_BYTES
from tests.edge.xapi.made import agent, iri, new_id, statement
from tests.edge.xapi.record import STATEMENTS, VERSION, At, good, moment, refused


def test_a_post_of_one_answers_with_an_array_of_its_id(at: At) -> None:
    """Communication 2.1.2"""
    made = statement()
    assert good(at.post(made)).json() == [made["id"]]
    del made["id"]
    (id,) = good(at.post(made)).json()
    assert at.one(id)["actor"] == made["actor"]


def test_a_post_of_several_answers_with_their_ids_in_order(at: At) -> None:
    """Communication 2.1.2"""
    batch = [statement() for _ in range(5)]
    del batch[2]["id"]
    ids = good(at.post(batch)).json()
    assert ids[:2] + ids[3:] == [one["id"] for one in batch if "id" in one]
    assert [at.one(id)["object"] for id in ids] == [one["object"] for one in batch]
    assert good(at.post([])).json() == []


def test_a_put_names_the_id_in_its_query(at: At) -> None:
    """Communication 2.1.1"""
    made = statement()
    assert at.put(made, statementId=made["id"].upper()).status_code == 204
    assert at.one(made["id"])["verb"] == made["verb"]
    bare = statement()
    id = bare.pop("id")
    assert at.put(bare, statementId=id).status_code == 204
    assert at.one(id)["id"] == id


@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({}, "statementId"),
        ({"statementId": "true"}, "statementId"),
        ({"statementId": "[object Object]"}, "statementId"),
        ({"StatementId": new_id()}, "StatementId"),
        ({"statementId": new_id(), "foo": "bar"}, "foo"),
        ({"statementId": new_id()}, "$.id"),
    ],
)
def test_a_put_without_its_own_id_in_the_query_is_refused(at: At, params: dict[str, str], where: str) -> None:
    """Communication 2.1.1"""
    made = statement()
    refused(at.put(made, **params), where=where)
    assert at.get(statementId=made["id"]).status_code == 404


def test_a_put_takes_one_statement_and_no_array(at: At) -> None:
    """Communication 2.1.1"""
    made = statement()
    refused(at.put([made], statementId=made["id"]), where="$")


def test_a_post_has_no_parameters(at: At) -> None:
    """Communication 3.2"""
    refused(at.post(statement(), statementId=new_id()), where="statementId")


def test_a_statement_comes_back_as_it_came_with_what_the_store_adds(at: At) -> None:
    """Data 2.4.7 to 2.4.10"""
    made = statement(result={"score": {"raw": 1.50}, "extensions": {iri(): {"b": [1, None], "a": "ä\u2028"}}})
    made |= {"authority": agent(), "stored": "2013-05-18T05:32:34.804Z"}
    at.store(made)
    back = at.one(made["id"])
    assert {name: back[name] for name in ("id", "actor", "verb", "object", "result")} == {
        name: made[name] for name in ("id", "actor", "verb", "object", "result")
    }
    assert back["timestamp"] == back["stored"] > "2026"
    moment(back["stored"])
    assert back["authority"]["account"]["homePage"] == at.record.edge.url.replace("127.0.0.1", "localhost")
    assert back["version"] == ("1.0.0" if at.version == "1.0.3" else "2.0.0")
    assert back.keys() == made.keys() | {"timestamp", "version"}


def test_a_version_that_a_statement_has_stays(at: At) -> None:
    """Data 2.4.10"""
    made = statement(version="1.0.3")
    at.store(made)
    assert at.one(made["id"])["version"] == "1.0.3"
    refused(at.post(statement(version="0.9.5")), where="$.version")


@pytest.mark.parametrize("again", ["post", "put"])
def test_the_same_statement_again_changes_nothing(at: At, again: str) -> None:
    """Data 2.3.1, Communication 2.1.1, 2.1.2"""
    made = statement(timestamp="2026-03-01T10:00:00.000Z")
    at.store(made)
    before = at.one(made["id"])
    same = copy.deepcopy(made) | {"timestamp": "2026-03-01T11:00:00+01:00", "id": made["id"].upper()}
    answer = at.post(same) if again == "post" else at.put(same, statementId=made["id"])
    assert answer.status_code == (200 if again == "post" else 204)
    assert at.one(made["id"]) == before
    assert at.found(activity=made["object"]["id"]) == [made["id"]]


@pytest.mark.parametrize("again", ["post", "put"])
def test_another_statement_of_the_same_id_is_a_conflict(at: At, again: str) -> None:
    """Data 2.3.1, Communication 2.1.1, 2.1.2"""
    made = statement()
    at.store(made)
    before = at.one(made["id"])
    other = made | {"verb": {"id": iri("verbs")}}
    new = statement()
    if again == "post":
        refused(at.post([new, other]), 409, where="$[1].id")
        assert at.get(statementId=new["id"]).status_code == 404
    else:
        refused(at.put(other, statementId=made["id"]), 409, where="$.id")
    assert at.one(made["id"]) == before


def test_one_bad_statement_refuses_its_batch_and_is_named(at: At) -> None:
    """Communication 3.2"""
    batch = [statement() for _ in range(4)]
    batch[2]["actor"]["mbox"] = "ana@example.org"
    problem = refused(at.post(batch), where="$[2].actor.mbox")
    assert problem["section"] == "Data 2.4.2.3"
    assert "mailto:" in problem["detail"]
    assert [at.get(statementId=one["id"]).status_code for one in batch] == [404] * 4


def test_an_id_may_not_be_twice_in_a_batch_even_of_equal_statements(at: At) -> None:
    """Communication 2.1.2"""
    made = statement()
    refused(at.post([statement(), made, made | {"id": made["id"].upper()}]), where="$[2].id")
    assert at.get(statementId=made["id"]).status_code == 404


KINDS: dict[str | None, int] = {
    "application/json": 200,
    "application/json; charset=utf-8": 200,
    "APPLICATION/JSON;charset=UTF-8": 200,
    "text/plain": 400,
    "application/jsonp": 400,
    "multipart/form-data; boundary=x": 400,
    "application/x-www-form-urlencoded": 400,
    None: 400,
}


@pytest.mark.parametrize("kind", KINDS)
def test_statements_are_json_by_their_content_type(at: At, kind: str | None) -> None:
    """Communication 1.5.1"""
    body = json.dumps(statement()).encode()
    answer = at.ask("POST", STATEMENTS, content=body, headers={"content-type": kind})
    assert answer.status_code == KINDS[kind]
    if kind is None or KINDS[kind] == 400:
        refused(answer, where="Content-Type")


BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "more than JSON": b"{}{}",
    "not UTF-8": b'{"a":"\xff"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "a BOM": b"\xef\xbb\xbf{}",
    "a word": b'"x"',
    "a number": b"1",
    "null": b"null",
    "too deep": b"[" * 5000 + b"]" * 5000,
    "deep in an extension": b'{"context":{"extensions":{"x:y":' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"}}}",
    "half a surrogate": b'{"id":"\\ud800"}',
    "half a surrogate beside a huge number": b'{"result":{"score":{"raw":1e999}},"actor":{"mbox":"mailto:a@b.c",'
    b'"name":"\\ud800"},"verb":{"id":"x:y"},"object":{"id":"x:y"}}',
    "an array of arrays": b"[[]]",
    "NaN": b'{"result":{"score":{"raw":NaN}}}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_json_or_no_statement_is_refused(at: At, body: bytes) -> None:
    """Data 2.2, Communication 1.4"""
    problem = refused(at.raw(body, "application/json"))
    assert problem["where"].startswith("$")
    assert problem["section"]


def test_a_member_that_is_there_twice_is_refused(at: At) -> None:
    """Data 2.2"""
    body = (
        b'{"actor":{"mbox":"mailto:a@b.c","mbox":"mailto:a@b.d"},"verb":{"id":"x:y"},"object":{"id":"x:y"}}'
    )
    assert "mbox" in refused(at.raw(body, "application/json"), where="$")["detail"]


ODD = {
    "a huge number": 10**400,
    "a tiny number": 1e-300,
    "an emoji": "\U0001f389",
    "a NUL": "a\0b",
    "an empty object": {},
    "null": None,
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_an_extension_may_be_anything(at: At, value: Any) -> None:
    """Data 4.1"""
    made = statement(context={"extensions": {"https://example.org/x": value}})
    at.store(made)
    assert at.one(made["id"])["context"] == made["context"]


@pytest.mark.parametrize("text", ["a\0b", "x" * 60_000], ids=["NUL", "long"])
def test_names_and_ids_may_be_odd_and_are_found(at: At, text: str) -> None:
    """Data 2.4.2.4"""
    who = {"account": {"homePage": "https://example.org", "name": text + new_id()}, "name": text}
    made = statement(actor=who, object={"id": iri("x" * 3000)})
    at.store(made)
    assert at.found(activity=made["object"]["id"]) == [made["id"]]
    if len(text) < 10:
        assert at.found(agent=who) == [made["id"]]


def test_a_body_may_be_gzip(at: At) -> None:
    made = statement()
    body = gzip.compress(json.dumps(made).encode())
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    assert good(at.ask("POST", STATEMENTS, content=body, headers=headers)).json() == [made["id"]]


PACKED = {
    "a bomb": (gzip.compress(b" " * 50_000_000), "gzip", 413),
    "a bomb within a bomb": (gzip.compress(gzip.compress(b" " * 5_000_000)), "gzip", 400),
    "no gzip": (b"{}", "gzip", 400),
    "half": (gzip.compress(b'{"a": "' + bytes(range(256)) * 9 + b'"}')[:-20], "gzip", 400),
    "two": (gzip.compress(b"[]") * 2, "gzip", 400),
    "another encoding": (b"[]", "br", 415),
}


@pytest.mark.parametrize(("body", "encoding", "status"), PACKED.values(), ids=PACKED)
def test_what_is_packed_badly_or_too_much_is_refused(at: At, body: bytes, encoding: str, status: int) -> None:
    headers = {"content-type": "application/json", "content-encoding": encoding}
    refused(at.ask("POST", STATEMENTS, content=body, headers=headers), status)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("times", [1, 2])
def test_a_body_that_is_too_large_is_refused_and_the_client_comes_to_read_it(
    at: At, chunked: bool, times: int
) -> None:
    """Communication 3.2"""
    made = statement(context={"extensions": {"x:y": "z" * times * MOST_BYTES}})
    body = json.dumps(made).encode()
    content = iter([body[:1000], body[1000:]]) if chunked else body
    refused(at.ask("POST", STATEMENTS, content=content, headers={"content-type": "application/json"}), 413)
    assert at.get(statementId=made["id"]).status_code == 404


def test_a_time_with_an_offset_comes_back_in_utc(at: At) -> None:
    """Data 4.5; IEEE 9274.1.1, 4.2.7"""
    made = statement(timestamp="2023-05-04T12:00:00-05:00")
    at.store(made)
    assert at.one(made["id"])["timestamp"] == "2023-05-04T17:00:00Z"
    refused(at.post(statement(timestamp="2023-05-04T12:00:00-00:00")), where="$.timestamp")


def test_what_only_the_newer_version_has_is_refused_in_the_older(at_1: At, at_2: At) -> None:
    """IEEE 9274.1.1, 4.2.4"""
    made = statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": agent()}]})
    refused(at_1.post(made), where="$.context.contextAgents")
    at_2.store(made)
    assert at_1.one(made["id"])["context"] == made["context"]


def test_statements_are_shared_by_both_versions(at_1: At, at_2: At) -> None:
    """IEEE 9274.1.1, 4.1.5"""
    made = statement()
    at_1.store(made)
    answer = at_2.get(statementId=made["id"])
    assert answer.headers[VERSION] == "2.0.0"
    assert answer.json()["version"] == "1.0.0"
