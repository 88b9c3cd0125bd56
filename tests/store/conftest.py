"""A store of each kind: what is promised of one is promised of the other."""

from collections.abc import Iterator

import pytest

from midflow.store.tx import Store
from tests.conftest import Opens


@pytest.fixture
def store(opens: Opens) -> Iterator[Store]:
    opened = opens()
    yield opened
    opened.close()
