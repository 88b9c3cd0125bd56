"""Sign-in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "midflow.studio.accounts"
    label = "accounts"
    verbose_name = "Sign-in"
