"""What an event went through, stage by stage, in words: for the person it is about."""

from typing import Literal

import msgspec

from midflow.core.content.model import Rule
from midflow.core.decide.refresher import REFRESHER
from midflow.core.decide.silence import WORDS
from midflow.core.decide.situation import Candidate
from midflow.core.events import format_time
from midflow.core.learner.state import LearnerState
from midflow.core.record.statements import said
from midflow.flow.rulebook import Rulebook
from midflow.store import learners, log
from midflow.store.log import DecisionRow, EventRow, OfferRow
from midflow.store.outcomes import StatementRow, statements_of
from midflow.store.tx import Tx

Tone = Literal["plain", "shown", "silence", "good", "bad"]
DAY = 86_400.0


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """One stage of one event. `event` is its number, `at` RFC 3339; `decision`, where it is one, what it can be asked for by."""

    n: int
    event: int
    stage: str
    at: str
    title: str
    detail: str
    tone: Tone = "plain"
    decision: str | None = None


def trace(tx: Tx, person: str, book: Rulebook, *, latest: int = 6) -> list[Stage]:
    """Return the stages of the person's latest events, oldest first."""
    statements = statements_of(tx, person)
    state = learners.learner(tx, person)
    stages: list[Stage] = []
    for row in log.events_of(tx, person, latest):
        stages += _event(row)
        for made in log.decisions_of_event(tx, row.seq):
            stages += _decision(made, book)
            if made.decision.shown:
                offer = log.offer(tx, made.seq)
                stages += _delivery(row.seq, offer) if offer else []
                stages += _record(row.seq, made, statements, state, book)
    return [msgspec.structs.replace(stage, n=n) for n, stage in enumerate(stages)]


def _event(row: EventRow) -> list[Stage]:
    kept = ", ".join(f"{name} {_plain(value)}" for name, value in row.event.data.items()) or "nothing"
    dropped = f" {row.dropped} undeclared field{'s' * (row.dropped != 1)} dropped." if row.dropped else ""
    found = [
        _stage(row.seq, "event", row.received, row.event.type, f"On {row.event.case}. Kept: {kept}.{dropped}")
    ]
    if row.silence:
        found.append(
            _stage(row.seq, "decision", row.received, _title(row.silence), WORDS[row.silence], "silence")
        )
    return found


def _plain(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _decision(row: DecisionRow, book: Rulebook) -> list[Stage]:
    s, d = row.situation, row.decision
    task = book.tasks.get(s.task)
    rule = next((r for r in book.release.rules if r.id == s.rule), None)
    found = [
        _stage(
            row.event,
            "moment",
            s.now,
            f"{task.title if task else s.task}: {s.phase}",
            _rule_words(rule, s.rule),
        ),
    ]
    chosen = next((c for c in s.candidates if c.unit == d.unit), None)
    if chosen is not None:
        found.append(
            _stage(
                row.event, "need", s.now, f"Need {100 * chosen.need.p:.0f}%", " ".join(chosen.need.evidence)
            )
        )
    said = f"{WORDS[d.reason] if d.reason else ''} {_spending(row, chosen)}".strip()
    title, tone = (_title(d.reason), "silence") if d.reason else ("Show a prompt", "shown")
    made = _stage(row.event, "decision", s.now, title, said, tone)
    return [*found, msgspec.structs.replace(made, decision=str(row.seq))]


def _rule_words(rule: Rule | None, id: str) -> str:
    if id == REFRESHER:
        return "No rule: the task is about to come and may be forgotten."
    if rule is None:
        return f"Rule {id}, no longer in the release."
    return f"Rule {rule.id}" + (f": {rule.when}" if rule.when != "true" else ", on every such event.")


def _spending(row: DecisionRow, chosen: Candidate | None) -> str:
    s, d = row.situation, row.decision
    if chosen is None or d.score is None:
        return ""
    today = sum(1 for time in s.charges if s.now - time < DAY) + d.charged
    said = f"Score {d.score:.3f} = need {chosen.need.p:.2f} × effect {chosen.effect:.2f} − cost {s.limits.cost:.2f}."
    said += f" Budget: {today} of {s.limits.per_day} today."
    if d.chance is not None:
        fixed = " (the sample's draw is fixed)" if s.seeded else f", drawn {s.draw:.2f}"
        said += f" Chance of showing {d.chance:.2f}{fixed}."
    return said


def _delivery(event: int, offer: OfferRow) -> list[Stage]:
    title = offer.message.title
    if offer.state == "undelivered":
        return [
            _stage(
                event,
                "delivery",
                offer.expires,
                "Not displayed",
                "Nobody saw it; its budget came back, and it is in the inbox.",
                "bad",
            )
        ]
    if offer.state == "waiting":
        words = "Nobody sees it before the next case or task, or a pause of two minutes."
        return [_stage(event, "delivery", offer.created, f"Waits for a breakpoint: {title}", words)]
    if offer.displayed is None:
        return [
            _stage(
                event,
                "delivery",
                offer.released,
                f"On offer: {title}",
                f"As {offer.message.form}, in the tool{_waited(offer)}.",
            )
        ]
    took = offer.displayed - offer.created
    return [
        _stage(event, "delivery", offer.displayed, f"Displayed: {title}", f"As {offer.message.form}, {took:.1f} s after the event{_waited(offer)}.", "shown")
    ]  # fmt: skip


def _waited(offer: OfferRow) -> str:
    passed = offer.released - offer.created
    return f"; it waited {passed:.0f} s for a breakpoint" if passed > 0 else ""


def _record(
    event: int, made: DecisionRow, statements: list[StatementRow], state: LearnerState, book: Rulebook
) -> list[Stage]:
    """What the person did with this prompt, that it is on record, and when its checks come back."""
    mine = [row for row in statements if said(msgspec.json.decode(row.raw), "decision") == str(made.seq)]
    if not mine:
        return []
    found = [_outcome(event, row, book) for row in _telling(mine)]
    last = mine[-1]
    count = f"{len(mine)} statement{'s' * (len(mine) != 1)} stored"
    found.append(_stage(event, "record", last.stored, count, f"The latest is xAPI {last.id}."))
    for check in dict.fromkeys(
        f"{row.unit}#{row.block}" for row in mine if row.verb in ("answered", "reviewed")
    ):
        memory = state.memories.get(check)
        if memory is not None:
            words = f"{check}: recall falls to 90% after about {memory.stability:.1f} days."
            title = f"Comes back {format_time(memory.due)[:10]}"
            found.append(_stage(event, "review", last.stored, title, words, "good"))
    return found


def _telling(rows: list[StatementRow]) -> list[StatementRow]:
    """The outcomes worth a line: no single steps, and of ticks on one list the latest."""
    last_tick = {row.block: row.seq for row in rows if row.verb == "ticked"}
    return [
        row
        for row in rows
        if row.verb != "stepped" and (row.verb != "ticked" or last_tick[row.block] == row.seq)
    ]


def _outcome(event: int, row: StatementRow, book: Rulebook) -> Stage:
    result = msgspec.json.decode(row.raw).get("result", {})
    right = result.get("success") if row.verb in ("answered", "reviewed") else None
    tone: Tone = "plain" if right is None else "good" if right else "bad"
    said = row.verb.capitalize() + ("" if right is None else " right" if right else " wrong")
    if row.verb == "ticked":
        said += f": {100 * result.get('score', {}).get('scaled', 0):.0f}% of what is required"
    return _stage(event, "outcome", row.time, said, _about(row, book), tone)


def _about(row: StatementRow, book: Rulebook) -> str:
    """The question that was answered, else the unit's title."""
    prepared = book.units.get(row.unit)
    if prepared is None:
        return row.unit
    bodies = [block.body for block in prepared.unit.blocks if block.id == row.block]
    return next((body.question for body in bodies if hasattr(body, "question")), prepared.unit.title)


def _title(reason: str) -> str:
    return f"Silence: {reason.replace('_', ' ')}"


def _stage(event: int, stage: str, at: float, title: str, detail: str, tone: Tone = "plain") -> Stage:
    return Stage(n=0, event=event, stage=stage, at=format_time(at), title=title, detail=detail, tone=tone)
