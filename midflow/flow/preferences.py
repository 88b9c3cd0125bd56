"""What a person settles about prompts and reviews: read, checked, saved, and what it means at a time."""

from datetime import datetime
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from midflow.core.events import EventError, format_time, parse_time
from midflow.store import people
from midflow.store.people import Person
from midflow.store.preferences import CHANNELS, Channel
from midflow.store.tx import Tx

LONGEST_PAUSE = 30 * 86_400.0
"""Seconds ahead up to which somebody may ask for quiet in one go."""

CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
Clock = Annotated[str, msgspec.Meta(pattern=CLOCK)]
PAIRS = (("quiet_from", "quiet_until"), ("work_from", "work_until"))


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Preferences as clients read and write them: times of day as HH:MM, `paused_until` in RFC 3339."""

    channels: tuple[Channel, ...] = CHANNELS
    timezone: str = "UTC"
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None
    work_from: Clock | None = None
    work_until: Clock | None = None
    daily_minutes: Annotated[int, msgspec.Meta(ge=0, le=30)] = 0
    reviews: bool = True
    digest: bool = True
    paused_until: str | None = None
    opted_out: bool = False
    measured: bool = True
    mentors: Annotated[tuple[str, ...], msgspec.Meta(max_length=5)] = ()


_TYPES = get_type_hints(Wish, include_extras=True)


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """What one field cannot be, in words."""

    field: str
    detail: str


class WishError(ValueError):
    """Preferences that cannot be taken: every field that is wrong."""

    def __init__(self, wrong: list[Wrong]) -> None:
        self.wrong = wrong
        super().__init__(" ".join(f"`{one.field}`: {one.detail}" for one in wrong))


def wish_of(person: Person, now: float) -> Wish:
    """Return a person's preferences as they read them; a pause that is over is none."""
    own = person.preferences
    return Wish(
        channels=own.channels,
        timezone=person.timezone,
        quiet_from=_clock(person.quiet_from),
        quiet_until=_clock(person.quiet_until),
        work_from=_clock(own.work_from),
        work_until=_clock(own.work_until),
        daily_minutes=own.daily_minutes,
        reviews=own.reviews,
        digest=own.digest,
        paused_until=format_time(own.paused_until) if own.paused_until > now else None,
        opted_out=person.opted_out,
        measured=own.measured,
        mentors=own.mentors,
    )


def change(tx: Tx, person_id: str, fields: dict[str, Any], *, now: float) -> Wish:
    """Save what `fields` names and return all preferences; what it does not name stays as it was.

    Raises WishError with every field that is wrong; then nothing has changed.
    """
    person = people.person(tx, person_id)
    if person is None:
        raise WishError([Wrong(field="", detail=f"There is no person '{person_id}'.")])
    before = wish_of(person, now)
    wish = _checked(before, fields, now)
    if wish.mentors != before.mentors:
        _know_mentors(tx, person, wish)
    after = _taken(person, wish)
    if after != person:
        people.save_person(tx, after, now=now)
    return wish_of(after, now)


def _checked(before: Wish, fields: dict[str, Any], now: float) -> Wish:
    wrong: list[Wrong] = []
    changes: dict[str, Any] = {}
    for name, value in fields.items():
        if name not in _TYPES:
            known = ", ".join(_TYPES)
            wrong.append(Wrong(field=name, detail=f"There is no such preference. There are: {known}."))
            continue
        try:
            changes[name] = msgspec.convert(value, _TYPES[name])
        except msgspec.ValidationError as error:
            detail = "must be a time of day such as 17:30, or null." if "regex" in str(error) else f"{error}."
            wrong.append(Wrong(field=name, detail=detail))
    wish = msgspec.structs.replace(before, **changes)
    wrong += _odd(wish, now)
    if wrong:
        raise WishError(wrong)
    return wish


def _know_mentors(tx: Tx, person: Person, wish: Wish) -> None:
    """Raise WishError where a mentor is nobody here, or the person themselves."""
    wrong = [
        Wrong(field="mentors", detail=f"'{id[:60]}' is nobody else here.")
        for id in wish.mentors
        if id == person.id or people.person(tx, id) is None
    ]
    if wrong:
        raise WishError(wrong)


def _odd(wish: Wish, now: float) -> list[Wrong]:
    """What has the right shape and still cannot be."""
    found: list[Wrong] = []
    for start, end in PAIRS:
        if (getattr(wish, start) is None) != (getattr(wish, end) is None):
            missing = start if getattr(wish, start) is None else end
            found.append(Wrong(field=missing, detail=f"goes with `{end if missing == start else start}`."))
    for name in ("channels", "mentors"):
        named: tuple[str, ...] = getattr(wish, name)
        if len(set(named)) != len(named):
            found.append(Wrong(field=name, detail="names one twice."))
    try:
        ZoneInfo(wish.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        detail = f"'{wish.timezone[:60]}' is no time zone; write it as in Europe/Lisbon."
        found.append(Wrong(field="timezone", detail=detail))
    if wish.paused_until is not None:
        try:
            until = parse_time(wish.paused_until)
        except EventError as error:
            found.append(Wrong(field="paused_until", detail=str(error)))
        else:
            if until > now + LONGEST_PAUSE:
                detail = "is more than 30 days ahead. To have no prompts at all, set `opted_out`."
                found.append(Wrong(field="paused_until", detail=detail))
    return found


def _taken(person: Person, wish: Wish) -> Person:
    own = msgspec.structs.replace(
        person.preferences,
        channels=tuple(channel for channel in CHANNELS if channel in wish.channels),
        work_from=_minute(wish.work_from),
        work_until=_minute(wish.work_until),
        daily_minutes=wish.daily_minutes,
        reviews=wish.reviews,
        digest=wish.digest,
        paused_until=parse_time(wish.paused_until) if wish.paused_until else 0.0,
        measured=wish.measured,
        mentors=wish.mentors,
    )
    return msgspec.structs.replace(
        person,
        timezone=wish.timezone,
        quiet_from=_minute(wish.quiet_from),
        quiet_until=_minute(wish.quiet_until),
        opted_out=wish.opted_out,
        preferences=own,
    )


def quiet(person: Person, now: float) -> bool:
    """Return whether it is within the person's quiet hours, or outside of the hours they work."""
    own = person.preferences
    if person.quiet_from is None and own.work_from is None:
        return False
    local = local_time(person, now)
    minute = local.hour * 60 + local.minute
    working = _between(own.work_from, own.work_until, minute)
    return _between(person.quiet_from, person.quiet_until, minute) is True or working is False


def local_time(person: Person, now: float) -> datetime:
    """Return the time where the person is; UTC for a time zone that is not known here."""
    try:
        zone = ZoneInfo(person.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = ZoneInfo("UTC")
    return datetime.fromtimestamp(now, zone)


def _between(start: int | None, end: int | None, minute: int) -> bool | None:
    """Whether a minute of the day lies between two, over midnight too; None where there are no two."""
    if start is None or end is None or start == end:
        return None
    return start <= minute < end if start < end else minute >= start or minute < end


def _clock(minute: int | None) -> str | None:
    return None if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def _minute(clock: str | None) -> int | None:
    return None if clock is None else int(clock[:2]) * 60 + int(clock[3:])
