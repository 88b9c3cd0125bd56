"""A release: an immutable compiled snapshot of what is published."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, get_args

import msgspec

from midflow.core.content.block import BlockKinds
from midflow.core.content.decode import decode_unit, encode_unit
from midflow.core.content.lint import lint_draft
from midflow.core.content.model import Draft, Pack, Problem, Risk, Value

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Retention = Annotated[float, msgspec.Meta(ge=0.7, le=0.99)]
"""The chance of recall at which a check falls due."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
MinuteOfDay = Annotated[int, msgspec.Meta(ge=0, le=1440)]


class Limits(Value):
    """The attention promise; an organisation may lower it, and raise it within these bounds."""

    per_day: Annotated[int, msgspec.Meta(ge=0, le=6)] = 2
    per_week: Annotated[int, msgspec.Meta(ge=0, le=15)] = 5
    gap_minutes: Annotated[int, msgspec.Meta(ge=15, le=1440)] = 60
    cooldown_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 7
    max_showings: Annotated[int, msgspec.Meta(ge=1, le=10)] = 4
    max_ignored: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3


class Policy(Value):
    """How decisions are made and checks come back; an organisation may set each within its bounds.

    `trial` tosses fairer coins. `interruption_cost` is in the score's unit.
    `nudges`: without them nothing is shown that was not asked for. `digest`: one
    summary a day. `review_minutes`: the most a day asks for. `probe_share`: the
    share of checks left unscheduled, so that forgetting can be measured.
    `day_start`, `day_end`: minutes after local midnight; where one is None, the
    whole day is worked. A day that ends before it starts goes past midnight.
    """

    limits: Limits = Limits()
    trial: bool = False
    interruption_cost: Share = 0.02
    desired_retention: Retention = 0.9
    retention_low: Retention = 0.85
    retention_safety_critical: Retention = 0.95
    nudges: bool = True
    digest: bool = True
    review_minutes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    probe_share: Annotated[float, msgspec.Meta(ge=0, le=0.2)] = 0.05
    working_days: Annotated[tuple[Weekday, ...], msgspec.Meta(min_length=1)] = WEEKDAYS
    day_start: MinuteOfDay | None = None
    day_end: MinuteOfDay | None = None

    def retention(self, risk: Risk) -> float:
        """Return the chance of recall, in [0.7, 0.99], at which a check of a unit of this risk falls due."""
        by_risk = {"low": self.retention_low, "safety_critical": self.retention_safety_critical}
        return by_risk.get(risk, self.desired_retention)

    def works(self, weekday: int, minute: int) -> bool:
        """Return whether the working calendar holds this local time.

        `weekday`: 0 for Monday to 6 for Sunday; `minute`: whole minutes after midnight.
        """
        today = WEEKDAYS[weekday] in self.working_days
        start, end = self.day_start, self.day_end
        if start is None or end is None or start == end:
            return today
        if start < end:
            return today and start <= minute < end
        return (today and minute >= start) or (WEEKDAYS[weekday - 1] in self.working_days and minute < end)


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
