"""Content."""

from django.apps import AppConfig


class AuthoringConfig(AppConfig):
    name = "midflow.studio.authoring"
    label = "authoring"
    verbose_name = "Content"

    def ready(self):
        from midflow.studio.authoring import publishing

        publishing.listen()
