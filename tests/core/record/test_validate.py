"""The rules of the specification, one row each: what is broken, and where the error says it is."""

from decimal import Decimal
from typing import Any

import pytest

from midflow.core.record.problem import RecordError
from midflow.core.record.validate import check_activity, check_actor, check_agent, check_statement
from midflow.core.record.values import Version
from tests.core.record.sample import (
    ANA,
    BEN,
    COURSE,
    MISSING,
    REF,
    TEAM,
    changed,
    full,
    json_path,
    nested,
    newer,
    small,
)

VERSIONS: tuple[Version, ...] = ("1.0.3", "2.0.0")
LONE_GROUP = {"objectType": "Group", "mbox": "mailto:team@example.org"}
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}
CHOICES = [{"id": "a"}, {"id": "b"}]

# (section, path, the value put there, the path of the error where it is another)
REFUSED: list[tuple[str, str, Any, str | None]] = [
    # Data 2.2: members, types, nulls, case
    ("Data 2.4", "actor", MISSING, ""),
    ("Data 2.4", "verb", MISSING, ""),
    ("Data 2.4", "object", MISSING, ""),
    ("Data 2.4", "Actor", ANA, None),
    ("Data 2.4", "iD", "fd41c918-b88b-4b20-a0a5-a4c32391aaa0", None),
    ("Data 2.4", "dummy", "dummy", None),
    ("Data 2.2", "actor.name", None, None),
    ("Data 2.2", "verb.display.en-US", None, 'verb.display["en-US"]'),
    ("Data 4.4", "context.registration", None, None),
    ("Data 4.3", "object.definition.moreInfo", None, None),
    ("Data 2.4.5", "result", None, None),
    ("Data 2.4.5.1", "result.score.max", "100", None),
    ("Data 2.2", "result.success", "true", None),
    ("Data 2.2", "result.completion", 1, None),
    ("Data 2.2", "result.response", 12, None),
    ("Data 2.2", "object.definition.description.en", 5, None),
    # Data 2.4.1: id
    ("Data 4.4", "id", 12345, None),
    ("Data 4.4", "id", {"key": "x"}, None),
    ("Data 4.4", "id", "", None),
    ("Data 4.4", "id", "AA97B177-9383-4934-8543-0F91A7A028368", None),
    ("Data 4.4", "id", "MA97B177-9383-4934-8543-0F91A7A02836", None),
    ("Data 4.4", "id", "fd41c918b88b4b20a0a5a4c32391aaa0", None),
    ("Data 4.4", "id", "{fd41c918-b88b-4b20-a0a5-a4c32391aaa0}", None),
    ("Data 4.4", "id", "fd41c918-b88b-4b20-a0a5-a4c32391aaa0\n", None),
    # Data 2.4.2: actors
    ("Data 2.4.2", "actor", "mailto:ana@example.org", None),
    ("Data 2.4.2", "actor", [ANA], None),
    ("Data 2.4.2", "actor.objectType", "agent", None),
    ("Data 2.4.2", "actor.objectType", 1, None),
    ("Data 2.4.2", "actor.objectType", None, None),
    ("Data 2.4.2.1", "actor.mbox", MISSING, "actor"),
    ("Data 2.4.2.1", "actor.openid", "https://ana.example.org", "actor"),
    ("Data 2.4.2.1", "actor.member", [BEN], None),
    ("Data 2.4.2.1", "actor.Mbox", "mailto:ana@example.org", None),
    ("Data 2.4.2.3", "actor.mbox", "ana@example.org", None),
    ("Data 2.4.2.3", "actor.mbox", "mailto:should.fail.com", None),
    ("Data 2.4.2.3", "actor.mbox", "http://should.fail.com", None),
    ("Data 2.4.2.3", "actor.mbox", "mailto:a@b@c", None),
    ("Data 2.4.2.3", "actor.mbox", "mailto:", None),
    ("Data 2.4.2.3", "actor", {"mbox_sha1sum": "ebd31e95"}, "actor.mbox_sha1sum"),
    ("Data 2.4.2.3", "actor", {"mbox_sha1sum": "z" * 40}, "actor.mbox_sha1sum"),
    ("Data 4.3", "actor", {"openid": "ab=c://should.fail.com"}, "actor.openid"),
    ("Data 2.4.2.4", "actor", {"account": {"name": "ana"}}, "actor.account"),
    ("Data 2.4.2.4", "actor", {"account": {"homePage": "https://example.org"}}, "actor.account"),
    ("Data 2.4.2.4", "actor", {"account": {}}, "actor.account"),
    ("Data 2.4.2.4", "context.instructor.account.id", "x", None),
    ("Data 4.3", "context.instructor.account.homePage", "ab=c://should.fail.com", None),
    ("Data 2.2", "context.instructor.account.name", {"key": "x"}, None),
    ("Data 2.4.2.2", "actor", {"objectType": "Group", "name": "nobody"}, None),
    ("Data 2.4.2.2", "actor", {"objectType": "Group", "member": []}, None),
    ("Data 2.4.2.2", "actor", {**LONE_GROUP, "openid": "https://team.example.org"}, None),
    ("Data 2.4.2.2", "actor", {**LONE_GROUP, "member": ANA}, "actor.member"),
    ("Data 2.4.2.1", "actor", {**LONE_GROUP, "member": [LONE_GROUP]}, "actor.member[0].objectType"),
    ("Data 2.4.2.1", "context.team.member.1", {"name": "nobody"}, None),
    # Data 2.4.3: verb
    ("Data 2.4.3", "verb", "https://example.org/verbs/read", None),
    ("Data 2.4.3", "verb.id", MISSING, "verb"),
    ("Data 2.4.3", "verb.name", {"en": "x"}, None),
    ("Data 4.3", "verb.id", "read", None),
    ("Data 4.3", "verb.id", "should fail", None),
    ("Data 4.3", "verb.id", "ab=c://should.fail.com", None),
    ("Data 4.2", "verb.display", "answered", None),
    ("Data 4.2", "verb.display", {}, None),
    ("Data 4.2", "verb.display", 12345, None),
    ("Data 4.2", "verb.display", {"a12345": "x"}, "verb.display.a12345"),
    # Data 2.4.4: object
    ("Data 2.4.4", "object", "https://example.org", None),
    ("Data 2.4.4", "object.objectType", "activity", None),
    ("Data 2.4.4.1", "object", ANA | {"objectType": "Activity"}, "object.name"),
    ("Data 2.4.4.1", "object", {"mbox": "mailto:ana@example.org"}, "object.mbox"),
    ("Data 2.4.4.1", "object.id", MISSING, "object"),
    ("Data 4.3", "object.id", "question", None),
    ("Data 2.4.4.1", "object.definition", "should fail", None),
    ("Data 2.4.4.1", "object.definition.title", {"en": "x"}, None),
    ("Data 4.2", "object.definition.name", {}, None),
    ("Data 4.2", "object.definition.name", {"de-419-DE": "x"}, 'object.definition.name["de-419-DE"]'),
    ("Data 4.3", "object.definition.type", "question", None),
    ("Data 4.1", "object.definition.extensions", "x", None),
    ("Data 4.3", "object.definition.extensions", {"should fail": True}, 'object.definition.extensions["should fail"]'),
    ("Data 2.4.4.1", "object.definition.interactionType", "choiCe", None),
    ("Data 2.4.4.1", "object.definition.interactionType", "https://example.org", None),
    ("Data 2.4.4.1", "object.definition.interactionType", MISSING, "object.definition"),
    ("Data 2.4.4.1", "object.definition", {"correctResponsesPattern": []}, None),
    ("Data 2.4.4.1", "object.definition", {"steps": CHOICES}, None),
    ("Data 2.4.4.1", "object.definition.correctResponsesPattern", "a", None),
    ("Data 2.2", "object.definition.correctResponsesPattern.0", 1, None),
    ("Data 2.4.4.1", "object.definition.choices", {"id": "a"}, None),
    ("Data 2.4.4.1", "object.definition.choices.1", {"description": {"en": "x"}}, None),
    ("Data 2.4.4.1", "object.definition.choices.1.id", "a", "object.definition.choices"),
    ("Data 2.4.4.1", "object.definition.choices.1.name", "b", None),
    ("Data 2.4.4.1", "object.definition.scale", CHOICES, None),
    ("Data 2.4.4.1", "object.definition.source", CHOICES, None),
    ("Data 2.4.4.1", "object.definition.interactionType", "true-false", "object.definition.choices"),
    ("Data 2.4.4.3", "object", {"objectType": "StatementRef"}, None),
    ("Data 4.4", "object", {"objectType": "StatementRef", "id": "x"}, "object.id"),
    ("Data 2.4.4.3", "object", {**REF, "definition": {}}, "object.definition"),
    ("Data 2.3.2", "verb", VOIDED, "object"),
    # Data 2.4.5: result
    ("Data 2.4.5", "result.grade", 1, None),
    ("Data 2.4.5.1", "result.score", 5, None),
    ("Data 2.4.5.1", "result.score.percent", 5, None),
    ("Data 2.4.5.1", "result.score.scaled", 1.01, None),
    ("Data 2.4.5.1", "result.score.scaled", -1.00001, None),
    ("Data 2.4.5.1", "result.score.scaled", True, None),
    ("Data 2.4.5.1", "result.score.raw", 10.01, "result.score"),
    ("Data 2.4.5.1", "result.score.raw", -0.1, "result.score"),
    ("Data 2.4.5.1", "result.score.max", 0, "result.score"),
    ("Data 2.4.5.1", "result.score.max", -(10**4000), "result.score"),
    ("Data 4.4", "id", 10**4000, None),
    ("Data 2.2", "result.response", Decimal("1e400"), None),
    ("Data 2.4.5.1", "result.score.min", 11, "result.score"),
    ("Data 4.6", "result.duration", "PA1H0M0S", None),
    ("Data 4.6", "result.duration", 12345, None),
    ("Data 4.3", "result.extensions", {"x": 1}, "result.extensions.x"),
    # Data 2.4.6: context
    ("Data 2.4.6", "context", "Midflow", None),
    ("Data 2.4.6", "context.Platform", "Midflow", None),
    ("Data 4.4", "context.registration", "x", None),
    ("Data 2.4.2.1", "context.instructor", {"key": "x"}, "context.instructor.key"),
    ("Data 2.4.6", "context.team", ANA, "context.team.objectType"),
    ("Data 2.4.6", "context.team", {"mbox": "mailto:t@example.org"}, "context.team.objectType"),
    ("Data 2.4.6.2", "context.contextActivities", {}, None),
    ("Data 2.4.6.2", "context.contextActivities", [COURSE], None),
    ("Data 2.4.6.2", "context.contextActivities.child", [COURSE], None),
    ("Data 2.4.4.1", "context.contextActivities.parent.0", {"key": "x"}, "context.contextActivities.parent[0].key"),
    ("Data 2.4.4.1", "context.contextActivities.grouping", "https://example.org", None),
    ("Data 2.4.4.1", "context.contextActivities.grouping", ANA, "context.contextActivities.grouping.objectType"),
    ("Data 2.2", "context.revision", 1, None),
    ("Data 2.2", "context.platform", {}, None),
    ("Data 4.2", "context.language", "something", None),
    ("Data 4.2", "context.language", {"en": "x"}, None),
    ("Data 4.4", "context.statement.id", "x", None),
    ("Data 2.4.4.3", "context.statement.objectType", "statementref", None),
    ("Data 2.4.4.3", "context.statement.objectType", MISSING, "context.statement"),
    ("Data 4.3", "context.extensions", {"": 1}, 'context.extensions[""]'),
    # Data 2.4.7 to 2.4.11
    ("Data 4.5", "timestamp", "01/011/2015", None),
    ("Data 4.5", "timestamp", "2008-09-15T15:53:00.601-00:00", None),
    ("Data 4.5", "timestamp", None, None),
    ("Data 4.5", "stored", "yesterday", None),
    ("Data 2.4.9", "authority", "Ana", None),
    ("Data 2.4.9", "authority", {"objectType": "Group", "member": [ANA]}, None),
    ("Data 2.4.9", "authority", {"objectType": "Group", "member": [ANA, BEN, ANA]}, None),
    ("Data 2.4.9", "authority", {**LONE_GROUP, "member": [ANA, BEN]}, None),
    ("Data 2.4.9", "authority", {**LONE_GROUP}, None),
    ("Data 2.4.2.2", "authority", {"objectType": "Group"}, None),
    ("Data 2.4.10", "version", "0.9.9", None),
    ("Data 2.4.10", "version", "1.1.0", None),
    ("Data 2.4.10", "version", "1.0.", None),
    ("Data 2.4.10", "version", 1.0, None),
    ("Data 2.4.11", "attachments", {"usageType": "x"}, None),
    ("Data 2.4.11", "attachments.0", "x", None),
    ("Data 2.4.11", "attachments.0.usageType", MISSING, "attachments.0"),
    ("Data 2.4.11", "attachments.0.display", MISSING, "attachments.0"),
    ("Data 2.4.11", "attachments.0.contentType", MISSING, "attachments.0"),
    ("Data 2.4.11", "attachments.0.length", MISSING, "attachments.0"),
    ("Data 2.4.11", "attachments.0.sha2", MISSING, "attachments.0"),
    ("Data 2.4.11", "attachments.0.fileURL", "https://example.org", None),
    ("Data 4.3", "attachments.0.usageType", "essay", None),
    ("Data 4.3", "attachments.0.fileUrl", "essay.txt", None),
    ("Data 4.2", "attachments.0.display", "Essay", None),
    ("Data 4.2", "attachments.0.description", {}, None),
    ("Data 2.4.11", "attachments.0.contentType", "should fail", None),
    ("Data 2.4.11", "attachments.0.contentType", "text/plain\r\nX-Injected: 1", None),
    ("Data 2.4.11", "attachments.0.length", "27", None),
    ("Data 2.4.11", "attachments.0.length", 27.5, None),
    ("Data 2.4.11", "attachments.0.length", -1, None),
    ("Data 2.4.11", "attachments.0.length", True, None),
    ("Data 2.4.11", "attachments.0.sha2", 12345, None),
    ("Data 2.4.11", "attachments.0.sha2", "495395e7", None),
    ("Data 2.4.11", "attachments.0.sha2", "", None),
]  # fmt: skip

ACCEPTED: list[tuple[str, str, Any]] = [
    ("Data 2.4.1", "id", "12345678-1234-5678-1234-567812345678"),  # the specification's own example
    ("Data 2.4.1", "id", "FD41C918-B88B-4B20-A0A5-A4C32391AAA0"),
    ("Data 2.4.1", "id", MISSING),
    ("Data 2.4.2.1", "actor.objectType", MISSING),
    ("Data 2.4.2.1", "actor.name", ""),
    ("Data 2.4.2.2", "actor", TEAM),
    ("Data 2.4.2.2", "actor", LONE_GROUP),
    ("Data 2.4.2.2", "actor", {**LONE_GROUP, "member": [ANA]}),
    ("Data 2.4.2.2", "actor", {**LONE_GROUP, "member": []}),
    ("Data 2.4.2.3", "actor", {"mbox_sha1sum": "EBD31E95054C018B10727CCFFD2EF2EC3A016EE9"}),
    ("Data 2.4.2.3", "actor", {"openid": "https://ana.example.org/"}),
    ("Data 2.4.3", "verb.display", MISSING),
    ("Data 2.4.3", "verb.id", "urn:x-midflow:verb:opened"),
    ("Data 2.4.3", "verb.id", "http://example.com/فعل/خواندن"),
    ("Data 2.4.4", "object.objectType", MISSING),
    ("Data 2.4.4.1", "object.definition", {}),
    ("Data 2.4.4.1", "object.definition.correctResponsesPattern", []),
    ("Data 2.4.4.1", "object.definition.choices", []),
    ("Data 2.4.4.1", "object.definition", {"interactionType": "likert", "scale": CHOICES}),
    ("Data 2.4.4.1", "object.definition", {"interactionType": "matching", "source": CHOICES, "target": CHOICES}),
    ("Data 2.4.4.1", "object.definition", {"interactionType": "matching", "source": CHOICES}),
    ("Data 2.4.4.1", "object.definition", {"interactionType": "performance", "steps": CHOICES}),
    ("Data 2.4.4.1", "object.definition", {"interactionType": "sequencing", "choices": CHOICES}),
    ("Data 2.4.4.1", "object.definition", {"interactionType": "numeric"}),
    ("Data 2.4.5", "result", {}),
    ("Data 2.4.5.1", "result.score", {}),
    ("Data 2.4.5.1", "result.score.scaled", -1),
    ("Data 2.4.5.1", "result.score", {"scaled": 1.0, "raw": -7.25}),
    ("Data 2.4.5.1", "result.score", {"raw": 10**400, "max": 10**401}),
    ("Data 2.4.6", "context", {}),
    ("Data 2.4.6", "context.instructor", TEAM),
    ("Data 2.4.6.2", "context.contextActivities", {"other": COURSE}),
    ("Data 2.4.7", "timestamp", "2999-01-01T00:00:00Z"),  # clocks err: the future is not refused
    ("Data 2.4.7", "timestamp", MISSING),
    ("Data 2.4.9", "authority", ANA),
    ("Data 2.4.10", "version", "1.0"),
    ("Data 2.4.10", "version", "1.0.9"),
    ("Data 2.4.10", "version", MISSING),
    ("Data 2.4.11", "attachments", []),
    ("Data 2.4.11", "attachments.0.fileUrl", MISSING),
    ("Data 2.4.11", "attachments.0.length", 0),
    ("Data 2.4.11", "attachments.0.sha2", "AB" * 64),
    ("Data 4.1", "context.extensions", {}),
    ("Data 4.1", "result.extensions", {"https://example.org/x": ""}),
    ("Data 4.1", "result.extensions", {"https://example.org/x": {"any": [None, {"": {}}]}}),
]  # fmt: skip


def refusal(statement: Any, version: Version) -> RecordError:
    with pytest.raises(RecordError) as caught:
        check_statement(statement, version=version)
    return caught.value


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("section", "path", "value", "where"), REFUSED)
def test_a_statement_that_breaks_a_rule_is_refused_and_the_place_named(
    version: Version, section: str, path: str, value: Any, where: str | None
) -> None:
    error = refusal(changed(full(), path, value), version)
    expected = json_path(path) if where is None else "$" + f".{where}".rstrip(".").replace(".0", "[0]")
    assert (error.where, error.section, error.status) == (expected, section, 400)
    assert error.message


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("section", "path", "value"), ACCEPTED)
def test_what_the_specification_allows_is_accepted(
    version: Version, section: str, path: str, value: Any
) -> None:
    check_statement(changed(full(), path, value), version=version)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("make", [small, full, nested])
def test_good_statements_are_accepted_by_both_versions(make: Any, version: Version) -> None:
    check_statement(make(), version=version)


@pytest.mark.parametrize("value", [None, True, 1, "x", [], [small()], {}])
def test_what_is_no_object_or_empty_is_no_statement(value: Any) -> None:
    assert refusal(value, "1.0.3").where == "$"


def test_the_place_in_a_batch_and_the_rule_are_part_of_what_the_error_says() -> None:
    with pytest.raises(RecordError) as caught:
        check_statement(changed(full(), "actor.mbox", "ana"), version="1.0.3", where="$[3]")
    assert caught.value.where == "$[3].actor.mbox"
    assert str(caught.value).startswith("$[3].actor.mbox: must be mailto: and an e-mail address")
    assert str(caught.value).endswith("(xAPI Data 2.4.2.3)")


def test_a_member_in_the_wrong_case_is_told_its_right_name() -> None:
    assert 'write "mbox"' in refusal(changed(full(), "actor.MBox", "x"), "1.0.3").message


# SubStatements and references (Data 2.4.4.3)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("object.id", "fd41c918-b88b-4b20-a0a5-a4c32391aaa0", "$.object.id"),
        ("object.stored", "2026-05-18T05:32:34Z", "$.object.stored"),
        ("object.version", "1.0.0", "$.object.version"),
        ("object.authority", ANA, "$.object.authority"),
        ("object.actor", MISSING, "$.object"),
        ("object.verb", MISSING, "$.object"),
        ("object.object", MISSING, "$.object"),
        ("object.object", {"objectType": "SubStatement", **small()}, "$.object.object.objectType"),
        ("object.objectType", "substatement", "$.object.objectType"),
        ("object.timestamp", "2008-09-15T15:53:00.601-00", "$.object.timestamp"),
        ("object.context.team", ANA, "$.object.context.team.objectType"),
        ("object.object", REF, "$.object.context.revision"),
        ("object.object", ANA, "$.object.context.revision"),
        ("context", {"platform": "Midflow"}, "$.context.platform"),
    ],
)  # fmt: skip
def test_a_substatement_keeps_the_rules_of_statements_and_its_own(path: str, value: Any, where: str) -> None:
    assert refusal(changed(nested(), path, value), "1.0.3").where == where


@pytest.mark.parametrize("object_", [ANA, TEAM, REF, nested()["object"]])
@pytest.mark.parametrize("name", ["revision", "platform"])
def test_revision_and_platform_belong_to_statements_about_activities(object_: Any, name: str) -> None:
    statement = small() | {"object": object_}
    check_statement(statement | {"context": {"language": "en"}}, version="2.0.0")
    error = refusal(statement | {"context": {name: "x"}}, "2.0.0")
    assert (error.where, error.section) == (f"$.context.{name}", "Data 2.4.6")


def test_a_voiding_statement_has_a_reference_as_its_object() -> None:
    check_statement(small() | {"verb": VOIDED, "object": REF}, version="1.0.3")


# What 2.0 added (IEEE 9274.1.1, 4.2.2.5)


def test_context_agents_and_groups_are_of_2_0_and_refused_in_1_0_3() -> None:
    check_statement(newer(), version="2.0.0")
    error = refusal(newer() | {"version": "1.0.0"}, "1.0.3")
    assert error.where == "$.context.contextAgents"


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("contextAgents", {}, ""),
        ("contextAgents.0.objectType", "Agent", None),
        ("contextAgents.0.objectType", MISSING, "contextAgents[0]"),
        ("contextAgents.0.agent", {"key": "x"}, "contextAgents[0].agent.key"),
        ("contextAgents.0.agent", TEAM, "contextAgents[0].agent.objectType"),
        ("contextAgents.0.agent", MISSING, "contextAgents[0]"),
        ("contextAgents.0.relevantTypes", [], None),
        ("contextAgents.0.relevantTypes", ["abc"], "contextAgents[0].relevantTypes[0]"),
        ("contextGroups.0.objectType", "contextAgent", None),
        ("contextGroups.0.group", {"objectType": "Group"}, None),
        ("contextGroups.0.group", ANA, "contextGroups[0].group.objectType"),
        ("contextGroups.0.member", [ANA], None),
        ("contextGroups.0.relevantTypes", [], None),
    ],
)
def test_a_bad_context_agent_or_group_is_refused(path: str, value: Any, where: str | None) -> None:
    error = refusal(changed(newer(), f"context.{path}", value), "2.0.0")
    assert error.where == (f"$.context.{where}" if where else json_path(f"context.{path}"))


@pytest.mark.parametrize("own", ["2.0.0", "2.0"])
def test_a_statement_of_version_2_is_refused_in_a_1_0_3_request(own: str) -> None:
    check_statement(changed(full(), "version", own), version="2.0.0")
    assert refusal(changed(full(), "version", own), "1.0.3").section == "Data 2.4.10"


# Parts on their own


def test_actors_agents_and_activities_are_checked_alone() -> None:
    check_actor(TEAM)
    check_agent(ANA)
    check_activity(full()["object"])
    for check, bad in ((check_actor, {}), (check_agent, TEAM), (check_activity, {"id": "x"})):
        with pytest.raises(RecordError) as caught:
            check(bad, where="agent")
        assert caught.value.where.startswith("agent")
