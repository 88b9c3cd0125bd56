"""The log: work events, decisions and the offers made of them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from midflow.core.decide import Decision, Situation
from midflow.core.decide.policy import form
from midflow.core.deliver import Message
from midflow.core.events import WorkEvent, format_time
from midflow.store.tx import Tx, fetch_in

encode = msgspec.json.Encoder().encode
decode_situation = msgspec.json.Decoder(Situation).decode
_message = msgspec.json.Decoder(Message).decode

OPEN_STATES = ("offered", "displayed", "opened")


class EventRow(NamedTuple):
    """One event as stored. `person` is None where the account is nobody's."""

    seq: int
    event: WorkEvent
    received: float
    person: str | None
    dropped: int
    silence: str | None


class DecisionRow(NamedTuple):
    """One decision with all it was made from."""

    seq: int
    event: int
    release: int
    situation: Situation
    decision: Decision


class OfferRow(NamedTuple):
    """One offer. `displayed`: when a client first displayed it; `shown_before`: when its unit was
    last shown before it, 0 for never. `released`: from when on it may be displayed; while its state
    is waiting, when that will be unless the person goes on.
    """

    decision: int
    person: str
    unit: str
    created: float
    expires: float
    state: str
    displayed: float | None
    shown_before: float
    message: Message
    phase: str
    case: str
    released: float


def seen_before(tx: Tx, identities: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the numbers of the events with these identities (source, id), as far as there are any."""
    ids: dict[str, list[str]] = {}
    for source, id in identities:
        ids.setdefault(source, []).append(id)
    sql = "SELECT id, seq FROM work_event WHERE id IN ({}) AND source=?"
    return {
        (source, id): seq for source, some in ids.items() for id, seq in fetch_in(tx, sql, some, [source])
    }


def next_seqs(tx: Tx) -> tuple[int, int]:
    """Return the next free numbers of events and of decisions."""
    row = tx.execute("SELECT (SELECT max(seq) FROM work_event), (SELECT max(seq) FROM decision)").fetchone()
    return (row[0] or 0) + 1, (row[1] or 0) + 1


def add_events(tx: Tx, rows: Iterable[EventRow]) -> None:
    """Append events."""
    tx.executemany(
        "INSERT INTO work_event VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        [
            (
                r.seq, r.event.source, r.event.id, r.event.type, r.event.time, r.received, r.event.person, r.person,
                r.event.case, r.event.subject, encode(r.event.data), r.dropped, r.silence,
            )
            for r in rows
        ],
    )  # fmt: skip


def events_of(tx: Tx, person: str, latest: int) -> list[EventRow]:
    """Return the person's latest events, oldest first."""
    rows = tx.execute(
        "SELECT seq, source, id, type, time, account, case_ref, subject, data, received, person, dropped, silence"
        " FROM work_event WHERE person=? ORDER BY seq DESC LIMIT ?",
        [person, latest],
    ).fetchall()
    return [_event(row) for row in reversed(rows)]


def event_of(tx: Tx, seq: int) -> dict[str, Any] | None:
    """Return one event as its person may read it: source, type, time, case and what was kept of it; None where it is gone."""
    sql = "SELECT source, id, type, time, case_ref, data, dropped FROM work_event WHERE seq=?"
    row = tx.execute(sql, [seq]).fetchone()
    if row is None:
        return None
    source, id, type_, time, case, data, dropped = row
    return {
        "source": source, "id": id, "type": type_, "time": format_time(time), "case": case,
        "data": msgspec.json.decode(data), "dropped_fields": dropped,
    }  # fmt: skip


def _event(row: tuple[Any, ...]) -> EventRow:
    seq, source, id, type_, time, account, case, subject, data, received, person, dropped, silence = row
    event = WorkEvent(
        source=source, id=id, type=type_, time=time, person=account, case=case, subject=subject,
        data=msgspec.json.decode(data),
    )  # fmt: skip
    return EventRow(seq, event, received, person, dropped, silence)


def add_decisions(tx: Tx, rows: Iterable[DecisionRow]) -> None:
    """Append decisions."""
    tx.executemany(
        "INSERT INTO decision VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        [
            (
                r.seq, r.event, r.situation.person, r.situation.now, r.situation.task, r.situation.phase,
                r.situation.rule, r.situation.case, r.decision.unit, r.decision.shown, r.decision.reason,
                r.decision.score, r.decision.need, r.decision.chance, r.decision.charged, r.release,
                encode(r.situation), r.decision.choice,
            )
            for r in rows
        ],
    )  # fmt: skip


def decisions_of_event(tx: Tx, event: int) -> list[DecisionRow]:
    """Return the decisions made of one event."""
    return _decisions(tx, "event=? ORDER BY seq", [event])


def all_decisions(tx: Tx, after: int = 0, limit: int = 1000) -> list[DecisionRow]:
    """Return decisions in order, from the one after number `after`."""
    return _decisions(tx, "seq>? ORDER BY seq LIMIT ?", [after, limit])


def latest_situations(tx: Tx, most: int, *, after: int = 0) -> list[tuple[int, Situation]]:
    """Return what the latest decisions after number `after` were made from, with their numbers, oldest first."""
    sql = "SELECT seq, situation FROM decision WHERE seq>? ORDER BY seq DESC LIMIT ?"
    rows = tx.execute(sql, [after, most]).fetchall()
    return [(seq, decode_situation(body)) for seq, body in reversed(rows)]


def decision(tx: Tx, seq: int) -> DecisionRow | None:
    """Return one decision, or None."""
    return next(iter(_decisions(tx, "seq=?", [seq])), None)


def _decisions(tx: Tx, where: str, values: list[Any]) -> list[DecisionRow]:
    rows = tx.execute(
        f"SELECT seq, event, release, situation, shown, reason, unit, score, need, chance, choice, charged FROM decision WHERE {where}",
        values,
    )
    return [
        DecisionRow(
            seq, event, release, (made_from := decode_situation(situation)),
            Decision(
                shown=bool(shown), reason=reason, unit=unit, score=score, need=need, chance=chance, choice=choice,
                charged=bool(charged), form=_form(made_from, unit, score),
            ),
        )
        for seq, event, release, situation, shown, reason, unit, score, need, chance, choice, charged in rows
    ]  # fmt: skip


def _form(situation: Situation, unit: str | None, score: float | None) -> str | None:
    """The form is not a column: it follows from the situation once a unit was scored."""
    if score is None:
        return None
    return next(form(c, situation) for c in situation.candidates if c.unit == unit)


def add_offers(tx: Tx, rows: Iterable[OfferRow]) -> None:
    """Append offers."""
    tx.executemany(
        "INSERT INTO offer (decision, person, unit, created, expires, state, displayed, shown_before, message, released)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        [
            (
                r.decision,
                r.person,
                r.unit,
                r.created,
                r.expires,
                r.state,
                r.displayed,
                r.shown_before,
                encode(r.message),
                r.released,
            )
            for r in rows
        ],
    )


def open_offers(tx: Tx, person: str, now: float) -> list[OfferRow]:
    """Return what is on offer to the person, newest first."""
    return _offers(
        tx, "o.person=? AND o.expires>? AND o.state IN ('offered','displayed','opened')", [person, now]
    )


def offers_after(tx: Tx, decision: int) -> list[OfferRow]:
    """Return the offers made after the one of number `decision`, whoever made them."""
    return _offers(tx, "o.decision>?", [decision])


def expired_offers(tx: Tx, now: float, limit: int = 500) -> list[OfferRow]:
    """Return offers whose time is over and that nobody has closed yet."""
    states = "o.state IN ('waiting','offered','displayed','opened')"
    return _offers(tx, f"{states} AND o.expires<=?", [now])[:limit]


def offer(tx: Tx, decision: int) -> OfferRow | None:
    """Return one offer, or None."""
    return next(iter(_offers(tx, "o.decision=?", [decision])), None)


def set_offer_state(tx: Tx, decision: int, state: str, *, displayed: float | None = None) -> None:
    """Move an offer on; `displayed` is kept from the first time."""
    tx.execute(
        "UPDATE offer SET state=?, displayed=coalesce(displayed, ?) WHERE decision=?",
        [state, displayed, decision],
    )


def _offers(tx: Tx, where: str, values: list[Any]) -> list[OfferRow]:
    rows = tx.execute(
        "SELECT o.decision, o.person, o.unit, o.created, o.expires, o.state, o.displayed, o.shown_before, o.message, d.phase, d.case_ref,"
        " coalesce(o.released, o.created)"
        f" FROM offer o JOIN decision d ON d.seq=o.decision WHERE {where} ORDER BY o.decision DESC",
        values,
    )
    return [OfferRow._make((*row[:8], _message(row[8]), *row[9:])) for row in rows]
