"""The block editors of content: a unit's body from the block kinds there are, and the small lists."""

import re
from functools import cache

import msgspec
from wagtail import blocks

from midflow import plugs
from midflow.core.content import model as core
from midflow.core.content.decode import ContentError, decode_block
from midflow.core.content.model import Block, Reference
from midflow.studio.authoring.fields import choices_of
from midflow.studio.authoring.shapes import NAME, block_of_shape, free_id, label_of, raw_fields


class BodyBlock(blocks.StreamBlock):
    """A unit's blocks. Each has an id that stays: by it an answer is remembered."""

    def clean(self, value):
        result = super().clean(value)
        taken = {child.value[NAME] for child in result if child.value[NAME]}
        for position, child in enumerate(result, 1):
            if not child.value[NAME]:
                child.value[NAME] = free_id(f"{child.block_type}-{position}", taken)
                taken.add(child.value[NAME])
        return result


def body() -> BodyBlock:
    """Return the editor of a unit's body, made of the block kinds that are installed now."""
    kinds = sorted(plugs.block_kinds().values(), key=lambda kind: (kind.score is not None, kind.kind))
    return BodyBlock([(kind.kind, _kind_block(kind)) for kind in kinds], required=False)


def _kind_block(kind):
    template = f"authoring/blocks/{kind.kind}.html"
    return block_of_shape(
        kind.shape,
        named=True,
        label=kind.kind.replace("_", " ").capitalize(),
        icon="circle-check" if kind.score else "doc-full",
        group="To do" if kind.score else "To read",
        template=template if _exists(template) else "authoring/blocks/any.html",
    )


@cache
def _exists(template: str) -> bool:
    from django.template import TemplateDoesNotExist
    from django.template.loader import get_template

    try:
        get_template(template)
    except TemplateDoesNotExist:
        return False
    return True


def blocks_of(body) -> tuple[Block, ...]:
    """Return the core's blocks of a unit's body. Raises ContentError naming the block."""
    kinds = plugs.block_kinds()
    found: list[Block] = []
    for position, child in enumerate(body, 1):
        where = f"{child.block_type} {child.value.get(NAME) or position}"
        if child.block_type not in kinds:
            raise ContentError(where, f"the kind '{child.block_type}' is not installed.")
        raw = raw_fields(child.value, kinds[child.block_type].shape)
        id = child.value.get(NAME) or f"{child.block_type}-{position}"
        found.append(decode_block(child.block_type, id, raw, kinds, where))
    return tuple(found)


def body_of(found: tuple[Block, ...]) -> list[dict]:
    """Return the stored form of a body; the inverse of `blocks_of`."""
    return [{"type": one.kind, "value": {**msgspec.to_builtins(one.body), NAME: one.id}} for one in found]


def _choice(model: str, label: str):
    return blocks.ChoiceBlock(choices=lambda: choices_of(model), label=label)


def levels() -> blocks.StreamBlock:
    """Return the editor of a role's target levels."""
    level = blocks.StructBlock(
        [
            ("skill", _choice("Skill", "Skill")),
            ("level", blocks.FloatBlock(min_value=0, max_value=1, label="Level")),
        ],
        help_text="How well somebody in this role should know the skill: the chance of getting it right.",
        icon="order",
        label="Skill",
    )
    return blocks.StreamBlock([("level", level)], required=False)


def units() -> blocks.StreamBlock:
    """Return the editor of units in an order."""
    return blocks.StreamBlock([("unit", _choice("Unit", "Unit"))], required=False)


def references() -> blocks.StreamBlock:
    """Return the editor of sources of facts."""
    one = block_of_shape(
        Reference, label="Source", icon="link", help_text="A page you have opened, by its https address."
    )
    return blocks.StreamBlock([("source", one)], required=False)


TERMS = (
    (core.Times, "How often done before", "How often this person has begun the task before. At most 0 means the first time."),
    (core.Unused, "Not done for so long", "This person has begun the task before, but not for so many days."),
    (core.After, "Comes after another event", "Such an event came before this one, at most so many hours ago."),
    (core.Count, "So often within some hours", "At least so many such events came within the last hours, this one included."),
    (core.ErrorRate, "More errors than others", "This person gets the task wrong so many times as often as everyone does. 2 means twice as often."),
    (core.Absent, "Something does not come", "No such event comes on the same record within so many hours. The moment is then."),
)  # fmt: skip
"""What a rule may ask of what came before: the shape, what it is called, and its help."""


def history() -> blocks.StreamBlock:
    """Return the editor of a rule's history."""
    found = [
        (shape.__struct_config__.tag, block_of_shape(shape, label=label, help_text=said, icon="history"))
        for shape, label, said in TERMS
    ]
    return blocks.StreamBlock(found, required=False)


def in_labels(said: str) -> str:
    """Return what the core says of a history, with terms and fields as they are called on the page."""
    called = {shape.__struct_config__.tag: label for shape, label, _ in TERMS}
    return re.sub(r"`(\w+)`", lambda name: f"“{called.get(name[1]) or label_of(name[1])}”", said)


def terms_of(history) -> list[dict]:
    """Return a rule's history as builtins, from the value of its editor."""
    shapes = {shape.__struct_config__.tag: shape for shape, _, _ in TERMS}
    return [
        {"kind": child.block_type, **raw_fields(child.value, shapes[child.block_type])} for child in history
    ]


def history_of(terms: tuple[core.Term, ...]) -> list[dict]:
    """Return the stored form of a history; the inverse of `terms_of`."""
    raw = [msgspec.to_builtins(term) for term in terms]
    return [{"type": term.pop("kind"), "value": term} for term in raw]
