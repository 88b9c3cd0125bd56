"""A test asks without giving anything away, ends when it is sure, and skips what it proves and nothing else."""

from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid4, uuid5

import msgspec
import pytest

from midflow.core.content.blocks.check import Check, Option
from midflow.core.content.model import Block, Role, Skill, Task, Unit
from midflow.core.content.release import Draft
from midflow.core.record.statements import said
from midflow.flow.gaps import look as stand
from midflow.flow.gaps import skills, tasks
from midflow.flow.prove import ProveError, Step, answer, can_be_tested, start
from midflow.flow.remind import suggestions
from midflow.flow.rulebook import Rulebook
from midflow.store import learners, people
from midflow.store.outcomes import statements_of
from midflow.store.people import Person
from midflow.store.proofs import proof
from midflow.store.tx import Store
from tests.flow.conftest import NOW, book_of

HOME = "http://here"
DAY = 86_400.0


def check(n: int) -> Block:
    options = (
        Option(text=f"right {n}", correct=True, feedback="So it is."),
        Option(text="no"),
        Option(text="never"),
    )
    return Block(kind="check", id=f"c{n}", body=Check(question=f"Question {n}?", options=options, reason="R"))


def unit(id: str, *blocks: Block, **more: object) -> Unit:
    plain = {"title": id.title(), "objective": "o", "task": "hold", "skills": ("holding",), "blocks": blocks}
    return Unit(id=id, **{**plain, **more})  # type: ignore[arg-type]


DRAFT = Draft(
    units=(
        unit("begin", check(1), check(2)),
        unit("go-on", check(3), check(4), prerequisites=("begin",)),
        unit("must", check(5), mandatory=True),
        unit("safe", check(6), risk="safety_critical"),
        unit("other", check(7), skills=("asking",)),
    ),
    tasks=(Task(id="hold", title="Hold", roles=("support-agent",), skills=("holding",)),),
    skills=(Skill(id="holding", title="Holding"), Skill(id="asking", title="Asking")),
    roles=(Role(id="support-agent", title="Agent", levels={"holding": 0.9, "asking": 0.8}),),
)


@pytest.fixture
def book() -> Rulebook:
    return book_of(DRAFT)


@pytest.fixture
def ana(store: Store) -> Person:
    found = store.read(lambda tx: people.person(tx, "ana"))
    assert found is not None
    return found


Begin = Callable[..., Step]


@pytest.fixture
def begin(store: Store, book: Rulebook, ana: Person) -> Begin:
    count = iter(range(1_000_000))

    def begin(
        skill: str | None = "holding", unit: str | None = None, *, at: float = NOW, contested: bool = False
    ) -> Step:
        return store.write(
            lambda tx: start(
                tx,
                ana,
                skill=skill,
                unit=unit,
                contested=contested,
                book=book,
                id=str(uuid5(NAMESPACE_URL, f"test {next(count)}")),
                now=at,
            )
        )

    return begin


@pytest.fixture
def reply(store: Store, book: Rulebook, ana: Person) -> Callable[..., Step]:
    def reply(step: Step, right: bool, *, id: str | None = None, at: float = NOW, who: Person = ana) -> Step:
        assert step.check is not None
        options = step.check.options
        chosen = [next(n for n, text in enumerate(options) if text.startswith("right") == right)]
        return store.write(
            lambda tx: answer(
                tx, who, step.test, id=id or str(uuid4()), check=step.check.check, chosen=chosen,  # type: ignore[union-attr]
                seconds=5.0, book=book, home=HOME, now=at, now_ms=int(at * 1000),
            )
        )  # fmt: skip

    return reply


def through(step: Step, reply: Callable[..., Step], *, right: bool) -> Step:
    while step.verdict is None:
        step = reply(step, right)
    return step


def test_what_is_asked_says_nothing_of_the_answer_and_not_by_its_place_either(
    begin: Begin, reply: Callable[..., Step]
) -> None:
    places: set[int] = set()
    step = begin()
    while step.check is not None:
        text = msgspec.json.encode(step.check).decode()
        assert not any(word in text for word in ("correct", "feedback", "reason", "So it is"))
        places.add([option.startswith("right") for option in step.check.options].index(True))
        step = reply(step, True)
    assert step.verdict == "passed"
    # Every check of the draft has the right option first.
    assert places != {0}


def test_passing_skips_the_units_of_the_skill_but_nothing_mandatory_or_safety_critical(
    begin: Begin, reply: Callable[..., Step], store: Store, book: Rulebook, ana: Person
) -> None:
    done = through(begin(), reply, right=True)
    assert done.verdict == "passed"
    assert {id for id, _ in done.skipped} == {"begin", "go-on"}
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    assert {id for id, showing in state.units.items() if showing.completed} == {"begin", "go-on"}
    assert [u.id for u in suggestions(state, book, ana, now=NOW, most=9)] == ["must", "other", "safe"]
    told = [row for row in store.read(lambda tx: statements_of(tx, "ana")) if row.verb == "completed"]
    for row in told:
        made = msgspec.json.decode(row.raw)
        assert made["result"]["extensions"]["urn:x-midflow:result:test"] == done.test
        assert said(made, "unit") in ("begin", "go-on")


def test_passing_the_test_of_a_unit_skips_that_unit_alone_and_asks_its_own_checks_first(
    begin: Begin, reply: Callable[..., Step]
) -> None:
    step = begin(None, "go-on")
    assert step.check is not None
    assert step.check.check.startswith("go-on#")
    second = reply(step, True)
    assert second.check is not None
    assert second.check.check.startswith("go-on#")
    assert {id for id, _ in through(second, reply, right=True).skipped} == {"go-on"}


def test_failing_skips_nothing_and_says_so_after_two(
    begin: Begin, reply: Callable[..., Step], store: Store
) -> None:
    step = reply(begin(), False)
    assert step.said is not None
    assert not step.said.right
    done = reply(step, False)
    assert (done.verdict, done.skipped, done.check) == ("not_yet", (), None)
    assert not any(s.completed for s in store.read(lambda tx: learners.learner(tx, "ana")).units.values())


def test_an_answer_sent_twice_counts_once(begin: Begin, reply: Callable[..., Step], store: Store) -> None:
    step, id = begin(), str(uuid4())
    once = reply(step, True, id=id)
    again = reply(step, True, id=id)
    other = reply(step, False, id=str(uuid4()))
    assert [one.asked for one in (once, again, other)] == [1, 1, 1]
    assert other.said is not None
    assert other.said.right
    assert len(store.read(lambda tx: statements_of(tx, "ana"))) == 1


def test_an_answer_that_comes_too_late_is_refused_and_moves_nothing(
    begin: Begin, reply: Callable[..., Step], store: Store
) -> None:
    step = begin()
    with pytest.raises(ProveError, match="over"):
        reply(step, True, at=NOW + 1801)
    assert store.read(lambda tx: statements_of(tx, "ana")) == []
    done = through(begin(at=NOW), reply, right=False)
    assert step.check is not None
    other = msgspec.structs.replace(step.check, check="go-on#c9")
    with pytest.raises(ProveError, match="over"):
        reply(msgspec.structs.replace(done, check=other), True)


def test_a_test_is_its_persons_own(begin: Begin, reply: Callable[..., Step], store: Store) -> None:
    chloe = store.read(lambda tx: people.person(tx, "chloe"))
    assert chloe is not None
    with pytest.raises(ProveError, match="no such test") as found:
        reply(begin(), True, who=chloe)
    assert found.value.missing


def test_beginning_again_goes_on_with_the_open_test(begin: Begin, reply: Callable[..., Step]) -> None:
    step = reply(begin(), True)
    again = begin()
    assert (again.test, again.check, again.asked) == (step.test, step.check, 1)
    assert begin(at=NOW + 1801 + DAY).test != step.test


def test_what_was_answered_today_is_not_asked_so_a_failed_test_waits(
    begin: Begin, reply: Callable[..., Step]
) -> None:
    through(begin(), reply, right=True)
    with pytest.raises(ProveError, match="too few"):
        begin()
    assert begin(at=NOW + DAY).check is not None


def test_too_few_checks_prove_nothing_but_an_estimate_can_be_contested_with_them(
    begin: Begin, reply: Callable[..., Step], store: Store
) -> None:
    with pytest.raises(ProveError, match="Only 1 check"):
        begin("asking")
    done = reply(begin("asking", contested=True), True)
    assert (done.verdict, done.skipped) == ("not_sure", ())
    kept = store.read(lambda tx: proof(tx, done.test))
    assert kept is not None
    assert kept.contested


@pytest.mark.parametrize(("skill", "named"), [("nope", None), (None, "nope")])
def test_what_is_not_there_cannot_be_proved(begin: Begin, skill: str | None, named: str | None) -> None:
    with pytest.raises(ProveError) as found:
        begin(skill, named)
    assert found.value.missing


@pytest.mark.parametrize("named", ["must", "safe"])
def test_no_test_stands_for_what_is_mandatory_or_a_matter_of_safety(begin: Begin, named: str) -> None:
    with pytest.raises(ProveError, match="no test stands"):
        begin(None, named)


@pytest.mark.parametrize("named", ["nope", "must", "safe", *(unit.id for unit in DRAFT.units)])
def test_a_unit_is_testable_where_a_test_of_it_begins(
    begin: Begin, store: Store, book: Rulebook, ana: Person, named: str
) -> None:
    said = can_be_tested(book, ana, store.read(lambda tx: learners.learner(tx, "ana")), named, NOW)
    if said:
        assert begin(None, named).check is not None
    else:
        with pytest.raises(ProveError):
            begin(None, named)


def test_a_test_outlives_a_withdrawn_check(
    begin: Begin, reply: Callable[..., Step], store: Store, ana: Person
) -> None:
    step = begin()
    assert step.check is not None
    gone = step.check.check.partition("#")[0]
    less = book_of(
        msgspec.structs.replace(DRAFT, units=tuple(u for u in DRAFT.units if u.id not in (gone, "go-on")))
    )
    with pytest.raises(ProveError, match="withdrawn"):
        store.write(
            lambda tx: answer(
                tx, ana, step.test, id=str(uuid4()), check=step.check.check, chosen=[0], seconds=1.0,  # type: ignore[union-attr]
                book=less, home=HOME, now=NOW, now_ms=0,
            )
        )  # fmt: skip


def test_skills_show_target_standing_evidence_and_a_step(
    begin: Begin, reply: Callable[..., Step], store: Store, book: Rulebook, ana: Person
) -> None:
    def look(now: float = NOW):  # type: ignore[no-untyped-def]
        seen = store.read(lambda tx: stand(tx, book, ana, now=now))
        return {one.id: one for one in skills(seen)}, tasks(seen)

    before, ready = look()
    holding = before["holding"]
    assert (holding.standing, holding.target, holding.answers, holding.testable) == ("not_sure", 0.9, 0, True)
    assert holding.step is not None
    assert holding.step.kind == "test"
    # Too few checks for a test: the way in is the unit.
    assert before["asking"].step is not None
    assert before["asking"].step.unit == "other"
    assert ready[0].readiness == "not_sure"
    through(begin(), reply, right=True)
    after, ready = look()
    assert (after["holding"].standing, after["holding"].step) == ("met", None)
    assert any("right on Holding" in line for line in after["holding"].evidence)
    assert any("passed a test" in line for line in after["holding"].evidence)
    assert ready[0].readiness == "ready"
    later, ready = look(NOW + 400 * DAY)
    assert later["holding"].recall is not None
    assert "recall has fallen" in later["holding"].words
    assert ready[0].readiness == "not_yet"


def test_a_gap_leads_to_what_comes_first(
    store: Store, book: Rulebook, ana: Person, begin: Begin, reply: Callable[..., Step]
) -> None:
    for days in range(6):
        through(
            begin(at=NOW + 2 * days * DAY, contested=True),
            lambda step, right, at=NOW + 2 * days * DAY: reply(step, right, at=at),
            right=False,
        )
    seen = store.read(lambda tx: stand(tx, book, ana, now=NOW + 12 * DAY))
    found = {one.id: one for one in skills(seen)}["holding"]
    assert (found.standing, found.high < 0.9) == ("gap", True)
    assert found.step is not None
    assert (found.step.kind, found.step.unit) == ("unit", "begin")
