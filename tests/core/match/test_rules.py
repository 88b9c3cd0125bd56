"""The index of rules finds what a slow look at every rule finds, in the same order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.content.model import Rule, Task
from midflow.core.events import WorkEvent
from midflow.core.match import CaseState, Condition, Moment, RuleIndex
from midflow.core.match.conditions import context, equality

VALUES = ("open", "closed", "o'clock", "")
TERMS = [
    *(f'data.status == "{value}"' for value in VALUES), "data.status == 'open'", 'data.tier=="gold"',
    'event.source == "desk"', "event.type == 'a'", "data.hours > 3", 'data.status != "open"', "data.n == 1",
    '"open" == data.status', "before.by_me", 'person.site == "berlin"', 'data.tags.exists(t, t == "open")',
]  # fmt: skip
CONDITIONS = st.recursive(
    st.sampled_from([*TERMS, "true"]),
    lambda inner: st.one_of(
        st.builds("{} && {}".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("{} || {}".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("({}) ? true : {}".format, inner, inner),
    ),
    max_leaves=4,
).filter(lambda text: len(text) < 300)
EVENTS = st.builds(
    WorkEvent,
    source=st.sampled_from(["desk", "crm"]), id=st.just("1"), type=st.sampled_from(["a", "b"]), time=st.just(1.0),
    data=st.fixed_dictionaries({}, optional={
        "status": st.sampled_from([*VALUES, 3, None, ["open"]]), "tier": st.sampled_from(["gold", "tin"]),
        "hours": st.integers(0, 9), "n": st.integers(0, 2), "tags": st.lists(st.sampled_from(VALUES), max_size=2),
    }),
)  # fmt: skip


def rules_of(conditions: list[str]) -> list[Rule]:
    return [
        Rule(
            id=f"r-{n}",
            task=f"t-{n % 3}",
            phase="starting",
            events=("a",) if n % 2 else ("a", "b"),
            when=when,
        )
        for n, when in enumerate(conditions)
    ]


def slowly(rules: list[Rule], event: WorkEvent) -> list[tuple[str, str]]:
    """Look at every rule, one by one."""
    variables = {
        "event": {"type": event.type, "source": event.source, "subject": event.subject, "time": event.time},
        "data": event.data, "case": event.case, "person": {"site": "berlin"}, "before": {},
    }  # fmt: skip
    found: dict[str, str] = {}
    for rule in rules:
        if event.type in rule.events and Condition(rule.when).holds(context(variables)):
            found.setdefault(rule.task, rule.id)
    return list(found.items())


def quickly(rules: list[Rule], event: WorkEvent) -> list[Moment]:
    index = RuleIndex(rules, [Task(id=f"t-{n}", title="Do it") for n in range(3)])
    return index.moments(event, person="ana", facts={"site": "berlin"}, case=CaseState(), time=1.0)


@given(st.lists(CONDITIONS, max_size=8), EVENTS)
def test_the_index_equals_the_slow_look(conditions: list[str], event: WorkEvent) -> None:
    rules = rules_of(conditions)
    assert [(moment.task, moment.rule) for moment in quickly(rules, event)] == slowly(rules, event)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('data.status == "open"', ("data", "status", "open")),
        ("data.hours > 3 && event.type == 'a'", ("event", "type", "a")),
        ('data.a == "1" && (data.b == "2" || true)', ("data", "a", "1")),
        ('(data.a == "1" && true)', None),
        ('data.a == "1" || true', None),
        ('true ? data.a == "1" : true', None),
        ('data.tags.exists(t, t == "x" && data.a == "1")', None),
        (r'data.a == "\"1"', None),
        ('data.a == "x && data.b == y"', ("data", "a", "x && data.b == y")),
        ('true // && data.a == "1"', None),
        ('data.a != "1"', None),
    ],
)
def test_an_equality_is_seen_where_the_condition_cannot_hold_without_it(
    text: str, found: tuple[str, str, str] | None
) -> None:
    assert equality(text) == found


def test_rules_that_ask_for_another_value_are_not_even_looked_at() -> None:
    rules = rules_of([f'data.status == "s{n}"' for n in range(1000)])
    index = RuleIndex(rules, [])
    event = WorkEvent(source="desk", id="1", type="a", time=1.0, data={"status": "s7"})
    listening = index._by_type["a"]
    assert [rule.id for _, rule, _ in listening.candidates(event)] == ["r-7"]
