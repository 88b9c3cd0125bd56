"""The one place of the studio that opens the store."""

from functools import cache

from django.conf import settings

from midflow.store.sqlite import Store


@cache
def store() -> Store:
    """Return this process's store."""
    return Store.open(settings.DATA / "events.db")
