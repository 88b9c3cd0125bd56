"""What the store gets: bytes as they came with what is added, and all a statement is found by."""

import json
from typing import Any

import pytest

from midflow.core.record.jsontext import encode
from midflow.core.record.prepare import Prepared, finished, prepare
from midflow.core.record.values import Version
from tests.core.record.sample import (
    ANA,
    AUTHORITY,
    BEN,
    COURSE,
    REF,
    TEAM,
    changed,
    full,
    nested,
    newer,
    small,
)

ID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
STORED = "2026-05-18T05:32:35.123Z"


def prepared(statement: dict[str, Any], version: Version = "1.0.3", raw: bytes | None = None) -> Prepared:
    return prepare(raw or encode(statement), statement, id=ID, authority=AUTHORITY, version=version)


def returned(
    statement: dict[str, Any], version: Version = "1.0.3", raw: bytes | None = None
) -> dict[str, Any]:
    return json.loads(finished(prepared(statement, version, raw), STORED))


@pytest.mark.parametrize(("version", "own"), [("1.0.3", "1.0.0"), ("2.0.0", "2.0.0")])
def test_what_a_statement_lacks_is_added(version: Version, own: str) -> None:
    added = {"id": ID, "version": own, "authority": AUTHORITY, "timestamp": STORED, "stored": STORED}
    assert returned(small(), version) == small() | added


def test_what_a_client_says_of_storage_and_authority_is_replaced() -> None:
    made = returned(full())
    assert (made["stored"], made["authority"]) == (STORED, AUTHORITY)


def test_everything_else_comes_back_as_it_was() -> None:
    statement = newer()
    statement["context"]["contextActivities"]["grouping"] = [COURSE]
    expected = statement | {"stored": STORED, "authority": AUTHORITY}
    assert returned(statement, "2.0.0") == expected


def test_members_come_back_byte_for_byte() -> None:
    raw = (
        b'{"actor": {"mbox":"mailto:ana@example.org" },\n "verb":{"id":"https:\\/\\/example.org\\/read"},'
        b' "object":{"id":"https://example.org/p\xc3\xa4ge"},'
        b'"result":{"score":{"raw":1.10},"extensions":{"https://example.org/x":1e400}}}'
    )
    body = prepared(json.loads(raw), raw=raw).body
    for member in (
        b'{"mbox":"mailto:ana@example.org" }',
        b"https:\\/\\/example.org\\/read",
        b"p\xc3\xa4ge",
        b"1.10",
        b"1e400",
    ):
        assert member in body


def test_one_context_activity_becomes_an_array_of_one_also_in_a_substatement() -> None:
    assert returned(full())["context"]["contextActivities"]["grouping"] == [COURSE]
    inside = returned(nested())["object"]["context"]
    assert inside == nested()["object"]["context"] | {
        "contextActivities": nested()["object"]["context"]["contextActivities"] | {"grouping": [COURSE]}
    }


@pytest.mark.parametrize(
    ("version", "time", "told"),
    [
        ("1.0.3", "2026-05-18T07:32:34.80412+02:00", "2026-05-18T05:32:34.80412Z"),
        ("2.0.0", "2008-09-15 15:53:00.601+00:00", "2008-09-15T15:53:00.601Z"),
        ("2.0.0", "2026-05-18T05:32:34", "2026-05-18T05:32:34Z"),
        ("1.0.3", "2026-05-18T05:32:34", "2026-05-18T05:32:34"),
    ],
)
def test_a_time_with_an_offset_comes_back_in_utc(version: Version, time: str, told: str) -> None:
    assert returned(small() | {"timestamp": time}, version)["timestamp"] == told
    inside = returned(changed(nested(), "object.timestamp", time), version)
    assert inside["object"]["timestamp"] == told


def test_a_time_of_its_own_is_kept_and_none_is_the_time_of_storing() -> None:
    assert prepared(full()).dated
    assert not prepared(small()).dated


def test_ids_are_in_small_letters_where_they_are_looked_up_and_as_sent_where_they_are_read() -> None:
    statement = small() | {"id": ID.upper(), "object": REF | {"id": REF["id"].upper()}}
    statement["context"] = {"registration": "EC531277-B57B-4C15-8D91-D292C5B2B8F7"}
    made = prepare(encode(statement), statement, id=ID.upper(), authority=AUTHORITY, version="1.0.3")
    assert (made.id, made.target, made.registration) == (
        ID,
        REF["id"],
        "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
    )
    assert json.loads(finished(made, STORED))["id"] == ID.upper()


def test_a_statement_is_found_by_its_actor_object_and_their_members() -> None:
    statement = small() | {
        "actor": TEAM,
        "object": {"objectType": "Group", "openid": "https://g.example.org", "member": [BEN]},
    }
    assert prepared(statement).agents == (
        "mbox:mailto:ana@example.org",
        "account:https://example.org|ben",
        "openid:https://g.example.org",
    )
    assert prepared(statement).activities == ()


def test_a_broad_search_finds_everyone_and_every_activity_of_a_statement() -> None:
    coach = {"objectType": "Agent", "mbox_sha1sum": "A" * 40}
    crew = {"objectType": "Group", "openid": "https://crew.example.org"}
    statement = newer()
    statement["context"]["contextAgents"] = [{"objectType": "contextAgent", "agent": coach}]
    statement["context"]["contextGroups"] = [{"objectType": "contextGroup", "group": crew}]
    made = prepared(statement, "2.0.0")
    assert made.agents == ("mbox:mailto:ana@example.org",)
    assert set(made.related_agents) == {
        "mbox:mailto:ana@example.org", "account:https://example.org|ben", "mbox_sha1sum:" + "a" * 40,
        "openid:https://crew.example.org", "account:https://record.example.org|key-1",
    }  # fmt: skip
    assert made.activities == ("https://example.org/question",)
    assert set(made.related_activities) == {"https://example.org/question", "https://example.org/course"}


def test_what_a_substatement_is_about_is_found_broadly_only() -> None:
    statement = nested()
    statement["object"]["actor"] = BEN
    made = prepared(statement)
    assert (made.agents, made.activities) == (("mbox:mailto:ana@example.org",), ())
    assert "account:https://example.org|ben" in made.related_agents
    assert "https://example.org/question" in made.related_activities
    assert made.registration is None


def test_a_voiding_statement_says_what_it_voids() -> None:
    voiding = small() | {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": REF}
    assert (prepared(voiding).target, prepared(voiding).voids) == (REF["id"], REF["id"])
    commenting = small() | {"object": REF}
    assert (prepared(commenting).target, prepared(commenting).voids) == (REF["id"], None)


def test_what_was_learnt_of_activities_names_and_attachments_is_told() -> None:
    statement = full()
    statement["attachments"][0]["sha2"] = "A" * 64
    made = prepared(statement)
    assert made.definitions == (("https://example.org/question", full()["object"]["definition"]),)
    assert ("mbox:mailto:ana@example.org", "Ana") in made.names
    assert made.attachments == ("a" * 64,)
    assert (made.version, made.verb) == ("1.0.0", "https://example.org/verbs/answered")


def test_a_group_without_identifier_is_found_by_its_members_only() -> None:
    assert prepared(small() | {"actor": TEAM}).agents == (
        "mbox:mailto:ana@example.org",
        "account:https://example.org|ben",
    )
    assert ANA["name"] in dict(prepared(small() | {"actor": TEAM}).names).values()
