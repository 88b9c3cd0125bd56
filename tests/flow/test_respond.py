"""Outcomes in: each once, as a statement, moving memory and offers on."""

from collections.abc import Callable
from uuid import uuid4

import msgspec

from midflow.core.events import format_time
from midflow.flow.ingest import Receipt
from midflow.flow.remind import Known, due_reviews
from midflow.flow.respond import Answer, Report, expire, respond
from midflow.store import learners, log
from midflow.store.outcomes import AnsweredRow, answers_of, statements_of
from midflow.store.people import Person
from midflow.store.tx import Store
from tests.flow.conftest import DRAFT, NOW, book_of, hold_unit

Send = Callable[..., Receipt]
ANA = Person(id="ana", name="Ana", roles=("support-agent",))
DAY = 86_400.0


def outcome(verb: str, *, at: float = NOW + 60, **more: object) -> dict[str, object]:
    return {"id": str(uuid4()), "verb": verb, "time": format_time(at), "unit": "hold-a-ticket", **more}


def tell(store: Store, *outcomes: object, person: Person = ANA, at: float = NOW + 90) -> Answer:
    report = Report(person=person, outcomes=outcomes, received=at)
    return store.write(
        lambda tx: respond(
            tx, [report], book=book_of(), home="https://midflow.example", now_ms=int(NOW * 1000)
        )
    )[0]


def right(**more: object) -> dict[str, object]:
    return outcome("answered", block="why", result={"answer": [0], "seconds": 9}, **more)


def test_an_answer_is_scored_stored_and_remembered(store: Store) -> None:
    told = right()
    answer = tell(store, told)
    assert answer.scores[str(told["id"])].correct
    assert [due.check for due in answer.reviews] == ["hold-a-ticket#why"]
    (row,) = store.read(lambda tx: statements_of(tx, "ana"))
    said = msgspec.json.decode(row.raw)
    assert said["verb"]["id"] == "http://adlnet.gov/expapi/verbs/answered"
    assert said["result"]["success"] is True
    assert said["actor"]["account"] == {"homePage": "https://midflow.example", "name": "ana"}


def test_the_same_outcome_sent_twice_counts_once(store: Store) -> None:
    told = right()
    first, again = tell(store, told), tell(store, told)
    assert first.accepted == again.duplicates == (told["id"],)
    assert len(store.read(lambda tx: statements_of(tx, "ana"))) == 1


def test_a_second_answer_within_one_sitting_says_nothing_about_memory(store: Store) -> None:
    wrong = outcome("answered", block="why", result={"answer": [1]})
    tell(store, wrong, right(at=NOW + 80))
    memory = store.read(lambda tx: learners.learner(tx, "ana")).memories["hold-a-ticket#why"]
    assert (memory.reviews, memory.right) == (1, 0)


def test_a_wrong_answer_comes_back_before_a_right_one(store: Store) -> None:
    tell(store, right())
    tell(
        store,
        outcome("answered", block="why", result={"answer": [1]}),
        person=Person(id="chloe", name="Chloé"),
    )
    due = {
        id: store.read(lambda tx, id=id: learners.learner(tx, id)).memories["hold-a-ticket#why"].due
        for id in ("ana", "chloe")
    }
    assert due["chloe"] < due["ana"]


def test_what_cannot_be_taken_is_named_and_the_rest_is_taken(store: Store) -> None:
    bad = [
        {"id": "no-uuid", "verb": "opened", "time": format_time(NOW), "unit": "hold-a-ticket"},
        outcome("sneezed"),
        {**outcome("opened"), "unit": "gone"},
        outcome("answered", block="why", result={"answer": [7]}),
        outcome("answered", result={"answer": [0]}),
        outcome("dismissed", result={"reason": "because"}),
        outcome("opened", offer="99"),
        {**outcome("opened"), "time": "yesterday"},
        outcome("flagged", result={"comment": "x" * 5000}),
        "not an object",
    ]
    answer = tell(store, *bad, right())
    assert len(answer.accepted) == 1
    reasons = [rejected.reason for rejected in answer.rejected]
    assert [rejected.index for rejected in answer.rejected] == list(range(len(bad)))
    for reason, said in zip(
        reasons,
        [
            "UUID",
            "sneezed",
            "no unit 'gone'",
            "positions",
            "needs `block`",
            "not_now",
            "no offer '99'",
            "RFC 3339",
            "4096",
            "Expected",
        ],
        strict=True,
    ):
        assert said in reason


def test_somebody_elses_offer_cannot_be_answered(send: Send, store: Store) -> None:
    (offer,) = send().offers
    told = outcome("opened", offer=str(offer.decision))
    answer = tell(store, told, person=Person(id="chloe", name="Chloé"))
    assert "no offer" in answer.rejected[0].reason


def test_displaying_opening_and_completing_moves_the_offer_forward_only(send: Send, store: Store) -> None:
    (offer,) = send().offers
    about = {"offer": str(offer.decision)}
    for verb, state in (("prompted", "displayed"), ("completed", "completed"), ("opened", "completed")):
        tell(store, outcome(verb, **about))
        row = store.read(lambda tx: log.offer(tx, offer.decision))
        assert row is not None
        assert row.state == state
    assert store.read(lambda tx: learners.learner(tx, "ana")).open is None


def test_dismissal_reasons_do_what_they_say(send: Send, store: Store) -> None:
    (offer,) = send().offers
    tell(store, outcome("dismissed", offer=str(offer.decision), result={"reason": "i_know_this"}))
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    assert state.units["hold-a-ticket"].known
    assert state.open is None
    assert [row.decision.reason for row in send(at=NOW + 30 * DAY).decisions] == ["mastered"]


def test_i_know_this_ends_when_the_task_goes_wrong(send: Send, store: Store) -> None:
    (offer,) = send().offers
    tell(store, outcome("dismissed", offer=str(offer.decision), result={"reason": "i_know_this"}))
    assert [row.decision.reason for row in send(at=NOW + 30 * DAY, case="T-2").decisions] == ["mastered"]
    send(at=NOW + 31 * DAY, case="T-2", person="chloe")
    assert send(at=NOW + 32 * DAY, case="T-3").offers


def test_not_relevant_holds_until_the_unit_is_changed(send: Send, store: Store) -> None:
    (offer,) = send().offers
    tell(store, outcome("dismissed", offer=str(offer.decision), result={"reason": "not_relevant"}))
    assert [row.decision.reason for row in send(at=NOW + 30 * DAY).decisions] == ["not_my_role"]
    changed = book_of(
        msgspec.structs.replace(DRAFT, units=(hold_unit(title="Another way to hold a ticket"),))
    )
    assert send(at=NOW + 40 * DAY, case="T-4", book=changed).offers


def test_what_was_put_off_and_is_taken_up_was_not_passed_over(send: Send, store: Store) -> None:
    (offer,) = send().offers
    about = {"offer": str(offer.decision)}
    tell(store, outcome("dismissed", result={"reason": "not_now"}, **about))
    assert store.read(lambda tx: learners.learner(tx, "ana")).units["hold-a-ticket"].ignored == 1
    tell(store, outcome("completed", **about))
    assert store.read(lambda tx: learners.learner(tx, "ana")).units["hold-a-ticket"].ignored == 0
    assert [row.decision.reason for row in send(at=NOW + 6 * DAY, case="T-2").decisions] == ["cooldown"]


def test_a_prompt_nobody_displayed_gives_its_budget_and_cooldown_back(send: Send, store: Store) -> None:
    (offer,) = send().offers
    assert store.write(lambda tx: expire(tx, now=offer.expires)) == 1
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    assert state.charges == ()
    assert (state.units["hold-a-ticket"].shown, state.units["hold-a-ticket"].last) == (0, 0.0)
    row = store.read(lambda tx: log.offer(tx, offer.decision))
    assert row is not None
    assert row.state == "undelivered"
    assert send(at=NOW + 2 * 3600).offers


def test_a_prompt_that_was_displayed_and_left_alone_counts_as_passed_over(send: Send, store: Store) -> None:
    (offer,) = send().offers
    tell(store, outcome("prompted", offer=str(offer.decision)))
    store.write(lambda tx: expire(tx, now=offer.expires))
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    assert state.units["hold-a-ticket"].ignored == 1
    assert len(state.charges) == 1


def test_answers_are_read_back_with_what_became_of_them(store: Store) -> None:
    wrong = outcome("reviewed", at=NOW + 80, block="why", result={"answer": [1]})
    tell(store, outcome("opened"), right(at=NOW + 60), wrong)
    assert store.read(lambda tx: answers_of(tx, "ana")) == [
        AnsweredRow("hold-a-ticket#why", "answered", NOW + 60, right=True),
        AnsweredRow("hold-a-ticket#why", "reviewed", NOW + 80, right=False),
    ]
    assert store.read(lambda tx: answers_of(tx, "chloe")) == []


def test_a_check_comes_back_when_it_is_due_and_not_before(store: Store) -> None:
    tell(store, right())
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    due = state.memories["hold-a-ticket#why"].due
    assert due_reviews(state, book_of(), ANA, now=due - 2 * DAY, known=Known()).asked == ()
    (review,) = due_reviews(state, book_of(), ANA, now=due, known=Known()).asked
    assert (review.check, review.block.id) == ("hold-a-ticket#why", "why")


def test_a_mastered_unit_is_not_prompted_until_the_task_goes_wrong(send: Send, store: Store) -> None:
    tell(store, right(at=NOW), at=NOW)
    assert [row.decision.reason for row in send(at=NOW + 600).decisions] == ["mastered"]
    send(person="chloe", at=NOW + 1200)
    assert send(at=NOW + 1800, case="T-2").offers
