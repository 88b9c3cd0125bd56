"""Whatever comes over the wire: taken, or refused with the place and the rule; never half, and never a failure here."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.record.test_fuzz import anything, mutants
from tests.edge.xapi.made import BOUNDARY, attached, iri, mixed, new_id, part, statement
from tests.edge.xapi.record import STATEMENTS, At, Record

FEW = settings(
    max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
"""The same examples in each run: what they find is to be found again. `check` refuses every answer of 500 and above."""

VERSIONS = st.sampled_from(["1.0.3", "2.0.0"])
NUMBERS = st.sampled_from([b"1e999", b"-1e999", b"1" * 400, b"1E-400", b"0.1e1000000000000000000000", b"-0"])
TEXTS = st.sampled_from(
    [b'"\\ud800"', b'"\\u0000"', b'"' + b"x" * 3000 + b'"', b'"\xf0\x9f\x8e\x89"', b'"\\ud83c\\udf89"']
)


def fair(at: At, answer: Any, *, batch: bool = False) -> None:
    """An answer to statements: ids, or a refusal that names the place and the rule."""
    if answer.status_code == 200:
        assert all(len(id) == 36 for id in answer.json())
        return
    problem = answer.json()
    assert answer.status_code in (400, 409), problem
    assert problem["section"], problem
    if batch and answer.status_code == 400 and problem["where"].startswith("$"):
        assert problem["where"].startswith("$[1]") or problem["where"] == "$", problem


@FEW
@given(made=mutants() | anything, version=VERSIONS)
def test_a_broken_statement_is_refused_and_nothing_of_its_batch_is_stored(
    record: Record, made: Any, version: str
) -> None:
    at = record.at(version)
    if isinstance(made, dict) and "id" in made:
        made["id"] = new_id() if isinstance(made["id"], str) and len(made["id"]) == 36 else made["id"]
    before, after = statement(), statement()
    answer = at.post([before, made, after])
    if answer.status_code == 400 and "part" not in answer.json()["where"]:
        fair(at, answer, batch=True)
    expected = 200 if answer.status_code == 200 else 404
    assert at.get(statementId=before["id"]).status_code == expected
    assert at.get(statementId=after["id"]).status_code == expected


@FEW
@given(made=mutants(), version=VERSIONS)
def test_what_is_taken_comes_back_in_every_format(record: Record, made: dict[str, Any], version: str) -> None:
    at = record.at(version)
    made.pop("id", None)
    answer = at.post(made)
    fair(at, answer)
    if answer.status_code == 200:
        (id,) = answer.json()
        for params in ({}, {"format": "ids"}, {"format": "canonical"}, {"attachments": True}):
            answers = [at.get(statementId=id, **params), at.get(voidedStatementId=id, **params)]
            assert sorted(one.status_code for one in answers) == [200, 404]


@FEW
@given(odd=NUMBERS | TEXTS, more=NUMBERS | TEXTS, place=st.integers(0, 5), version=VERSIONS)
def test_odd_numbers_and_texts_are_taken_or_refused_wherever_they_stand(
    record: Record, odd: bytes, more: bytes, place: int, version: str
) -> None:
    values = [b'"Ana"', b'"in English"', b"1", b'"x"', b'"https://example.org/x"', b'"r"']
    values[place] = odd
    body = (
        b'{"actor":{"mbox":"mailto:a@b.c","name":%b},"verb":{"id":"x:y","display":{"en":%b}},"object":{"id":%b},'
        b'"result":{"score":{"raw":%b},"response":%b,"extensions":{"x:y":[%b,%b]}}}'
    ) % (values[0], values[1], values[4], values[2], values[5], values[3], more)
    at = record.at(version)
    answer = at.raw(body, "application/json")
    fair(at, answer)
    if answer.status_code == 200:
        (id,) = answer.json()
        for params in ({}, {"format": "ids"}, {"format": "canonical"}):
            json.loads(at.get(statementId=id, **params).content)


BROKEN = st.binary(max_size=40) | st.sampled_from(
    [b"\r\n--" + BOUNDARY.encode(), b"--", b"\r\n\r\n", b"\x00", b""]
)


def cut(draw: Callable[..., Any], whole: bytes) -> bytes:
    """Bytes with a piece of them taken out and another put in."""
    begin = draw(st.integers(0, len(whole)))
    end = draw(st.integers(begin, min(len(whole), begin + 30)))
    return whole[:begin] + draw(BROKEN) + whole[end:]


@FEW
@given(data=st.data(), version=VERSIONS)
def test_bytes_that_are_cut_or_grown_are_taken_or_refused(
    record: Record, data: st.DataObject, version: str
) -> None:
    at = record.at(version)
    whole = json.dumps([statement(), statement()]).encode()
    fair(at, at.raw(cut(data.draw, whole), "application/json"))


@FEW
@given(data=st.data(), version=VERSIONS)
def test_parts_that_are_cut_or_grown_are_taken_or_refused(
    record: Record, data: st.DataObject, version: str
) -> None:
    at = record.at(version)
    did = iri("verbs")
    whole, kind = mixed([statement(verb={"id": did}, attachments=[attached()])], part())
    answer = at.raw(cut(data.draw, whole), kind)
    fair(at, answer)
    if answer.status_code != 200:
        assert at.found(verb=did) == []


@FEW
@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(["application/json", f"multipart/mixed; boundary={BOUNDARY}"]),
)
def test_any_bytes_at_all_are_refused(record: Record, body: bytes, kind: str) -> None:
    at = record.at("1.0.3")
    answer = at.raw(body, kind)
    fair(at, answer)


@FEW
@given(
    kind=st.text(max_size=40).map(lambda text: f"multipart/mixed{text}")
    | st.text(st.characters(max_codepoint=255), max_size=80).map(
        lambda text: f"multipart/mixed; boundary={text}"
    )
)
def test_any_boundary_is_taken_or_refused(record: Record, kind: str) -> None:
    kind = "".join(letter for letter in kind if letter.isprintable())
    body, _ = mixed(statement(), first="application/json")
    fair(record.at("2.0.0"), record.at("2.0.0").raw(body, kind.strip()))


NAMES = [
    "statementId", "agent", "verb", "activity", "registration", "related_agents", "since", "until", "limit", "format",
    "attachments", "ascending", "cursor", "method", "stateId", "profileId", "activityId", "x",
]  # fmt: skip
PATHS = [
    STATEMENTS, "/xapi/activities", "/xapi/agents", "/xapi/activities/state", "/xapi/activities/profile",
    "/xapi/agents/profile", "/xapi/about", "/xapi/extensions/profile",
]  # fmt: skip
VALUES = (
    st.text(max_size=20)
    | anything.map(json.dumps)
    | st.sampled_from([
        "https://example.org/x", "true", "1", "2026-01-01T00:00:00Z", new_id(), '{"mbox":"mailto:a@b.c"}', "ids", "a\0b",
        '{"account":{"homePage":"x:y","name":"\\u0000"}}', "9" * 30, "canonical", "x" * 5000,
    ])
)  # fmt: skip


@FEW
@given(
    path=st.sampled_from(PATHS),
    method=st.sampled_from(["GET", "HEAD", "PUT", "POST", "DELETE"]),
    params=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5),
    version=VERSIONS,
)
def test_any_parameters_are_answered(
    record: Record, path: str, method: str, params: dict[str, str], version: str
) -> None:
    more = {"json": {"a": 1}} if method in ("PUT", "POST") else {}
    answer = record.at(version).ask(method, path, params=params, **more)
    assert answer.status_code in (200, 204, 400, 404, 405, 409, 412)


@FEW
@given(
    query=st.binary(max_size=30),
    fields=st.dictionaries(st.sampled_from([*NAMES, "content", "Content-Type", "If-Match"]), VALUES),
)
def test_any_query_and_any_form_are_answered(record: Record, query: bytes, fields: dict[str, str]) -> None:
    at = record.at("1.0.3")
    encoded = "".join(f"%{byte:02x}" if byte not in b"&=+" else chr(byte) for byte in query)
    assert at.ask("GET", f"{STATEMENTS}?{encoded}").status_code in (200, 400)
    for method in ("GET", "PUT", "POST"):
        for path in (STATEMENTS, "/xapi/activities/state"):
            answer = at.ask("POST", f"{path}?method={method}", data=fields)
            assert answer.status_code in (200, 204, 400, 404, 409, 412)


@pytest.mark.parametrize(
    "accept", ["", "*", "de;q=2", "," * 500, "de" * 500, "en-" * 100, "en;q=0.0000001", "ü"]
)
def test_any_accept_language_is_answered(at: At, accept: str) -> None:
    (id,) = at.store(statement(verb={"id": "x:y", "display": {"en": "a", "de": "b"}}))
    params = {"statementId": id, "format": "canonical"}
    assert at.ask("GET", STATEMENTS, params=params, headers={"accept-language": accept}).status_code == 200
