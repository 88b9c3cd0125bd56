"""The engine equals the oracle on random streams: out of order, twice, with timers, and where memory is short."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midflow.core.content.model import Absent, After, Count, ErrorRate, Rule, Task, Term, Times, Unused
from midflow.core.events import WorkEvent
from midflow.core.match import history
from midflow.core.match.history import DAY, HOUR, KEPT, KEPT_OF_TYPE, Seen, noted
from midflow.flow.rehearse import Rehearsal
from tests.core.match.oracle import Oracle, Said

TYPES, TASKS, STATUSES = ("a", "b", "c"), ("t", "u"), ("open", "closed")
BY, WHERE = ("anyone", "me", "another"), ("case", "person")
types = st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True).map(tuple)
hours = st.sampled_from([1.0, 4.0, 24.0, 72.0])
status = st.sampled_from(["", *STATUSES])
by = st.sampled_from(BY)
where = st.sampled_from(WHERE)
absent = st.builds(Absent, events=types, within_hours=hours, status=status, by=by)
past: st.SearchStrategy[Term] = st.one_of(
    st.builds(Times, at_least=st.integers(0, 2), at_most=st.none() | st.integers(0, 3)),
    st.builds(Unused, days=st.sampled_from([0.1, 1.0, 3.0])),
    st.builds(After, events=types, within_hours=hours, status=status, by=by, where=where),
    st.builds(
        Count, events=types, at_least=st.integers(1, 3), within_hours=hours, status=status, where=where
    ),
    st.builds(ErrorRate, times_base=st.sampled_from([1.03, 1.37]), begun=st.integers(1, 2)),
)
WHENS = [
    "true",
    'data.status == "open"',
    'before.type == "a"',
    "before.by_me",
    'data.status in ["open", "closed"]',
]


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    made: list[Rule] = []
    for n in range(draw(st.integers(1, 6))):
        phase = draw(st.sampled_from(["starting", "starting", "stuck", "erred", "done"]))
        terms = draw(st.lists(past, max_size=2))
        if phase != "starting" and draw(st.booleans()):
            terms.append(draw(absent))
        made.append(
            Rule(
                id=f"r{n}", task=draw(st.sampled_from(TASKS)), phase=phase, events=draw(types),
                when=draw(st.sampled_from(WHENS)), who=draw(st.sampled_from(["actor", "last_doer"])),
                history=tuple(terms),
            )
        )  # fmt: skip
    return made


@dataclass
class Step:
    """An event arrives at `clock`, `late` after it happened; or timers are fired, where there is no event."""

    clock: float
    event: WorkEvent | None
    person: str | None


@st.composite
def steps(draw: st.DrawFn, most: int = 25) -> list[Step]:
    clock, made = 100 * DAY, []
    for _ in range(draw(st.integers(1, most))):
        clock += draw(st.sampled_from([0.0, 0.0, HOUR, 4 * HOUR, 30 * HOUR]))
        if draw(st.integers(0, 5)) == 0:
            made.append(Step(clock, None, None))
            continue
        person = draw(st.sampled_from(["ana", "ben", None]))
        late = draw(st.sampled_from([0.0, 0.0, 0.0, HOUR, 5 * HOUR, 40 * HOUR]))
        event = WorkEvent(
            source=draw(st.sampled_from(["desk", "desk", "crm"])), id=str(draw(st.integers(0, 40))),
            type=draw(st.sampled_from(TYPES)), time=clock - late, person=person or "", case=draw(st.sampled_from(["1", "1", "2", ""])),
            data=draw(st.fixed_dictionaries({}, optional={"status": st.sampled_from([*STATUSES, 3])})),
        )  # fmt: skip
        made.append(Step(clock, event, person))
    return made


def engine(rules: list[Rule], steps: list[Step]) -> Iterator[list[Said]]:
    """What the engine makes of each step; whoever drives it takes an event once, as events are taken live."""
    rehearsal = Rehearsal(rules, [Task(id=task, title="Do it", redo_is_error=task == "u") for task in TASKS])
    taken: set[tuple[str, str]] = set()
    for seq, step in enumerate(steps, 1):
        found = []
        if step.event is None:
            found = rehearsal.fire(step.clock)
        elif (step.event.source, step.event.id) not in taken:
            taken.add((step.event.source, step.event.id))
            found = rehearsal.take(step.event, person=step.person, facts={}, time=step.event.time, seq=seq)
        yield [(m.person, m.task, m.phase, m.rule, m.case, m.time, n) for m, n in found]


def oracle(rules: list[Rule], steps: list[Step]) -> Iterator[list[Said]]:
    slow = Oracle(rules, {"u"})
    for seq, step in enumerate(steps, 1):
        if step.event is None:
            yield slow.fire(step.clock)
        else:
            yield slow.take(step.event, step.person, {}, step.event.time, seq)


@settings(max_examples=150, deadline=None)
@given(rules(), steps())
def test_the_engine_equals_the_oracle(rules: list[Rule], steps: list[Step]) -> None:
    assert list(engine(rules, steps)) == list(oracle(rules, steps))


def crowded(seed: int) -> tuple[list[Rule], list[Step]]:
    """A long stream in few cases, most of it out of order, and rules that often have something to say of it."""
    chance = random.Random(seed)
    pick = chance.choice

    def types() -> tuple[str, ...]:
        return pick([("a",), ("b",), ("a", "b")])

    def term(phase: str) -> Term:
        return pick(
            [
                pick([Times(at_most=pick([0, 2])), Times(at_least=pick([1, 3]), at_most=pick([None, 4]))]),
                Unused(days=pick([0.1, 0.5, 1.0])),
                After(events=types(), within_hours=pick([2.0, 30.0]), by=pick(BY)),
                After(
                    events=types(), within_hours=pick([2.0, 30.0]), by=pick(["anyone", "me"]), where="person"
                ),
                Count(
                    events=types(),
                    at_least=pick([2, 3, 5]),
                    within_hours=pick([10.0, 40.0]),
                    where=pick(WHERE),
                ),
                ErrorRate(times_base=pick([1.0, 1.2, 1.5]), begun=pick([1, 3])),
                Absent(events=types(), within_hours=pick([1.0, 4.0]), by=pick(BY), status=pick(["", "open"]))
                if phase != "starting"
                else Times(at_most=0),
            ]
        )

    rules = [Rule(id=f"begin-{task}", task=task, phase="starting", events=types()) for task in TASKS]
    for n in range(4):
        phase = pick(["starting", "stuck", "stuck", "erred"])
        rules.append(
            Rule(
                id=f"r{n}", task=pick(TASKS), phase=phase, events=types(), who=pick(["actor", "last_doer"]),
                when=pick(["true", "true", 'data.status == "open"']), history=(term(phase),),
            )
        )  # fmt: skip
    clock, steps = 100 * DAY, []
    for _ in range(60):
        clock += pick([0.0, 0.5 * HOUR, 2 * HOUR, 6 * HOUR])
        if chance.random() < 0.2:
            steps.append(Step(clock, None, None))
            continue
        person = pick(["ana", "ana", "ben", "ben", None])
        event = WorkEvent(
            source="desk", id=str(chance.randrange(200)), type=pick("aabc"), time=clock - pick([0.0, 0.0, HOUR, 3 * HOUR, 9 * HOUR]),
            person=person or "", case=pick(["1", "1", "2", ""]), data={"status": pick(STATUSES)},
        )  # fmt: skip
        steps.append(Step(clock, event, person))
    return rules, steps


@pytest.mark.parametrize("seed", range(200))
def test_the_engine_equals_the_oracle_in_a_crowd(seed: int) -> None:
    rules, steps = crowded(seed)
    assert list(engine(rules, steps)) == list(oracle(rules, steps))


@pytest.mark.parametrize("seed", range(200, 300))
def test_the_engine_equals_the_oracle_where_memory_is_short(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "KEPT_OF_TYPE", 3)
    monkeypatch.setattr(history, "KEPT", 5)
    monkeypatch.setattr(history, "HORIZON", 20 * HOUR)
    rules, steps = crowded(seed)
    assert list(engine(rules, steps)) == list(oracle(rules, steps))


def test_every_kind_of_rule_has_something_to_say_in_a_crowd() -> None:
    """What the tests above compare is not nothing."""
    said: Counter[str] = Counter()
    for seed in range(60):
        rules, steps = crowded(seed)
        kinds = {rule.id: type(rule.history[0]).__name__ for rule in rules if rule.history}
        said.update(kinds.get(rule, "") for found in engine(rules, steps) for _, _, _, rule, *_ in found)
    assert all(said[kind.__name__] > 50 for kind in (Times, Unused, After, Count, ErrorRate, Absent)), said


seen = st.builds(Seen, st.floats(0, 90 * DAY), st.integers(0, 10**6))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([f"type-{n}" for n in range(15)]), seen), min_size=1, max_size=700))
def test_a_trail_keeps_no_more_than_it_may_and_forgets_the_oldest_first(
    events: list[tuple[str, Seen]],
) -> None:
    trail: Any = {}
    for n, (type_, one) in enumerate(events):
        trail = noted(trail, type_, Seen(one.time, n))
    kept = [one for of_type in trail.values() for one in of_type]
    latest = max(one.time for _, one in events)
    assert len(kept) <= KEPT
    assert all(
        len(of_type) <= KEPT_OF_TYPE and list(of_type) == sorted(of_type) for of_type in trail.values()
    )
    assert min(one.time for one in kept) >= latest - 30 * DAY
    assert max(one.time for one in kept) == latest


@given(st.permutations(range(60)))
def test_a_trail_is_the_same_in_whatever_order_events_arrive(order: list[int]) -> None:
    def trail(places: Any) -> Any:
        found: Any = {}
        for n in places:
            found = noted(found, "a", Seen(float(n // 2), n))
        return found

    assert trail(order) == trail(range(60))
    assert inf > len(trail(order)["a"]) == KEPT_OF_TYPE
