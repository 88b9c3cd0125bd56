"""What allauth asks us."""

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    """Nobody makes an account by themselves: an address names a person, and nothing here proves whose it is."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "That address and password do not belong together.",
    }

    def is_open_for_signup(self, request):
        return False

    def get_client_ip(self, request):
        """The edge says who called it and drops what they said of that themselves; our socket knows nobody."""
        return request.META.get("HTTP_X_FORWARDED_FOR") or request.META.get("REMOTE_ADDR") or "local"
