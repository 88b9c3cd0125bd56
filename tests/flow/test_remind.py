"""Today's session: the day's minutes, what was spent of them, probes, and options that move."""

from dataclasses import replace

import msgspec
import pytest

from midflow.core.learner.evidence import Answered, apply
from midflow.core.learner.foretell import Correction, Fitted, recall_of
from midflow.core.learner.memory import AGAIN, GOOD, WEIGHTS, Grade, fsrs
from midflow.core.learner.probes import DELAYS, delays_of, plan_of
from midflow.core.learner.state import LearnerState
from midflow.flow.remind import PROBES, Known, Reviews, due_reviews
from midflow.flow.rulebook import Rulebook, prepare
from midflow.store.outcomes import AnsweredRow
from midflow.store.people import Person
from tests.flow.conftest import book_of

DAY = 86_400.0
MONDAY = 20_605 * DAY + 9 * 3600
ANA = Person(id="ana", name="Ana", roles=("support-agent",))
CHECK = "hold-a-ticket#why"


def many(units: int = 20, **policy: object) -> Rulebook:
    """A book with the check of one unit many times over."""
    book = book_of()
    (unit,) = [one for one in book.release.units if one.id == "hold-a-ticket"]
    copies = tuple(msgspec.structs.replace(unit, id=f"unit-{n}") for n in range(units))
    changed = msgspec.structs.replace(
        book.release, units=copies, rules=(), paths=(),
        policy=msgspec.structs.replace(book.release.policy, probe_share=0.0, **policy),
    )  # fmt: skip
    return prepare(changed, book.kinds)


def told(check: str, grade: Grade, time: float) -> Answered:
    return Answered(check=check, grade=grade, time=time, skill="holding", expected=0.7, without_item=0.7)


def knowing(checks: list[str], *, days: float = 10, right: bool = True) -> LearnerState:
    state = LearnerState()
    for check in checks:
        state = apply(state, told(check, GOOD if right else AGAIN, MONDAY - days * DAY))
    return state


def session(
    state: LearnerState, book: Rulebook, *, now: float = MONDAY, person: Person = ANA, **known: object
) -> Reviews:
    return due_reviews(state, book, person, now=now, known=Known(**known))


def test_a_day_asks_for_no_more_than_its_minutes_and_reviews_of_today_count() -> None:
    book = many()
    checks = [f"unit-{n}#why" for n in range(20)]
    found = session(knowing(checks), book)
    assert found.seconds == 180
    assert 0 < sum(review.seconds for review in found.asked) <= 180
    assert len(found.asked) + found.left == 20
    done = [AnsweredRow(review.check, "reviewed", MONDAY - 600, right=True) for review in found.asked[:3]]
    later = session(knowing(checks), book, answers=done)
    assert later.seconds == 180 - sum(review.seconds for review in found.asked[:3])
    assert len(later.asked) < len(found.asked)
    yesterday = [row._replace(time=MONDAY - DAY) for row in done]
    assert session(knowing(checks), book, answers=yesterday).seconds == 180
    in_a_unit = [row._replace(verb="answered") for row in done]
    assert session(knowing(checks), book, answers=in_a_unit).seconds == 180


def test_the_organisation_and_the_person_can_make_a_session_shorter_and_not_longer() -> None:
    checks = [f"unit-{n}#why" for n in range(20)]
    assert session(knowing(checks), many(review_minutes=1)).seconds == 60
    busy = msgspec.structs.replace(ANA, preferences=msgspec.structs.replace(ANA.preferences, daily_minutes=2))
    assert session(knowing(checks), many(), person=busy).seconds == 120
    eager = msgspec.structs.replace(
        ANA, preferences=msgspec.structs.replace(ANA.preferences, daily_minutes=30)
    )
    assert session(knowing(checks), many(), person=eager).seconds == 180


def test_what_is_likely_to_be_needed_comes_first() -> None:
    book = many(2, review_minutes=1)
    other = msgspec.structs.replace(book.release.units[1], task="close-a-ticket")
    task = msgspec.structs.replace(book.release.tasks[0], id="close-a-ticket")
    release = msgspec.structs.replace(
        book.release, units=(book.release.units[0], other), tasks=(*book.release.tasks, task)
    )
    book = prepare(release, book.kinds)
    state = knowing(["unit-0#why", "unit-1#why"])
    first = session(state, book, coming={"close-a-ticket": 0.9}).asked[0]
    assert first.check == "unit-1#why"
    assert session(state, book, coming={"put-on-hold": 0.9}).asked[0].check == "unit-0#why"


def test_what_falls_due_on_a_day_off_is_asked_before_it() -> None:
    friday = MONDAY - 3 * DAY
    state = knowing([CHECK], days=4)  # on Thursday: recall falls to the target on Saturday
    assert [r.check for r in session(state, many_days(), now=friday).asked] == []
    assert [
        r.check
        for r in session(
            state, many_days("monday", "tuesday", "wednesday", "thursday", "friday"), now=friday
        ).asked
    ]


def many_days(*working: str) -> Rulebook:
    book = book_of()
    days = {"working_days": working} if working else {}
    policy = msgspec.structs.replace(book.release.policy, probe_share=0.0, **days)
    return prepare(msgspec.structs.replace(book.release, policy=policy), book.kinds)


@pytest.fixture
def drawn() -> dict[str, Person]:
    """A person for each plan of the check at a share of a fifth."""
    people = [Person(id=f"p{n}", name="P", roles=("support-agent",)) for n in range(200)]
    return {plan_of(one.id, CHECK, share=0.2, salt=PROBES): one for one in people}


def probing(share: float = 0.2) -> Rulebook:
    book = book_of()
    policy = msgspec.structs.replace(book.release.policy, probe_share=share)
    return prepare(msgspec.structs.replace(book.release, policy=policy), book.kinds)


def test_a_check_that_is_left_is_not_asked_until_its_probe(drawn: dict[str, Person]) -> None:
    person = drawn["left"]
    (delay,) = delays_of(person.id, CHECK, "left", salt=PROBES)
    learned = MONDAY - delay * DAY
    state = apply(LearnerState(), told(CHECK, AGAIN, learned))
    answers = [AnsweredRow(CHECK, "answered", learned, right=False)]
    early = MONDAY - 2 * DAY
    assert session(state, probing(), person=person, now=early, answers=answers).asked == ()
    (review,) = session(state, probing(), person=person, answers=answers).asked
    assert review.probe == delay
    assert session(state, probing(0.0), person=person, now=early, answers=answers).asked
    unmeasured = msgspec.structs.replace(
        person, preferences=msgspec.structs.replace(person.preferences, measured=False)
    )
    assert session(state, probing(), person=unmeasured, now=early, answers=answers).asked


def test_a_probe_is_asked_though_memory_would_wait(drawn: dict[str, Person]) -> None:
    first = MONDAY - DELAYS[1] * DAY
    state = LearnerState()
    for time in (first, first + 3 * DAY, first + 12 * DAY, first + 28 * DAY):
        state = apply(state, told(CHECK, GOOD, time))
    assert state.memories[CHECK].due > MONDAY + 5 * DAY
    answers = [AnsweredRow(CHECK, "answered", first, right=True)]
    assert session(state, probing(), person=drawn["scheduled"], answers=answers).asked == ()
    (review,) = session(state, probing(), person=drawn["probed"], answers=answers).asked
    assert review.probe == 30


def test_options_stand_elsewhere_after_each_review() -> None:
    book, state = many(1), LearnerState()
    orders = []
    for time in (MONDAY - 40 * DAY, MONDAY - 30 * DAY, MONDAY - 15 * DAY):
        state = apply(state, told("unit-0#why", AGAIN, time))
        (review,) = session(state, book, now=time + 10 * DAY).asked
        orders.append(review.order)
    options = len(review.block.body.options)
    assert all(sorted(order) == list(range(options)) for order in orders)
    assert orders[0] != orders[1] != orders[2]


def test_a_clock_set_back_asks_nothing() -> None:
    assert session(knowing([CHECK], days=-3), many_days()).asked == ()


def test_what_was_fitted_here_says_what_is_recalled_in_a_session() -> None:
    book = many(1)
    checks = ["unit-0#why"]
    state, answers = knowing(checks), [AnsweredRow("unit-0#why", "answered", MONDAY - 10 * DAY, right=True)]
    published = session(state, book, answers=answers).asked[0].recall
    doubtful = Fitted(correction=Correction(bias=-1.0))
    (asked,) = session(state, replace(book, fitted=doubtful), answers=answers).asked
    assert asked.recall == pytest.approx(recall_of(state, "unit-0#why", doubtful, MONDAY))
    assert asked.recall < published - 0.1
    leaky = Fitted(fsrs=fsrs((*WEIGHTS[:20], 0.8)))
    (faded,) = session(state, replace(book, fitted=leaky), answers=answers).asked
    assert faded.recall < published
