"""What allauth asks us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class Adapter(DefaultAccountAdapter):
    """Nobody makes an account by themselves unless the organisation wants it."""

    def is_open_for_signup(self, request):
        return settings.OPEN_SIGNUP

    def get_client_ip(self, request):
        """The edge says who called it and drops what they said of that themselves; our socket knows nobody."""
        return request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get("REMOTE_ADDR") or "local"
