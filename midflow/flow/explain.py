"""One decision explained to the person it is about: everything it was made from, and that it comes out the same again."""

from typing import Any

from midflow.core.decide import Candidate, Decision, Situation, decide
from midflow.core.decide.budget import DAY
from midflow.core.decide.choice import MOST
from midflow.core.decide.policy import IGNORED_FACTOR, refusal, score, worth
from midflow.core.decide.silence import WORDS
from midflow.core.decide.threshold import ANY
from midflow.core.events import format_time
from midflow.flow.rulebook import Rulebook
from midflow.store import log
from midflow.store.log import DecisionRow
from midflow.store.tx import Tx


def explain(tx: Tx, number: int, person: str, book: Rulebook) -> dict[str, Any] | None:
    """Return the whole explanation of a decision, None where it is not about this person."""
    row = log.decision(tx, number)
    if row is None or row.situation.person != person:
        return None
    return {
        **explained(row, book),
        "event": log.event_of(tx, row.event),
        "offer": _offer(tx, number),
    }


def explained(row: DecisionRow, book: Rulebook) -> dict[str, Any]:
    """Return what a decision says of itself, in words that fit JSON."""
    s, d = row.situation, row.decision
    task = book.tasks.get(s.task)
    rule = next((rule for rule in book.release.rules if rule.id == s.rule), None)
    return {
        "id": str(row.seq),
        "at": format_time(s.now),
        "shown": d.shown,
        "silence": d.reason,
        "words": WORDS[d.reason] if d.reason else "",
        "unit": d.unit,
        "form": d.form,
        "exempt": d.exempt,
        "moment": {
            "task": {"id": s.task, "title": task.title if task else s.task}, "phase": s.phase, "case": s.case,
            "time": format_time(s.event_time), "timing": s.timing, "at_break": s.at_break,
        },
        "rule": {"id": s.rule, "when": rule.when if rule else None, "in_release": rule is not None},
        "candidates": [_candidate(c, s, d, book) for c in s.candidates],
        "score": {
            "value": d.score, "best": worth(s.candidates, s.limits), "cost": s.limits.cost,
            "threshold": s.threshold if s.threshold > ANY else None,
        },
        "budget": _budget(s, d),
        "chance": {
            "show": d.chance, "draw": s.draw if d.chance is not None else None,
            "choice": d.choice, "pick": s.pick if d.choice is not None else None, "fixed": s.seeded,
        },
        "again": {"same": (now := decide(s)) == d, "shown": now.shown, "silence": now.reason, "unit": now.unit},
        "release": row.release,
    }  # fmt: skip


def _candidate(c: Candidate, s: Situation, d: Decision, book: Rulebook) -> dict[str, Any]:
    why, prepared = refusal(c, s), book.units.get(c.unit)
    return {
        "unit": c.unit,
        "title": prepared.unit.title if prepared else c.unit,
        "need": c.need.p,
        "evidence": c.need.evidence,
        "effect": c.effect,
        "effect_variance": c.variance,
        "effect_before_measuring": c.prior,
        "ignored": c.showing.ignored,
        "ignored_factor": IGNORED_FACTOR**c.showing.ignored,
        "score": score(c, s.limits),
        "chosen": d.score is not None and c.unit == d.unit,
        "silence": why,
        "words": WORDS[why] if why else _passed(c, s, d),
    }


def _passed(c: Candidate, s: Situation, d: Decision) -> str:
    """Why a candidate that might have been shown was not the one."""
    if d.score is None or c.unit == d.unit:
        return ""
    if d.choice is None:
        return "Another one was worth more."
    return f"Another one was chosen, by chance among the {MOST} worth most: the likelier the better, the oftener."


def _budget(s: Situation, d: Decision) -> dict[str, Any]:
    return {
        "day": {"used": sum(s.now - time < DAY for time in s.charges), "most": s.limits.per_day},
        "week": {"used": sum(s.now - time < 7 * DAY for time in s.charges), "most": s.limits.per_week},
        "gap_minutes": s.limits.gap / 60,
        "charged": d.charged,
    }


def _offer(tx: Tx, number: int) -> dict[str, Any] | None:
    found = log.offer(tx, number)
    if found is None:
        return None
    # Until it is released its time is only when that will be, and where nobody saw it none may have come.
    came = found.state not in ("waiting", "undelivered")
    return {
        "state": found.state,
        "created": format_time(found.created),
        "released": format_time(found.released) if came else None,
        "waited_seconds": found.released - found.created if came else None,
        "expires": format_time(found.expires),
        "displayed": format_time(found.displayed) if found.displayed is not None else None,
    }
