"""The index of rules finds what a slow look at every rule finds, in the same order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.content.model import Rule, Task
from midflow.core.events import WorkEvent
from midflow.core.match import CaseState, Condition, Moment, RuleIndex
from midflow.core.match.conditions import context
from midflow.core.match.demands import demands

VALUES = ("open", "closed", "o'clock", "")
TERMS = [
    *(f'data.status == "{value}"' for value in VALUES), "data.status == 'open'", 'data.tier=="gold"',
    'event.source == "desk"', "event.type == 'a'", "data.hours > 3", "5 >= data.hours", "data.hours <= 2.5",
    "data.hours == 4", "data.hours < 1", 'data.status != "open"', "data.n == 1", "data.n == true", "data.n", "!data.n",
    '"open" == data.status', "before.by_me", 'before.type == "a"', 'person.site == "berlin"',
    'data.tags.exists(t, t == "open")', '"closed" in data.tags', "1 in data.n", '"lead" in person.roles', 'data.status in ["open", "closed"]', "data.n in [0, 2.0, true]", "data.n in []",
    'data.status.startsWith("o")', 'data.status.startsWith("")', 'event.source.startsWith("cr")', "has(data.tier)",
    '"open" in data.tags', 'event.source in ["crm", "erp"]', 'data.status == "a // b"', "1u == data.n",
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
        "hours": st.one_of(st.integers(0, 9), st.floats(0, 9), st.sampled_from([float("nan"), "3", None, True, 10**400])),
        "n": st.sampled_from([0, 1, 2, 0.0, 1.0, True, False, "1", None]), "tags": st.one_of(st.lists(st.sampled_from([*VALUES, 1, True]), max_size=3), st.just({"open": 1}), st.just("open")),
    }),
)  # fmt: skip


def rules_of(conditions: list[str]) -> list[Rule]:
    return [
        Rule(
            id=f"r-{n}",
            task=f"t-{n % 3}",
            phase="starting",
            events=("a",) if n % 3 else ("a", "b"),
            when=when,
        )
        for n, when in enumerate(conditions)
    ]


def slowly(rules: list[Rule], event: WorkEvent) -> list[tuple[str, str]]:
    """Look at every rule, one by one."""
    variables = {
        "event": {"type": event.type, "source": event.source, "subject": event.subject, "time": event.time},
        "data": event.data, "case": event.case, "person": {"site": "berlin"},
        "before": {"type": "a", "by_me": True},
    }  # fmt: skip
    found: dict[str, str] = {}
    for rule in rules:
        if event.type in rule.events and Condition(rule.when).holds(context(variables)):
            found.setdefault(rule.task, rule.id)
    return list(found.items())


def quickly(rules: list[Rule], event: WorkEvent) -> list[Moment]:
    index = RuleIndex(rules, [Task(id=f"t-{n}", title="Do it") for n in range(3)])
    case = CaseState(last={"type": "a"}, last_person="ana")
    return list(index.match(event, person="ana", facts={"site": "berlin"}, case=case, time=1.0).moments)


@given(st.lists(CONDITIONS, max_size=30), EVENTS)
def test_the_index_equals_the_slow_look(conditions: list[str], event: WorkEvent) -> None:
    rules = rules_of(conditions)
    assert [(moment.task, moment.rule) for moment in quickly(rules, event)] == slowly(rules, event)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('data.status == "open"', ["data.status is open"]),
        ("data.hours > 3 && event.type == 'a'", ["data.hours over 3.0", "event.type is a"]),
        ('data.a == "1" && (data.b == "2" || true)', ["data.a is 1"]),
        ('(data.a == "1" && true)', ["data.a is 1"]),
        ('data.a == "1" || data.b == "2" && data.c', ["data.a is 1 or data.b is 2"]),
        ("data.a in [\"1\", 'b', 3]", ["data.a is 1 or data.a is b or data.a is 3.0"]),
        ('"1" == data.a && 3 <= data.h', ["data.a is 1", "data.h over 3.0"]),
        ('data.s.startsWith("re") && !data.b', ["data.s starts re", "data.b is (False,)"]),
        ("data.a in []", [""]),
        ('"x" in data.tags && data.tags.exists(t, t == "y")', ["data.tags has x", "data.tags has y"]),
        ('data.tags.exists(t, u == "y")', []),
        ('data.a == "1" || true', []),
        ('true ? data.a == "1" : true', []),
        ('data.tags.exists(t, t == "x" && data.a == "1")', []),
        (r'data.a == "\"1"', []),
        (r"""data.a == r'\' || true // ' && data.b == 'c'""", []),
        ('data.a == """x"""', []),
        ('data.a == "x && data.b == y"', ["data.a is x && data.b == y"]),
        ('true // && data.a == "1"', []),
        ('data.a != "1"', []),
        ('data.a == "1" == true', []),
        ('data.a > "1"', []),
    ],
)
def test_a_demand_is_seen_where_the_condition_cannot_hold_without_it(text: str, found: list[str]) -> None:
    said = [
        " or ".join(f"{key.variable}.{key.field} {key.kind} {key.value}" for key in d) for d in demands(text)
    ]
    assert said == found


@pytest.mark.parametrize(
    "condition",
    [
        'data.status == "s{n}"',
        'data.status in ["s{n}", "t{n}"]',
        'has(data.status) && data.tier == "t{tens}" && data.status == "s{n}"',
        'data.tier == "t{tens}" && data.region == "r{ones}"',
        'data.status == "s{n}" || data.other == "s{n}"',
        "data.field{n} > 3",
        "data.hours >= {n}.5",
        'event.source == "source-{n}"',
        'data.status.startsWith("s{n}")',
        '"s{n}" in data.tags',
        'data.tags.exists(t, t == "s{n}")',
        "data.flag{n}",
        'before.status == "s{n}"',
        'data.n == {n} && person.site == "berlin"',
    ],
)
def test_rules_that_ask_for_something_else_are_not_even_looked_at(condition: str) -> None:
    rules = rules_of([condition.format(n=n, tens=n // 100, ones=n % 100) for n in range(1000)])
    data = {
        "status": "s7",
        "tier": "t0",
        "region": "r7",
        "hours": 7.7,
        "field7": 5,
        "tags": ["s7", "s7", 7],
        "flag7": True,
        "n": 7,
    }
    event = WorkEvent(source="source-7", id="1", type="a", time=1.0, data=data)
    index = RuleIndex(rules, [])
    variables = {
        "event": {"source": event.source}, "data": data, "person": {"site": "berlin"}, "before": {"status": "s7"},
    }  # fmt: skip
    found = index._by_type["a"].index.candidates(variables)
    assert 7 in found
    assert len(found) <= 8
