"""What a person reads and does: units, today, reviews, outcomes."""

from typing import Any

import msgspec

from midflow.core.content.decode import encode_unit
from midflow.core.content.model import Unit
from midflow.core.decide.digest import Digest
from midflow.core.events import format_time
from midflow.core.learner.session import AGAINS, APART
from midflow.core.learner.state import LearnerState
from midflow.edge.auth import learner
from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request, Response, json_response
from midflow.edge.offers import current_offers, offer_json, served
from midflow.flow.decide import fits
from midflow.flow.deliver import inbox
from midflow.flow.digest import todays
from midflow.flow.prove import can_be_tested
from midflow.flow.remind import Known, Review, due_reviews, next_due, order_of, suggestions
from midflow.flow.respond import Report
from midflow.flow.rulebook import LEASE
from midflow.store import learners
from midflow.store.log import OfferRow
from midflow.store.outcomes import answers_of
from midflow.store.people import Person
from midflow.store.rhythm import coming
from midflow.store.tx import Tx

MAX_OUTCOMES = 200
TODAY = 3
"""How many things a day's page shows."""


async def get_unit(desk: Desk, request: Request) -> Response:
    """One unit of the current release, if it is for this person."""
    person = learner(desk, request)
    prepared = desk.book.units.get(request.path_args[0])
    if prepared is None or not fits(prepared.unit.audience, person):
        raise Problem(404, f"There is no unit '{request.path_args[0]}' for you in the current release.")
    now = desk.clock()
    if prepared.expires is not None and now >= prepared.expires:
        raise Problem(410, "This unit is out of date and no longer shown.")
    state = desk.store.read(lambda tx: learners.learner(tx, person.id))
    return json_response(_unit_json(desk, person, state, prepared.unit, now=now, expires=prepared.expires))


def _unit_json(
    desk: Desk, person: Person, state: LearnerState, unit: Unit, *, now: float, expires: float | None
) -> dict[str, Any]:
    lease = min(now + LEASE[unit.risk], expires or float("inf"))
    task = desk.book.tasks.get(unit.task or "")
    wire = encode_unit(unit)
    memories = state.memories
    for block, written in zip(unit.blocks, wire["blocks"], strict=True):
        check = f"{unit.id}#{block.id}"
        order = order_of(person, check, block, memories.get(check))
        if order:
            written["order"] = order
    return {
        "id": unit.id,
        "title": unit.title,
        "objective": unit.objective,
        "minutes": unit.minutes,
        "task": {"id": task.id, "title": task.title} if task else None,
        "risk": unit.risk,
        "locale": unit.locale,
        "blocks": wire["blocks"],
        "sources": unit.sources,
        "deep_dive": unit.deep_dive,
        "testable": can_be_tested(desk.book, person, state, unit.id, now),
        "release": desk.book.release.number,
        "lease_until": format_time(lease),
    }


async def get_today(desk: Desk, request: Request) -> Response:
    """Two or three things for today: what is on offer, what is due, what to look at."""
    person = learner(desk, request)
    desk.see(person.id)
    now = desk.clock()

    def load(tx: Tx) -> tuple[LearnerState, Known, list[OfferRow], Digest | None]:
        state = learners.learner(tx, person.id)
        return state, _known(tx, person), inbox(tx, person.id, state, now=now), todays(tx, person, now)

    state, known, missed, digest = desk.store.read(load)
    offers = current_offers(desk, person.id, "app")
    wanted = person.preferences.reviews
    due = due_reviews(state, desk.book, person, now=now, known=known).asked if wanted else ()
    left = max(0, TODAY - len(offers) - bool(due))
    units = suggestions(state, desk.book, person, now=now, most=left)
    return json_response(
        {
            "person": {"id": person.id, "name": person.name},
            "offers": [offer_json(row) for row in offers[:TODAY]],
            "reviews": {
                "due": len(due),
                "minutes": max(1, round(sum(review.seconds for review in due) / 60)) if due else 0,
            },
            "units": [
                {"id": u.id, "title": u.title, "minutes": u.minutes, "reason": _reason(desk, u)}
                for u in units
            ],
            "digest": _digest(desk, digest, now),
            "inbox": [offer_json(row) for row in missed if served(desk, row.unit, now)],
            "sample": desk.settings.demo,
        }
    )


def _digest(desk: Desk, digest: Digest | None, now: float) -> dict[str, Any] | None:
    """The day's digest; what was withdrawn since is left out, and without any line there is none."""
    served_lines = [] if digest is None else [line for line in digest.lines if served(desk, line.unit, now)]
    if digest is None or not served_lines:
        return None
    return {
        "day": digest.day,
        "made": format_time(digest.made),
        "lines": [
            {
                "kind": line.kind,
                "unit": line.unit,
                "title": desk.book.units[line.unit].unit.title,
                "minutes": desk.book.units[line.unit].unit.minutes,
                "task": line.task,
                "reason": line.reason,
            }
            for line in served_lines
        ],
    }


def _reason(desk: Desk, unit: Unit) -> str:
    task = desk.book.tasks[unit.task or ""]
    return f"For your work: {task.title[:1].lower()}{task.title[1:]}"


async def get_reviews(desk: Desk, request: Request) -> Response:
    """What is left of today's session, in the order in which it is asked."""
    person = learner(desk, request)
    now = desk.clock()
    state, known = desk.store.read(lambda tx: (learners.learner(tx, person.id), _known(tx, person)))
    following = next_due(state)
    session = due_reviews(state, desk.book, person, now=now, known=known)
    return json_response(
        {
            "reviews": [_review_json(review) for review in session.asked],
            "seconds": round(session.seconds),
            "left": session.left,
            "again": {"apart": APART, "times": AGAINS},
            "next": format_time(following) if following is not None else None,
        }
    )


def _known(tx: Tx, person: Person) -> Known:
    likely = {row.task: row.p7d for row in coming(tx, person.id)}
    return Known(answers=answers_of(tx, person.id), coming=likely)


def _review_json(review: Review) -> dict[str, Any]:
    body = {"id": review.block.id, "kind": review.block.kind, **msgspec.to_builtins(review.block.body)}
    return {
        "check": review.check,
        "unit": review.unit.id,
        "unit_title": review.unit.title,
        "block": body | ({"order": review.order} if review.order else {}),
        "due": format_time(review.due),
        "last_seen": format_time(review.last_seen),
        "seconds": round(review.seconds),
        "probe": review.probe,
    }


async def post_outcomes(desk: Desk, request: Request) -> Response:
    """Take what a client reports; each outcome once, by its id."""
    person = learner(desk, request)
    raw = await request.json(desk.settings.max_body_bytes)
    outcomes = raw.get("outcomes") if isinstance(raw, dict) else None
    if not isinstance(outcomes, list):
        raise Problem(400, 'Send {"outcomes": [...]}.')
    if len(outcomes) > MAX_OUTCOMES:
        raise Problem(413, f"{len(outcomes)} outcomes at once; at most {MAX_OUTCOMES}. Split them.")
    answer = await desk.report(Report(person=person, outcomes=tuple(outcomes), received=desk.clock()))
    return json_response(
        {
            "accepted": answer.accepted,
            "duplicates": answer.duplicates,
            "rejected": answer.rejected,
            "scores": answer.scores,
            "reviews": [{"check": due.check, "due": format_time(due.due)} for due in answer.reviews],
        }
    )
