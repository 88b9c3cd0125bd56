"""FSRS is fitted to the reviews made here where there are enough of them and it foretells the latest ones better."""

import random
from pathlib import Path

import pytest

from midflow.core.learner import correction, weights
from midflow.core.learner.memory import AGAIN, DAY, GOOD, WEIGHTS, Memory, fsrs, recall, review
from midflow.flow.fitted import fitted
from midflow.jobs.fsrs import FEWEST, fit_memory
from midflow.store.answers import AnswerRow, add_answer
from midflow.store.sqlite import Store

pytest.importorskip("fsrs_rs_python")

NOW = 1_790_000_000.0
FACTS = (0.0,) * len(weights.FEATURES)
REGARDED = (0.0,) * len(correction.FEATURES)
LEAKY = fsrs((*(w / 8 for w in WEIGHTS[:4]), *WEIGHTS[4:20], 0.5))
"""People who forget eight times as fast."""


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(tmp_path / "events.db")
    yield opened
    opened.close()


def review_for_months(store: Store, people: int) -> None:
    draw, number = random.Random(1), 0

    def save(tx) -> None:  # type: ignore[no-untyped-def]
        nonlocal number
        for person in range(people):
            for check in range(10):
                memory: Memory | None = None
                now = NOW + draw.random() * 30 * DAY
                for _ in range(7):
                    right = memory is None or draw.random() < recall(memory, now, LEAKY)
                    mark = GOOD if right else AGAIN
                    number += 1
                    add_answer(
                        tx,
                        AnswerRow(
                            number,
                            f"p{person}",
                            f"u#{check}",
                            "s",
                            now,
                            mark,
                            1,
                            0,
                            FACTS,
                            0.5,
                            REGARDED,
                            0.5,
                        ),
                    )
                    memory = review(memory, mark, now, fsrs=LEAKY)
                    now += draw.choice((1.5, 3.5, 8.5)) * DAY

    store.write(save)


def test_too_few_reviews_fit_nothing(store: Store) -> None:
    review_for_months(store, 2)
    assert fit_memory(store, now=NOW) is None
    assert store.read(fitted).fsrs.weights == WEIGHTS


def test_people_who_forget_faster_get_a_memory_that_fades_faster(store: Store) -> None:
    review_for_months(store, FEWEST // 60 + 6)
    found = fit_memory(store, now=NOW)
    assert found is not None
    here = store.read(fitted).fsrs
    assert here.weights == found
    once = review(None, GOOD, NOW, fsrs=here)
    published = review(None, GOOD, NOW)
    later = NOW + 8 * DAY
    truth = recall(review(None, GOOD, NOW, fsrs=LEAKY), later, LEAKY)
    assert abs(recall(once, later, here) - truth) < abs(recall(published, later) - truth) / 2
