"""What a request asks for, and what it may not."""

import json

import pytest

from midflow.core.record.problem import RecordError
from midflow.core.record.query import (
    DocumentQuery,
    Kind,
    Method,
    StatementQuery,
    parse_activity,
    parse_agent,
    parse_document,
    parse_put,
    parse_query,
)
from tests.core.record.sample import ANA, BEN, TEAM

ID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
AGENT = json.dumps(BEN)
IRI = "https://example.org/course"
TIME = "2026-05-18T05:32:34.804Z"


def test_no_parameters_ask_for_everything() -> None:
    assert parse_query({}) == StatementQuery()


def test_every_parameter_is_read() -> None:
    params = {
        "agent": AGENT, "verb": IRI, "activity": IRI, "registration": ID.upper(), "related_activities": "true",
        "related_agents": "false", "since": TIME, "until": "2026-05-18T07:32:34.8049+02:00", "limit": "10",
        "format": "ids", "attachments": "true", "ascending": "true",
    }  # fmt: skip
    assert parse_query(params) == StatementQuery(
        agent="account:https://example.org|ben", verb=IRI, activity=IRI, registration=ID, related_activities=True,
        since_ms=1779082354804, until_ms=1779082354804, limit=10, format="ids", attachments=True, ascending=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "field"), [("statementId", "statement_id"), ("voidedStatementId", "voided_statement_id")]
)
def test_one_statement_is_asked_for_with_format_and_attachments_at_most(name: str, field: str) -> None:
    query = parse_query({name: ID.upper(), "format": "canonical", "attachments": "false"})
    assert query == StatementQuery(**{field: ID, "format": "canonical"})
    for other, text in (
        ("agent", AGENT), ("verb", IRI), ("activity", IRI), ("registration", ID), ("related_activities", "true"),
        ("related_agents", "true"), ("since", TIME), ("until", TIME), ("limit", "1"), ("ascending", "true"),
    ):  # fmt: skip
        with pytest.raises(RecordError, match="cannot be used with"):
            parse_query({name: ID, other: text})


def test_a_statement_is_voided_or_not() -> None:
    with pytest.raises(RecordError, match="use one of them"):
        parse_query({"statementId": ID, "voidedStatementId": ID})


@pytest.mark.parametrize(
    "params",
    [
        {"foo": "bar"}, {"StatementId": ID}, {"Agent": AGENT}, {"LIMIT": "1"}, {"Related_Agents": "true"}, {"statement_id": ID},
        {"method": "GET"}, {"statementId": "x"}, {"voidedStatementId": ""}, {"registration": "true"}, {"verb": "read"},
        {"activity": ""}, {"since": "yesterday"}, {"until": "2026-05-18"}, {"since": "2008-09-15T15:53:00.601-00:00"},
        {"limit": "-1"}, {"limit": "1.5"}, {"limit": ""}, {"limit": "ten"}, {"limit": "9" * 19}, {"limit": "٣"},
        {"format": "IDS"}, {"format": ""}, {"attachments": "True"}, {"attachments": "1"}, {"ascending": ""},
        {"related_agents": "yes"}, {"agent": "Ana"}, {"agent": ""}, {"agent": "true"}, {"agent": "{}"}, {"agent": "[]"},
        {"agent": '{"mbox":"ana"}'}, {"agent": '{"mbox":"mailto:a@b","mbox":"mailto:a@b"}'}, {"agent": "\ud800"},
        {"agent": json.dumps(TEAM)},
    ],
)  # fmt: skip
def test_a_parameter_that_is_unknown_or_wrong_is_refused_by_name(params: dict[str, str]) -> None:
    with pytest.raises(RecordError) as caught:
        parse_query(params)
    name = next(iter(params))
    assert caught.value.where == name or caught.value.where.startswith((f"{name}.", f"{name}["))
    assert caught.value.section


def test_a_parameter_in_the_wrong_case_is_told_its_right_name() -> None:
    with pytest.raises(RecordError, match="write voidedStatementId"):
        parse_query({"VoidedStatementId": ID})


def test_a_group_with_an_identifier_can_be_asked_for() -> None:
    group = json.dumps(TEAM | {"mbox": "mailto:team@example.org"})
    assert parse_query({"agent": group}).agent == "mbox:mailto:team@example.org"


def test_a_put_names_its_statement_and_nothing_else() -> None:
    assert parse_put({"statementId": ID.upper()}) == ID
    for params in ({}, {"statementid": ID}, {"statementId": ID, "format": "ids"}, {"statementId": "1"}):
        with pytest.raises(RecordError):
            parse_put(params)


# Documents

STATE = {"activityId": IRI, "agent": json.dumps(ANA), "stateId": "bookmark"}
KINDS: dict[Kind, dict[str, str]] = {
    "state": STATE,
    "agent_profile": {"agent": json.dumps(ANA), "profileId": "likes"},
    "activity_profile": {"activityId": IRI, "profileId": "notes"},
}
METHODS: tuple[Method, ...] = ("GET", "PUT", "POST", "DELETE")


def test_a_document_is_named_by_what_it_is_about() -> None:
    assert parse_document(STATE | {"registration": ID.upper()}, kind="state", method="PUT") == DocumentQuery(
        activity=IRI, agent="mbox:mailto:ana@example.org", registration=ID, id="bookmark"
    )
    listed = {"activityId": IRI, "since": TIME}
    assert parse_document(listed, kind="activity_profile", method="GET") == DocumentQuery(
        activity=IRI, since_ms=1779082354804
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_what_a_document_is_about_must_be_said_and_nothing_unknown(kind: Kind, method: Method) -> None:
    good = KINDS[kind]
    parse_document(good, kind=kind, method=method)
    for name in good:
        left = {key: text for key, text in good.items() if key != name}
        if name in ("stateId", "profileId") and (method == "GET" or (method == "DELETE" and kind == "state")):
            assert parse_document(left, kind=kind, method=method).id is None
            continue
        with pytest.raises(RecordError, match="is missing") as caught:
            parse_document(left, kind=kind, method=method)
        assert caught.value.where == name
    for name in ("foo", "StateId", "Agent", "limit"):
        with pytest.raises(RecordError, match="is no parameter"):
            parse_document(good | {name: "x"}, kind=kind, method=method)


@pytest.mark.parametrize(
    "wrong",
    [{"activityId": "course"}, {"activityId": "true"}, {"agent": "not JSON"}, {"agent": "true"}, {"agent": json.dumps(TEAM)},
     {"registration": "true"}, {"since": "not a timestamp"}],
)  # fmt: skip
def test_parameters_of_documents_keep_the_formats_of_statements(wrong: dict[str, str]) -> None:
    with pytest.raises(RecordError) as caught:
        parse_document(STATE | wrong, kind="state", method="GET")
    assert caught.value.where.startswith(next(iter(wrong)))


def test_a_time_limits_only_lists_and_a_registration_only_state() -> None:
    with pytest.raises(RecordError):
        parse_document(STATE | {"since": TIME}, kind="state", method="DELETE")
    with pytest.raises(RecordError):
        parse_document(KINDS["agent_profile"] | {"registration": ID}, kind="agent_profile", method="GET")


# Agents and activities


def test_an_agent_or_an_activity_is_asked_for_alone() -> None:
    assert parse_agent({"agent": json.dumps(ANA)}) == ANA
    assert parse_activity({"activityId": IRI}) == IRI
    for params in ({}, {"agent": json.dumps(TEAM)}, {"agent": '{"name":"Ana"}'}, {"agent": AGENT, "x": "y"}):
        with pytest.raises(RecordError):
            parse_agent(params)
    for params in ({}, {"activityId": "x"}, {"activityid": IRI}):
        with pytest.raises(RecordError):
            parse_activity(params)
