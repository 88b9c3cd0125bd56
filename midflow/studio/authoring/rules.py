"""What the editor of a rule asks while somebody writes: what was seen, what the rows say, what would have matched."""

import time

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST, require_safe

from midflow.core.match.builder import RowError
from midflow.flow.seen import seen
from midflow.studio.authoring.condition import EditorRows, problem_with, rows_of, written
from midflow.studio.authoring.models import EventSource
from midflow.studio.storage import store

BEYOND_DATA = (
    ("case", "text"), ("event.source", "text"), ("event.subject", "text"),
    ("before.type", "text"), ("before.activity", "text"), ("before.status", "text"), ("before.by_me", "yes_no"),
    ("person.roles", "list"), ("person.site", "text"), ("person.locale", "text"),
)  # fmt: skip
"""Fields that every event has beside its data."""


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


def _json(found):
    return HttpResponse(msgspec.json.encode(found), content_type="application/json")
