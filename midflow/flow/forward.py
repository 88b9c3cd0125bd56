"""Statements sent on to other stores: in order, at least once, and again after an outage."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from midflow.core.record.jsontext import decode
from midflow.core.record.multipart import Part, as_named, build
from midflow.core.record.values import Version
from midflow.store import attachments, forwarders, statements
from midflow.store.forwarders import Forwarder
from midflow.store.privacy import log_access
from midflow.store.statements import Stored
from midflow.store.tx import Store, Tx

BATCH = 100
MOST_BATCHES = 50
"""How many batches one receiver gets in one go, so that no job outlasts its lease."""

FIRST_WAIT = 10.0
LONGEST_WAIT = 3600.0
"""Seconds between tries at a receiver that does not answer; each wait doubles the last."""


class Parcel(NamedTuple):
    """A request's worth of statements: media type, body, and the version of xAPI that they are written in."""

    media: str
    body: bytes
    version: Version


class Refused(Exception):
    """The receiver answered, and will never take this."""


class Away(Exception):
    """The receiver cannot be reached now, or is too busy."""


Send = Callable[[Forwarder, Parcel], None]
"""Sends one parcel. Raises Refused or Away."""


def forward(store: Store, send: Send, *, clock: Callable[[], float]) -> int:
    """Send what is due to every receiver and return how many statements were sent."""
    found = store.read(forwarders.forwarders)
    due = [one for one in found if not one.paused and one.next_try <= clock() * 1000]
    return sum(_serve(store, one, send, clock) for one in due)


def _serve(store: Store, to: Forwarder, send: Send, clock: Callable[[], float]) -> int:
    """Send batch after batch until the receiver has everything, has had its turn, or is away."""
    sent = 0
    for _ in range(MOST_BATCHES):
        rows = store.read(partial(statements.statements_after, seq=to.reached, limit=BATCH))
        if not rows:
            return sent
        try:
            refused = _deliver(store, to, rows, send)
        except Away as error:
            wait = min(FIRST_WAIT * 2**to.attempts, LONGEST_WAIT)
            _note_away(store, to, str(error), clock() + wait)
            return sent
        sent += len(rows) - len(refused)
        after = _note_there(store, to, rows, refused, clock())
        if after is None:
            return sent
        to = after
    return sent


def _deliver(store: Store, to: Forwarder, rows: Sequence[Stored], send: Send) -> list[str]:
    """Send statements and return what was said of those that the receiver will never take."""
    refused: list[str] = []
    for version, same in groupby(rows, key=_version):
        some = list(same)
        try:
            send(to, _parcel(store, some, version))
        except Refused as error:
            if len(some) == 1:
                refused.append(f"{some[0].id}: {error}")
                continue
            # One bad statement refuses its whole batch, so the others are sent without it.
            middle = len(some) // 2
            refused += _deliver(store, to, some[:middle], send)
            refused += _deliver(store, to, some[middle:], send)
    return refused


def _version(row: Stored) -> Version:
    """A statement of 2.0 may have members that 1.0.3 refuses."""
    return "2.0.0" if str(decode(row.raw).get("version", "")).startswith("2") else "1.0.3"


def _parcel(store: Store, rows: Sequence[Stored], version: Version) -> Parcel:
    body = b"[" + b",".join(row.raw for row in rows) + b"]"
    parts: list[Part] = store.read(lambda tx: attachments.of(tx, [row.seq for row in rows]))
    if not parts:
        return Parcel("application/json", body, version)
    media, chunks = build(body, as_named(parts, [decode(row.raw) for row in rows]))
    return Parcel(media, b"".join(chunks), version)


def _note_there(
    store: Store, to: Forwarder, rows: Sequence[Stored], refused: Sequence[str], now: float
) -> Forwarder | None:
    """Note how far it has got; None where the receiver was removed meanwhile."""
    reached, sent = rows[-1].seq, len(rows) - len(refused)

    def note(tx: Tx) -> Forwarder | None:
        forwarders.note_sent(
            tx, to.name, reached=reached, sent=sent, refused=len(refused), said="; ".join(refused)
        )
        what = f"{sent} statements of the record, up to number {reached}"
        reader = f"forwarder {to.name}"
        log_access(tx, at=now, reader=reader, purpose="evidence", subject="everybody", what=what)
        return forwarders.forwarder(tx, to.name)

    return store.write(note)


def _note_away(store: Store, to: Forwarder, error: str, next_try: float) -> None:
    store.write(lambda tx: forwarders.note_failure(tx, to.name, error, next_try=int(next_try * 1000)))
