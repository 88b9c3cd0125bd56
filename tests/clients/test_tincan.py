"""tincan, the client of Python courses and of older tools, against a running record."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.clients.conftest import Record, Story


@pytest.fixture(scope="module")
def saw(record: Record, tell: Callable[..., Story]) -> Story:
    return tell("story.py", record.endpoint, *record.basic, f"ana-{uuid4()}")


def test_statements_come_back_a_page_at_a_time_the_newest_first(saw: Story) -> None:
    assert [len(page) for page in saw["pages"]] == [5, 5, 3]
    assert [id for page in saw["pages"] for id in page] == saw["sent"][::-1]


def test_ascending_pages_give_the_oldest_first(saw: Story) -> None:
    assert saw["upwards"] == saw["sent"]


def test_filters_find_what_they_name(saw: Story) -> None:
    assert saw["counts"] == {
        "verb": 5, "activity": 13, "otherActivity": 0, "relatedActivity": 13, "registration": 13,
    }  # fmt: skip


def test_one_statement_can_be_read_back_into_the_clients_own_objects(saw: Story) -> None:
    assert saw["one"] == {"id": saw["sent"][0], "name": "Ana", "seconds": 0, "stored": True}


def test_a_voided_statement_is_found_only_as_voided(saw: Story) -> None:
    assert saw["voided"] == {"plain": 404, "asVoided": True, "inList": False}


def test_a_state_document_is_set_listed_and_deleted(saw: Story) -> None:
    assert saw["state"] == {"missing": 404, "found": '{"page":1}', "ids": ["bookmark"], "after": 404}


@pytest.mark.parametrize(("kind", "id"), [("agentProfile", "preferences"), ("activityProfile", "hints")])
def test_a_profile_is_changed_only_by_whoever_knows_its_latest_version(
    saw: Story, kind: str, id: str
) -> None:
    assert saw[kind] == {
        "unsaid": 400, "found": "large font", "unconditional": 409, "changed": 204, "stale": 412, "second": "small font",
        "deleted": 204, "after": 404, "ids": [id],
    }  # fmt: skip
