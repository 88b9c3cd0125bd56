"""From the shape of a value (a msgspec struct) to the blocks in which an author edits it, and back.

Nothing here knows a kind of block: a shape's fields say all that is needed.
"""

import json
import re
from typing import Any

import msgspec
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.utils.text import slugify
from msgspec import inspect
from wagtail import blocks
from wagtail.admin.widgets import AdminAutoHeightTextInput

from midflow.core.content.model import Slug

SLUG_PATTERN = Slug.__metadata__[0].pattern
SLUG_LENGTH = Slug.__metadata__[0].max_length
WRITTEN_OUT = {
    "src": "Address", "length_seconds": "Length in seconds",
    "events": "Event types", "within_hours": "Within hours", "by": "Done by", "where": "Looked for",
    "times_base": "Times the rate of everyone", "begun": "From so many begun", "days": "Days",
    "me": "the same person", "another": "somebody else", "case": "on the same record",
    "person": "in all that this person did",
}  # fmt: skip
"""Names of fields, and of what may be chosen in them, that are short for what an author would say."""
NAME = "block_id"
"""The field of a block of a unit that holds its id; a body may have a field `id` of its own."""


class ShapeError(TypeError):
    """A shape that has no editor: which field, and why."""


class Sentence(blocks.TextBlock):
    """Text of any length in a field that grows; line ends are the same from every browser."""

    def clean(self, value):
        return super().clean(value.replace("\r\n", "\n") if value else value)


class ShapeBlock(blocks.StructBlock):
    """A struct, field by field. An empty id becomes one made of the first words beside it."""

    def clean(self, value):
        result = super().clean(value)
        if "id" in self.child_blocks and not result["id"]:
            first = next((text for text in result.values() if isinstance(text, str) and text), "")
            result["id"] = slugify(first)[:40].strip("-")
        return result


class ShapeList(blocks.ListBlock):
    """A list of structs whose ids, where they have any, differ."""

    def clean(self, value):
        result = super().clean(value)
        taken: set[str] = set()
        for item in result:
            if isinstance(item, dict) and "id" in item:
                item["id"] = free_id(item["id"] or "item", taken)
                taken.add(item["id"])
        return result


class Pasted(blocks.FieldBlock):
    """A value that a tool made and an author pastes whole, as JSON; None where nothing was pasted."""

    def __init__(self, *, shape, required=False, help_text="", **options):
        self.shape = shape
        self.field = CharField(widget=AdminAutoHeightTextInput(), required=required, help_text=help_text)
        super().__init__(**options)

    def value_from_form(self, value):
        if not value or not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            return value

    def value_for_form(self, value):
        return (
            ""
            if value is None
            else value
            if isinstance(value, str)
            else json.dumps(value, ensure_ascii=False)
        )

    def clean(self, value):
        if value is None:
            return None
        try:
            msgspec.convert(value, self.shape)
        except msgspec.ValidationError as error:
            message = f"This is not what was copied ({error}). Paste it whole, from brace to brace."
            raise ValidationError(message) from None
        return value


def _struct(type_):
    """The struct of a field that may be empty."""
    found = [one for one in getattr(type_, "types", (type_,)) if isinstance(one, inspect.StructType)]
    if len(found) != 1:
        raise ShapeError("only a struct can be pasted")
    return found[0].cls


def free_id(wanted: str, taken) -> str:
    """Return `wanted`, or it with the first free number."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def block_of_shape(shape: type[msgspec.Struct], *, named: bool = False, **meta: Any) -> ShapeBlock:
    """Return the editor of a struct; `named` adds the id that a block has within its unit."""
    children = [(field.name, _field_block(shape, field)) for field in sorted(_fields(shape), key=_place)]
    if named:
        help_text = "For records and links; made up if empty. Keep it when you reword the block."
        children.append((NAME, _slug_block(label="Short name", help_text=help_text)))
    meta.setdefault("help_text", plain_words(shape))
    return ShapeBlock(children, **meta)


def plain_words(shape: type) -> str:
    """Return a shape's docstring as help for an author: one paragraph, fields by their labels."""
    words = re.sub(r"\s+", " ", shape.__dict__.get("__doc__") or "").strip()
    return re.sub(r"`(\w+)`", lambda name: f"“{label_of(name[1])}”", words).replace("`", "")


def label_of(name: str) -> str:
    """Return a field's name as an author reads it."""
    return WRITTEN_OUT.get(name, name.replace("_", " ").capitalize())


def raw_fields(value: Any, shape: type[msgspec.Struct]) -> dict[str, Any]:
    """Return a struct's fields as builtins from its block's value; what was left empty takes the shape's default."""
    raw = {name: _raw(inner) for name, inner in value.items() if name != NAME}
    for field in _fields(shape):
        if raw.get(field.name) is None and not field.required:
            raw.pop(field.name, None)
    return raw


def _raw(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _raw(inner) for name, inner in value.items()}
    if isinstance(value, blocks.list_block.ListValue | list | tuple):
        return [_raw(inner) for inner in value]
    return value


def _place(field) -> int:
    """A heading is written first, a name for records last; else the shape's own order."""
    return {"title": 0, "id": 2}.get(field.name, 1)


def _fields(shape):
    return inspect.type_info(shape).fields


def _slug_block(**meta):
    error = "Small letters, digits and single hyphens, such as what-to-do."
    return blocks.RegexBlock(
        regex=SLUG_PATTERN, max_length=SLUG_LENGTH, required=False, error_messages={"invalid": error}, **meta
    )


def _field_block(shape, field):
    meta: dict[str, Any] = {"label": label_of(field.name), "required": field.required}
    if isinstance(field.default, str | int | float) and field.default != "":
        meta["default"] = field.default
    try:
        return _block(field.type, meta, field.name)
    except ShapeError as error:
        raise ShapeError(f"{shape.__name__}.{field.name}: {error}") from None


def _block(type_, meta, name):
    match type_:
        case inspect.Metadata(extra={"pasted": str(words)}):
            return Pasted(shape=_struct(type_.type), help_text=words, **{**meta, "required": False})
        case inspect.UnionType():
            inner = [one for one in type_.types if not isinstance(one, inspect.NoneType)]
            if len(inner) != 1:
                raise ShapeError("a field of several types has no editor")
            return _block(inner[0], {**meta, "required": False}, name)
        case inspect.BoolType():
            return blocks.BooleanBlock(**{**meta, "required": False})
        case inspect.StrType():
            return _text(type_, meta, name)
        case inspect.IntType():
            return blocks.IntegerBlock(min_value=_low(type_), max_value=_high(type_), **meta)
        case inspect.FloatType():
            return blocks.FloatBlock(min_value=_low(type_), max_value=_high(type_), **meta)
        case inspect.LiteralType():
            return blocks.ChoiceBlock(
                choices=[
                    (one, WRITTEN_OUT.get(str(one), str(one).replace("_", " "))) for one in type_.values
                ],
                **meta,
            )
        case inspect.VarTupleType() | inspect.ListType():
            return _list(type_, meta, name)
        case inspect.StructType():
            return block_of_shape(type_.cls, **meta)
        case _:
            raise ShapeError(f"there is no editor for {type(type_).__name__}")


def _text(type_, meta, name):
    if type_.pattern == SLUG_PATTERN and name == "id":
        return _slug_block(label="Short name", help_text="For records; made up if empty.")
    if type_.pattern:
        return blocks.RegexBlock(regex=type_.pattern, max_length=type_.max_length, **meta)
    if type_.max_length:
        return blocks.CharBlock(min_length=type_.min_length, max_length=type_.max_length, **meta)
    return Sentence(min_length=type_.min_length, rows=1, **meta)


def _list(type_, meta, name):
    one = label_of(name.removesuffix("s"))
    child = _block(type_.item_type, {"label": one, "required": True}, name)
    if isinstance(child, blocks.FieldBlock):
        child.field.widget.attrs["aria-label"] = one  # a list shows the labels of structs only
    empty = {} if meta["required"] else {"default": []}
    return ShapeList(child, label=meta["label"], **empty)


def _low(type_):
    return type_.ge if type_.ge is not None else type_.gt


def _high(type_):
    return type_.le if type_.le is not None else type_.lt
