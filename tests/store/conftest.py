"""A store of each kind: what is promised of one is promised of the other."""

from collections.abc import Iterator

import pytest

from midflow.store import settling
from midflow.store.tx import Store
from tests.conftest import Opens


@pytest.fixture(params=[2, settling.SETTLE_AT], ids=["settled soon", "waiting"])
def waits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have statements wait for the index, or hardly: nobody may see which."""
    monkeypatch.setattr(settling, "SETTLE_AT", request.param)
    monkeypatch.setattr(settling, "TOGETHER", 1)


@pytest.fixture
def store(opens: Opens) -> Iterator[Store]:
    opened = opens()
    yield opened
    opened.close()
