"""GitHub: a webhook of a repository, an organization or an enterprise.

Every delivery becomes the sender's event and, where it concerns somebody else
too, an event of the same type for each of them; `role` in the data says which.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

import msgspec

from midflow.core.events import CONTEXT_LIMIT, MAX_ITEMS, WorkEvent

NAME = "github"
TITLE = "GitHub"
TYPES = """\
`com.github.<event>.<action>`, or `com.github.<event>` where the delivery has no action: GitHub's own names
of webhook events, such as `com.github.pull_request.opened`. `ping` makes no event. The person is an account's
login, "" where a machine acted; the case is `<owner>/<repository>/pull/12`, `issues/7`, `run/123`, and so on."""

KEPT: dict[str, tuple[str, ...]] = {
    "action": ("action",),
    "repository": ("repository.full_name",),
    "number": ("number", "pull_request.number", "issue.number", "discussion.number", "alert.number"),
    "state": ("deployment_status.state", "alert.state", "pull_request.state", "issue.state", "state"),
    "status": ("workflow_run.status", "workflow_job.status", "check_run.status", "check_suite.status"),
    "conclusion": (
        "workflow_run.conclusion", "workflow_job.conclusion", "check_run.conclusion", "check_suite.conclusion",
    ),
    "workflow": ("workflow.name", "workflow_job.workflow_name"),
    "trigger": ("workflow_run.event",),
    "attempt": ("workflow_run.run_attempt", "workflow_job.run_attempt"),
    "review_state": ("review.state",),
    "reason": ("reason", "issue.state_reason", "alert.dismissed_reason", "alert.resolution"),
    "author_association": ("pull_request.author_association", "issue.author_association"),
    "draft": ("pull_request.draft", "release.draft"),
    "merged": ("pull_request.merged",),
    "additions": ("pull_request.additions",),
    "deletions": ("pull_request.deletions",),
    "changed_files": ("pull_request.changed_files",),
    "label": ("label.name",),
    "severity": ("alert.security_advisory.severity", "alert.rule.security_severity_level", "alert.rule.severity",
                 "alert.severity", "security_advisory.severity"),
    "push_protection_bypassed": ("alert.push_protection_bypassed",),
    "environment": ("deployment_status.environment", "deployment.environment"),
    "prerelease": ("release.prerelease",),
    "forced": ("forced",),
    "deleted": ("deleted",),
}  # fmt: skip
"""Field of the data -> where in the payload it stands; the first place that has it counts."""

FIELDS = (*KEPT, "labels", "role", "by_author", "first_contribution", "on_default_branch", "age_hours")
"""All that is kept. No titles, texts, names of branches, messages, or addresses of people."""

CONCERNS: dict[str, tuple[tuple[str, str], ...]] = {
    "pull_request.assigned": (("assignee", "assignee"),),
    "pull_request.closed": (("author", "pull_request.user"),),
    "pull_request.dequeued": (("author", "pull_request.user"),),
    "pull_request.labeled": (("author", "pull_request.user"),),
    "pull_request.review_requested": (("reviewer", "requested_reviewer"),),
    "pull_request_review.submitted": (("author", "pull_request.user"),),
    "issues.assigned": (("assignee", "assignee"),),
    "deployment_status.created": (("creator", "deployment.creator"),),
    "secret_scanning_alert.created": (("bypasser", "alert.push_protection_bypassed_by"),),
    "member.added": (("member", "member"),),
    "membership.added": (("member", "member"),),
    "organization.member_added": (("member", "membership.user"),),
}
"""Whom a delivery concerns beside its sender: their role, and where in the payload they stand."""

CASES = (
    ("pull", "pull_request.number"), ("issues", "issue.number"), ("discussions", "discussion.number"),
    ("run", "workflow_run.id"), ("run", "workflow_job.run_id"), ("suite", "check_run.check_suite.id"),
    ("suite", "check_suite.id"), ("deployment", "deployment.id"), ("release", "release.id"),
)  # fmt: skip
OBJECTS = {
    "issues": "issue", "pull_request_review": "review", "pull_request_review_comment": "comment",
    "issue_comment": "comment", "commit_comment": "comment", "discussion_comment": "comment",
    "branch_protection_rule": "rule",
}  # fmt: skip
"""What an event is about, where it does not have the event's name. An alert is always `alert`."""

TIMES = {
    "submitted": "submitted_at", "completed": "completed_at", "in_progress": "started_at",
    "published": "published_at", "released": "published_at", "prereleased": "published_at",
}  # fmt: skip
"""Where the time of an action stands in an object that has no `updated_at`."""

UNTIMED = ("deleted", "pinned", "unpinned", "transferred")
"""Actions that leave `updated_at` as it was."""

LAST_SECOND = 253402300799
"""The end of the year 9999, where RFC 3339 ends."""

NEWCOMERS = ("FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR")
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")
_NAME = re.compile(r"[a-z0-9_]{1,80}")


class SignatureError(ValueError):
    """The delivery was not signed with the secret that we share with GitHub."""


class PayloadError(ValueError):
    """A delivery that cannot be read: the place and what is wrong there."""


def verify(headers: Mapping[str, str], body: bytes, secret: str) -> None:
    given = _header(headers, "X-Hub-Signature-256")
    if not secret:
        raise SignatureError("No secret is set for GitHub, so no delivery can be trusted.")
    if not given:
        raise SignatureError("X-Hub-Signature-256 is missing. Set the secret in GitHub's webhook settings.")
    if not _SIGNATURE.fullmatch(given):
        raise SignatureError(
            "X-Hub-Signature-256 is malformed: it must be 'sha256=' and 64 hexadecimal digits."
        )
    if not hmac.compare_digest(
        given, "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    ):
        raise SignatureError("X-Hub-Signature-256 is wrong: the secret differs, or the body was changed.")


def events(headers: Mapping[str, str], body: bytes, received: float) -> list[WorkEvent]:
    kind, delivery = _header(headers, "X-GitHub-Event"), _header(headers, "X-GitHub-Delivery")
    if not _NAME.fullmatch(kind):
        raise PayloadError("X-GitHub-Event: must name a webhook event, such as 'push'.")
    if not _word(delivery) or len(delivery) > 100:
        raise PayloadError("X-GitHub-Delivery: must be the delivery's id.")
    payload = _decode(body)
    if kind == "ping":
        return []
    action = _word(payload.get("action"))
    name = f"{kind}.{action}" if action else kind
    time = _time(kind, action, payload, received)
    data, place = _data(payload, time), _case(payload, kind)
    repository = data.get("repository", "")
    return [
        WorkEvent(
            source=_source(payload), id=delivery if n == 1 else f"{delivery}-{n}", type=f"com.github.{name}",
            time=time, person=person, case=f"{repository}/{place}" if repository and place else place,
            subject=place, data={**data, "role": role},
        )
        for n, (role, person) in enumerate(_people(name, payload), 1)
    ]  # fmt: skip


def _header(headers: Mapping[str, str], name: str) -> str:
    """The header, however it is written: HTTP does not tell apart small and capital letters."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def _decode(body: bytes) -> dict[str, Any]:
    if body.startswith(b"payload="):
        raise PayloadError("body: is a form. Set the webhook's content type to application/json.")
    try:
        payload = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"body: is not JSON: {error}.") from None
    if not isinstance(payload, dict):
        raise PayloadError("body: must be a JSON object.")
    return cast("dict[str, Any]", payload)


def _at(payload: Any, path: str) -> Any:
    """What stands at a dotted path; None where nothing does."""
    for key in path.split("."):
        payload = cast("dict[str, Any]", payload).get(key) if isinstance(payload, dict) else None
    return payload


def _word(value: Any) -> str:
    """A short text on one line, or "" for anything else."""
    return (
        value if isinstance(value, str) and len(value) <= CONTEXT_LIMIT // 2 and value.isprintable() else ""
    )


def _source(payload: Mapping[str, Any]) -> str:
    for path in ("repository.html_url", "organization.html_url", "enterprise.html_url"):
        if address := _word(_at(payload, path)):
            return address.replace("http://", "https://", 1)
    login = _word(_at(payload, "repository.full_name")) or _word(_at(payload, "organization.login"))
    return f"https://github.com/{login}".rstrip("/")


def _people(name: str, payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    actor = _login(payload.get("sender"))
    yield "actor", actor
    for role, path in CONCERNS.get(name, ()):
        person = _login(_at(payload, path))
        if person and person != actor:
            yield role, person


def _login(account: Any) -> str:
    """The account's name; "" for a machine and for an organization, which learn nothing."""
    return "" if _at(account, "type") in ("Bot", "Organization") else _word(_at(account, "login"))


def _case(payload: Mapping[str, Any], kind: str) -> str:
    alert = kind.removesuffix("_alert").replace("_", "-")
    for place, path in (*CASES, (alert, "alert.number")):
        number = _at(payload, path)
        if isinstance(number, int):
            # To GitHub a comment on a pull request is a comment on an issue.
            is_pull = place == "issues" and _at(payload, "issue.pull_request")
            return f"{'pull' if is_pull else place}/{number}"
    return ""


def _data(payload: Mapping[str, Any], time: float) -> dict[str, Any]:
    found = {field: _first(payload, paths) for field, paths in KEPT.items()}
    thing = payload.get("pull_request") or payload.get("issue")
    if isinstance(thing, dict):
        author = _word(_at(thing, "user.login"))
        found["by_author"] = bool(author) and author == _word(_at(payload, "sender.login"))
        found["first_contribution"] = found["author_association"] in NEWCOMERS
        begun = _seconds(_at(thing, "created_at"))
        found["age_hours"] = None if begun is None else round(max(0.0, time - begun) / 3600, 1)
        labels = _at(thing, "labels")
        names = [_word(_at(label, "name")) for label in labels] if isinstance(labels, list) else []
        found["labels"] = [name for name in names if name][:MAX_ITEMS]
    found["on_default_branch"] = _on_default_branch(payload)
    return {field: value for field, value in found.items() if value is not None}


def _first(payload: Mapping[str, Any], paths: tuple[str, ...]) -> Any:
    values = (_at(payload, path) for path in paths)
    return next((v for v in values if isinstance(v, bool | int | float) or (v and _word(v))), None)


def _on_default_branch(payload: Mapping[str, Any]) -> bool | None:
    default = _word(_at(payload, "repository.default_branch"))
    ref = _first(payload, ("pull_request.base.ref", "workflow_run.head_branch", "workflow_job.head_branch",
                           "check_suite.head_branch", "deployment.ref", "ref"))  # fmt: skip
    return None if not default or ref is None else str(ref).removeprefix("refs/heads/") == default


def _time(kind: str, action: str, payload: Mapping[str, Any], received: float) -> float:
    """When it happened, as the event's object tells; `received` where it does not."""
    thing = payload.get("alert") or payload.get(OBJECTS.get(kind, kind))
    if kind == "push":
        told = _seconds(_at(payload, "repository.pushed_at"))
    elif action in UNTIMED:
        told = None
    else:
        places = ("updated_at", TIMES.get(action, ""))
        told = next((t for t in (_seconds(_at(thing, place)) for place in places) if t is not None), None)
    return received if told is None else told


def _seconds(value: Any) -> float | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LAST_SECOND:
        return float(value)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.timestamp() if moment and moment.tzinfo else None
