"""Boosted trees challenge the response model where there are many answers, and serve only while they win."""

import random
from math import exp
from pathlib import Path

import pytest

from midflow.core.learner.foretell import logit_of
from midflow.core.learner.response import View
from midflow.core.learner.trees import boosted
from midflow.core.learner.weights import FEATURES, Calibration
from midflow.flow.everybody import Everybody
from midflow.flow.fit_answers import refit_response
from midflow.flow.fitted import CHALLENGER, fitted, shipped
from midflow.flow.rebuild import draw_lines
from midflow.jobs import challenger
from midflow.jobs.challenger import FEWEST_ANSWERS, FEWEST_PEOPLE, challenge
from midflow.jobs.learner import refit_learner
from midflow.store.answers import AnswerRow, add_answer
from midflow.store.jobs import Job
from midflow.store.models import save_model
from midflow.store.sqlite import Store

pytest.importorskip("sklearn")

NOW = 1_790_000_000.0
ENOUGH = FEWEST_PEOPLE + 20
JOB = Job(name="refit_learner", key="", every=None, attempts=0, payload={})


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(tmp_path / "events.db")
    yield opened
    opened.close()


def answer(store: Store, *, people: int, answers: int, bent: bool) -> None:
    """Answers that go right by the product of two numbers, which no line can tell, or by their sum."""
    draw = random.Random(3)

    def save(tx) -> None:  # type: ignore[no-untyped-def]
        tx.execute("DELETE FROM answer")
        for number in range(1, answers + 1):
            one, other = draw.gauss(0, 1), draw.gauss(0, 1)
            logit = 4 * (one * other > 0) - 2 if bent else 1.5 * (one + other)
            mark = 3 if draw.random() < 1 / (1 + exp(-logit)) else 1
            numbers = (one, other, *(0.0,) * (len(FEATURES) - 2))
            who = f"p{number % people}"
            add_answer(tx, AnswerRow(number, who, "u#c", "s", NOW, mark, 1, 0, numbers, 0.5, None, None))

    store.write(save)


@pytest.mark.parametrize(
    ("people", "answers"), [(FEWEST_PEOPLE, FEWEST_ANSWERS + 500), (ENOUGH, FEWEST_ANSWERS)]
)
def test_nothing_challenges_before_there_are_enough_people_and_answers(
    store: Store, people: int, answers: int
) -> None:
    answer(store, people=people, answers=answers, bent=True)
    assert challenge(store, now=NOW) is None
    assert store.read(fitted).challenger is None


def test_trees_serve_while_they_win_and_go_at_the_next_fit_at_which_they_lose(store: Store) -> None:
    answer(store, people=ENOUGH, answers=FEWEST_ANSWERS + 500, bent=True)
    refit_learner(store, JOB, NOW)
    known = store.read(fitted)
    assert known.challenger is not None
    view = View((1.0, -1.0, *(0.0,) * (len(FEATURES) - 2)), 0.5, 0.5)
    assert logit_of(known, view) == boosted(known.challenger.trees, view.features) < -1
    made = Everybody(None)
    store.read(lambda tx: draw_lines(tx, made, known))
    assert store.read(lambda tx: Everybody(tx).line()) == made.line() != Calibration()
    answer(store, people=ENOUGH, answers=FEWEST_ANSWERS + 500, bent=False)
    refit_learner(store, JOB, NOW)
    after = store.read(fitted)
    assert after.challenger is None
    assert after.response != shipped().response


def test_what_a_line_tells_as_well_is_left_to_the_line(store: Store) -> None:
    answer(store, people=ENOUGH, answers=FEWEST_ANSWERS + 500, bent=False)
    verdict = challenge(store, now=NOW)
    assert verdict is not None
    assert not verdict.won
    assert verdict.trees > verdict.response
    assert verdict.gain == pytest.approx(verdict.response - verdict.trees)
    assert store.read(fitted).challenger is None


def test_where_scikit_learn_is_not_installed_the_response_model_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(store, people=ENOUGH, answers=FEWEST_ANSWERS + 500, bent=True)
    monkeypatch.setattr(challenger, "fit_boosting", lambda features, right: None)
    assert refit_response(store, now=NOW) is not None
    assert challenge(store, now=NOW) is None
    assert store.read(fitted).challenger is None


@pytest.mark.parametrize("body", [b"no JSON", b'{"features": ["other"]}', b'{"trees": 1}'])
def test_trees_that_cannot_be_read_do_not_serve(store: Store, body: bytes) -> None:
    store.write(lambda tx: save_model(tx, CHALLENGER, body, fitted=NOW))
    assert store.read(fitted) == shipped()
