"""Everybody's state made again from a million answers in the store's columns, on one core."""

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from midflow.core.learner.evidence import Answered
from midflow.core.learner.memory import DAY, PUBLISHED
from midflow.flow.everybody import Everybody
from midflow.flow.rebuild import project
from midflow.store.evidence import EvidenceRow, add_evidence, all_evidence
from midflow.store.sqlite import Store

PEOPLE = 5_000
CHECKS = 200
BATCH = 10_000


def run(answers: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "events.db")
        rows = evidence(answers)
        for _ in range(answers // BATCH):
            some = [next(rows) for _ in range(BATCH)]
            store.write(lambda tx, some=some: add_evidence(tx, some))
        states = timed(store, None)
        both = timed(store, Everybody(None))
        store.close()
    return {
        "states_a_second": round(answers / states),
        "states_and_sums_a_second": round(answers / both),
    }


def timed(store: Store, everybody: Everybody | None) -> float:
    started = time.thread_time()

    def read(tx) -> int:
        counted = ((person, one, True) for person, one, _ in all_evidence(tx))
        return len(project(counted, fsrs=PUBLISHED, everybody=everybody))

    assert store.read(read) == PEOPLE
    return time.thread_time() - started


def evidence(answers: int) -> Iterator[EvidenceRow]:
    """Each person's checks one after the other and again, some hours apart, in the order of time."""
    draw = random.Random(1)
    for number in range(answers):
        turn, who = divmod(number, PEOPLE)
        check = (turn * 7 + who) % CHECKS
        yield EvidenceRow(
            f"person-{who}",
            Answered(
                check=f"unit-{check // 2}#check-{check % 2}", grade=draw.choice((1, 3, 3, 3, 4)),
                time=1.77e9 + turn * DAY / 2 + who, skill=f"skill-{check % 20}", expected=0.7, without_item=0.65,
            ),
        )  # fmt: skip
