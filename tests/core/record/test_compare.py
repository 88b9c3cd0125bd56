"""What counts when two statements are compared, and what does not (Data 2.3.1)."""

from typing import Any

import pytest

from midflow.core.record.compare import same
from tests.core.record.sample import ANA, BEN, COURSE, MISSING, TEAM, changed, full, nested, newer, small

ALIKE: list[tuple[str, Any]] = [
    ("id", MISSING),
    ("id", "FD41C918-B88B-4B20-A0A5-A4C32391AAA0"),
    ("timestamp", MISSING),
    ("timestamp", "2026-05-18T07:32:34.804+02:00"),
    ("timestamp", "2026-05-18T05:32:34.8040Z"),
    ("stored", MISSING),
    ("authority", ANA),
    ("version", MISSING),
    ("version", "1.0.3"),
    ("attachments", MISSING),
    ("verb.display", MISSING),
    ("verb.display", {"fr": "répondu"}),
    ("object.definition", MISSING),
    ("object.definition.name", {"fr": "Une question"}),
    ("object.objectType", MISSING),
    ("actor.objectType", MISSING),
    ("actor.mbox", "mailto:ana@EXAMPLE.org"),
    ("context.team.member", [BEN, ANA]),
    ("context.contextActivities.grouping", [COURSE]),
    ("context.contextActivities.parent.0.definition", {"name": {"en": "Course"}}),
    ("context.registration", "EC531277-B57B-4C15-8D91-D292C5B2B8F7"),
    ("context.statement.id", "6690E6C9-3EF0-4ED3-8B37-7F3964730BEE"),
    ("result.score.raw", 5.0),
]

OTHER: list[tuple[str, Any]] = [
    ("id", "00000000-0000-4000-8000-000000000000"),
    ("timestamp", "2026-05-18T05:32:34.805Z"),
    ("verb.id", "https://example.org/verbs/read"),
    ("actor", BEN),
    ("actor.name", "Anna"),
    ("actor.mbox", "mailto:Ana@example.org"),
    ("object.id", "https://example.org/another"),
    ("object", ANA),
    ("result", MISSING),
    ("result.success", False),
    ("result.duration", "PT62.5S"),
    ("result.extensions", {"https://example.org/x": []}),
    ("context.team.member", [ANA]),
    ("context.contextActivities.parent", []),
    ("context.contextActivities.other", [COURSE]),
    ("context.platform", "midflow"),
    ("context.extensions", {"https://example.org/x": [True]}),
    ("context.registration", MISSING),
]


@pytest.mark.parametrize(("path", "value"), ALIKE)
def test_a_difference_that_does_not_count_is_none(path: str, value: Any) -> None:
    assert same(full(), changed(full(), path, value))
    assert same(changed(full(), path, value), full())


@pytest.mark.parametrize(("path", "value"), OTHER)
def test_a_difference_that_counts_is_one(path: str, value: Any) -> None:
    assert not same(full(), changed(full(), path, value))
    assert not same(changed(full(), path, value), full())


@pytest.mark.parametrize("statement", [small(), full(), nested(), newer()])
def test_a_statement_is_the_same_as_itself(statement: dict[str, Any]) -> None:
    assert same(statement, changed(statement, "verb.id", statement["verb"]["id"]))


def test_a_substatement_is_compared_by_the_same_rules() -> None:
    assert same(nested(), changed(nested(), "object.timestamp", "2030-01-01T01:00:00+01:00"))
    assert same(nested(), changed(nested(), "object.verb.display", MISSING))
    assert not same(nested(), changed(nested(), "object.actor.name", "Anna"))


def test_a_duration_is_a_text_whose_digits_beyond_the_hundredth_do_not_count() -> None:
    statements = [
        changed(full(), "result.duration", text) for text in ("PT1.234S", "PT1.239S", "PT1.23S", "PT1.24S")
    ]
    assert same(statements[0], statements[1])
    assert same(statements[0], statements[2])
    assert not same(statements[0], statements[3])
    assert not same(changed(full(), "result.duration", "PT60S"), changed(full(), "result.duration", "PT1M"))


def test_true_is_not_one() -> None:
    one, true = (
        changed(full(), "result.extensions", {"https://example.org/x": {"a": [value]}}) for value in (1, True)
    )
    assert not same(one, true)


def test_context_agents_and_groups_count() -> None:
    assert not same(newer(), changed(newer(), "context.contextAgents.0.agent.name", "Anna"))
    assert same(newer(), changed(newer(), "context.contextGroups.0.group", TEAM | {"member": [BEN, ANA]}))


def test_a_reference_is_not_an_activity_of_the_same_id() -> None:
    uuid = "urn:uuid:6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
    assert not same(
        small() | {"object": {"id": uuid}},
        small() | {"object": {"objectType": "StatementRef", "id": uuid[9:]}},
    )
