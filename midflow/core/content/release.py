"""A release: an immutable compiled snapshot of what is published."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import msgspec

from midflow.core.content.block import BlockKinds
from midflow.core.content.decode import decode_unit, encode_unit
from midflow.core.content.lint import lint_draft
from midflow.core.content.model import Draft, Pack, Problem, Value

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Limits(Value):
    """The attention promise; an organisation may lower it, and raise it within these bounds."""

    per_day: Annotated[int, msgspec.Meta(ge=0, le=6)] = 2
    per_week: Annotated[int, msgspec.Meta(ge=0, le=15)] = 5
    gap_minutes: Annotated[int, msgspec.Meta(ge=15, le=1440)] = 60
    cooldown_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7
    max_showings: Annotated[int, msgspec.Meta(ge=1, le=10)] = 4
    max_ignored: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3


class Policy(Value):
    """How decisions are made. `trial` tosses fairer coins; `interruption_cost` is in the score's unit."""

    limits: Limits = Limits()
    trial: bool = False
    interruption_cost: Share = 0.02
    desired_retention: Annotated[float, msgspec.Meta(ge=0.7, le=0.99)] = 0.9


class Release(Draft, kw_only=True):
    """What the edge, phones and widgets read. `created` in seconds; `hash` is of the content alone."""

    number: int
    created: float
    policy: Policy
    hash: str


class ReleaseError(ValueError):
    """A draft that does not compile: every problem, errors and warnings."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems if problem.severity == "error"))


def draft_of(packs: Iterable[Pack]) -> Draft:
    """Return the content of several packs as one draft."""
    joined = list(packs)
    names = Draft.__struct_fields__
    return Draft(**{name: tuple(item for pack in joined for item in getattr(pack, name)) for name in names})


def compile_release(
    draft: Draft,
    policy: Policy,
    *,
    number: int,
    created: float,
    kinds: BlockKinds,
    valid_condition: Callable[[str], str | None],
) -> Release:
    """Return the release of `draft`.

    `valid_condition` returns None or what is wrong with a rule's condition.
    Raises ReleaseError with all problems where one of them is an error.
    """
    problems = lint_draft(draft, kinds, valid_condition)
    if any(problem.severity == "error" for problem in problems):
        raise ReleaseError(problems)
    ordered = {name: tuple(sorted(getattr(draft, name), key=_name)) for name in Draft.__struct_fields__}
    body = msgspec.json.encode(
        [{**ordered, "units": [encode_unit(unit) for unit in ordered["units"]]}, policy]
    )
    digest = hashlib.sha256(body).hexdigest()
    return Release(**ordered, number=number, created=created, policy=policy, hash=digest)


def encode(release: Release) -> bytes:
    """Return the release as JSON; `decode` is the inverse."""
    wire: dict[str, Any] = {name: getattr(release, name) for name in Release.__struct_fields__}
    wire["units"] = [encode_unit(unit) for unit in release.units]
    return msgspec.json.encode(wire)


def decode(body: bytes, kinds: BlockKinds) -> Release:
    """Return the release of JSON written by `encode`. Raises ContentError, msgspec.DecodeError."""
    wire: dict[str, Any] = msgspec.json.decode(body)
    units = tuple(decode_unit(unit, kinds) for unit in wire.pop("units"))
    bare = msgspec.convert({**wire, "units": ()}, Release)
    return msgspec.structs.replace(bare, units=units)


def _name(item: Any) -> str:
    """Content is ordered by id (sources by name), so that its hash does not depend on the order of saving."""
    return str(getattr(item, "id", None) or item.name)
