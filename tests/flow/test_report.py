"""What an event went through is told in stages, and its decision opens into all that it was made from."""

from collections.abc import Callable

import msgspec
import pytest

from midflow.core.decide.timing import Row
from midflow.flow.explain import explain
from midflow.flow.ingest import Receipt
from midflow.flow.report import trace
from midflow.store import learners
from midflow.store.tx import Store
from tests.flow.conftest import DRAFT, NOW, book_of

Send = Callable[..., Receipt]


@pytest.mark.parametrize("draw", [0.0, 0.999])
def test_a_decision_among_the_stages_is_what_it_can_be_asked_for_by(
    store: Store, send: Send, draw: float
) -> None:
    (made,) = send(draw=draw).decisions
    stages = store.read(lambda tx: trace(tx, "ana", book_of()))
    assert [stage.stage for stage in stages][:4] == ["event", "moment", "need", "decision"]
    assert [stage.decision for stage in stages if stage.decision] == [str(made.seq)]
    assert stages[3].decision == str(made.seq)
    found = store.read(lambda tx: explain(tx, made.seq, "ana", book_of()))
    assert found is not None
    assert found["shown"] is made.decision.shown is (draw == 0.0)
    assert found["again"]["same"]


def test_an_event_without_a_decision_has_a_silence_that_opens_into_nothing(store: Store, send: Send) -> None:
    send("desk.other")
    stages = store.read(lambda tx: trace(tx, "ana", book_of()))
    assert [(stage.stage, stage.decision) for stage in stages] == [("event", None), ("decision", None)]


def test_how_long_a_prompt_waited_is_told_once_it_is_released(store: Store, send: Send) -> None:
    rules = tuple(
        msgspec.structs.replace(rule, timing="at_break") if rule.id == "hold" else rule
        for rule in DRAFT.rules
    )
    book = book_of(msgspec.structs.replace(DRAFT, rules=rules))
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    before = Row(time=NOW - 30, case="T-1", task="put-on-hold")
    store.write(lambda tx: learners.save_learners(tx, {"ana": msgspec.structs.replace(state, row=before)}))
    (made,) = send(at=NOW, book=book).decisions

    def waited() -> object:
        found = store.read(lambda tx: explain(tx, made.seq, "ana", book))
        assert found is not None
        return found["offer"]["waited_seconds"]

    assert waited() is None
    send(at=NOW + 100, case="T-2", book=book)
    assert waited() == 100.0
    told = [stage.detail for stage in store.read(lambda tx: trace(tx, "ana", book))]
    assert any("it waited 100 s for a breakpoint" in detail for detail in told)
