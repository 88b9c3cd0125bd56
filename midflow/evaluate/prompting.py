"""The policy, moment after moment, as the edge runs it: state in, decision out, budget and cooldown drawn."""

from collections.abc import Callable

from msgspec.structs import replace

from midflow.core.decide import Candidate, Decision, Limits, Need, Situation, decide
from midflow.core.decide.policy import score
from midflow.core.decide.threshold import ANY, Threshold
from midflow.core.deliver import OFFER_SECONDS
from midflow.core.learner.evidence import Offered, apply
from midflow.core.learner.state import LearnerState, Showing, expected, with_met

EVERY_MOMENT = Limits(
    per_day=10**9,
    per_week=10**9,
    gap=0.0,
    cooldown=0.0,
    max_shown=10**9,
    cost=0.0,
    show_at_least=1.0,
    show_at_most=1.0,
)
"""Naive triggering as limits: there are none."""


def first_come(limits: Limits) -> Limits:
    """Return limits under which whatever comes first is shown while the budget lasts."""
    return Limits(
        per_day=limits.per_day, per_week=limits.per_week, gap=limits.gap, cooldown=limits.cooldown,
        max_shown=limits.max_shown, cost=0.0, show_at_least=1.0, show_at_most=1.0,
    )  # fmt: skip


class Prompter:
    """Decides for many people. `draw` gives chances in [0, 1); `aims`: a threshold keeps the budget for good moments."""

    def __init__(self, limits: Limits, draw: Callable[[], float], *, aims: bool) -> None:
        self.limits = limits
        self.charges: dict[str, list[float]] = {}
        self._draw = draw
        self._threshold = Threshold() if aims else None
        self._states: dict[str, LearnerState] = {}
        self._clock = float("-inf")

    def decide(
        self, person: str, task: str, case: str, *, time: float, need: float, effect: float, prior: float
    ) -> Decision:
        """Return the decision on a task that is begun, the built-in unit being the only candidate.

        `effect`: what the unit is thought to prevent by now, `prior`: what it was
        at first; a moment that was worth it then is still explored at the least
        chance. The clock is the latest time seen: a row from before it is late, as
        it is at the edge.
        """
        now = self._clock = max(self._clock, time)
        state = self._states.get(person, LearnerState())
        unit = Candidate(
            unit=task, need=Need(p=need, evidence=()), effect=effect, prior=prior, form="inline",
            showing=state.units.get(task, Showing()),
        )  # fmt: skip
        threshold = ANY
        if self._threshold is not None:
            threshold = self._threshold.of(expected(state.met, now), self.limits)
            self._threshold.note(score(unit, self.limits))
            state = self._states[person] = replace(state, met=with_met(state.met, now))
        situation = Situation(
            now=now, event_time=time, person=person, task=task, phase="starting", rule=task, case=case,
            candidates=(unit,), limits=self.limits, draw=self._draw(), threshold=threshold,
            charges=tuple(charge.time for charge in state.charges),
            busy_until=state.open.expires if state.open and self.limits.gap else 0.0,
        )  # fmt: skip
        decision = decide(situation)
        if decision.charged:
            self._charge(person, state, decision, now)
        return decision

    def _charge(self, person: str, state: LearnerState, decision: Decision, now: float) -> None:
        times = self.charges.setdefault(person, [])
        times.append(now)
        offered = Offered(
            decision=str(len(times)), unit=decision.unit or "", task=decision.unit or "", time=now,
            expires=now + OFFER_SECONDS["starting"], shown=decision.shown, charged=True,
        )  # fmt: skip
        self._states[person] = apply(state, offered)
