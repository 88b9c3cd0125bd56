"""What a person is able to do: levels with their error, their evidence in words, and the check that settles a doubt."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.content.model import Role, Skill, Task
from midflow.core.learner.estimate import Check, Estimate, Known, estimate, readiness
from midflow.flow.estimates import contest, estimates, ready_for
from midflow.flow.everybody import Everybody
from midflow.flow.respond import Report, respond
from midflow.flow.rulebook import Rulebook
from midflow.store import learners
from midflow.store.people import Person
from midflow.store.tx import Store
from tests.flow.conftest import DRAFT, NOW, book_of, hold_unit
from tests.flow.test_respond import DAY, outcome, right

ANA = Person(id="ana", name="Ana", roles=("support-agent",))
SKILLED = msgspec.structs.replace(
    DRAFT,
    units=(hold_unit(skills=("holding",)),),
    skills=(Skill(id="holding", title="putting on hold"), Skill(id="closing", title="closing")),
    roles=(Role(id="support-agent", title="Support", levels={"holding": 0.9, "closing": 0.8}),),
    tasks=(
        Task(id="put-on-hold", title="Put a ticket on hold", roles=("support-agent",), skills=("holding",)),
        Task(id="close", title="Close a ticket"),
    ),
)
BOOK = book_of(SKILLED)


def tell(store: Store, *outcomes: object, at: float, person: Person = ANA) -> None:
    report = Report(person=person, outcomes=outcomes, received=at)
    store.write(
        lambda tx: respond(tx, [report], book=BOOK, home="https://midflow.example", now_ms=int(at * 1000))
    )


def wrong(at: float) -> dict[str, object]:
    return outcome("answered", at=at, block="why", result={"answer": [1]})


def of_ana(store: Store, now: float, book: Rulebook = BOOK) -> dict[str, Estimate]:
    def read(tx: Any) -> tuple[Estimate, ...]:
        return estimates(learners.learner(tx, "ana"), book, ANA, Everybody(tx), now)

    return {one.skill: one for one in store.read(read)}


def test_each_skill_of_a_persons_role_has_an_estimate_also_before_any_answer(store: Store) -> None:
    found = of_ana(store, NOW)
    assert set(found) == {"holding", "closing"}
    for one in found.values():
        assert 0 < one.level < 1
        assert 0 < one.error < 0.5
        assert one.evidence == (f"No check on {one.title} answered yet: this is how others begin.",)
    assert found["holding"].target == 0.9


def test_answers_move_the_level_and_are_told_in_words(store: Store) -> None:
    before = of_ana(store, NOW)["holding"]
    for day in range(4):
        told = wrong(NOW + day * 3 * DAY) if day == 1 else right(at=NOW + day * 3 * DAY)
        tell(store, told, at=NOW + day * 3 * DAY)
    after = of_ana(store, NOW + 21 * DAY)["holding"]
    assert after.answers == 4
    assert after.evidence[0] == "3 of 4 right on putting on hold, last seen 12 days ago."
    assert after.error < before.error
    assert after.last is not None


def test_wrong_answers_give_a_lower_level_than_right_ones(store: Store) -> None:
    tell(store, right(at=NOW), at=NOW)
    high = of_ana(store, NOW + 2 * DAY)["holding"].level
    for day in (2, 4):
        tell(store, wrong(NOW + day * DAY), at=NOW + day * DAY)
    assert of_ana(store, NOW + 6 * DAY)["holding"].level < high


def test_ready_for_a_task_is_what_the_skills_it_needs_allow(store: Store) -> None:
    def read(tx: Any) -> tuple[Any, Any]:
        state, norms = learners.learner(tx, "ana"), Everybody(tx)
        return ready_for("put-on-hold", state, BOOK, ANA, norms, NOW), ready_for(
            "close", state, BOOK, ANA, norms, NOW
        )

    hold, close = store.read(read)
    assert hold.weakest == "holding"
    assert hold.level == of_ana(store, NOW)["holding"].level
    assert (close.level, close.error, close.weakest) == (1.0, 0.0, None)


def test_whoever_contests_an_estimate_is_asked_a_check_of_it_but_not_twice_in_a_sitting(store: Store) -> None:
    def ask(now: float, skill: str = "holding") -> str | None:
        return store.read(lambda tx: contest(skill, learners.learner(tx, "ana"), BOOK, Everybody(tx), now))

    assert ask(NOW) == "hold-a-ticket#why"
    assert ask(NOW, "closing") is None
    tell(store, right(at=NOW), at=NOW)
    assert ask(NOW + 60) is None
    assert ask(NOW + 700) == "hold-a-ticket#why"


chances = st.floats(0.001, 0.999)


@given(st.lists(chances, max_size=20), chances, st.floats(0.0, 2.0))
def test_a_level_is_a_chance_and_its_error_is_never_more_than_ability_allows(
    ps: list[float], typical: float, variance: float
) -> None:
    known = Known(
        skill="s", title="s", typical=typical, variance=variance,
        checks=tuple(Check(p=p, remembered=False) for p in ps), right=0, answers=0, last=None, tasks=(),
    )  # fmt: skip
    found = estimate(known, NOW)
    assert 0 < found.level < 1
    assert 0 <= found.error <= 0.25 * variance**0.5 + 1e-12


@given(st.lists(st.tuples(chances, st.floats(0.0, 0.4)), max_size=8))
def test_nobody_is_readier_for_a_task_than_in_its_weakest_skill(pairs: list[tuple[float, float]]) -> None:
    some = [
        Estimate(skill=str(n), title="", level=level, error=error, answers=0, evidence=(), last=None)
        for n, (level, error) in enumerate(pairs)
    ]
    found = readiness("t", some)
    assert found.level <= min((one.level for one in some), default=1.0)
    assert found.error >= 0
