"""Conditions are gated when saved and never fail when run."""

import itertools

import pytest

from midflow.core.match import Condition, gate
from midflow.core.match.conditions import context, macro_depth


def holds(text: str, **variables: object) -> bool:
    return Condition(text).holds(
        context({"event": {}, "data": {}, "case": "", "person": {}, "before": {}, **variables})
    )


def test_a_condition_reads_the_data_of_the_event() -> None:
    assert holds('data.conclusion == "failure"', data={"conclusion": "failure"})
    assert not holds('data.conclusion == "failure"', data={"conclusion": "success"})


def test_a_missing_field_makes_a_condition_false() -> None:
    assert not holds('data.conclusion == "failure"')
    assert not holds("data.hours > 48", data={"hours": "many"})


def test_a_condition_that_is_no_truth_value_is_false() -> None:
    assert not holds("data.n", data={"n": 1})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data.x ==", "Not a CEL expression"),
        ("dta.x == 1", "Unknown name: dta"),
        ("true || " * 100 + "true", "at most 500"),
        ("data.a.all(x, x.b.all(y, y.c.all(z, z == 1)))", "nested 3 deep"),
    ],
)
def test_the_gate_says_what_is_wrong_and_what_to_do(text: str, said: str) -> None:
    assert said in (gate(text) or "")


@pytest.mark.parametrize(
    "text",
    [
        "true",
        'has(data.x) && data.x in ["a", "b"]',
        "data.a.exists(x, x.b.all(y, y == 1))",
        '"support" in person.roles',
    ],
)
def test_the_gate_lets_good_conditions_pass(text: str) -> None:
    assert gate(text) is None


def test_names_inside_text_are_not_taken_for_macros() -> None:
    assert macro_depth('data.x == ".all(.all(.all("') == 0
    assert macro_depth("data.a.all(x, x > 1) && data.b.all(y, y > 1)") == 1


def test_a_condition_that_would_run_long_is_refused_after_a_trial_run() -> None:
    slow_clock = itertools.count(step=1)
    assert "trial run" in (gate("data.a.all(x, x == 1)", timer=lambda: float(next(slow_clock))) or "")


def test_a_number_that_cel_has_no_room_for_is_compared_as_a_float() -> None:
    assert holds("data.a > 3 && data.b[0].c < 0", data={"a": 10**400, "b": [{"c": -(10**30)}]})
