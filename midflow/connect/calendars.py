"""iCalendar feeds (RFC 5545): fetched within bounds, recurring events expanded, times made absolute."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, tzinfo
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import httpx2

MOST_BYTES = 5_000_000
MOST_SECONDS = 30.0
"""Of fetching a feed, and again of reading it."""
MOST_EVENTS = 5_000
MOST_STEPS = 20_000
"""Recurrences of one event that are looked at: fifty years of days."""
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
"""How often work comes; what recurs within a day is taken once."""


class CalendarError(RuntimeError):
    """Why a feed cannot be read, in words for whoever registered it."""


class Occurrence(NamedTuple):
    """Something in a calendar: its title, and when it starts, in seconds since the epoch."""

    title: str
    at: float


def client() -> "httpx2.Client":
    import httpx2

    return httpx2.Client(timeout=10.0, follow_redirects=False, trust_env=False)


def fetch(http: "httpx2.Client", url: str) -> bytes:
    """Return the feed at `url`; nothing of one that is too large, too slow or moved. Raises CalendarError."""
    import httpx2

    until = monotonic() + MOST_SECONDS
    body = bytearray()
    try:
        with http.stream("GET", url, headers={"accept": "text/calendar"}) as answer:
            if answer.status_code != 200:
                raise CalendarError(f"the address answered {answer.status_code}, not 200.")
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise CalendarError(f"the feed is larger than {MOST_BYTES // 1_000_000} MB.")
                if monotonic() > until:
                    raise CalendarError(f"the feed took longer than {MOST_SECONDS:.0f} seconds.")
            return bytes(body)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise CalendarError(f"the address cannot be reached: {type(error).__name__}.") from None


def occurrences(body: bytes, *, start: float, end: float, zone: tzinfo) -> list[Occurrence]:
    """Return what starts in a feed from `start` to before `end` (seconds), in order.

    `zone`: where the person is; times without a zone, and days, are meant there.
    What was cancelled is left out, what was moved stands at its new time. An
    event that cannot be read is left out; raises CalendarError where it is no feed.
    """
    from icalendar import Calendar

    try:
        events: list[Any] = list(Calendar.from_ical(body).walk("VEVENT"))
    except (ValueError, IndexError, KeyError) as error:
        raise CalendarError(f"it is no iCalendar feed: {error}.") from None
    if len(events) > MOST_EVENTS:
        raise CalendarError(f"it has more than {MOST_EVENTS} events.")
    moved = {
        (str(event.get("UID")), _instant(event["RECURRENCE-ID"].dt, zone))
        for event in events
        if "RECURRENCE-ID" in event
    }
    until = monotonic() + MOST_SECONDS
    found: set[Occurrence] = set()
    for event in events:
        if monotonic() > until:
            raise CalendarError(f"reading it took longer than {MOST_SECONDS:.0f} seconds.")
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        title = str(event.get("SUMMARY", ""))
        try:
            times = [at for at in _starts(event, start, end, zone) if start <= at < end]
        except (ValueError, KeyError, AttributeError, TypeError, OverflowError):
            continue
        own = "RECURRENCE-ID" in event
        uid = str(event.get("UID"))
        found.update(Occurrence(title, at) for at in times if own or (uid, at) not in moved)
    return sorted(found, key=lambda one: (one.at, one.title))


def _starts(event: Any, start: float, end: float, zone: tzinfo) -> Iterator[float]:
    first = event["DTSTART"].dt
    without = {_instant(said, zone) for said in _dates(event.get("EXDATE"))}
    yield from {
        _instant(first, zone),
        *(_instant(said, zone) for said in _dates(event.get("RDATE"))),
    } - without
    if "RRULE" not in event or event["RRULE"].get("FREQ", [""])[0] not in FREQUENCIES:
        return
    yield from (at for at in _recurring(event["RRULE"], first, start, end, zone) if at not in without)


def _recurring(recurs: Any, first: Any, start: float, end: float, zone: tzinfo) -> Iterator[float]:
    """Recur by the clock on the wall, so that nine o'clock stays nine when the clock is changed."""
    from dateutil.rrule import rrulestr

    here = _zone(first, zone)
    wall = _wall(first)
    rule = {name: values for name, values in recurs.items() if name.upper() != "UNTIL"}
    last = recurs.get("UNTIL")
    stop = datetime.fromtimestamp(end, here).replace(tzinfo=None)
    if last:
        stop = min(stop, _until(last[0], here))
    text = type(recurs)(rule).to_ical().decode()
    for n, local in enumerate(rrulestr(text, dtstart=wall)):
        if local > stop or n >= MOST_STEPS:
            return
        at = local.replace(tzinfo=here).timestamp()
        if at >= start:
            yield at


def _until(said: Any, here: tzinfo) -> datetime:
    """The last moment that counts, by the clock on the wall; a day counts whole."""
    if isinstance(said, datetime):
        return said if said.tzinfo is None else said.astimezone(here).replace(tzinfo=None)
    return datetime.combine(said, time.max)


def _dates(said: Any) -> Iterable[Any]:
    for group in said if isinstance(said, list) else [said] if said is not None else []:
        for one in group.dts:
            yield one.dt[0] if isinstance(one.dt, tuple) else one.dt


def _instant(said: Any, zone: tzinfo) -> float:
    return _wall(said).replace(tzinfo=_zone(said, zone)).timestamp()


def _wall(said: Any) -> datetime:
    if isinstance(said, datetime):
        return said.replace(tzinfo=None)
    if isinstance(said, date):
        return datetime.combine(said, time())
    raise ValueError(f"{said!r} is no time")


def _zone(said: Any, zone: tzinfo) -> tzinfo:
    return said.tzinfo if isinstance(said, datetime) and said.tzinfo is not None else zone
