"""From what is published here to a release: whole, or not at all.

A change is tried inside its transaction and refused there with every problem;
after the commit it becomes the next release, once however much was published.
"""

import time

import msgspec
from django.contrib import messages
from django.db import connection, transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpResponseRedirect, JsonResponse
from wagtail.log_actions import get_active_log_context
from wagtail.signals import published, unpublished

from midflow import plugs
from midflow.core.content.decode import ContentError
from midflow.core.content.lint import lint_rule
from midflow.core.content.model import Problem
from midflow.core.content.release import Draft, ReleaseError, compile_release
from midflow.core.match import gate
from midflow.flow.publish import Published, publish
from midflow.studio.storage import store


def gather(replacing=None) -> Draft:
    """Return all live content, with `replacing` (unsaved, about to go live) in the place of its stored self.

    Raises ReleaseError for what does not have the shape of content.
    """
    from midflow.studio.authoring.models import CONTENT

    found, problems = {}, []
    for name, model in CONTENT.items():
        rows = list(
            model.objects.filter(live=True).select_related(*(("task",) if hasattr(model, "task") else ()))
        )
        if isinstance(replacing, model):
            rows = [row for row in rows if row.pk != replacing.pk] + [replacing]
        found[name] = []
        for row in rows:
            try:
                found[name].append(row.value())
            except ContentError as error:
                problems.append(Problem(where=error.where, line=0, message=error.message, remedy=""))
    if problems:
        raise ReleaseError(problems)
    return Draft(**{name: tuple(values) for name, values in found.items()})


def try_to_compile(draft: Draft) -> None:
    """Raise ReleaseError with every problem where `draft` does not compile."""
    compile_release(draft, policy(), number=0, created=0, kinds=plugs.block_kinds(), valid_condition=gate)


def problems_with(instance) -> list[Problem]:
    """Return the errors that publishing `instance` would run into."""
    try:
        try_to_compile(gather(replacing=instance))
    except ReleaseError as error:
        return [problem for problem in error.problems if problem.severity == "error"]
    return []


def is_about_history(rule, problem: Problem) -> bool:
    """Return whether a problem with a rule is one of its history's terms."""
    value = msgspec.structs.replace(rule.value(), events=("any",), when="true")
    return problem in lint_rule(value, lambda _: None)


def policy():
    """Return the organisation's policy."""
    from midflow.studio.authoring.models import Attention

    return Attention.load().policy()


def release(by: str = "") -> Published:
    """Make what is live the current release. Raises ReleaseError."""
    return publish(store(), gather(), kinds=plugs.block_kinds(), now=time.time(), policy=policy(), by=by)


class Compile:
    """What waits for the commit."""

    def __init__(self, by: str) -> None:
        self.by = by

    def __call__(self) -> None:
        release(self.by)


def compile_after_commit(by: str = "", **_) -> None:
    """Compile once after this transaction, whatever else is published in it."""
    if not waiting():
        user = get_active_log_context().user
        transaction.on_commit(Compile(by or (user.email if user else "")))


def waiting() -> bool:
    """Return whether this transaction will compile."""
    return any(isinstance(call[1], Compile) for call in connection.run_on_commit)


def listen() -> None:
    """Compile whenever something is published, unpublished or deleted, or the limits change."""
    from midflow.studio.authoring.models import CONTENT, Attention

    for model in CONTENT.values():
        published.connect(compile_after_commit, sender=model)
        unpublished.connect(compile_after_commit, sender=model)
        post_delete.connect(compile_after_commit, sender=model)
    post_save.connect(compile_after_commit, sender=Attention)


class PublishingMiddleware:
    """Each change in the studio is one transaction, refused as a whole where it would not compile."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Run a view that changes something."""
        changes = request.method == "POST" and request.path.startswith("/studio/")
        if not changes or getattr(view, "changes_nothing", False):
            return None
        try:
            with transaction.atomic():
                response = view(request, *args, **kwargs)
                if waiting():
                    try_to_compile(gather())
                return response
        except ReleaseError as error:
            return _refused(request, error)


def _refused(request, error):
    errors = [str(problem) for problem in error.problems if problem.severity == "error"]
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(
            {"success": False, "error_code": "not_publishable", "error_message": " ".join(errors)}, status=400
        )
    messages.error(request, "Nothing was changed, because what people see would no longer hold together:")
    for text in errors[:8]:
        messages.error(request, text)
    return HttpResponseRedirect(request.get_full_path())
