"""What is wrong with a rule is said before it is saved."""

import msgspec
import pytest

from midflow.core.content.lint import MOST_TERMS, lint_rule
from midflow.core.content.model import Absent, After, Count, Rule, Times, Unused
from midflow.core.match import gate

WAITS = Rule(id="waits", task="hold", phase="stuck", events=("desk.wait",))


def said(**changes: object) -> list[str]:
    return [problem.message for problem in lint_rule(msgspec.structs.replace(WAITS, **changes), gate)]


def test_a_rule_with_a_history_that_can_hold_is_let_through() -> None:
    reply = Absent(events=("desk.reply",), within_hours=4)
    assert said(history=(Times(at_least=1), Unused(days=30), reply)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"events": ()}, "listens to no event"),
        ({"when": "dta.x == 1"}, "Unknown name"),
        ({"history": (Times(),)}, "asks for nothing"),
        ({"history": (Times(at_least=3, at_most=2),)}, "at least 3 and at most 2"),
        ({"history": (Absent(events=("a",), within_hours=1),) * 2}, "two things"),
        ({"history": (Absent(events=("a",), within_hours=1),), "phase": "starting"}, "Nobody starts"),
        ({"history": (After(events=("a",), within_hours=1, where="person", by="another"),)}, "never done by another"),
        ({"history": (Unused(days=1),) * (MOST_TERMS + 1)}, "at most 6"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_meant_is_refused(changes: dict[str, object], words: str) -> None:
    (problem,) = said(**changes)
    assert words in problem


@pytest.mark.parametrize(
    "term",
    [
        {"kind": "after", "events": ["a"], "within_hours": 721},
        {"kind": "after", "events": ["a"], "within_hours": 0},
        {"kind": "after", "events": [], "within_hours": 1},
        {"kind": "after", "events": ["a"] * 21, "within_hours": 1},
        {"kind": "count", "events": ["a"], "within_hours": 1, "at_least": 51},
        {"kind": "unused", "days": 4000},
        {"kind": "sometimes"},
        {"days": 3},
    ],
)
def test_a_term_beyond_its_bounds_has_no_shape(term: dict[str, object]) -> None:
    rule = {"id": "r", "task": "t", "phase": "stuck", "events": ["a"], "history": [term]}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(rule, Rule)


def test_a_term_is_read_as_it_was_written() -> None:
    term = Count(events=("a",), at_least=3, within_hours=24, where="person")
    rule = msgspec.structs.replace(WAITS, history=(term,))
    assert msgspec.json.decode(msgspec.json.encode(rule), type=Rule) == rule
