"""What is learnt from work done: need, once it beats the base rate, and what units achieve, each draw counted once."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from midflow import plugs
from midflow.core.content.release import Policy, compile_release
from midflow.core.decide import decide
from midflow.core.decide.fitted import Effects
from midflow.core.events import WorkEvent
from midflow.core.match import gate
from midflow.flow.ingest import Receipt
from midflow.flow.refit import SETTLE, count_draws, is_due_early, refit_need
from midflow.flow.replay import replay
from midflow.flow.rulebook import Rulebook, prepare
from midflow.flow.worklog import built_in
from midflow.store import log
from midflow.store.models import EFFECTS, model_versions, models
from midflow.store.sqlite import Store as SqliteStore
from midflow.store.tx import Store
from tests.flow.conftest import NOW

DAY = 86_400.0
HOUR = 3600.0
Send = Callable[..., Receipt]


def workshop(hours: int) -> list[WorkEvent]:
    """Ten people at four tasks; two of the people do most of what has to be done again."""
    chance = np.random.default_rng(1)
    found: list[WorkEvent] = []

    def row(time: float, person: int, task: int, case: int) -> None:
        found.append(
            WorkEvent(
                source="desk", id=f"desk.csv:{len(found)}", type=f"desk.task-{task}", time=time,
                person=f"P{person}", case=f"C-{case}", data={"activity": f"Task {task}"},
            )
        )  # fmt: skip

    for n in range(hours):
        person, task = int(chance.integers(10)), int(chance.integers(4))
        row(NOW + n * HOUR, person, task, n)
        if chance.random() < (0.5 if person < 2 else 0.04):
            row(NOW + (n + 0.5 + 40 * chance.random()) * HOUR, (person + 1) % 10, task, n)
    return sorted(found, key=lambda e: e.time)


def book_for(events: list[WorkEvent]) -> Rulebook:
    kinds = plugs.block_kinds()
    made = compile_release(
        built_in(events), Policy(), number=0, created=0.0, kinds=kinds, valid_condition=gate
    )
    return prepare(made, kinds)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> SqliteStore:
    """A store in which the workshop was replayed, learning at the log's own pace."""
    store = SqliteStore.open(tmp_path_factory.mktemp("worked") / "events.db")
    events = workshop(3000)
    replay(store, events, book=book_for(events), seed=0)
    return store


def test_need_is_fitted_and_speaks_once_it_beats_the_base_rate(worked: SqliteStore) -> None:
    rows = worked.read(lambda tx: log.all_decisions(tx, limit=10_000))
    fitted = ["Estimated from" in " ".join(row.situation.candidates[0].need.evidence) for row in rows]
    first = fitted.index(True)
    assert rows[first].situation.now - rows[0].situation.now > 2 * SETTLE * DAY
    assert all(fitted[-200:])
    late = [row for row, model in zip(rows, fitted, strict=True) if model]
    risky, others = (
        np.mean([r.situation.candidates[0].need.p for r in late if (r.situation.person[-1] in "01") == who])
        for who in (True, False)
    )
    assert risky > 2 * others


def test_every_decision_of_a_replay_can_be_made_again(worked: SqliteStore) -> None:
    rows = worked.read(lambda tx: log.all_decisions(tx, limit=10_000))
    assert {row.decision.reason for row in rows} >= {None, "withheld", "below_threshold"}
    for row in rows:
        assert decide(row.situation) == row.decision


def test_a_model_that_lately_said_worse_than_the_base_rate_is_not_trusted(worked: SqliteStore) -> None:
    now = NOW + 140 * DAY
    before = refit_need(worked, now)
    assert before is not None

    def spoil(tx) -> None:  # type: ignore[no-untyped-def]
        tx.execute("UPDATE begun SET said=0.9 WHERE said IS NOT NULL AND time>?", [now - 60 * DAY])

    worked.write(spoil)
    after = refit_need(worked, now)
    assert after is not None
    assert not after.trusted
    assert after.logit == before.logit


def test_too_few_tasks_teach_nothing(send: Send, store: Store) -> None:
    send()
    assert refit_need(store, NOW + 30 * DAY) is None
    assert store.read(model_versions) == {}
    assert store.read(lambda tx: is_due_early(tx, NOW))


def counted(store: Store) -> Effects:
    return msgspec.msgpack.decode(store.read(models)[EFFECTS].body, type=Effects)


def test_a_draw_counts_once_when_its_week_is_over(send: Send, store: Store) -> None:
    send(draw=0.1)
    send(draw=0.99, person="chloe", case="T-2")
    send(person="ana", case="T-2", at=NOW + 2 * DAY)
    kinds = {"hold-a-ticket": "checklist"}
    assert count_draws(store, NOW + 6 * DAY, kinds=kinds) == 0
    assert count_draws(store, NOW + 8 * DAY, kinds=kinds) == 2
    first = counted(store)
    assert count_draws(store, NOW + 8 * DAY, kinds=kinds) == 0
    assert counted(store) == first
    assert first.units["hold-a-ticket"] == first.kinds["checklist"]
    shown, withheld = store.read(log.all_decisions)[:2]
    assert shown.decision.shown
    assert withheld.decision.reason == "withheld"
    expected = sum(
        ((row.decision.shown) - (row.decision.chance or 0)) * ((row.decision.need or 0) - wrong)
        for row, wrong in ((shown, 0), (withheld, 1))
    )
    assert first.units["hold-a-ticket"].prevented == pytest.approx(expected)


def test_what_was_measured_moves_what_a_unit_is_expected_to_achieve(send: Send, store: Store) -> None:
    before = send(draw=0.1).decisions[0].situation.candidates[0]
    count_draws(store, NOW + 8 * DAY, kinds={"hold-a-ticket": "checklist"})
    after = send(at=NOW + 9 * DAY, case="T-3", person="chloe").decisions[0].situation.candidates[0]
    assert before.effect == after.prior
    assert after.effect != after.prior
    assert after.variance < before.variance


def test_the_job_learns_from_a_data_folder(worked: SqliteStore, tmp_path: Path) -> None:
    from midflow.jobs.refit import refit
    from midflow.store.jobs import Job

    now = NOW + 150 * DAY
    refit(worked, Job("refit", "", 3600.0, 1, {}), now)
    assert not worked.read(lambda tx: is_due_early(tx, now))
    assert worked.read(model_versions).keys() == {"need", "effects"}
