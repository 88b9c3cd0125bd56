"""Prerequisites that lead back to where they began are refused, and the way is named."""

import pytest

from midflow import plugs
from midflow.core.content.lint import lint_draft
from midflow.core.content.model import Draft, Unit


def cycles(**before: tuple[str, ...]) -> list[str]:
    units = [
        Unit(id=id, title=id, objective="o", kind="reference", blocks=(), prerequisites=prerequisites)
        for id, prerequisites in before.items()
    ]
    found = lint_draft(Draft(units=tuple(units)), plugs.block_kinds(), lambda _: None)
    return [problem.message for problem in found if "before itself" in problem.message]


def test_the_whole_way_is_named_from_each_unit_on_it() -> None:
    assert cycles(a=("b",), b=("c",), c=("a",), d=("a",)) == [
        "It comes before itself: 'a' needs 'b' needs 'c' needs 'a'.",
        "It comes before itself: 'b' needs 'c' needs 'a' needs 'b'.",
        "It comes before itself: 'c' needs 'a' needs 'b' needs 'c'.",
    ]


def test_a_unit_that_needs_itself_is_the_shortest_way() -> None:
    assert cycles(a=("a",)) == ["It comes before itself: 'a' needs 'a'."]


@pytest.mark.parametrize(
    "before", [{}, {"a": ("b", "c"), "b": ("d",), "c": ("d",), "d": ()}, {"a": ("gone",)}]
)
def test_what_meets_again_further_on_is_no_cycle(before: dict[str, tuple[str, ...]]) -> None:
    assert cycles(**before) == []
