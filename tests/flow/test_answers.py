"""Answers in: foretold with what was known before, kept with what came of them, and learned from by all."""

from typing import Any

import pytest

from midflow.core.learner.foretell import Correction, Fitted, place
from midflow.core.learner.packed import unpack_skill
from midflow.core.learner.weights import FEATURES, Weights
from midflow.flow.everybody import Everybody
from midflow.flow.fitted import fitted, save_correction, save_fsrs, save_response, shipped
from midflow.store import learners
from midflow.store.answers import facts, people_and_answers, reviews
from midflow.store.models import save_model
from midflow.store.people import Person
from midflow.store.tx import Store
from tests.flow.conftest import NOW
from tests.flow.test_respond import DAY, outcome, right, tell

CHECK, SKILL = "hold-a-ticket#why", "unit:hold-a-ticket"


def wrong(**more: Any) -> dict[str, object]:
    return outcome("answered", block="why", result={"answer": [1]}, **more)


def everybody_says(store: Store, person: str = "ana") -> tuple[float, float]:
    """How many answers there are on the check, and how many on its skill."""

    def read(tx: Any) -> tuple[float, float]:
        where = place(learners.learner(tx, person), CHECK, SKILL, NOW)
        norms = Everybody(tx).norms(where)
        return norms.item.answers, norms.skill.answers

    return store.read(read)


def said(store: Store) -> float:
    """The chance that the last answer was given to be right."""
    return store.read(
        lambda tx: tx.execute("SELECT said FROM answer ORDER BY statement DESC LIMIT 1").fetchone()[0]
    )


def test_an_answer_is_kept_with_what_was_known_before_it(store: Store) -> None:
    tell(store, right())
    tell(store, wrong(at=NOW + 3 * DAY), at=NOW + 3 * DAY)
    first, second = store.read(lambda tx: list(facts(tx, most=10)))
    assert (first.right, second.right) == (True, False)
    assert 0 < said(store) < 1
    assert first.facts != second.facts
    ((lapsed, _),) = store.read(lambda tx: reviews(tx, 10))
    assert not lapsed
    assert store.read(people_and_answers) == (1, 2)


def test_what_one_person_answers_says_something_about_the_check_to_all(store: Store) -> None:
    tell(store, wrong(), person=Person(id="chloe", name="Chloé"))
    assert everybody_says(store) == (1, 1)
    before = said(store)
    tell(store, wrong(), person=Person(id="ana", name="Ana"))
    assert said(store) < before


def test_a_repeat_within_one_sitting_and_a_late_answer_move_nothing(store: Store) -> None:
    tell(store, right(at=NOW + 2 * DAY), at=NOW + 2 * DAY)
    before = store.read(lambda tx: learners.learner(tx, "ana"))
    tell(store, wrong(at=NOW + 2 * DAY + 60), at=NOW + 2 * DAY + 60)
    tell(store, wrong(at=NOW + DAY), at=NOW + 2 * DAY + 120)
    assert store.read(lambda tx: learners.learner(tx, "ana")) == before
    assert everybody_says(store) == (1, 1)


def test_right_answers_raise_the_ability_on_the_skill_and_wrong_ones_lower_it(store: Store) -> None:
    tell(store, right())
    tell(store, wrong(), person=Person(id="chloe", name="Chloé"))
    ana, chloe = (store.read(lambda tx, id=id: learners.learner(tx, id)) for id in ("ana", "chloe"))
    assert unpack_skill(ana.skills[SKILL]).ability > 0 > unpack_skill(chloe.skills[SKILL]).ability
    assert ana.answering.wins == chloe.answering.fails == 1


def test_what_was_fitted_here_is_used_and_what_is_broken_is_refused(store: Store) -> None:
    ours = shipped()
    assert store.read(fitted) == ours
    weights = Weights(bias=0.5, values=(0.1,) * len(FEATURES), scale=(1.0,) * len(FEATURES))
    fading = (*ours.fsrs.weights[:20], 0.2)

    def save(tx: Any) -> None:
        save_response(tx, weights, now=NOW)
        save_correction(tx, Correction(bias=0.25), now=NOW)
        save_fsrs(tx, fading, now=NOW)

    store.write(save)
    found = store.read(fitted)
    assert (found.response, found.correction.bias, found.fsrs.decay) == (weights, 0.25, -0.2)

    def spoil(tx: Any) -> None:
        save_model(tx, "response", b'{"features": ["other"], "bias": 0}', fitted=NOW)
        save_model(tx, "correction", b'{"values": [null], "bias": 0}', fitted=NOW)
        save_model(tx, "fsrs", b"no JSON", fitted=NOW)

    store.write(spoil)
    assert store.read(fitted) == ours


@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_cannot_be_made(broken: float) -> None:
    with pytest.raises(ValueError, match="refused"):
        Correction(bias=broken)
    with pytest.raises(ValueError, match="refused"):
        Weights(bias=0.0, values=(broken,) * len(FEATURES), scale=(1.0,) * len(FEATURES))
    with pytest.raises(ValueError, match="refused"):
        Fitted(correction=Correction(values=(1.0,)))
