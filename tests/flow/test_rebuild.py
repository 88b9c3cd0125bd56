"""What is known of people can be made again from the log at any time, and comes out as it was live."""

import random
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midflow.core.content.blocks.check import Check, Option
from midflow.core.content.model import Block
from midflow.core.events import WorkEvent
from midflow.core.learner.memory import WEIGHTS
from midflow.core.learner.state import LearnerState
from midflow.core.learner.weights import FEATURES
from midflow.flow.deliver import release_paused
from midflow.flow.fit_answers import FEWEST_ANSWERS, refit_correction, refit_response
from midflow.flow.fitted import fitted, save_fsrs, shipped
from midflow.flow.ingest import admit, ingest
from midflow.flow.rebuild import rebuild
from midflow.flow.respond import Report, expire, respond
from midflow.flow.settle import settle_work
from midflow.store import learners
from midflow.store.evidence import begin_evidence, last_evidence
from midflow.store.models import tallies
from midflow.store.people import Person
from midflow.store.sqlite import Store as SqliteStore
from midflow.store.tx import Store
from tests.flow.conftest import DESK, DRAFT, NOW, book_of, hold_unit
from tests.flow.test_respond import DAY, outcome

HOME = "https://midflow.example"
CHECKS = tuple(
    Block(
        kind="check",
        id=id,
        body=Check(question="?", options=(Option(text="Yes.", correct=True), Option(text="No.")), reason="."),
    )
    for id in ("why", "when", "who")
)
BOOK = book_of(
    type(DRAFT)(
        units=(hold_unit(blocks=(*hold_unit().blocks[:1], *CHECKS)),),
        tasks=DRAFT.tasks, rules=DRAFT.rules, sources=DRAFT.sources,
    )
)  # fmt: skip
PEOPLE = {id: Person(id=id, name=id.title(), roles=("support-agent",)) for id in ("ana", "chloe")}

Step = tuple[str, str, str, int, bool]
"""What happens: the kind, whose it is, which check or event, minutes since the step before, right or not."""

steps = st.tuples(
    st.sampled_from(["answer", "answer", "again", "late", "tick", "apply", "work", "expire", "pause", "settle", "complete"]),
    st.sampled_from(sorted(PEOPLE)),
    st.sampled_from(["why", "when", "who"]),
    st.integers(0, 3 * 24 * 60),
    st.booleans(),
)  # fmt: skip


class Life:
    """A random life lived through the front doors, by a clock that is set back now and then."""

    def __init__(self, store: Store) -> None:
        self.store, self.now, self.count = store, NOW, 0
        self.sent: list[dict[str, object]] = []

    def live(self, step: Step) -> None:
        kind, who, what, minutes, right = step
        self.now += minutes * 60.0
        self.count += 1
        if kind == "work":
            self._work(who, what, right)
        elif kind == "expire":
            self.store.write(lambda tx: expire(tx, now=self.now))
        elif kind == "pause":
            self.store.write(lambda tx: release_paused(tx, now=self.now))
        elif kind == "settle":
            self.store.write(lambda tx: settle_work(tx, book=BOOK, now=self.now))
        else:
            self._tell(who, self._outcome(kind, what, right))

    def _work(self, who: str, what: str, right: bool) -> None:
        kind = {"why": "desk.wait", "when": "desk.close", "who": "desk.reopen"}[what]
        event = WorkEvent(
            source=DESK, type=kind, id=f"e{self.count}", person=who, time=self.now - 60.0 * (not right) * 600,
            case=f"T-{self.count % 3}", data={},
        )  # fmt: skip
        arrival = admit(event, BOOK, received=self.now, reachable=True)
        for _ in range(2):  # the second is a duplicate
            self.store.write(lambda tx: ingest(tx, [arrival], book=BOOK, draw=lambda: 0.0))

    def _outcome(self, kind: str, what: str, right: bool) -> dict[str, object]:
        if kind == "again" and self.sent:
            return self.sent[-1]
        at = self.now - (3 * DAY if kind == "late" else 0.0)
        if kind == "tick":
            return outcome("ticked", at=at, block="list", result={"items": ["reason", "date"]})
        if kind in ("apply", "complete"):
            return outcome("applied" if kind == "apply" else "completed", at=at)
        return outcome("answered", at=at, block=what, result={"answer": [int(not right)]})

    def _tell(self, who: str, told: dict[str, object]) -> None:
        self.sent.append(told)
        report = Report(person=PEOPLE[who], outcomes=(told,), received=self.now)
        self.store.write(lambda tx: respond(tx, [report], book=BOOK, home=HOME, now_ms=int(self.now * 1000)))


def states(store: Store) -> dict[str, LearnerState]:
    return {id: store.read(lambda tx, id=id: learners.learner(tx, id)) for id in PEOPLE}


def sums(store: Store, *kinds: str) -> dict[tuple[str, str], bytes]:
    def read(tx: Any) -> dict[tuple[str, str], bytes]:
        names = [name for (name,) in tx.execute("SELECT DISTINCT name FROM tally").fetchall()]
        return {(kind, name): body for kind in kinds for name, body in tallies(tx, kind, names).items()}

    return store.read(read)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=40))
def test_made_again_from_the_log_it_is_what_it_was_live(tmp_path_factory: Any, life: list[Step]) -> None:
    store = SqliteStore.open(tmp_path_factory.mktemp("life") / "events.db")
    try:
        from midflow.store.people import add_account, save_person

        for person in PEOPLE.values():
            store.write(
                lambda tx, p=person: (save_person(tx, p, now=NOW), add_account(tx, DESK, p.id, p.id, now=NOW))
            )
        living = Life(store)
        for step in life:
            living.live(step)
        live, counted = states(store), sums(store, "answers", "recalled")
        lines = sums(store, "line", "shift")
        store.write(
            lambda tx: (
                tx.execute("DELETE FROM learner"),
                tx.execute("DELETE FROM tally WHERE kind='answers'"),
            )
        )
        done = rebuild(store)
        assert done.evidence == store.read(last_evidence)
        assert states(store) == live
        assert sums(store, "answers", "recalled") == counted
        assert sums(store, "line", "shift").keys() == lines.keys()
    finally:
        store.close()


def lived(life: Life, answers: int, seed: int = 1) -> None:
    draw = random.Random(seed)
    for _ in range(answers):
        who, what = draw.choice(sorted(PEOPLE)), draw.choice(("why", "when", "who"))
        life.live(("answer", who, what, draw.randint(60, 3000), draw.random() < 0.9))


def test_a_refit_keeps_what_answers_do_not_speak_of_and_is_picked_up(store: Store) -> None:
    life = Life(store)
    lived(life, FEWEST_ANSWERS - 1)
    assert refit_response(store, now=NOW) is None
    lived(life, 40, seed=2)
    weights = refit_response(store, now=NOW)
    assert weights is not None
    assert store.read(fitted).response == weights
    assert np.isfinite(weights.values).all()
    assert weights != shipped().response
    far = max(abs(a - b) for a, b in zip(weights.values, shipped().response.values, strict=True))
    assert far < 2.0
    assert len(weights.values) == len(FEATURES)
    correction = refit_correction(store, now=NOW)
    assert correction is not None
    assert store.read(fitted).correction == correction


def test_with_other_weights_of_memory_states_are_made_again_by_them(store: Store) -> None:
    lived(Life(store), 30)
    before = states(store)["ana"]
    store.write(lambda tx: save_fsrs(tx, (*(2 * w for w in WEIGHTS[:4]), *WEIGHTS[4:]), now=NOW))
    rebuild(store)
    after = states(store)["ana"]
    assert after.memories.keys() == before.memories.keys()
    assert any(after.memories[check].stability > before.memories[check].stability for check in after.checks)
    assert after.answering == before.answering


def test_where_the_evidence_was_not_kept_it_begins_with_what_was_known(store: Store) -> None:
    """A store of an older Midflow has states and no evidence."""
    lived(Life(store), 20)
    before = states(store)
    store.write(lambda tx: (tx.execute("DELETE FROM evidence"), begin_evidence(tx), begin_evidence(tx)))
    assert rebuild(store) == (len(PEOPLE), len(PEOPLE))
    assert states(store) == before
