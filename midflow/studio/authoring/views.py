"""The editor's own pages beside Wagtail's."""

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse

from midflow.core.content.release import ReleaseError
from midflow.studio.authoring import history, publishing


def releases(request):
    """List what was published, and say where what is live would not compile."""
    if not request.user.has_perm("authoring.view_unit"):
        raise PermissionDenied
    try:
        publishing.try_to_compile(publishing.gather())
        problems = []
    except ReleaseError as error:
        problems = [str(problem) for problem in error.problems if problem.severity == "error"]
    context = {
        "releases": history.changes(),
        "problems": problems,
        "header_title": "Releases",
        "page_title": "Releases",
        "header_icon": "history",
    }
    return TemplateResponse(request, "authoring/releases.html", context)
