"""What the editor of a rule asks while somebody writes: what was seen, what the rows say, what would have matched."""

import time
from datetime import UTC, datetime, timedelta

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.utils.datastructures import MultiValueDictKeyError
from django.views.decorators.http import require_POST, require_safe

from midflow import plugs
from midflow.core.content.decode import ContentError
from midflow.core.match.builder import RowError
from midflow.flow.rulebook import current_book
from midflow.flow.rules_try import RuleError, try_rule
from midflow.flow.seen import seen
from midflow.studio.authoring.bodies import in_labels
from midflow.studio.authoring.condition import EditorRows, problem_with, rows_of, written
from midflow.studio.authoring.models import EventSource, Rule
from midflow.studio.authoring.preview import in_plain_words
from midflow.studio.storage import store

BEYOND_DATA = (
    ("case", "text"), ("event.source", "text"), ("event.subject", "text"),
    ("before.type", "text"), ("before.activity", "text"), ("before.status", "text"), ("before.by_me", "yes_no"),
    ("person.roles", "list"), ("person.site", "text"), ("person.locale", "text"),
)  # fmt: skip
"""Fields that every event has beside its data."""


DAYS = {"1": 1.0, "7": 7.0, "30": 30.0}
SHOWN = 50
"""Matches that the page lists: the latest."""


class Question(msgspec.Struct):
    """A condition, as rows or as the line that somebody wrote."""

    rows: EditorRows | None = None
    when: str = "true"


def for_authors(view):
    """Refuse whoever may not write rules; no answer changes anything."""

    def guarded(request):
        if not (
            request.user.has_perm("authoring.change_rule") or request.user.has_perm("authoring.add_rule")
        ):
            raise PermissionDenied
        return view(request)

    guarded.changes_nothing = True
    return guarded


@require_safe
@for_authors
def seen_lately(request):
    """Return event types with counts, and the fields and values that rows may ask for."""
    found = seen(store(), now=time.time())
    fields = [msgspec.to_builtins(field) for field in found.fields]
    named = {field["name"] for field in fields}
    kept = {name for source in EventSource.objects.filter(live=True) for name in source.fields}
    fields += [_field(name, "text") for name in sorted(kept | {"activity", "status"}) if name not in named]
    fields += [_field(name, kind) for name, kind in BEYOND_DATA]
    return _json({"types": found.types, "fields": fields})


def _field(name, kind):
    return {"name": name, "kind": kind, "values": [], "types": []}


@for_authors
@require_POST
def condition(request):
    """Return the CEL of rows, or the rows of CEL, and what the gate says of it: the row where it is one's, else None."""
    try:
        asked = msgspec.json.decode(request.body, type=Question)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return HttpResponseBadRequest()
    if asked.rows is None:
        return _json({"rows": rows_of(asked.when), "problem": problem_with(asked.when), "place": None})
    try:
        text = written(asked.rows)
    except RowError as error:
        return _json({"when": None, "problem": f"Row {error.place + 1}: {error}", "place": error.place})
    return _json({"when": text, "problem": problem_with(text), "place": None})


@for_authors
@require_POST
def try_draft(request):
    """Show what the rule as it stands in the editor would have made of the latest events."""
    form = _form(request)
    if form is None or form.errors:
        return _tried(request, problems=problems_of(form))
    book = current_book(store(), plugs.block_kinds())
    days = DAYS.get(request.POST.get("days"), 7.0)
    try:
        rule = form.instance.value()
        found = try_rule(store(), rule, book=book, now=time.time(), reader=request.user.email, days=days)
    except ContentError as error:
        return _tried(request, problems=[in_plain_words(error)])
    except RuleError as error:
        return _tried(
            request, problems=[in_labels(said.rpartition(": error: ")[2]) for said in error.problems]
        )
    return _tried(request, found=found, rule=rule, days=days)


def _form(request):
    """The editor's form over the rule that is being written, which nothing here saves; None where fields are missing."""
    number = request.GET.get("rule", "")
    rule = Rule.objects.filter(pk=number).first() if number.isdecimal() else None
    form_class = Rule.get_edit_handler().get_form_class()
    form = form_class(request.POST, instance=rule or Rule(), for_user=request.user)
    try:
        form.full_clean()
    except MultiValueDictKeyError:
        return None
    return form


def problems_of(form) -> list[str]:
    """Return what is wrong with a form, each with the label of its field."""
    if form is None:
        return ["The form came without its fields. Reload the page."]
    labels = {name: field.label or name for name, field in form.fields.items()}
    return [
        f"{labels[name]}: {said}" if name in labels else said
        for name, texts in form.errors.items()
        for said in texts
    ]


def _tried(request, *, found=None, rule=None, days=7.0, problems=()):
    context = {"found": found, "rule": rule, "days": days, "problems": problems}
    if found is not None:
        context["per_day"] = _bars(found)
        latest = sorted(found.matches, key=lambda match: match.at, reverse=True)[:SHOWN]
        context["matches"] = [(_moment(match.at), match) for match in latest]
        context["all_late"] = all(match.late for match in found.matches)
        context["since"] = _moment(found.since)
    return TemplateResponse(request, "authoring/tried.html", context)


def _bars(found):
    """Every day of the span with its count, and its share of the busiest in hundredths."""
    first, last = (_moment(at).date() for at in (found.since, found.until))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    most = max(found.per_day.values(), default=1)
    counts = [(day, found.per_day.get(day.isoformat(), 0)) for day in days]
    return [(day, count, round(100 * count / most)) for day, count in counts]


def _moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def _json(found):
    return HttpResponse(msgspec.json.encode(found), content_type="application/json")
