"""The studio's addresses: sign-in, boards, and the editor."""

from allauth.account import urls as account
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as editor

from midflow.studio.accounts import views as accounts
from midflow.studio.boards import views as boards

SIGN_IN = (
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate", "account_change_password",
)  # fmt: skip
"""What of allauth is open. An address names a person, so nobody changes their own, nor resets a password by mail unproven."""

to_login = RedirectView.as_view(pattern_name="account_login", query_string=True)

urlpatterns = [
    path("accounts/", accounts.home, name="home"),
    path("accounts/token", accounts.token, name="token"),
    path("accounts/", include([one for one in account.urlpatterns if one.name in SIGN_IN])),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("boards/", boards.board, name="board"),
    path("boards", RedirectView.as_view(pattern_name="board")),
    path("studio/login/", to_login),
    path("studio/password_reset/", to_login),
    path("studio/", include(editor)),
    path("studio", RedirectView.as_view(pattern_name="wagtailadmin_home")),
]
