"""What a writer remembers of people and cases from one transaction to the next is what is stored."""

from pathlib import Path

import pytest

from midflow.core.learner.state import LearnerState
from midflow.core.match import CaseState
from midflow.store import learners
from midflow.store.sqlite import Store
from midflow.store.tx import Tx

EARLIER, LATER = LearnerState(seen=1.0), LearnerState(seen=2.0)
BEGUN, GONE_ON = CaseState(last_time=1.0), CaseState(last_time=2.0)


def _save(tx: Tx, state: LearnerState, case: CaseState) -> None:
    learners.save_learners(tx, {"ana": state})
    learners.save_cases(tx, {("desk", "T-1"): case})


def _to_move(tx: Tx) -> tuple[LearnerState, CaseState]:
    return learners.learner_to_move(tx, "ana"), learners.case_to_move(tx, "desk", "T-1")


def test_what_was_saved_is_not_read_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "events.db")
    store.write(lambda tx: _save(tx, EARLIER, BEGUN))
    state, case = store.write(_to_move)
    assert state is EARLIER
    assert case is BEGUN
    store.close()


def test_what_another_process_saved_is_read(tmp_path: Path) -> None:
    store, other = Store.open(tmp_path / "events.db"), Store.open(tmp_path / "events.db")
    store.write(lambda tx: _save(tx, EARLIER, BEGUN))
    other.write(lambda tx: _save(tx, LATER, GONE_ON))
    assert store.write(_to_move) == (LATER, GONE_ON)
    store.close()
    other.close()


def test_what_is_undone_is_forgotten(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "events.db")
    store.write(lambda tx: _save(tx, EARLIER, BEGUN))

    def fail(tx: Tx) -> None:
        _save(tx, LATER, GONE_ON)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(fail)
    assert store.write(_to_move) == (EARLIER, BEGUN)
    store.close()


def test_those_noted_longest_ago_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learners, "MOST_STATES", 2)
    store = Store.open(tmp_path / "events.db")
    for person in ("ana", "bo", "ana", "cy"):
        store.write(lambda tx, person=person: learners.save_learners(tx, {person: EARLIER}))
    assert store.write(lambda tx: list(tx.memory.states)) == ["ana", "cy"]
    store.close()
