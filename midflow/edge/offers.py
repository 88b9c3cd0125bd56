"""What is on offer to the signed-in person: a poll with an ETag, and server-sent events."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from midflow.core.events import format_time
from midflow.edge.auth import learner
from midflow.edge.desk import Desk
from midflow.edge.http import NO_STORE, Request, Response, Stream, json_response
from midflow.store import log, people
from midflow.store.log import OfferRow
from midflow.store.preferences import Channel

_encode = msgspec.json.Encoder().encode


def offer_json(row: OfferRow) -> dict[str, Any]:
    """Return an offer as clients see it."""
    text = row.message
    return {
        "id": str(row.decision),
        "unit": row.unit,
        "title": text.title,
        "objective": text.objective,
        "minutes": text.minutes,
        "form": text.form,
        "risk": text.risk,
        "task": {"id": text.task_id, "title": text.task_title},
        "phase": row.phase,
        "case": row.case,
        "state": row.state,
        "created": format_time(row.created),
        "expires": format_time(row.expires),
        "message": text.message,
        "why": text.why,
    }


def current_offers(desk: Desk, person: str, channel: Channel = "widget") -> list[OfferRow]:
    """Return the person's open offers that may be rendered in a channel now, newest first.

    Their unit may still be served; the organisation has not switched nudges off, nor the person this channel;
    and a person who asked for quiet gets no prompt in a tool but what is safety-critical.
    """
    if not desk.book.release.policy.nudges:
        return []
    now = desk.clock()
    rows, me = desk.store.read(lambda tx: (log.open_offers(tx, person, now), people.person(tx, person)))
    if not rows or me is None or channel not in me.preferences.channels:
        return []
    paused = channel == "widget" and now < me.preferences.paused_until
    return [row for row in rows if served(desk, row.unit, now) and (not paused or _safety(desk, row))]


def _safety(desk: Desk, row: OfferRow) -> bool:
    return desk.book.units[row.unit].unit.risk == "safety_critical"


def served(desk: Desk, unit: str, now: float) -> bool:
    """Return whether the unit is in the current release and not out of date."""
    prepared = desk.book.units.get(unit)
    return prepared is not None and (prepared.expires is None or now < prepared.expires)


async def get_offers(desk: Desk, request: Request) -> Response:
    """The offers at once; 304 where nothing changed since the ETag."""
    person = learner(desk, request)
    desk.see(person.id)
    body = {"offers": [offer_json(row) for row in current_offers(desk, person.id)]}
    etag = b'"' + hashlib.sha256(_encode(body)).hexdigest()[:24].encode() + b'"'
    if request.headers.get(b"if-none-match") == etag:
        return Response(304, [(b"etag", etag), NO_STORE])
    return json_response(body, headers=[(b"etag", etag)])


async def get_stream(desk: Desk, request: Request) -> Stream:
    """Offers as they come, until the client goes or the edge ends."""
    person = learner(desk, request)
    desk.see(person.id)
    headers = [(b"content-type", b"text/event-stream"), NO_STORE, (b"x-accel-buffering", b"no")]
    return Stream(headers, _pieces(desk, request, person.id))


async def _pieces(desk: Desk, request: Request, person: str) -> AsyncIterator[bytes]:
    changed = desk.hub.join(person)
    gone = asyncio.ensure_future(_gone(request, changed))
    desk.metrics.streams.inc()
    sent: dict[int, str] = {}
    release = desk.book.release.number
    yield b"retry: 2000\n\n"
    try:
        while not gone.done() and not desk.closing.is_set():
            changed.clear()
            if desk.book.release.number != release:
                release = desk.book.release.number
                yield _event("release", {"number": release})
            for piece in _news(desk, person, sent):
                yield piece
            if not await _within(changed, desk.settings.stream_keep_alive_seconds):
                yield b": keep-alive\n\n"
    finally:
        gone.cancel()
        desk.hub.leave(person, changed)
        desk.metrics.streams.dec()


def _news(desk: Desk, person: str, sent: dict[int, str]) -> list[bytes]:
    """What changed since `sent`, which is brought up to date."""
    rows = {row.decision: row for row in current_offers(desk, person)}
    pieces = [_event("withdraw", {"id": str(number)}) for number in sent if number not in rows]
    for number in [number for number in sent if number not in rows]:
        del sent[number]
    for number, row in sorted(rows.items()):
        if number not in sent:
            pieces.append(_event("offer", offer_json(row)))
            sent[number] = row.state
    return pieces


async def _within(changed: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(changed.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def _gone(request: Request, changed: asyncio.Event) -> None:
    """Ends when the client does: a send to a client that is gone never fails, so its end is read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    changed.set()


def _event(name: str, data: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + _encode(data) + b"\n\n"
