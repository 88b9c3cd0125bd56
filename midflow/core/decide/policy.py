"""Whether to interrupt at all: eligibility, score, budget, then chance.

Each step either lets a unit pass or ends in a named silence. Nothing is read
but the situation, so a logged decision can be made again and must come out the
same.
"""

from collections.abc import Iterable, Sequence
from math import sqrt

import msgspec
from msgspec.structs import replace

from midflow.core.decide.budget import budget_allows
from midflow.core.decide.choice import choose
from midflow.core.decide.silence import Silence
from midflow.core.decide.situation import Candidate, Limits, Situation
from midflow.core.decide.timing import as_badge

IGNORED_FACTOR = 0.7
"""Each time a prompt was passed over, the next one is worth this share."""

FORMS = ("badge", "inline", "checklist")
"""From the quietest to the strongest."""
INLINE_FROM, CHECKLIST_FROM = 0.06, 0.12
"""Needs from which a unit is shown so."""
A_STEP = 3
"""Times a task goes right without help until its unit is shown one step more quietly, and at last not at all."""

SURE = 0.04
"""Score at which a prompt is shown with the highest chance; at a score of 0 a coin is tossed."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One unit shown, or a silence.

    `unit` is also named for a silence that concerns one. `choice` is the chance with
    which this unit was chosen among others, `chance` that with which it is then
    shown: the propensities; None where it never came to a draw. `charged`: it takes
    attention budget, as a withheld one does.
    """

    shown: bool
    reason: Silence | None
    unit: str | None = None
    form: str | None = None
    score: float | None = None
    need: float | None = None
    chance: float | None = None
    choice: float | None = None
    charged: bool = False

    @property
    def exempt(self) -> bool:
        """Whether it was shown beyond the budget, as safety-critical units are."""
        return self.shown and not self.charged


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
    eligible = [candidate for candidate in situation.candidates if refusal(candidate, situation) is None]
    if not eligible:
        first = situation.candidates[0]
        return Decision(shown=False, reason=refusal(first, situation), unit=first.unit, need=first.need.p)
    return _spend(eligible, situation)


def score(candidate: Candidate, limits: Limits) -> float:
    """Return the expected share of errors prevented less the cost of interrupting."""
    return candidate.need.p * candidate.effect * IGNORED_FACTOR**candidate.showing.ignored - limits.cost


def worth(candidates: Iterable[Candidate], limits: Limits) -> float | None:
    """Return what the best of the candidates is worth, may it be shown or not: the moment's score; None without one."""
    return max((score(candidate, limits) for candidate in candidates), default=None)


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


def refusal(c: Candidate, s: Situation) -> Silence | None:
    """Return why a candidate may not be shown in a situation, None where it may."""
    shown = c.showing
    if s.opted_out and not _must(c):
        return "opted_out"
    if c.risk != "safety_critical" and (s.focus or s.quiet):
        return "focus" if s.focus else "quiet_hours"
    if c.expired:
        return "unit_expired"
    if not c.for_me or shown.irrelevant:
        return "not_my_role"
    if c.missing:
        return "prerequisite"
    if c.risk == "safety_critical":
        return None
    if c.mastered or shown.known or _faded(c) > _strength(c):
        return "mastered"
    if shown.last and s.now - shown.last < s.limits.cooldown:
        return "cooldown"
    if shown.shown >= s.limits.max_shown:
        return "shown_often"
    return "ignored_often" if shown.ignored >= s.limits.max_ignored else None


def _spend(eligible: Sequence[Candidate], s: Situation) -> Decision:
    ranked = sorted(eligible, key=lambda c: (_must(c), score(c, s.limits)), reverse=True)
    best = ranked[0]
    value = score(best, s.limits)
    scored = _about(best, s)
    if not s.reachable:
        return replace(scored, reason="channel_down")
    if best.risk == "safety_critical":
        return replace(scored, shown=True, chance=1.0, choice=1.0)
    if not _must(best) and not _is_worth_it(value, eligible, s):
        return replace(scored, reason="below_threshold")
    if s.busy_until > s.now:
        return replace(scored, reason="another_open")
    if not budget_allows(s.charges, s.limits, s.now):
        return replace(scored, reason="over_budget")
    if _must(best) or not s.measured:
        return replace(scored, shown=True, chance=1.0, choice=1.0, charged=True)
    chosen, choice = choose([(c, score(c, s.limits), _deviation(c)) for c in ranked], s.pick)
    chance = propensity(value, s.limits)
    shown = s.draw < chance
    return replace(
        _about(chosen, s), shown=shown, reason=None if shown else "withheld", chance=chance, choice=choice, charged=True
    )  # fmt: skip


def _about(c: Candidate, s: Situation) -> Decision:
    return Decision(
        shown=False, reason=None, unit=c.unit, form=form(c, s), score=score(c, s.limits), need=c.need.p
    )


def _is_worth_it(value: float, eligible: Sequence[Candidate], s: Situation) -> bool:
    """What no longer seems worth it, and did before anything was measured, is still tried at the least chance."""
    explores = s.measured and any(c.need.p * c.prior > s.limits.cost for c in eligible)
    return value >= s.threshold and (value > 0 or explores)


def _deviation(c: Candidate) -> float:
    return float(c.need.p * sqrt(c.variance) * IGNORED_FACTOR**c.showing.ignored)


def form(c: Candidate, s: Situation) -> str:
    """Return how a unit is shown: the more it is needed the more strongly, less so the oftener it went right without.

    After an error or when stuck a badge waits quietly; a start is a breakpoint.
    """
    if c.risk == "safety_critical":
        return "checklist"
    if as_badge(s.phase, s.timing):
        return "badge"
    return FORMS[max(_strength(c) - _faded(c), 0)]


def _strength(c: Candidate) -> int:
    """The place in `FORMS` that need and risk ask for; a low risk asks for one less."""
    needed = (c.need.p >= INLINE_FROM) + (c.need.p >= CHECKLIST_FROM) - (c.risk == "low")
    return min(max(needed, 0), FORMS.index(c.form))


def _faded(c: Candidate) -> int:
    """By how many steps it has faded since it was last shown."""
    return c.alone // A_STEP if c.showing.shown else 0
