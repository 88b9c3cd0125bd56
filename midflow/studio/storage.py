"""The one place of the studio that opens the store."""

from functools import cache

from django.conf import settings

from midflow.store.open import open_store
from midflow.store.tx import Store


@cache
def store() -> Store:
    """Return this process's store."""
    return open_store(settings.DATA, settings.DATABASE_URL)
