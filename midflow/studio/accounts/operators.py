"""The page on which an operator says whose an account is."""

import time
from datetime import UTC, datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from midflow.flow.people import PeopleError, add_person, map_account
from midflow.store import people
from midflow.store.privacy import log_access
from midflow.studio.accounts.person import SOURCE
from midflow.studio.storage import store

PAGE = 50


class MapForm(forms.Form):
    """An account, and the person it belongs to: one there is, or a new one."""

    source = forms.CharField(widget=forms.HiddenInput)
    name = forms.CharField(widget=forms.HiddenInput)
    person = forms.CharField(required=False, widget=forms.Select)
    new_name = forms.CharField(required=False, max_length=120)
    new_email = forms.EmailField(required=False)

    def clean(self):
        found = super().clean()
        if bool(found.get("person")) == bool(found.get("new_name", "").strip()):
            raise forms.ValidationError("Choose a person, or write the name of a new one; not both.")
        return found


def people_page(request):
    """List people and the accounts that are nobody's; map one of these."""
    if not request.user.has_perm("accounts.manage_people"):
        raise PermissionDenied
    if request.method == "POST":
        return _map(request)
    return TemplateResponse(request, "accounts/people.html", _read(request))


def _read(request):
    """Read what the page shows, and write down whose data was looked at."""
    number = request.GET.get("p", 1)

    def read(tx):
        everybody = people.people(tx)
        page = Paginator(everybody, PAGE).get_page(number)
        for person in page:
            log_access(
                tx, at=time.time(), reader=request.user.email, purpose="operations", subject=person.id,
                what="list of people: name, site, roles, teams",
            )  # fmt: skip
        return (
            page,
            [(person.id, person.name) for person in everybody],
            people.unknown_accounts(tx),
            people.teams(tx),
        )

    page, choices, unknown, teams = store().write(read)
    accounts = [(account, datetime.fromtimestamp(account.last_seen, UTC)) for account in unknown]
    rows = [(person, [teams.get(team, team) for team in person.teams]) for person in page]
    return {
        "page_title": "People",
        "header_title": "People",
        "header_icon": "group",
        "page": page,
        "rows": rows,
        "choices": choices,
        "accounts": accounts,
        "own": SOURCE,
    }


def _map(request):
    form = MapForm(request.POST)
    if not form.is_valid():
        for error in (text for texts in form.errors.values() for text in texts):
            messages.error(request, error)
        return redirect("people")
    try:
        name = store().write(lambda tx: _save(tx, form.cleaned_data, time.time()))
    except PeopleError as error:
        messages.error(request, str(error))
    else:
        account = f"{form.cleaned_data['name']} ({form.cleaned_data['source']})"
        messages.success(request, f"{account} is {name} from now on. Earlier events stay nobody's.")
    return redirect("people")


def _save(tx, found, now):
    person_id = found["person"]
    if not person_id:
        made = add_person(tx, name=found["new_name"], email=found["new_email"], now=now)
        person_id = made.id
    map_account(tx, source=found["source"], name=found["name"], person_id=person_id, now=now)
    return people.person(tx, person_id).name
