"""Whether to interrupt at all: eligibility, score, budget, then chance.

Each step either lets a unit pass or ends in a named silence. Nothing is read
but the situation, so a logged decision can be made again and must come out the
same.
"""

import msgspec
from msgspec.structs import replace

from midflow.core.decide.budget import budget_allows
from midflow.core.decide.silence import Silence
from midflow.core.decide.situation import Candidate, Limits, Situation
from midflow.core.decide.timing import as_badge

IGNORED_FACTOR = 0.7
"""Each time a prompt was passed over, the next one is worth this share."""

SURE = 0.04
"""Score at which a prompt is shown with the highest chance; at a score of 0 a coin is tossed."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One unit shown, or a silence.

    `unit` is also named for a silence that concerns one. `chance` is the
    propensity: the chance with which it is shown; None where it never came to a
    draw. `charged`: it takes attention budget, as a withheld one does.
    """

    shown: bool
    reason: Silence | None
    unit: str | None = None
    form: str | None = None
    score: float | None = None
    need: float | None = None
    chance: float | None = None
    charged: bool = False


TO_DIGEST = frozenset({"below_threshold", "over_budget", "another_open"})
"""What keeps a prompt from being shown now, and not from being worth a line in the digest."""


def decide(situation: Situation) -> Decision:
    """Return what to do in `situation`: a prompt, or the silence that stands for it."""
    decision = _decide(situation)
    if situation.digest and decision.reason in TO_DIGEST:
        return replace(decision, reason="to_digest")
    return decision


def _decide(situation: Situation) -> Decision:
    reason = _about_the_person(situation)
    if reason is not None:
        return Decision(shown=False, reason=reason)
    eligible: list[Candidate] = []
    refused: Silence | None = None
    for candidate in situation.candidates:
        why = _about_the_unit(candidate, situation)
        if why is None:
            eligible.append(candidate)
        else:
            refused = refused or why
    if not eligible:
        first = situation.candidates[0]
        return Decision(shown=False, reason=refused, unit=first.unit, need=first.need.p)
    best = max(eligible, key=lambda c: (_must(c), score(c, situation.limits)))
    return _spend(best, situation)


def score(candidate: Candidate, limits: Limits) -> float:
    """Return the expected share of errors prevented less the cost of interrupting."""
    return candidate.need.p * candidate.effect * IGNORED_FACTOR**candidate.showing.ignored - limits.cost


def propensity(value: float, limits: Limits) -> float:
    """Return the chance of showing a prompt of score `value`, within the policy's bounds; the least where it is not above 0."""
    if value <= 0:
        return limits.show_at_least
    return min(max(0.5 + 0.5 * value / SURE, limits.show_at_least), limits.show_at_most)


def _must(candidate: Candidate) -> bool:
    """Safety-critical and mandatory units are never left to chance."""
    return candidate.mandatory or candidate.risk == "safety_critical"


def _about_the_person(s: Situation) -> Silence | None:
    if not s.consent:
        return "no_consent"
    if not s.nudges:
        return "help_on_request_only"
    if s.opted_out and not any(_must(c) for c in s.candidates):
        return "opted_out"
    if s.now - s.event_time > s.limits.late_after:
        return "late"
    if not s.candidates:
        return "no_unit"
    if any(c.risk == "safety_critical" for c in s.candidates):
        return None
    return "focus" if s.focus else "quiet_hours" if s.quiet else None


def _about_the_unit(c: Candidate, s: Situation) -> Silence | None:
    shown = c.showing
    if c.expired:
        return "unit_expired"
    if not c.for_me or shown.irrelevant:
        return "not_my_role"
    if c.missing:
        return "prerequisite"
    if c.risk == "safety_critical":
        return None
    if c.mastered or shown.known:
        return "mastered"
    if shown.last and s.now - shown.last < s.limits.cooldown:
        return "cooldown"
    if shown.shown >= s.limits.max_shown:
        return "shown_often"
    return "ignored_often" if shown.ignored >= s.limits.max_ignored else None


def _spend(c: Candidate, s: Situation) -> Decision:
    value = score(c, s.limits)
    scored = Decision(shown=False, reason=None, unit=c.unit, form=form(c, s), score=value, need=c.need.p)
    if not s.reachable:
        return replace(scored, reason="channel_down")
    if c.risk == "safety_critical":
        return replace(scored, shown=True, chance=1.0)
    explore = s.explore and s.measured
    if not _must(c) and (value < s.threshold or (value <= 0 and not explore)):
        return replace(scored, reason="below_threshold")
    if s.busy_until > s.now:
        return replace(scored, reason="another_open")
    if not budget_allows(s.charges, s.limits, s.now):
        return replace(scored, reason="over_budget")
    if _must(c) or not s.measured:
        return replace(scored, shown=True, chance=1.0, charged=True)
    chance = propensity(value, s.limits)
    shown = s.draw < chance
    return replace(scored, shown=shown, reason=None if shown else "withheld", chance=chance, charged=True)


def form(c: Candidate, s: Situation) -> str:
    """Return how a unit is shown: after an error or when stuck a badge waits quietly, a start is a breakpoint."""
    if c.risk == "safety_critical":
        return "checklist"
    return "badge" if as_badge(s.phase, s.timing) else c.form
