"""What a mentor saw moves review and ability a little, and is made again from the evidence like all else."""

import msgspec
import pytest

from midflow.core.learner.state import LearnerState, Observation
from midflow.core.learner.work import WEIGHTS
from midflow.flow.estimates import estimates
from midflow.flow.everybody import Everybody
from midflow.flow.observe import ONCE, NotChosen, Noted, NotTaken, observe
from midflow.flow.rebuild import rebuild
from midflow.store import learners, people
from midflow.store.people import Person
from midflow.store.preferences import Preferences
from midflow.store.tx import Store
from tests.flow.conftest import NOW, book_of
from tests.flow.test_estimates import BOOK
from tests.flow.test_respond import DAY, right, tell

CHECK = "hold-a-ticket#why"
MAX = Person(id="max", name="Max")
ANA = Person(id="ana", name="Ana", roles=("support-agent",), preferences=Preferences(mentors=("max",)))


def note(store: Store, *, went: bool, at: float, mentor: Person = MAX) -> LearnerState:
    noted = Noted(person="ana", task="put-on-hold", right=went)
    store.write(lambda tx: observe(tx, mentor, noted, book=book_of(), now=at))
    return store.read(lambda tx: learners.learner(tx, "ana"))


@pytest.fixture
def known(store: Store) -> LearnerState:
    store.write(lambda tx: people.save_person(tx, ANA, now=NOW))
    tell(store, right(at=NOW), at=NOW, person=ANA)
    return store.read(lambda tx: learners.learner(tx, "ana"))


@pytest.mark.parametrize("went", [True, False])
def test_what_went_right_moves_a_review_back_and_what_went_wrong_brings_it_sooner(
    store: Store, known: LearnerState, went: bool
) -> None:
    after = note(store, went=went, at=NOW + 5 * DAY)
    assert (after.memories[CHECK].due > known.memories[CHECK].due) is went
    assert (after.answering.ability > known.answering.ability) is went
    assert after.memories[CHECK].reviews == known.memories[CHECK].reviews
    assert after.observed == (Observation(time=NOW + 5 * DAY, task="put-on-hold", right=went),)
    rebuild(store)
    assert store.read(lambda tx: learners.learner(tx, "ana")) == after


def test_it_is_weaker_than_an_answer_and_than_work_that_was_checked(
    store: Store, known: LearnerState
) -> None:
    seen = note(store, went=True, at=NOW + 5 * DAY).memories[CHECK].stability
    tell(store, right(at=NOW + 5 * DAY + 3600), at=NOW + 5 * DAY + 3600, person=ANA)
    answered = store.read(lambda tx: learners.learner(tx, "ana")).memories[CHECK].stability
    assert known.memories[CHECK].stability < seen < answered
    assert WEIGHTS["seen"] == WEIGHTS["seen_wrong"] < WEIGHTS["done"]


def test_a_day_later_it_counts_again_and_not_before(store: Store, known: LearnerState) -> None:
    note(store, went=True, at=NOW + DAY)
    with pytest.raises(NotTaken):
        note(store, went=True, at=NOW + DAY + ONCE - 1)
    assert len(note(store, went=True, at=NOW + DAY + ONCE).observed) == 2


def test_nobody_else_can_note_anything_and_none_of_somebody_without_consent(
    store: Store, known: LearnerState
) -> None:
    with pytest.raises(NotChosen):
        note(store, went=True, at=NOW + DAY, mentor=Person(id="eve", name="Eve"))
    store.write(lambda tx: people.save_person(tx, msgspec.structs.replace(ANA, consent=False), now=NOW))
    with pytest.raises(NotChosen):
        note(store, went=True, at=NOW + DAY)
    assert store.read(lambda tx: learners.learner(tx, "ana")) == known


def test_an_estimate_says_in_words_what_a_mentor_saw(store: Store, known: LearnerState) -> None:
    note(store, went=False, at=NOW + DAY)
    after = note(store, went=True, at=NOW + 3 * DAY)
    found = store.read(lambda tx: estimates(after, BOOK, ANA, Everybody(tx), NOW + 4 * DAY))
    (holding,) = [one for one in found if one.skill == "holding"]
    assert holding.evidence[-2:] == (
        "A mentor whom you chose saw “Put a ticket on hold” go wrong, 3 days ago.",
        "A mentor whom you chose saw “Put a ticket on hold” go right, yesterday.",
    )
