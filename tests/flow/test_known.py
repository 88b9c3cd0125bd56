"""What need looks at is kept as events come, by the same code as in a back-test."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from midflow import plugs
from midflow.core.content.release import Policy, compile_release
from midflow.core.decide.need_model import FEATURES
from midflow.core.events import WorkEvent
from midflow.core.match import gate
from midflow.evaluate.doings import doings
from midflow.evaluate.need import table
from midflow.flow.ingest import Receipt
from midflow.flow.replay import replay
from midflow.flow.rulebook import prepare
from midflow.flow.worklog import built_in
from midflow.store.begun import begun_rows, unpacked
from midflow.store.sqlite import Store as SqliteStore
from midflow.store.tx import Store
from tests.flow.conftest import NOW

HOUR = 3600.0
OF = {name: place for place, name in enumerate(FEATURES)}
Send = Callable[..., Receipt]


def history(status: bool) -> list[WorkEvent]:
    """Five people at four tasks in forty cases; some rows at the very same time, some done again."""
    chance = np.random.default_rng(3)
    found: list[WorkEvent] = []
    time = NOW
    for n in range(600):
        time += float(chance.choice([0.0, 60.0, 5 * HOUR, 30 * HOUR], p=[0.2, 0.4, 0.3, 0.1]))
        task = f"Task {chance.choice(4, p=[0.5, 0.2, 0.2, 0.1])}"
        data: dict[str, object] = {"activity": task}
        if status:
            data["status"] = str(chance.choice(["Accepted/Open", "Completed/Closed", "Queued"]))
        found.append(
            WorkEvent(
                source="desk", id=f"desk.csv:{n}", type=f"desk.{task.lower().replace(' ', '-')}", time=time,
                person=f"P{chance.integers(5)}", case=f"C-{chance.integers(n // 4, n // 4 + 12)}", data=data,
            )
        )  # fmt: skip
    return found


@pytest.mark.parametrize("status", [True, False])
def test_a_log_gives_the_same_features_live_and_in_the_back_test(tmp_path: Path, status: bool) -> None:
    events = history(status)
    draft = built_in(events, None if status else "redo")
    kinds = plugs.block_kinds()
    book = prepare(
        compile_release(draft, Policy(), number=0, created=0.0, kinds=kinds, valid_condition=gate), kinds
    )
    store = SqliteStore.open(tmp_path / "events.db")
    replay(store, events, book=book, seed=0)
    live = store.read(lambda tx: begun_rows(tx, before=NOW * 2, most=10_000))
    store.close()
    tested = table(doings(events, draft, lambda _line: None), lambda _line: None)
    assert len(live) == len(tested.rows) == 600
    np.testing.assert_allclose([unpacked(row.facts) for row in live], tested.rows, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose([row.base for row in live], tested.baseline, rtol=1e-12)
    wrong = [row.wrong_at is not None for row in live]
    assert wrong == tested.outcomes.astype(bool).tolist()
    assert 0.05 < np.mean(wrong) < 0.5
    assert all(one.time <= other.time for one, other in pairwise(live))


def of(store: Store, name: str) -> list[float]:
    rows = store.read(lambda tx: begun_rows(tx, before=NOW * 2, most=99))
    return [unpacked(row.facts)[OF[name]] for row in rows]


def test_a_task_begun_is_not_known_to_itself(send: Send, store: Store) -> None:
    send()
    send(at=NOW + HOUR, case="T-2")
    assert of(store, "never") == [1.0, 0.0]
    assert of(store, "times") == pytest.approx([0.0, np.log(2)])


def test_the_same_error_told_twice_counts_once_and_still_dates_the_last(send: Send, store: Store) -> None:
    from midflow.store import learners

    send("desk.close", case="T-9")
    send("desk.reopen", case="T-9", at=NOW + HOUR, person="chloe")
    send("desk.close", case="T-8", at=NOW + 2 * HOUR, person="chloe")
    ana = store.read(lambda tx: learners.learner(tx, "ana"))
    assert (ana.tasks["close"].errors, ana.overall.errors) == (1, 1)
    assert of(store, "case_errors") == [0.0, 0.0]
    everyone = store.read(lambda tx: learners.sums(tx, ["", "close"]))
    assert [(found.times, found.errors) for found in everyone.values()] == [(2, 1), (2, 1)]


def test_without_a_case_the_persons_own_work_goes_wrong_once(send: Send, store: Store) -> None:
    from midflow.store import learners
    from tests.flow.conftest import DRAFT, book_of

    rule = type(DRAFT.rules[0])(id="complaint", task="close", phase="erred", events=("desk.complain",))
    import msgspec

    book = book_of(msgspec.structs.replace(DRAFT, rules=(*DRAFT.rules, rule)))
    send("desk.close", case="", book=book)
    for hour in (1, 2):
        send("desk.complain", case="", at=NOW + hour * HOUR, book=book)
    record = store.read(lambda tx: learners.learner(tx, "ana")).tasks["close"]
    assert (record.times, record.errors, record.last_error) == (1, 1, NOW + 2 * HOUR)
