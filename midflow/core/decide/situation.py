"""Everything a decision is made from, as one value: what is logged, and recomputed from."""

import msgspec

from midflow.core.content.model import Phase, Risk, Timing
from midflow.core.decide.need import Need
from midflow.core.learner.state import Showing


class Candidate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One unit that could be shown.

    `effect`: expected share of errors that it prevents, with its `variance`;
    `prior`: what was expected before anything was measured. `form`: the strongest
    that it has. `missing`: prerequisites not completed. `mastered`: its checks are
    remembered. `alone`: how often the task was begun, and no error found, since it
    was last shown.
    """

    unit: str
    need: Need
    effect: float
    form: str
    variance: float = 0.0
    prior: float = 0.0
    alone: int = 0
    risk: Risk = "normal"
    mandatory: bool = False
    for_me: bool = True
    expired: bool = False
    mastered: bool = False
    missing: tuple[str, ...] = ()
    showing: Showing = Showing()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The hard limits and parameters in force; durations in seconds, chances in [0, 1]."""

    per_day: int = 2
    per_week: int = 5
    gap: float = 3600.0
    cooldown: float = 7 * 86_400.0
    max_shown: int = 4
    max_ignored: int = 3
    cost: float = 0.02
    show_at_least: float = 0.05
    show_at_most: float = 0.95
    late_after: float = 1800.0


class Situation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One moment and all that bears on it. Times in seconds since the epoch.

    `charges`: times of the draws on the attention budget. `busy_until`: when the
    open prompt expires, 0 where none is open. `draw` and `pick` in [0, 1): the
    chances of this decision, drawn by the caller: whether it is shown, and which
    unit. `seeded`: they were fixed beforehand (the sample organisation does so and
    says it). `threshold`: the score below which nothing is shown. `quiet`: in the
    person's quiet hours, or outside their or the organisation's working hours.
    `focus`: the person asked not to be disturbed now. `nudges`: the organisation
    wants prompts at all. `measured`: the person agrees to be measured; without it no
    prompt to them is left to chance. `timing`: when the rule wants a prompt to be
    shown. `at_break`: the moment is a breakpoint. `digest`: what is not worth an
    interruption is left to the day's digest.
    """

    now: float
    event_time: float
    person: str
    task: str
    phase: Phase
    rule: str
    case: str
    candidates: tuple[Candidate, ...]
    limits: Limits
    draw: float
    charges: tuple[float, ...] = ()
    busy_until: float = 0.0
    consent: bool = True
    opted_out: bool = False
    quiet: bool = False
    focus: bool = False
    nudges: bool = True
    measured: bool = True
    reachable: bool = True
    seeded: bool = False
    threshold: float = 0.0
    pick: float = 0.0
    timing: Timing = "auto"
    at_break: bool = False
    digest: bool = False
