"""Statements for tests of use cases: checked and prepared as the door of the record does it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from midflow.core.record.jsontext import decode, encode
from midflow.core.record.multipart import Part
from midflow.core.record.prepare import prepare
from midflow.core.record.statements import account
from midflow.core.record.validate import check_statement
from midflow.core.record.values import Version
from midflow.flow.record import Batch

KEY = account("https://midflow.example", "key:desk")


def id_of(n: int) -> str:
    return str(UUID(int=n))


def says(n: int, *, who: str = "ana", verb: str = "read", about: str = "page", **more: Any) -> dict[str, Any]:
    """Return statement number `n`."""
    return {
        "id": id_of(n),
        "actor": {"mbox": f"mailto:{who}@example.org", "name": who.capitalize()},
        "verb": {"id": f"https://example.org/{verb}"},
        "object": {"id": f"https://example.org/{about}"},
        **more,
    }


def batch(*made: dict[str, Any], parts: Sequence[Part] = (), version: Version = "1.0.3") -> Batch:
    raws = [encode(one) for one in made]
    decoded = tuple(decode(raw) for raw in raws)
    for one in decoded:
        check_statement(one, version=version)
    return Batch(
        prepared=tuple(
            prepare(raw, one, id=one["id"], authority=KEY, version=version)
            for raw, one in zip(raws, decoded, strict=True)
        ),
        decoded=decoded,
        parts=tuple(parts),
    )
