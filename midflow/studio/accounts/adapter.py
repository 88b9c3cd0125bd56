"""What allauth asks us."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class Adapter(DefaultAccountAdapter):
    """Nobody makes an account by themselves unless the organisation wants it."""

    def is_open_for_signup(self, request):
        return settings.OPEN_SIGNUP
