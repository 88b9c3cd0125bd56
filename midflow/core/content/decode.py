"""Units on the wire: a block's fields stand beside its kind and id."""

from typing import Any, cast

import msgspec

from midflow.core.content.block import BlockKinds
from midflow.core.content.model import Block, Unit


class ContentError(ValueError):
    """Content that does not have its shape: where, and what is wrong."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where
        self.message = message


def decode_unit(data: Any, kinds: BlockKinds) -> Unit:
    """Return the unit of a JSON object. Raises ContentError naming the block or field."""
    if not isinstance(data, dict):
        raise ContentError("", "A unit is an object of named fields.")
    fields = cast("dict[str, Any]", data)
    raw = fields.get("blocks", ())
    if not isinstance(raw, list | tuple):
        raise ContentError("blocks", "must be a list.")
    places = cast("list[Any]", raw)
    blocks = tuple(_block(block, number, kinds) for number, block in enumerate(places, 1))
    bare = convert({**fields, "blocks": ()}, Unit, "")
    return msgspec.structs.replace(bare, blocks=blocks)


def encode_unit(unit: Unit) -> dict[str, Any]:
    """Return the unit as builtins for JSON; the inverse of `decode_unit`."""
    wire: dict[str, Any] = msgspec.to_builtins(msgspec.structs.replace(unit, blocks=()))
    wire["blocks"] = [encode_block(block) for block in unit.blocks]
    return wire


def encode_block(block: Block) -> dict[str, Any]:
    """Return a block as builtins: kind, id, and the fields of its body."""
    return {"kind": block.kind, "id": block.id, **msgspec.to_builtins(block.body)}


def decode_block(kind: str, id: str, body: Any, kinds: BlockKinds, where: str) -> Block:
    """Return a block of the body's fields. Raises ContentError that begins with `where`."""
    if kind not in kinds:
        raise ContentError(where, f"there is no block kind '{kind}'. Known: {', '.join(sorted(kinds))}.")
    checked = convert({"kind": kind, "id": id, "body": None}, Block, where)
    return msgspec.structs.replace(checked, body=convert(body, kinds[kind].shape, where))


def convert(raw: Any, shape: type[Any], where: str) -> Any:
    """Return `raw` (builtins) as a `shape`. Raises ContentError with msgspec's reason and path."""
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise ContentError(where, str(error)) from None


def _block(raw: Any, number: int, kinds: BlockKinds) -> Block:
    where = f"block {number}"
    if not isinstance(raw, dict):
        raise ContentError(where, "must be an object with `kind` and `id`.")
    fields = dict(cast("dict[str, Any]", raw))
    kind, id = fields.pop("kind", None), fields.pop("id", None)
    if not isinstance(kind, str) or not isinstance(id, str):
        raise ContentError(where, "needs `kind` and `id`.")
    return decode_block(kind, id, fields, kinds, f"{where} ({kind} {id})")
