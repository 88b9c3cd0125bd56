"""The page's answer to “what would this have done?”, of a policy that nobody has saved."""

import time
from datetime import UTC, datetime

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST
from msgspec.structs import replace
from wagtail.contrib.settings.views import get_setting_edit_handler

from midflow.core.decide.offpolicy import Estimate
from midflow.flow.policy_try import try_policy
from midflow.studio.authoring.attention import Attention
from midflow.studio.authoring.rules import problems_of
from midflow.studio.storage import store


@require_POST
def try_draft(request):
    """Show what the settings as they stand on the page would have done at the latest decisions."""
    if not request.user.has_perm("authoring.change_attention"):
        raise PermissionDenied
    form = get_setting_edit_handler(Attention).get_form_class()(
        request.POST, instance=Attention.load(), for_user=request.user
    )
    if form.errors:
        return _page(request, problems=problems_of(form))
    tried = try_policy(store(), form.instance.policy(), now=time.time())
    found = tried.evaluation
    others = [("IPS", _rate(found.ips)), ("SNIPS", _rate(found.snips))] if found.ips else []
    return _page(
        request,
        tried=tried,
        since=datetime.fromtimestamp(tried.since, UTC),
        verdict=_verdict(found),
        errors=[_rate(found.now), _rate(found.doubly_robust)],
        others=others,
    )


try_draft.changes_nothing = True


def _page(request, **context):
    return TemplateResponse(request, "authoring/policy_tried.html", context)


def _verdict(found) -> str:
    if found.difference is None:
        return found.words
    by = _hundred(found.difference)
    between = f"between {by['low']} and {by['high']} in 100 moments"
    if found.difference.high < 0:
        return f"It would have prevented errors: the difference lies {between}."
    if found.difference.low > 0:
        return f"It would have let more errors happen: the difference lies {between}."
    return f"Whether it would have prevented errors cannot be told: the difference lies {between}."


def _rate(estimate: Estimate | None) -> dict[str, str] | None:
    """As `_hundred`; an interval beyond none and all of the moments ends there."""
    if estimate is None:
        return None
    return _hundred(replace(estimate, low=max(estimate.low, 0.0), high=min(estimate.high, 1.0)))


def _hundred(estimate: Estimate | None) -> dict[str, str] | None:
    """An estimate of errors per moment, counted in a hundred moments."""
    if estimate is None:
        return None
    values = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: f"{100 * value:.1f}".replace("-", "−") for name, value in values.items()}
