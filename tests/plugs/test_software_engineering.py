"""The pack for software engineers fits the events that the GitHub source makes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import midflow
from midflow import plugs
from midflow.cli.pack import lint_pack, read_pack
from midflow.connect.sources import github
from midflow.core.content.model import Pack
from midflow.core.events import KeptFields, minimise
from midflow.core.match import CaseState, Moment, RuleIndex
from midflow.core.match.moments import CaseTask

FOLDER = Path(midflow.__file__).parent / "packs" / "software-engineering"
NOW = 1_795_000_000.0
REPOSITORY = {"full_name": "desk/app", "html_url": "https://github.com/desk/app", "default_branch": "main"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return read_pack(FOLDER, plugs.block_kinds())


def moments(
    pack: Pack, kind: str, payload: dict[str, Any], *, doers: dict[str, str] | None = None
) -> list[Moment]:
    """What the rules make of one delivery, for everybody it concerns, with only the kept fields."""
    headers = {"x-github-event": kind, "x-github-delivery": "d"}
    body = json.dumps({"repository": REPOSITORY, "sender": {"login": "ben"}, **payload}).encode()
    kept = KeptFields((source.name, source.fields) for source in pack.sources)
    tasks = {
        task: CaseTask(task=task, person=person, time=NOW - 60) for task, person in (doers or {}).items()
    }
    index = RuleIndex(pack.rules, pack.tasks)
    found: list[Moment] = []
    for event in github.events(headers, body, NOW):
        if event.person:
            small, _ = minimise(event, kept.of(event.source))
            case = CaseState(tasks=tasks)
            found += index.match(small, person=event.person, facts={"roles": []}, case=case, time=NOW).moments
    return found


def pull(**fields: Any) -> dict[str, Any]:
    return {
        "number": 12, "user": {"login": "ben"}, "draft": False, "merged": False, "additions": 40, "deletions": 5,
        "changed_files": 3, "author_association": "MEMBER", "base": {"ref": "main"}, "labels": [],
        "created_at": "2026-11-15T08:00:00Z", "updated_at": "2026-11-18T12:00:00Z", **fields,
    }  # fmt: skip


def run(**fields: Any) -> dict[str, Any]:
    return {"id": 7, "run_attempt": 1, "event": "pull_request", "head_branch": "refunds", "conclusion": "failure",
            "status": "completed", "updated_at": "2026-11-18T12:00:00Z", **fields}  # fmt: skip


def issue(*labels: str, **fields: Any) -> dict[str, Any]:
    return {"number": 3, "user": {"login": "chloe"}, "state": "open", "author_association": "MEMBER",
            "labels": [{"name": label} for label in labels], "created_at": "2026-11-18T06:00:00Z",
            "updated_at": "2026-11-18T12:00:00Z", **fields}  # fmt: skip


NEW = {"author_association": "FIRST_TIME_CONTRIBUTOR"}
CHLOE = {"login": "chloe"}
PRODUCTION = {"id": 5, "environment": "production", "creator": {"login": "ben"}}
LEAK = {"number": 1, "secret_type": "api_key", "created_at": "2026-11-18T12:00:00Z"}
HIGH = {"number": 2, "security_advisory": {"severity": "high"}, "updated_at": "2026-11-18T12:00:00Z"}

STORIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "pull-request-opened": ("pull_request", {"action": "opened", "pull_request": pull()}, "ben"),
    "pull-request-merged": (
        "pull_request", {"action": "closed", "pull_request": pull(merged=True), "sender": CHLOE}, "ben"
    ),
    "first-pull-request-opened": ("pull_request", {"action": "opened", "pull_request": pull(**NEW)}, "ben"),
    "first-pull-request-waits": (
        "pull_request",
        {"action": "labeled", "label": {"name": "stale"}, "pull_request": pull(**NEW),
         "sender": {"login": "stale[bot]", "type": "Bot"}},
        "ben",
    ),
    "large-change-opened": ("pull_request", {"action": "opened", "pull_request": pull(additions=900)}, "ben"),
    "large-change-drags-on": ("pull_request", {"action": "synchronize", "pull_request": pull(additions=1200)}, "ben"),
    "review-requested": (
        "pull_request", {"action": "review_requested", "pull_request": pull(), "requested_reviewer": CHLOE}, "chloe"
    ),
    "review-waits": (
        "pull_request", {"action": "labeled", "label": {"name": "needs-review"}, "pull_request": pull()}, "ana"
    ),
    "review-submitted": (
        "pull_request_review",
        {"action": "submitted", "review": {"state": "commented"}, "pull_request": pull(), "sender": CHLOE},
        "chloe",
    ),
    "changes-requested": (
        "pull_request_review",
        {"action": "submitted", "review": {"state": "changes_requested"}, "pull_request": pull(), "sender": CHLOE},
        "ben",
    ),
    "answer-goes-stale": (
        "pull_request", {"action": "labeled", "label": {"name": "stale"}, "pull_request": pull()}, "ana"
    ),
    "changes-approved": (
        "pull_request_review",
        {"action": "submitted", "review": {"state": "approved"}, "pull_request": pull(), "sender": CHLOE},
        "ben",
    ),
    "run-failed": ("workflow_run", {"action": "completed", "workflow_run": run()}, "ben"),
    "rerun-failed": ("workflow_run", {"action": "completed", "workflow_run": run(run_attempt=2)}, "ben"),
    "rerun-passed": (
        "workflow_run", {"action": "completed", "workflow_run": run(run_attempt=2, conclusion="success")}, "ben"
    ),
    "main-broke": (
        "workflow_run", {"action": "completed", "workflow_run": run(event="push", head_branch="main")}, "ben"
    ),
    "main-still-broken": (
        "workflow_run",
        {"action": "completed", "workflow_run": run(event="push", head_branch="main", run_attempt=2)},
        "ben",
    ),
    "thrown-out-for-conflict": (
        "pull_request",
        {"action": "dequeued", "reason": "MERGE_CONFLICT", "pull_request": pull(),
         "sender": {"login": "github-merge-queue[bot]", "type": "Bot"}},
        "ben",
    ),
    "labelled-conflict": (
        "pull_request", {"action": "labeled", "label": {"name": "needs-rebase"}, "pull_request": pull()}, "ben"
    ),
    "force-push": ("push", {"ref": "refs/heads/refunds", "forced": True, "deleted": False}, "ben"),
    "force-push-on-main": ("push", {"ref": "refs/heads/main", "forced": True, "deleted": False}, "ben"),
    "protection-changed": ("branch_protection_rule", {"action": "edited", "rule": {"id": 1}}, "ben"),
    "dependency-alert": ("dependabot_alert", {"action": "created", "alert": HIGH}, "ben"),
    "serious-alert-dismissed": (
        "dependabot_alert", {"action": "dismissed", "alert": {**HIGH, "dismissed_reason": "no_bandwidth"}}, "ben"
    ),
    "dependency-fixed": ("dependabot_alert", {"action": "fixed", "alert": HIGH}, "ben"),
    "secret-found": (
        "secret_scanning_alert",
        {"action": "created", "alert": {**LEAK, "push_protection_bypassed_by": {"login": "ben"}},
         "sender": {"login": "github", "type": "Organization"}},
        "ben",
    ),
    "secret-left-valid": (
        "secret_scanning_alert", {"action": "resolved", "alert": {**LEAK, "resolution": "wont_fix"}}, "ben"
    ),
    "secret-revoked": (
        "secret_scanning_alert", {"action": "resolved", "alert": {**LEAK, "resolution": "revoked"}}, "ben"
    ),
    "release-begun": ("release", {"action": "created", "release": {"id": 9, "draft": True}}, "ben"),
    "release-published": ("release", {"action": "published", "release": {"id": 9, "draft": False}}, "ben"),
    "release-taken-back": ("release", {"action": "deleted", "release": {"id": 9, "draft": False}}, "ben"),
    "deployment-begun": ("deployment", {"action": "created", "deployment": PRODUCTION}, "ben"),
    "deployment-failed": (
        "deployment_status",
        {"action": "created", "deployment": PRODUCTION, "sender": {"login": "deployer[bot]", "type": "Bot"},
         "deployment_status": {"state": "failure", "environment": "production"}},
        "ben",
    ),
    "deployment-succeeded": (
        "deployment_status",
        {"action": "created", "deployment": PRODUCTION,
         "deployment_status": {"state": "success", "environment": "production"}},
        "ben",
    ),
    "incident-opened": ("issues", {"action": "opened", "issue": issue("incident")}, "ben"),
    "issue-became-incident": (
        "issues", {"action": "labeled", "label": {"name": "incident"}, "issue": issue("incident")}, "ben"
    ),
    "incident-assigned": ("issues", {"action": "assigned", "assignee": CHLOE, "issue": issue("incident")}, "chloe"),
    "incident-drags-on": (
        "issue_comment",
        {"action": "created", "comment": {"updated_at": "2026-11-18T12:00:00Z"}, "issue": issue("incident")},
        "ana",
    ),
    "incident-closed": ("issues", {"action": "closed", "issue": issue("incident", state="closed")}, "ana"),
    "postmortem-due": ("issues", {"action": "closed", "issue": issue("incident", state="closed")}, "ben"),
    "postmortem-assigned": ("issues", {"action": "assigned", "assignee": CHLOE, "issue": issue("postmortem")}, "chloe"),
    "postmortem-closed": ("issues", {"action": "closed", "issue": issue("postmortem")}, "ben"),
}  # fmt: skip
"""Rule -> the delivery that is its case, and whose moment it is. Ana did every task before."""


def test_the_pack_has_no_errors_and_no_warnings() -> None:
    _, problems = lint_pack(FOLDER, plugs.block_kinds())
    assert [str(problem) for problem in problems] == []


def test_every_rule_has_its_story(pack: Pack) -> None:
    assert {rule.id for rule in pack.rules} == STORIES.keys()


@pytest.mark.parametrize("rule", STORIES)
def test_a_rule_fires_on_its_delivery_for_the_right_person(rule: str, pack: Pack) -> None:
    kind, payload, person = STORIES[rule]
    doers = {task.id: "ana" for task in pack.tasks}
    found = moments(pack, kind, payload, doers=doers)
    assert (rule, person) in {(moment.rule, moment.person) for moment in found}


QUIET: dict[str, tuple[str, dict[str, Any]]] = {
    "a run that passed at once": ("workflow_run", {"action": "completed", "workflow_run": run(conclusion="success")}),
    "a failure at night by schedule": (
        "workflow_run", {"action": "completed", "workflow_run": run(event="schedule", head_branch="main")}
    ),
    "an ordinary push": ("push", {"ref": "refs/heads/main", "forced": False, "deleted": False}),
    "a pull request of a bot": (
        "pull_request",
        {"action": "opened", "pull_request": pull(), "sender": {"login": "dependabot[bot]", "type": "Bot"}},
    ),
    "a failed preview": (
        "deployment_status",
        {"action": "created", "deployment": {"id": 6, "environment": "preview"},
         "deployment_status": {"state": "failure", "environment": "preview"}},
    ),
    "an ordinary issue": ("issues", {"action": "opened", "issue": issue("bug")}),
    "a comment of the author on their own pull request": (
        "pull_request_review",
        {"action": "submitted", "review": {"state": "commented"}, "pull_request": pull()},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", QUIET)
def test_what_needs_no_help_makes_no_moment(case: str, pack: Pack) -> None:
    assert moments(pack, *QUIET[case]) == []


def test_every_failed_try_on_main_is_about_main_alone(pack: Pack) -> None:
    kind, payload, _ = STORIES["main-broke"]
    assert {moment.task for moment in moments(pack, kind, payload)} == {"repair-main"}


def test_the_pack_keeps_what_its_conditions_read_and_the_source_can_give(pack: Pack) -> None:
    (source,) = pack.sources
    read = {field for rule in pack.rules for field in re.findall(r"\bdata\.(\w+)", rule.when)}
    assert read <= set(source.fields) <= set(github.FIELDS)


def test_every_task_has_a_unit_and_a_rule_that_starts_it(pack: Pack) -> None:
    tasks = {task.id for task in pack.tasks}
    assert {unit.task for unit in pack.units} == tasks
    assert {rule.task for rule in pack.rules if rule.phase == "starting"} == tasks


def test_right_answers_are_at_no_fixed_place_and_not_the_longest(pack: Pack) -> None:
    checks = [block.body for unit in pack.units for block in unit.blocks if block.kind == "check"]
    places = [[option.correct for option in check.options].index(True) for check in checks]
    assert all(places.count(place) <= len(checks) / 2 for place in set(places)) and len(set(places)) >= 3
    longest = [max(check.options, key=lambda option: len(option.text)).correct for check in checks]
    assert sum(longest) <= len(checks) / 3
    assert all(option.feedback for check in checks for option in check.options)
    assert all(check.reason for check in checks)
