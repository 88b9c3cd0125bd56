"""Try a changed policy on the decisions of the last weeks, before it is switched on."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from midflow.core.content.release import Policy
from midflow.core.decide import Candidate, Situation, decide
from midflow.core.decide.offpolicy import Evaluation, Logged, evaluate
from midflow.flow.rulebook import limits_of
from midflow.store import judged as stored
from midflow.store.judged import Judged
from midflow.store.tx import Store, Tx

DAY = 86_400.0
DAYS = 90
RIPE = 7 * DAY
"""How long a task has to turn out wrong before what came of it is known."""
MOST = 20_000
NOTHING = ""
DUST = 1e-9
"""What sums of chances may lack of 1."""


class PolicyTried(msgspec.Struct, frozen=True, kw_only=True):
    """What a changed policy would have done from `since` to `until` (seconds).

    `moments`: tasks begun with a decision on them; of these `open` were such that one
    policy or the other could have prompted, and `evaluation` speaks of those. Prompts
    per person and day with an event, as decided and as expected under the changed policy
    at the same moments, each taken as it stood.
    """

    since: float
    until: float
    moments: int
    open: int
    prompts_now: float
    prompts_then: float
    evaluation: Evaluation


def try_policy(store: Store, policy: Policy, *, now: float, days: float = DAYS) -> PolicyTried:
    """Return what `policy` would have done at the latest decisions.

    What a policy decides with is changed: limits, cost, chances and whether there are
    prompts at all. Each moment stays as it was: what the limits were drawn on before it,
    whether the person was at work, and the threshold. A task counts from `RIPE` seconds
    after it was begun.
    """
    since, until = now - days * DAY, now - RIPE

    def read(tx: Tx) -> tuple[list[Judged], int]:
        rows = [row for row in stored.judged(tx, since, MOST) if row.time < until]
        first = min((row.time for row in rows), default=until)
        return rows, stored.person_days(tx, first - first % DAY, until)

    rows, person_days = store.read(read)
    pairs = [
        (row, _chances(row.situation), _chances(_under(policy, row.situation)))
        for row in rows
        if not row.situation.seeded
    ]
    # What the present code would never have done was decided by an older one, with a chance that nobody knows.
    pairs = [(row, was, then) for row, was, then in pairs if _did(row) in was]
    contested = [(row, was, then) for row, was, then in pairs if set(was) | set(then) != {NOTHING}]
    per_day = 1 / max(person_days, 1)
    return PolicyTried(
        since=min((row.time for row, _, _ in pairs), default=since),
        until=until,
        moments=len(pairs),
        open=len(contested),
        prompts_now=sum(row.shown for row, _, _ in pairs) * per_day,
        prompts_then=sum(1 - then.get(NOTHING, 0.0) for _, _, then in pairs) * per_day,
        evaluation=evaluate(_logged(row, was, then) for row, was, then in contested),
    )


def _under(policy: Policy, situation: Situation) -> Situation:
    return replace(situation, limits=limits_of(policy), nudges=policy.nudges)


def _chances(situation: Situation) -> dict[str, float]:
    """With which chance each unit is shown at a moment, and nothing; what has no chance is not named.

    Which unit it would be is chosen by the `pick`: from where one choice ends the next begins.
    """
    found: dict[str, float] = defaultdict(float)
    pick = 0.0
    while pick < 1 - DUST:
        decision = decide(replace(situation, draw=0.0, pick=pick))
        share = 1.0 if decision.choice is None else decision.choice
        shown = (decision.chance or 0.0) if decision.shown else 0.0
        found[decision.unit or NOTHING] += share * shown
        found[NOTHING] += share * (1.0 - shown)
        pick += share
    return {what: min(chance, 1.0) for what, chance in found.items() if chance > 0}


def _did(row: Judged) -> str:
    return (row.unit or NOTHING) if row.shown else NOTHING


def _logged(row: Judged, was: dict[str, float], then: dict[str, float]) -> Logged:
    did = _did(row)
    risks = _risks(row.situation.candidates)
    wrong = row.wrong_at is not None and row.wrong_at - row.time <= RIPE
    return Logged(
        person=row.situation.person,
        wrong=wrong,
        logged=was[did],
        target=then.get(did, 0.0),
        expected=risks[did],
        value=sum(chance * risks[what] for what, chance in then.items()),
        untried=sum(chance for what, chance in then.items() if what not in was),
    )


def _risks(candidates: Iterable[Candidate]) -> dict[str, float]:
    """The chance that the task goes wrong, as it was seen then: after each unit, and after nothing."""
    found = {c.unit: c.need.p * (1 - c.effect) for c in candidates}
    needs = [c.need.p for c in candidates]
    return {**found, NOTHING: sum(needs) / max(len(needs), 1)}
