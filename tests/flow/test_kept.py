"""What a process keeps between transactions follows what others decide, where it is asked to."""

from collections.abc import Callable

from midflow.core.decide.policy import worth
from midflow.flow.ingest import Receipt
from midflow.flow.work import Kept
from midflow.store import log
from midflow.store.tx import Store
from tests.flow.conftest import NOW

HOUR = 3600.0


def _kept(store: Store, kept: Kept) -> list[float]:
    store.read(kept.refresh)
    return list(kept.threshold._order)


def _stored(store: Store) -> list[float | None]:
    rows = store.read(log.all_decisions)
    return [worth(row.situation.candidates, row.situation.limits) for row in rows]


def test_who_follows_knows_what_others_moments_were_worth_each_once(
    store: Store, send: Callable[..., Receipt]
) -> None:
    follows, once = Kept(follows=True), Kept()
    send(case="T-1")
    first = _stored(store)
    assert len(first) == 1
    assert _kept(store, follows) == _kept(store, once) == first
    send(case="T-2", at=NOW + HOUR)
    send(case="T-3", at=NOW + 2 * HOUR)
    assert len(_stored(store)) == 3
    assert _kept(store, follows) == _stored(store)
    assert _kept(store, follows) == _stored(store)
    assert _kept(store, once) == first
