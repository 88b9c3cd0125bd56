"""Where a signed-in person goes, and the token their browser shows to the edge."""

import time

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from midflow.core.events import format_time
from midflow.flow.identity import issue, read_secret
from midflow.studio.accounts.person import ask_for, person_of_user


@require_safe
def home(request):
    """Send each to where their work is."""
    user = request.user
    if not user.is_authenticated:
        return redirect("account_login")
    if user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    if user.has_perm("accounts.see_boards"):
        return redirect("board")
    return redirect("/app/")


@require_safe
def token(request):
    """A short-lived token for the person who is signed in."""
    if not request.user.is_authenticated:
        login = f"{reverse('account_login')}?{urlencode({'next': '/app/'})}"
        return _problem(
            401, "Nobody is signed in", "Sign in, then ask again.", login=login, sample=settings.DEMO
        )
    person = person_of_user(request.user)
    if person is None:
        ask_for(request.user.email)
        detail = (
            f"{request.user.email} is not linked to a person. An operator can do that at /studio/people/."
        )
        return _problem(403, "You are not a person here yet", detail, sample=settings.DEMO)
    made = issue(
        read_secret(settings.DATA / "secret.key"), person_id=person.id, now=time.time(), name=person.name
    )
    whose = {"id": person.id, "name": person.name}
    return JsonResponse({"token": made.token, "expires": format_time(made.expires), "person": whose})


def _problem(status, title, detail, **more):
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")
