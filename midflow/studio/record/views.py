"""The record in the studio: an overview, a list to filter and page, one statement in full."""

import mimetypes
import time
from datetime import UTC, datetime
from functools import wraps

import msgspec
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from midflow.core.record import sentence
from midflow.core.record.actors import ifi
from midflow.core.record.values import milliseconds
from midflow.flow import browse
from midflow.studio.record.forms import FilterForm, agent_fields
from midflow.studio.storage import store

RIGHT = "accounts.see_record"
LONGEST_JSON = 200_000
"""Characters of a statement that a page shows."""

HOUR_MS = 3_600_000


def for_operators(view):
    """Refuse everybody else."""

    @require_safe
    @wraps(view)
    def guarded(request, **kwargs):
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        return view(request, **kwargs)

    return guarded


@for_operators
def overview(request):
    """Show what came in, from whom, where it is sent on to, and what was erased."""
    found = browse.read_overview(store(), home=settings.BASE_URL, reader=_reader(request))
    busiest = max(count for _, count in found.days)
    days = [
        {
            "day": _moment(start),
            "count": count,
            "left": place * 10,
            "height": -(-100 * count // max(busiest, 1)),
            "url": _list_url(since=f"{_moment(start):%Y-%m-%d}", until=f"{_moment(start):%Y-%m-%d}"),
        }
        for place, (start, count) in enumerate(found.days)
    ]
    context = {
        "found": found,
        "first": found.first_ms and _moment(found.first_ms),
        "last": _moment(found.last_ms),
        "days": days,
        "recent": sum(count for _, count in found.days),
        "busiest": max(days, key=lambda one: one["count"]),
        "ranked": [
            ("By verb", "Verb", [(one, _list_url(verb=one.id)) for one in found.verbs]),
            ("By activity", "Activity", [(one, _list_url(activity=one.id)) for one in found.activities]),
        ],
        "receivers": [(one, max(found.last_seq - one.reached, 0)) for one in found.receivers],
        "erasures": [(one, _moment(one.at)) for one in found.erasures],
        "now": time.time() * 1000,
    }
    return _page(request, "overview", "Record", context)


@for_operators
def statements(request):
    """Show the statements that are asked for, a page of them."""
    form = FilterForm(request.GET, label_suffix="")
    verbs, activities = browse.suggest(store())
    context = {"form": form, "verbs": verbs, "activities": activities, "filtered": _given(request, form)}
    if not form.is_valid():
        return _page(request, "statements", "Statements", context, status=400)
    agent, choices = _agent(request, form)
    if choices is not None and agent is None:
        context |= {"choices": choices, "wanted": form.cleaned_data["agent"]}
        return _page(request, "statements", "Statements", context)
    found = browse.read_list(
        store(),
        form.filters(agent),
        before=_number(request, "before"),
        after=_number(request, "after"),
        reader=_reader(request),
    )
    asked = _given(request, form)
    context |= {
        "lines": [_line(one) for one in found.shown],
        "older": found.older and _list_url(**asked, before=found.older),
        "newer": found.newer and _list_url(**asked, after=found.newer),
        "agent": agent and sentence.identifier_in_words(agent),
    }
    return _page(request, "statements", "Statements", context)


@for_operators
def statement(request, id):
    """Show one statement: in a sentence, what it is connected with, and as it is."""
    found = browse.read_one(store(), str(id), reader=_reader(request))
    if found is None:
        raise Http404
    shown = found.shown.statement
    text = msgspec.json.format(found.raw, indent=2).decode()
    context = {
        "id": found.shown.id,
        "line": _line(found.shown),
        "statement": shown,
        "sentence": sentence.sentence(shown),
        "stored": _moment(found.shown.stored),
        "happened": _moment(milliseconds(shown["timestamp"])),
        "authority": sentence.who(shown["authority"]) if "authority" in shown else None,
        "voided": found.voided,
        "facts": _facts(shown),
        "files": [(sentence.in_english(file.about.get("display")), file) for file in found.files],
        "related": [
            ("It refers to", [_line(one) for one in found.refers]),
            ("What refers to it", [_line(one) for one in found.referring]),
        ],
        "most_referring": browse.MOST_REFERRING if len(found.referring) == browse.MOST_REFERRING else 0,
        "text": text[:LONGEST_JSON],
        "left_out": max(len(text) - LONGEST_JSON, 0),
    }
    return _page(request, "statement", "Statement", context)


@for_operators
def attachment(request, id, sha2):
    """Hand out the data of an attachment, as a file that no browser opens in our name."""
    part = browse.read_file(store(), str(id), sha2, reader=_reader(request))
    if part is None:
        raise Http404
    ending = mimetypes.guess_extension(part.content_type.partition(";")[0].strip()) or ".bin"
    answer = HttpResponse(part.body, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{part.sha2[:16]}{ending}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _page(request, name, title, context, status=200):
    frame = {"page_title": title, "header_title": title, "header_icon": "list-ul", "place": name}
    return TemplateResponse(request, f"record/{name}.html", frame | context, status=status)


def _reader(request):
    return browse.Reader(request.user.email, time.time())


def _agent(request, form):
    """Return the agent that is asked for, if there is one, and which ones there are to choose from, None without need."""
    if not form.cleaned_data["agent"]:
        return None, None
    exact = form.exact_agent()
    if exact is not None:
        return exact, None
    found = browse.find_agents(
        store(), form.cleaned_data["agent"], home=settings.BASE_URL, reader=_reader(request)
    )
    if len(found) == 1:
        return found[0].id, None
    asked = {name: value for name, value in _given(request, form).items() if name not in ("agent", "home")}
    return None, [(one, _list_url(**asked, **agent_fields(one.id))) for one in found]


def _given(request, form):
    return {name: request.GET[name] for name in form.fields if request.GET.get(name, "").strip()}


def _number(request, name):
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _list_url(**asked):
    return f"{reverse('record_statements')}?{urlencode(asked)}"


def _line(one):
    """Return a statement as a row shows it."""
    made = one.statement
    happened = _moment(milliseconds(made["timestamp"]))
    agent = ifi(made["actor"])
    return {
        "url": reverse("record_statement", args=[one.id]),
        "id": one.id,
        "stored": _moment(one.stored),
        "happened": happened
        if happened and abs(milliseconds(made["timestamp"]) - one.stored) > HOUR_MS
        else None,
        "who": sentence.who(made["actor"]),
        "who_url": _list_url(**agent_fields(agent)) if agent else None,
        "did": sentence.did(made["verb"]),
        "what": sentence.what(made["object"]),
        "how": sentence.how(made.get("result", {})),
        "sentence": sentence.sentence(made),
    }


def _facts(made):
    """Return what a statement is found by: label, text, and the list that it leads to."""
    found = [("Verb", made["verb"]["id"], _list_url(verb=made["verb"]["id"]))]
    agent = ifi(made["actor"])
    if agent:
        found.insert(0, ("Person", sentence.identifier_in_words(agent), _list_url(**agent_fields(agent))))
    about = made["object"]
    if about.get("objectType", "Activity") == "Activity":
        found.append(("Activity", about["id"], _list_url(activity=about["id"])))
    registration = made.get("context", {}).get("registration")
    if registration:
        found.append(("Registration", registration, _list_url(registration=registration)))
    return found


def _moment(ms):
    """Return a time of the record, None where it is beyond the years that can be written."""
    try:
        return datetime.fromtimestamp(ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
