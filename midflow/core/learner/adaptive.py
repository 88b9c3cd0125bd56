"""Asking as little as possible: the next check that tells most, and when enough is known.

Ability and difficulty are logits, each with a variance, as `response` has
them: a check of `difficulty` is answered right with chance 1 / (1 + exp(-d (ability - difficulty))),
d being how sharply it tells (the two-parameter model of Birnbaum 1968; with d = 1 that of Rasch 1960).
Each answer moves both by matching the moments of what they are after it, so a
check is calibrated by being asked, from where its author put it. Everything
here is O(1), or O(candidates), and pure.
"""

from collections.abc import Iterable
from math import exp, log, sqrt
from typing import Literal

import msgspec

from midflow.core.learner.response import ABILITY_VARIANCE, SKILL_VARIANCE, OnSkill, Overall

Difficulty = Literal["easy", "normal", "hard"]
Verdict = Literal["able", "not_yet", "measured"]

DIFFICULTIES: dict[Difficulty, float] = {"easy": -1.0, "normal": 0.0, "hard": 1.0}
DIFFICULTY_VARIANCE = 0.5
"""Where an author's word puts a check on the logit, and how far off an author may be."""

TARGET = 0.7
"""The chance of a right answer that the next check is looked for at: nearly all of the information, and no ordeal."""

NEAR = 0.1
"""How far below the target the chance may lie."""

SURE_ERROR = 0.4
"""The standard error of ability, in logits, under which there is no need to ask on."""

CERTAIN = 1.96
"""Standard errors on either side of which lies what is 95% certain."""

NODES = (
    (0.0, 0.40634920634920635),
    (1.0232556637891326, 0.2440975028949395), (-1.0232556637891326, 0.2440975028949395),
    (2.07684797867783, 0.0499164067652178), (-2.07684797867783, 0.0499164067652178),
    (3.20542900285647, 0.0027891413212318), (-3.20542900285647, 0.0027891413212318),
    (4.512745863399783, 0.0000223458440077), (-4.512745863399783, 0.0000223458440077),
)  # fmt: skip
"""Points and weights of the standard normal distribution (Gauss-Hermite, nine points)."""


class Ability(msgspec.Struct, frozen=True, kw_only=True):
    """How able a person is, on the logit, as far as is known."""

    mean: float = 0.0
    variance: float = ABILITY_VARIANCE + SKILL_VARIANCE

    @property
    def error(self) -> float:
        """The standard error, in logits."""
        return sqrt(self.variance)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """How difficult a check is, on the logit, as far as is known. `discrimination` > 0: how sharply it tells."""

    check: str
    difficulty: float = 0.0
    variance: float = DIFFICULTY_VARIANCE
    discrimination: float = 1.0
    answers: int = 0

    @property
    def error(self) -> float:
        """The standard error of the difficulty, in logits."""
        return sqrt(self.variance)


def authored(check: str, difficulty: Difficulty = "normal") -> Item:
    """Return a check that nobody answered yet, from where its author puts it."""
    return Item(check=check, difficulty=DIFFICULTIES[difficulty])


def on_skill(overall: Overall, skill: OnSkill) -> Ability:
    """Return the ability on one skill as the response model has it: overall and on the skill together."""
    return Ability(mean=overall.ability + skill.ability, variance=overall.variance + skill.variance)


def chance(ability: Ability, item: Item) -> float:
    """Return the chance in (0, 1) of a right answer, what is not known of person and check included."""
    mean, variance = _between(ability, item)
    return sum(weight * _sigmoid(mean + point * sqrt(variance)) for point, weight in NODES)


def updated(ability: Ability, item: Item, right: bool) -> tuple[Ability, Item]:
    """Return ability and check after an answer; both variances shrink, or stay nearly as they are.

    What is known before is taken as normal, what is known after is made normal
    again with the same mean and variance (assumed density filtering, Opper 1998).
    """
    mean, variance = _between(ability, item)
    spread = sqrt(variance)
    weights = list[tuple[float, float]]()
    for point, weight in NODES:
        logit = mean + point * spread
        weights.append((logit, weight * (_sigmoid(logit) if right else _sigmoid(-logit))))
    total = sum(weight for _, weight in weights)
    after = sum(logit * weight for logit, weight in weights) / total
    left = sum((logit - after) ** 2 * weight for logit, weight in weights) / total
    moved, lost = (after - mean) / variance, (variance - left) / variance**2
    of_person, of_item = item.discrimination * ability.variance, -item.discrimination * item.variance
    return (
        Ability(mean=ability.mean + of_person * moved, variance=ability.variance - of_person**2 * lost),
        msgspec.structs.replace(
            item,
            difficulty=item.difficulty + of_item * moved,
            variance=item.variance - of_item**2 * lost,
            answers=item.answers + 1,
        ),
    )


def information(ability: Ability, item: Item) -> float:
    """Return how much of the ability's variance an answer takes away, as far as can be foretold (>= 0)."""
    mean, variance = _between(ability, item)
    p = _sigmoid(mean / sqrt(1.0 + variance * 0.346))
    weight = p * (1.0 - p)
    return (item.discrimination * ability.variance) ** 2 * weight / (1.0 + variance * weight)


def next_check(ability: Ability, candidates: Iterable[Item], *, target: float | None = TARGET) -> Item | None:
    """Return the check that tells most of those with about the chance `target` of a right answer, or more.

    Where all are harder, the easiest; with `target` None the one that tells most, however hard; None where
    there is no candidate. Of two alike the first by name, whatever their order. O(candidates).
    """
    best: tuple[bool, float, str] | None = None
    found: Item | None = None
    for item in candidates:
        mean, variance = _between(ability, item)
        p = _sigmoid(mean / sqrt(1.0 + variance * 0.346))
        hard = target is not None and p < target - NEAR
        rank = (hard, -p if hard else -information(ability, item), item.check)
        if best is None or rank < best:
            best, found = rank, item
    return found


def sure(ability: Ability, *, level: float | None = None, error: float = SURE_ERROR) -> Verdict | None:
    """Return whether enough is known to stop asking, and what; None where it is not.

    `level` in (0, 1): the chance on a check of normal difficulty that is asked for, as a role's target is;
    "able" or "not_yet" where ability lies above or below it with 95% certainty. Without a level "measured"
    once the standard error is under `error`, in logits; with one that is no answer, and it is asked on.
    """
    if level is None:
        return "measured" if ability.error <= error else None
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level is a chance between 0 and 1, not {level!r}")
    apart = (ability.mean - log(level / (1.0 - level))) / ability.error
    return "able" if apart >= CERTAIN else "not_yet" if apart <= -CERTAIN else None


def level_of(ability: Ability) -> tuple[float, float, float]:
    """Return the chance on a check of normal difficulty, and between which two it lies with 95% certainty."""
    low, high = (ability.mean + side * 1.96 * ability.error for side in (-1.0, 1.0))
    return _sigmoid(ability.mean), _sigmoid(low), _sigmoid(high)


def _between(ability: Ability, item: Item) -> tuple[float, float]:
    """Mean and variance of the logit of a right answer."""
    d = item.discrimination
    return d * (ability.mean - item.difficulty), d * d * (ability.variance + item.variance)


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + exp(-min(max(logit, -35.0), 35.0)))
