"""GitHub's source plug, over GitHub's real payloads and signatures."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.connect.sources import github
from midflow.core.events import CONTEXT_LIMIT, WorkEvent, check_data
from tests.conftest import in_ci, miss

EXAMPLES = Path(__file__).parent / "github/node_modules/@octokit/webhooks-examples"
RECEIVED = 1_800_000_000.0
FREE_TEXT = ("body", "title", "message", "description", "comment", "summary", "email", "name")
SAYS_NOTHING = {"ping"}


def delivery(kind: str, payload: Any, *, id: str = "72d3162e") -> list[WorkEvent]:
    headers = {"X-GitHub-Event": kind, "X-GitHub-Delivery": id}
    return github.events(headers, json.dumps(payload).encode(), RECEIVED)


def sign(body: bytes, secret: str) -> dict[str, str]:
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


@pytest.fixture(scope="module")
def payloads() -> list[tuple[str, dict[str, Any]]]:
    """Every payload that GitHub and its users published, of github.com and of five server versions."""
    files = sorted(EXAMPLES.glob("*/index.json"))
    if not files:
        miss("GitHub's recorded payloads", "cd tests/plugs/github && npm ci", ci=in_ci())
    kinds = [kind for file in files for kind in json.loads(file.read_text(encoding="utf-8"))]
    return [(kind["name"], payload) for kind in kinds for payload in kind["examples"]]


@pytest.fixture(scope="module")
def taken(payloads: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any], list[WorkEvent]]]:
    return [(kind, payload, delivery(kind, payload)) for kind, payload in payloads]


Taken = list[tuple[str, dict[str, Any], list[WorkEvent]]]


def test_every_real_payload_becomes_events_or_a_named_nothing(taken: Taken) -> None:
    assert len(taken) > 700
    silent = {kind for kind, _, events in taken if not events}
    assert silent == SAYS_NOTHING


def test_every_type_is_github_s_own_name_of_what_happened(taken: Taken) -> None:
    for kind, payload, events in taken:
        name = f"{kind}.{payload['action']}" if payload.get("action") else kind
        assert {event.type for event in events} <= {f"com.github.{name}"}


def test_only_declared_fields_of_real_payloads_are_kept(taken: Taken) -> None:
    for _, _, events in taken:
        for event in events:
            assert event.data.keys() <= set(github.FIELDS)
            check_data(event.data)


def texts_of(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inside in value.items():
            yield from texts_of(inside, name)
    elif isinstance(value, list):
        for inside in value:
            yield from texts_of(inside, key)
    elif isinstance(value, str) and key in FREE_TEXT and (" " in value or "@" in value):
        yield value


def test_no_free_text_and_no_address_of_a_real_payload_is_kept(taken: Taken) -> None:
    named = 0
    for _, payload, events in taken:
        labels = [
            label["name"]
            for part in payload.values()
            if isinstance(part, dict)
            for label in part.get("labels") or ()
            if isinstance(label, dict)
        ]
        fine = {*labels, (payload.get("label") or {}).get("name"), _workflow(payload)}
        for event in events:
            kept = json.dumps([event.data, event.case, event.subject, event.person])
            for text in texts_of(payload):
                named += 1
                assert text in fine or json.dumps(text)[1:-1] not in kept
    assert named > 1000


def _workflow(payload: dict[str, Any]) -> str | None:
    part = payload.get("workflow")
    job = payload.get("workflow_job") or {}
    return part.get("name") if isinstance(part, dict) else job.get("workflow_name")


def test_attributes_of_real_events_are_short_single_lines_and_their_times_are_real(taken: Taken) -> None:
    for _, _, events in taken:
        for event in events:
            for text in (event.source, event.id, event.type, event.person, event.case, event.subject):
                assert len(text) <= CONTEXT_LIMIT and text.isprintable()
            assert event.source.startswith("https://")
            assert 1_400_000_000 < event.time <= RECEIVED


def test_a_redelivery_has_the_same_identities(taken: Taken) -> None:
    for kind, payload, events in taken:
        again = delivery(kind, payload)
        assert [(event.source, event.id) for event in again] == [(event.source, event.id) for event in events]
        assert len({event.id for event in events}) == len(events)


@given(st.binary(), st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_a_body_signed_with_another_secret_is_refused(body: bytes, ours: str, theirs: str) -> None:
    github.verify(sign(body, ours), body, ours)
    if ours.encode().ljust(64, b"\0") != theirs.encode().ljust(64, b"\0"):  # HMAC pads short keys with zeros
        with pytest.raises(github.SignatureError, match="the secret differs"):
            github.verify(sign(body, theirs), body, ours)


@given(st.binary(min_size=1), st.data())
def test_a_body_changed_by_one_bit_is_refused(body: bytes, data: st.DataObject) -> None:
    headers = sign(body, "shared")
    bit = data.draw(st.integers(0, 8 * len(body) - 1))
    changed = bytearray(body)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(github.SignatureError, match="body was changed"):
        github.verify(headers, bytes(changed), "shared")


def test_github_s_published_example_of_a_signature_is_accepted() -> None:
    # docs.github.com, "Validating webhook deliveries", testing the payload validation.
    given = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    github.verify({"X-Hub-Signature-256": given}, b"Hello, World!", "It's a Secret to Everybody")


@pytest.mark.parametrize(
    ("headers", "secret", "said"),
    [
        ({}, "s", "missing"),
        ({"X-Hub-Signature": "sha1=ab"}, "s", "missing"),
        ({"X-Hub-Signature-256": "sha256=ABC"}, "s", "malformed"),
        ({"X-Hub-Signature-256": "é" * 71}, "s", "malformed"),
        ({"X-Hub-Signature-256": "sha256=" + "0" * 64 + "\n"}, "s", "malformed"),
        ({"X-Hub-Signature-256": "sha256=" + "0" * 64}, "s", "wrong"),
        (sign(b"{}", ""), "", "No secret is set"),
    ],
)
def test_a_bad_signature_is_refused_with_its_reason(headers: dict[str, str], secret: str, said: str) -> None:
    with pytest.raises(github.SignatureError, match=said):
        github.verify(headers, b"{}", secret)


@pytest.mark.parametrize(
    ("headers", "body", "said"),
    [
        ({"X-GitHub-Delivery": "1"}, b"{}", "X-GitHub-Event"),
        ({"X-GitHub-Event": "Push it", "X-GitHub-Delivery": "1"}, b"{}", "X-GitHub-Event"),
        ({"X-GitHub-Event": "push"}, b"{}", "X-GitHub-Delivery"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "1\n2"}, b"{}", "X-GitHub-Delivery"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "1"}, b"{", "body: is not JSON"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "1"}, b"\xff", "body: is not JSON"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "1"}, b"[" * 100_000, "body: is not JSON"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "1"}, b"[]", "body: must be a JSON object"),
        ({"X-GitHub-Event": "push", "X-GitHub-Delivery": "1"}, b"payload=%7B%7D", "application/json"),
    ],
)
def test_a_delivery_that_cannot_be_read_names_the_place(
    headers: dict[str, str], body: bytes, said: str
) -> None:
    with pytest.raises(github.PayloadError, match=said):
        github.events(headers, body, RECEIVED)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=8,
)
parts = st.sampled_from(
    ["action", "pull_request", "issue", "sender", "repository", "alert", "ref", "number", "review"]
)
fields = st.sampled_from(
    ["user", "login", "number", "labels", "updated_at", "created_at", "full_name", "html_url"]
)


@given(
    st.sampled_from(["pull_request", "push", "issues", "dependabot_alert", "made_up"]),
    st.dictionaries(parts, anything | st.dictionaries(fields, anything, max_size=4), max_size=5),
)
def test_a_payload_of_any_shape_never_surprises(kind: str, payload: dict[str, Any]) -> None:
    for event in delivery(kind, payload):
        assert event.data.keys() <= set(github.FIELDS)
        assert event.type.startswith(f"com.github.{kind}")


def test_an_event_that_github_adds_tomorrow_has_a_type_of_its_own() -> None:
    (event,) = delivery("time_travel", {"action": "began", "sender": {"login": "ben"}})
    assert (event.type, event.person, event.time) == ("com.github.time_travel.began", "ben", RECEIVED)


PULL = {
    "number": 12, "user": {"login": "ben"}, "created_at": "2026-11-20T08:00:00Z", "updated_at": "2026-11-24T08:00:00Z",
    "author_association": "FIRST_TIME_CONTRIBUTOR", "labels": [{"name": "backend"}], "base": {"ref": "main"},
    "title": "Ana Blum's refund is late", "body": "Call her: ana@example.org",
}  # fmt: skip
REPOSITORY = {"full_name": "desk/app", "html_url": "https://github.com/desk/app", "default_branch": "main"}


def test_a_review_request_is_an_event_of_who_asked_and_one_of_who_is_asked() -> None:
    asked = {"action": "review_requested", "pull_request": PULL, "repository": REPOSITORY,
             "sender": {"login": "ben"}, "requested_reviewer": {"login": "chloe"}}  # fmt: skip
    ben, chloe = delivery("pull_request", asked, id="d1")
    assert (ben.id, ben.person, ben.data["role"]) == ("d1", "ben", "actor")
    assert (chloe.id, chloe.person, chloe.data["role"]) == ("d1-2", "chloe", "reviewer")
    assert ben.type == chloe.type == "com.github.pull_request.review_requested"
    assert ben.case == chloe.case == "desk/app/pull/12" and ben.subject == "pull/12"


def test_a_review_tells_its_author_and_how_long_the_change_waited() -> None:
    reviewed = {"action": "submitted", "pull_request": PULL, "repository": REPOSITORY, "sender": {"login": "chloe"},
                "review": {"state": "changes_requested", "submitted_at": "2026-11-22T08:00:00Z"}}  # fmt: skip
    chloe, ben = delivery("pull_request_review", reviewed)
    assert (chloe.person, ben.person, ben.data["role"]) == ("chloe", "ben", "author")
    assert ben.data["review_state"] == "changes_requested"
    assert ben.data["age_hours"] == 48.0
    assert ben.data["first_contribution"] is True
    assert ben.data["on_default_branch"] is True
    assert chloe.data["by_author"] is False


def test_who_does_it_alone_gets_one_event() -> None:
    closed = {"action": "closed", "pull_request": PULL, "repository": REPOSITORY, "sender": {"login": "ben"}}
    assert [event.person for event in delivery("pull_request", closed)] == ["ben"]


def test_a_machine_and_an_organization_are_nobody() -> None:
    for type_ in ("Bot", "Organization"):
        (event,) = delivery("push", {"sender": {"login": "builder[bot]", "type": type_}})
        assert event.person == ""


def test_a_comment_on_a_pull_request_belongs_to_the_pull_request() -> None:
    comment = {"action": "created", "issue": {"number": 12}, "repository": REPOSITORY}
    assert delivery("issue_comment", comment)[0].case == "desk/app/issues/12"
    comment["issue"] = {
        "number": 12,
        "pull_request": {"url": "https://api.github.com/repos/desk/app/pulls/12"},
    }
    assert delivery("issue_comment", comment)[0].case == "desk/app/pull/12"


def test_a_rerun_is_the_same_case_with_a_higher_attempt() -> None:
    run = {
        "id": 77,
        "run_attempt": 2,
        "conclusion": "failure",
        "event": "push",
        "updated_at": "2026-11-24T08:00:00Z",
    }
    (event,) = delivery(
        "workflow_run", {"action": "completed", "workflow_run": run, "repository": REPOSITORY}
    )
    assert (event.case, event.data["attempt"], event.data["trigger"]) == ("desk/app/run/77", 2, "push")


def test_a_push_is_timed_by_when_it_came_and_not_by_its_commits() -> None:
    push = {"ref": "refs/heads/main", "forced": True, "head_commit": {"timestamp": "2020-01-01T00:00:00Z"},
            "repository": {**REPOSITORY, "pushed_at": 1_764_000_000}}  # fmt: skip
    (event,) = delivery("push", push)
    assert event.time == 1_764_000_000
    assert event.data["forced"] is True and event.data["on_default_branch"] is True
