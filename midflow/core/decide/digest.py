"""The daily digest: when it is made, and which lines it has."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

MOST_LINES = 5
MORNING = 8 * 60
"""Minutes after midnight at which a day begins where nobody says otherwise."""
APART = 12 * 3600.0
"""Seconds that lie between two digests, however somebody travels."""

Kind = Literal["alarm", "refresher", "missed"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One unit worth a look, with the reason; `value` orders lines: the expected share of errors prevented."""

    kind: Kind
    unit: str
    task: str
    reason: str
    value: float


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """The digest of a person's day (YYYY-MM-DD where they are); `made` in seconds since the epoch."""

    day: str
    made: float
    lines: tuple[Line, ...] = ()


def digest_day(
    local: datetime, *, now: float, start: int, works: bool, seen: bool, before: Digest | None
) -> str | None:
    """Return the day (YYYY-MM-DD) whose digest is to be made now, None where it is not time for one.

    `local`: the time where the person is, at `now` (seconds). A digest is made at
    the `start` of a working day (minutes after midnight) or, `seen`, when they are
    there before that or on another day; once a day, and never back in time.
    """
    day = local.date().isoformat()
    if before is not None and (day <= before.day or now - before.made < APART):
        return None
    begun = works and local.hour * 60 + local.minute >= start
    return day if begun or seen else None


def compose(lines: Iterable[Line], *, day: str, made: float) -> Digest:
    """Return the digest of at most `MOST_LINES` lines, the most valuable first, one for each unit."""
    best: dict[str, Line] = {}
    for line in lines:
        kept = best.get(line.unit)
        if kept is None or line.value > kept.value:
            best[line.unit] = line
    ordered = sorted(best.values(), key=lambda line: (-line.value, line.unit))
    return Digest(day=day, made=made, lines=tuple(ordered[:MOST_LINES]))
