"""What a browser may load: our own pages strictly, the editor as much as it needs."""

from django.core.exceptions import PermissionDenied

STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'self'; require-trusted-types-for 'script'"
)
EDITOR = "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
"""Wagtail's editor sets styles and scripts inline."""


class ContentSecurityMiddleware:
    """Put the policy on every answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        policy = EDITOR if request.path.startswith("/studio/") else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        if not request.path.startswith("/studio/static/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class EditorDoorMiddleware:
    """Whoever is signed in and has no business in the editor is told so; Wagtail would send them to the login and back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Refuse at the door."""
        inside = request.path.startswith("/studio/") and not request.path.startswith("/studio/login/")
        if (
            inside
            and request.user.is_authenticated
            and not request.user.has_perm("wagtailadmin.access_admin")
        ):
            raise PermissionDenied
