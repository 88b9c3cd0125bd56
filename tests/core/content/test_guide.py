"""The guide: steps anchored to elements of a host tool."""

from typing import Any

import pytest

from midflow.core.content.blocks.guide import BLOCK, Guide
from midflow.core.content.decode import ContentError, convert

ANCHOR = {"tag": "button", "role": "button", "name": "Confirm"}


def problems(*steps: dict[str, Any]) -> list[str]:
    return [p.message for p in BLOCK.lint(convert({"steps": steps}, Guide, ""), "unit x")]


def test_a_guide_that_points_by_name_and_says_what_ends_its_steps_is_right() -> None:
    told = {"do": "Open the deal", "done": "navigation", "value": "/deals/"}
    assert problems({"do": "Confirm", "anchor": ANCHOR, "done": "click"}, told, {"do": "Breathe"}) == []


def test_a_guide_without_steps_is_an_error() -> None:
    assert problems() == ["There are no steps."]


@pytest.mark.parametrize("done", ["click", "value"])
def test_a_step_that_ends_by_its_element_needs_one(done: str) -> None:
    assert problems({"do": "Confirm", "done": done}) == [f"Step 1 ends by '{done}' but points nowhere."]


def test_a_step_that_ends_by_an_address_says_which() -> None:
    assert problems({"do": "Go", "done": "navigation"}) == [
        "Step 1 ends by an address but does not say which."
    ]


@pytest.mark.parametrize("value", ["ember1843", ":r1:", "field-88123", "mui-7"])
def test_what_a_program_made_up_is_refused_as_an_anchor(value: str) -> None:
    made = ANCHOR | {"attributes": [{"name": "id", "value": value}]}
    inside = ANCHOR | {"within": [{"tag": "iframe", "attributes": [{"name": "id", "value": value}]}]}
    for anchor in (made, inside):
        (found,) = problems({"do": "Confirm", "anchor": anchor})
        assert "looks made up by a program" in found


def test_an_element_known_by_its_place_alone_is_warned_of() -> None:
    (found,) = problems({"do": "Confirm", "anchor": {"tag": "button", "path": ["button 2/3"]}})
    assert found == "Step 1 points to a button by its place alone."


def test_another_way_to_end_a_step_is_refused_with_its_place() -> None:
    with pytest.raises(ContentError, match=r"steps\[0\]\.done"):
        convert({"steps": [{"do": "Confirm", "done": "wish"}]}, Guide, "block way")


def test_a_guide_takes_the_time_to_read_and_to_do_it() -> None:
    body = convert({"title": "Deals", "steps": [{"do": "Confirm the deal", "detail": "Twice."}]}, Guide, "")
    assert BLOCK.text(body) == "Deals\nConfirm the deal Twice."
    assert BLOCK.seconds(body) > 8
