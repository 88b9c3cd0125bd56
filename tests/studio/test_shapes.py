"""Editors made from shapes."""

from io import StringIO
from typing import Annotated, Literal

import msgspec
import pytest

from midflow.core.content.block import BlockKind
from midflow.core.content.model import Block, Slug, Title, Value


class Choice(Value):
    id: Slug
    text: Title


class Poll(Value):
    """Asks something. `note` is for the author."""

    question: str
    choices: tuple[Choice, ...]
    tone: Literal["plain", "warm"] = "plain"
    seconds: Annotated[int, msgspec.Meta(ge=5, le=90)] = 30
    open: bool = True
    note: str | None = None
    tags: tuple[str, ...] = ()


POLL = BlockKind(
    kind="poll",
    shape=Poll,
    seconds=lambda body: 9.0,
    text=lambda body: body.question,
    lint=lambda body, where: [],
)


@pytest.fixture
def with_polls(data, monkeypatch):
    """As if somebody had put `poll.py` beside the other kinds."""
    from midflow import plugs

    kinds = {**plugs.block_kinds(), "poll": POLL}
    monkeypatch.setattr(plugs, "block_kinds", lambda: kinds)
    from midflow.studio.authoring.models import Unit

    body = Unit._meta.get_field("body")
    before = body.__dict__.pop("stream_block", None)
    yield body
    body.__dict__.pop("stream_block", None)
    if before is not None:
        body.__dict__["stream_block"] = before


def test_a_new_kind_of_block_is_in_the_editor_and_asks_for_no_migration(with_polls):
    from django.core.management import call_command

    said = StringIO()
    assert "poll" in with_polls.stream_block.child_blocks
    call_command("makemigrations", "--check", "--dry-run", stdout=said)
    assert "No changes" in said.getvalue()


def test_a_field_of_a_shape_becomes_the_editor_that_fits_it(with_polls):
    from wagtail import blocks

    poll = with_polls.stream_block.child_blocks["poll"]
    kinds = {name: type(block) for name, block in poll.child_blocks.items()}
    assert issubclass(kinds["question"], blocks.TextBlock)
    assert issubclass(kinds["choices"], blocks.ListBlock)
    assert issubclass(kinds["tone"], blocks.ChoiceBlock)
    assert kinds["seconds"] is blocks.IntegerBlock
    assert kinds["open"] is blocks.BooleanBlock
    assert list(poll.child_blocks["choices"].child_block.child_blocks) == ["text", "id"]
    assert poll.child_blocks["seconds"].field.max_value == 90
    assert not poll.child_blocks["note"].required
    assert poll.meta.help_text == "Asks something. “Note” is for the author."


def test_a_block_comes_back_from_its_editor_as_it_went_in(with_polls):
    from midflow.studio.authoring.bodies import blocks_of, body_of

    poll = Poll(
        question="How was it?", choices=(Choice(id="fine", text="Fine"),), tone="warm", tags=("a", "b")
    )
    there = (Block(kind="poll", id="how", body=poll),)
    assert blocks_of(with_polls.to_python(body_of(there))) == there


def test_empty_names_are_made_up_and_differ(with_polls):
    from midflow.studio.authoring.bodies import body_of

    poll = Poll(question="How?", choices=(Choice(id="x", text="Fine"), Choice(id="y", text="Fine")))
    raw = body_of((Block(kind="poll", id="how", body=poll),) * 2)
    for child in raw:
        child["value"]["block_id"] = ""
        for choice in child["value"]["choices"]:
            choice["id"] = ""
    cleaned = with_polls.stream_block.clean(with_polls.to_python(raw))
    assert [child.value["block_id"] for child in cleaned] == ["poll-1", "poll-2"]
    assert [choice["id"] for choice in cleaned[0].value["choices"]] == ["fine", "fine-2"]


def test_a_kind_without_a_template_of_its_own_is_previewed_field_by_field(with_polls):
    poll = with_polls.stream_block.child_blocks["poll"]
    html = poll.render(poll.to_python({"question": "How was it?", "choices": []}))
    assert "How was it?" in html


def test_a_field_that_no_editor_fits_is_named(data):
    from midflow.studio.authoring.shapes import ShapeError, block_of_shape

    class Odd(Value):
        weights: dict[str, float] = {}

    with pytest.raises(ShapeError, match=r"Odd\.weights: there is no editor for DictType"):
        block_of_shape(Odd)


def test_the_migrations_say_what_the_models_say_and_name_no_kind_of_block(data):
    from pathlib import Path

    from django.core.management import call_command

    import midflow.studio.authoring.migrations as migrations
    from midflow import plugs

    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
    text = "".join(path.read_text(encoding="utf-8") for path in Path(migrations.__path__[0]).glob("*.py"))
    assert not [kind for kind in plugs.block_kinds() if f"'{kind}'" in text]
