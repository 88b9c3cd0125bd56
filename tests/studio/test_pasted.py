"""What a tool made is pasted whole, and refused where it is not what was copied."""

import json

import pytest
from django.core.exceptions import ValidationError

ANCHOR = {
    "tag": "button",
    "role": "button",
    "name": "Confirm",
    "attributes": [{"name": "data-testid", "value": "go"}],
}


@pytest.fixture
def anchor(data):
    from midflow.core.content.blocks.guide import GuideStep
    from midflow.studio.authoring.shapes import block_of_shape

    return block_of_shape(GuideStep).child_blocks["anchor"]


def test_what_was_copied_is_taken_and_shown_again(anchor):
    given = anchor.value_from_form(json.dumps(ANCHOR))
    assert anchor.clean(given) == ANCHOR
    assert json.loads(anchor.value_for_form(given)) == ANCHOR


def test_nothing_pasted_is_nothing(anchor):
    assert anchor.clean(anchor.value_from_form("  ")) is None
    assert anchor.value_for_form(None) == ""


@pytest.mark.parametrize("text", ['{"tag": "but', "Confirm", '{"tag": "button", "colour": "red"}', "[]", "3"])
def test_what_was_not_copied_whole_is_refused_and_kept_to_be_mended(anchor, text):
    given = anchor.value_from_form(text)
    with pytest.raises(ValidationError, match="Paste it whole"):
        anchor.clean(given)
    assert anchor.value_for_form(given) == text


def test_a_guide_goes_through_the_editor_and_back(data):
    from midflow.core.content.blocks.guide import Guide
    from midflow.core.content.decode import convert
    from midflow.core.content.model import Block
    from midflow.studio.authoring import bodies
    from midflow.studio.authoring.models import Unit

    steps = [{"do": "Confirm", "anchor": ANCHOR, "done": "click"}, {"do": "Breathe"}]
    block = Block(kind="guide", id="way", body=convert({"steps": steps}, Guide, ""))
    body = Unit._meta.get_field("body").to_python(bodies.body_of((block,)))
    assert bodies.blocks_of(body) == (block,)
