"""@xapi/xapi, the client most JavaScript courses carry, against a running record in both versions."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.clients.conftest import Record, Story


@pytest.fixture(scope="module", params=["1.0.3", "2.0.0"])
def saw(request: pytest.FixtureRequest, record: Record, tell: Callable[..., Story]) -> Story:
    # Tests are shared out among processes one by one, and a story may be told twice to one record.
    who = f"ana-{uuid4()}"
    return tell("story.mjs", record.endpoint, record.authorization, request.param, who) | {"who": who}


def test_statements_come_back_a_page_at_a_time_the_newest_first(saw: Story) -> None:
    assert [len(page) for page in saw["pages"]] == [5, 5, 2]
    assert [id for page in saw["pages"] for id in page] == saw["sent"][::-1]


def test_ascending_pages_give_the_oldest_first(saw: Story) -> None:
    assert saw["upwards"] == saw["sent"]


def test_filters_find_what_they_name(saw: Story) -> None:
    assert saw["counts"] == {
        "verb": 4, "activity": 12, "otherActivity": 0, "relatedActivity": 12, "otherAgent": 0,
        "relatedAgent": 12, "registration": 12,
    }  # fmt: skip


def test_since_and_until_part_the_statements_between_them(saw: Story) -> None:
    # All of a batch may be stored at one instant: it then lies on one side.
    assert saw["since"]["after"] + saw["since"]["until"] == 12
    assert saw["since"]["until"] >= 7


def test_one_statement_comes_back_as_it_was_sent_with_what_the_record_adds(saw: Story) -> None:
    one = saw["one"]
    assert one["id"] == saw["sent"][0]
    assert one["actor"]["name"] == "Ana"
    assert one["duration"] == "PT0S"
    assert one["stored"].endswith("Z")
    assert one["authority"]["objectType"] == "Agent"


def test_the_formats_ids_and_canonical_are_understood(saw: Story) -> None:
    assert saw["ids"]["id"] == f"https://desk.example/tasks/{saw['who']}"
    assert "definition" not in saw["ids"]
    assert len(saw["canonical"]["name"]) == 1


def test_a_voided_statement_is_found_only_as_voided(saw: Story) -> None:
    assert saw["voided"] == {"plain": 404, "asVoided": True, "inList": False}


def test_an_attachment_comes_back_with_its_statement(saw: Story) -> None:
    assert saw["attachment"] == {"same": True, "part": "A signed agreement"}


def test_a_state_document_is_set_merged_listed_and_deleted(saw: Story) -> None:
    assert saw["state"] == {
        "missing": 404, "merged": {"page": 2, "font": "large"}, "ids": ["bookmark"], "deleted": 204, "after": 404,
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "id"), [("agentProfile", "preferences"), ("activityProfile", "hints")])
def test_a_profile_is_changed_only_by_whoever_knows_its_latest_version(
    saw: Story, kind: str, id: str
) -> None:
    assert saw[kind] == {
        "again": 412, "stale": 412, "found": {"colour": "blue", "size": 3}, "ids": [id], "deleted": 204,
        "after": 404,
    }  # fmt: skip


def test_a_person_and_an_activity_are_told_whole(saw: Story) -> None:
    assert saw["person"]["objectType"] == "Person"
    assert saw["person"]["name"] == ["Ana"]
    assert saw["activity"]["definition"]["name"] == {"en": "Issue a refund", "de": "Erstatten"}


def test_the_versions_are_told_to_whoever_asks(saw: Story) -> None:
    assert "1.0.3" in saw["about"]["version"]


def test_a_stranger_is_refused(saw: Story) -> None:
    assert saw["refused"] == 401
