"""Everything a decision is made from, as one value: what is logged, and recomputed from."""

import msgspec

from midflow.core.content.model import Phase, Risk, Timing
from midflow.core.decide.need import Need
from midflow.core.learner.state import Showing


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit that could be shown.

    `effect`: expected share of errors that it prevents, in [0, 1]. `missing`:
    prerequisites not completed. `mastered`: its checks are remembered.
    """

    unit: str
    need: Need
    effect: float
    form: str
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


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """One moment and all that bears on it. Times in seconds since the epoch.

    `charges`: times of the draws on the attention budget. `busy_until`: when the
    open prompt expires, 0 where none is open. `draw` in [0, 1): the chance of
    this decision, drawn by the caller. `seeded`: the draw was fixed beforehand
    (the sample organisation does so and says it). `threshold`: the score below
    which nothing is shown. `explore`: what passes the threshold is still shown
    with the least chance where its score is not above 0, so that an effect
    thought to be nothing goes on being measured. `focus`: the person asked not
    to be disturbed now. `nudges`: the organisation wants prompts at all. `measured`: they agree to be; without it no prompt to
    them is left to chance. `timing`: when
    the rule wants a prompt to be shown. `at_break`: the moment is a breakpoint.
    `digest`: what is not worth an interruption is left to the day's digest.
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
    explore: bool = False
    timing: Timing = "auto"
    at_break: bool = False
    digest: bool = False
