"""Outcomes in: what a person did with a prompt becomes a statement and moves their state on."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from midflow.core.content.block import Score
from midflow.core.content.model import Block, Unit
from midflow.core.events import EventError, parse_time
from midflow.core.learner.evidence import Dismissed, Evidence, Undelivered, apply
from midflow.core.learner.memory import Grade, grade
from midflow.core.learner.packed import unpack_memory
from midflow.core.learner.state import LearnerState
from midflow.core.record.problem import RecordError
from midflow.core.record.statements import VERB_NAMES, Outcome, Told, evidence, statement
from midflow.flow.answers import take_answer
from midflow.flow.everybody import Everybody
from midflow.flow.record import record_own
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.flow.settle import said_of_unit
from midflow.store import learners, log
from midflow.store.erasure import tombstones
from midflow.store.evidence import EvidenceRow, add_evidence
from midflow.store.outcomes import OutcomeRow, add_outcomes
from midflow.store.people import Person
from midflow.store.statements import known
from midflow.store.tx import Tx

REASONS: tuple[str, ...] = ("not_now", "i_know_this", "not_relevant")
STATE_AFTER = {
    "prompted": "displayed",
    "opened": "opened",
    "completed": "completed",
    "dismissed": "dismissed",
}
"""What a verb does to the offer it belongs to."""

ORDER = ("waiting", "offered", "displayed", "opened", "undelivered", "dismissed", "expired", "completed")
"""An offer only moves forward; outcomes of a device that was offline may come late."""

MAX_RESULT_BYTES = 4096


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One person's outcomes as they came in: decoded JSON objects. `received` in seconds."""

    person: Person
    outcomes: tuple[Any, ...]
    received: float


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """An outcome that was not taken."""

    index: int
    id: str | None
    reason: str


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """When a check comes back, in seconds since the epoch."""

    check: str
    due: float


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a report. `statements` counts what was written."""

    accepted: tuple[str, ...]
    duplicates: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    scores: dict[str, Score]
    reviews: tuple[Due, ...]


class _Refused(ValueError):
    """Why one outcome cannot be taken."""


def respond(tx: Tx, reports: Sequence[Report], *, book: Rulebook, home: str, now_ms: int) -> list[Answer]:
    """Take reports; each outcome once by its id.

    `home` is this installation's address; `now_ms` is read in this transaction.
    """
    everybody = Everybody(tx)
    answers = [_report(tx, report, everybody, book=book, home=home, now_ms=now_ms) for report in reports]
    everybody.save(tx)
    return answers


def _report(
    tx: Tx, report: Report, everybody: Everybody, *, book: Rulebook, home: str, now_ms: int
) -> Answer:
    who = report.person.id
    before = state = learners.learner(tx, who)
    accepted: list[str] = []
    duplicates: list[str] = []
    rejected: list[Rejected] = []
    scores: dict[str, Score] = {}
    for index, raw in enumerate(report.outcomes):
        try:
            outcome = _outcome(raw)
            if known(tx, [outcome.id]) or tombstones(tx, [outcome.id]):
                duplicates.append(outcome.id)
                continue
            state, score = _take(
                tx, outcome, report, state, everybody=everybody, book=book, home=home, now_ms=now_ms
            )
        except (_Refused, EventError, RecordError) as error:
            identity = raw.get("id") if isinstance(raw, dict) else None
            rejected.append(
                Rejected(index=index, id=identity if isinstance(identity, str) else None, reason=str(error))
            )
            continue
        accepted.append(outcome.id)
        if score is not None:
            scores[outcome.id] = score
    if state is not before:
        learners.save_learners(tx, {who: state})
    return Answer(
        accepted=tuple(accepted), duplicates=tuple(duplicates), rejected=tuple(rejected), scores=scores,
        reviews=tuple(
            Due(check=check, due=unpack_memory(row).due)
            for check, row in state.checks.items()
            if row != before.checks.get(check)
        ),
    )  # fmt: skip


def _outcome(raw: Any) -> Outcome:
    try:
        outcome = msgspec.convert(raw, Outcome)
        UUID(outcome.id)
    except msgspec.ValidationError as error:
        raise _Refused(str(error)) from None
    except ValueError:
        raise _Refused("`id` must be a UUID made by the client.") from None
    if len(msgspec.json.encode(outcome.result)) > MAX_RESULT_BYTES:
        raise _Refused(f"`result` is larger than {MAX_RESULT_BYTES} bytes.")
    if outcome.verb == "dismissed" and outcome.result.get("reason") not in REASONS:
        raise _Refused(f"`result.reason` must be one of {', '.join(REASONS)}.")
    return msgspec.structs.replace(outcome, id=str(UUID(outcome.id)))


def _take(
    tx: Tx,
    outcome: Outcome,
    report: Report,
    state: LearnerState,
    *,
    everybody: Everybody,
    book: Rulebook,
    home: str,
    now_ms: int,
) -> tuple[LearnerState, Score | None]:
    prepared = book.units.get(outcome.unit)
    if prepared is None:
        raise _Refused(f"There is no unit '{outcome.unit}' in the current release.")
    time = min(parse_time(outcome.time), report.received)
    block = _block(prepared.unit, outcome)
    score, mark = _scored(outcome, block, book)
    offer = _own_offer(tx, outcome, report.person)
    told = Told(unit=prepared.unit, block=block, release=book.release.number)
    made = statement(
        outcome, told, person=report.person.id, name=report.person.name, home=home, score=score, time=time
    )
    seq = record_own(tx, made, home=home, now_ms=now_ms)
    said = OutcomeRow(
        seq, report.person.id, outcome.verb, outcome.unit, outcome.block, time,
        score.correct if score else None, offer.decision if offer else None,
    )  # fmt: skip
    add_outcomes(tx, [said])
    if mark is not None:
        state = take_answer(
            tx, state, everybody=everybody, fitted=book.fitted, person=report.person, prepared=prepared,
            block=outcome.block or "", mark=mark, time=time, statement=seq,
            retention=book.release.policy.retention(prepared.unit.risk),
        )  # fmt: skip
    for found in _said(tx, made, score, prepared, book, time):
        add_evidence(tx, [EvidenceRow(report.person.id, found, seq)])
        state = apply(state, found, book.fitted.fsrs)
    if offer is not None:
        _advance(tx, offer, outcome, time)
    return state, score


def _said(
    tx: Tx, made: dict[str, Any], score: Score | None, prepared: PreparedUnit, book: Rulebook, time: float
) -> list[Evidence]:  # fmt: skip
    """What an outcome says beside its answer: a list ticked to its end and a word of use are weak evidence of memory."""
    verb = VERB_NAMES.get(made["verb"]["id"])
    if verb == "applied":
        return said_of_unit(tx, prepared, book, "said", time)
    if verb == "ticked" and score is not None and score.correct:
        return said_of_unit(tx, prepared, book, "ticked", time)
    return evidence(made, time=time, version=prepared.version)


def _block(unit: Unit, outcome: Outcome) -> Block | None:
    if outcome.block is None:
        if outcome.verb in ("answered", "reviewed", "ticked"):
            raise _Refused(f"'{outcome.verb}' needs `block`: the id of the block it is about.")
        return None
    block = next((b for b in unit.blocks if b.id == outcome.block), None)
    if block is None:
        raise _Refused(f"The unit '{unit.id}' has no block '{outcome.block}'.")
    return block


def _scored(outcome: Outcome, block: Block | None, book: Rulebook) -> tuple[Score | None, Grade | None]:
    if block is None or outcome.verb not in ("answered", "reviewed", "ticked"):
        return None, None
    kind = book.kinds[block.kind]
    if kind.score is None:
        raise _Refused(f"A block of kind '{block.kind}' is not answered.")
    answer = outcome.result.get("items" if outcome.verb == "ticked" else "answer")
    try:
        score = kind.score(block.body, answer)
    except ValueError as error:
        raise _Refused(f"`result`: {error}.") from None
    if outcome.verb == "ticked":
        return score, None
    seconds = outcome.result.get("seconds")
    took = float(seconds) if isinstance(seconds, int | float) else None
    return score, grade(correct=score.correct, seconds=took, expected_seconds=kind.seconds(block.body))


def _own_offer(tx: Tx, outcome: Outcome, person: Person) -> log.OfferRow | None:
    if outcome.offer is None:
        return None
    found = (
        log.offer(tx, int(outcome.offer)) if outcome.offer.isdecimal() and len(outcome.offer) < 19 else None
    )
    if found is None or found.person != person.id:
        raise _Refused(f"There is no offer '{outcome.offer}' to this person.")
    if found.unit != outcome.unit:
        raise _Refused(f"The offer '{outcome.offer}' is of the unit '{found.unit}', not '{outcome.unit}'.")
    return found


def _advance(tx: Tx, offer: log.OfferRow, outcome: Outcome, time: float) -> None:
    after = STATE_AFTER.get(outcome.verb)
    if after is not None and ORDER.index(after) > ORDER.index(offer.state):
        log.set_offer_state(tx, offer.decision, after, displayed=time)


def expire(tx: Tx, *, now: float) -> int:
    """Close the offers whose time is over and return how many.

    One that nobody displayed gives its budget back; one that was displayed and
    left alone counts as passed over.
    """
    closed = log.expired_offers(tx, now)
    for offer in closed:
        state = learners.learner(tx, offer.person)
        if offer.state in {"waiting", "offered"}:
            found = Undelivered(decision=str(offer.decision), unit=offer.unit, before=offer.shown_before)
            log.set_offer_state(tx, offer.decision, "undelivered")
        else:
            found = (
                Dismissed(unit=offer.unit, reason="not_now", time=now) if offer.state == "displayed" else None
            )
            log.set_offer_state(tx, offer.decision, "expired")
        if found is not None:
            add_evidence(tx, [EvidenceRow(offer.person, found)])
            learners.save_learners(tx, {offer.person: apply(state, found)})
    return len(closed)
