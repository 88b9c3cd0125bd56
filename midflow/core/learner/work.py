"""How much work says about what is remembered, beside an answer to a check."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from midflow.core.learner.evidence import Used

Way = Literal["done", "wrong", "ticked", "said", "seen", "seen_wrong"]

WEIGHTS: dict[Way, float] = {
    "done": 0.5,
    "wrong": 0.5,
    "ticked": 0.25,
    "said": 0.15,
    "seen": 0.25,
    "seen_wrong": 0.25,
}
"""What each way of seeing work counts for, an answer being 1.

Chosen, not learned: a task uses some of what its checks ask and shows it without
a question; a list is also ticked by habit, and who says that they used something
has not shown it; a mentor sees one time of many. Only work that goes wrong counts against somebody.
"""

SETTLED = 7 * 86_400.0
"""Seconds after which a task that nobody found wrong counts as done right."""

PRIOR_BEGUN = 20.0
PRIOR_RIGHT = 17.0
"""Tasks' worth of belief that a task goes right as often as tasks do on the whole (85%)."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's checks, what they are about, and the recall at which they fall due."""

    checks: tuple[str, ...]
    skill: str
    retention: float


def usual(begun: int, erred: int) -> float:
    """Return how often a task goes right, in (0, 1), from how often everyone began it and it went wrong."""
    right = max(begun - erred, 0)
    return (right + PRIOR_RIGHT) / (max(begun, right) + PRIOR_BEGUN)


def evidence(parts: Sequence[Part], way: Way, *, usual: float, time: float) -> list[Used]:
    """Return what work at `time` says, `usual` being how often such work goes right.

    Each skill is used once, however many units teach it.
    """
    skills = tuple(dict.fromkeys(part.skill for part in parts))
    return [
        Used(
            checks=part.checks, skills=() if place else skills, right=way not in ("wrong", "seen_wrong"), time=time,
            weight=WEIGHTS[way], usual=usual, retention=part.retention,
        )
        for place, part in enumerate(parts)
    ]  # fmt: skip
