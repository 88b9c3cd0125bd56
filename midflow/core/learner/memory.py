"""How long a check is remembered: FSRS-6 with its published default weights.

The formulas are those of FSRS-6 as published by open-spaced-repetition (py-fsrs
6.3, `fsrs/scheduler.py`) without its learning steps: a check asked again inside
one sitting is a same-day review. Time passed counts in whole days, as there: the
weights were learned on days, and a check answered some hours ago counts as fresh.
"""

from math import exp, isfinite, log
from typing import Literal

import msgspec

DAY = 86_400.0
Grade = Literal[1, 2, 3, 4]
AGAIN: Grade = 1
HARD: Grade = 2
GOOD: Grade = 3
EASY: Grade = 4

WEIGHTS: tuple[float, ...] = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
    1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
)  # fmt: skip
"""The 21 published default weights of FSRS-6."""

SITTING = 600.0
"""Seconds within which a second answer to the same check says nothing about memory."""

MIN_STABILITY = 0.001
MAX_INTERVAL_DAYS = 36_500.0


class Fsrs(msgspec.Struct, frozen=True, gc=False):
    """FSRS-6 with certain weights, made by `fsrs`, and what each review's formulas would compute anew.

    `decay` and `factor`: shape and scale of the forgetting curve; recall is 0.9 when as many days have
    passed as the stability says. `growth` of stability; `easiest`: the pull toward an easy start.
    """

    weights: tuple[float, ...]
    decay: float
    factor: float
    growth: float
    easiest: float


def fsrs(weights: tuple[float, ...]) -> Fsrs:
    """Return FSRS with these 21 weights; ValueError for another count, or one that is no finite number."""
    if len(weights) != len(WEIGHTS) or not all(map(isfinite, weights)):
        raise ValueError(f"FSRS is refused: it takes {len(WEIGHTS)} finite weights, not {weights}")
    decay = -weights[20]
    return Fsrs(
        weights, decay, 0.9 ** (1 / decay) - 1, exp(weights[8]),
        weights[7] * (weights[4] - exp(weights[5] * 3) + 1),
    )  # fmt: skip


PUBLISHED = fsrs(WEIGHTS)
"""FSRS as it is published."""

DECAY, FACTOR = PUBLISHED.decay, PUBLISHED.factor
"""Shape and scale of its forgetting curve."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one person's memory of one check.

    `stability`: days until the chance of recall falls to 0.9. `difficulty` in
    [1, 10]. `last` and `due` in seconds since the epoch.
    """

    stability: float
    difficulty: float
    last: float
    due: float
    reviews: int
    lapses: int
    right: int


def recall(memory: Memory, now: float, fsrs: Fsrs = PUBLISHED) -> float:
    """Return the chance in [0, 1] that the check is answered right at `now` (seconds)."""
    # Comparisons and `//`, because max and floor are calls, and this runs twice an answer.
    days = (now - memory.last) // DAY
    return float((1.0 + fsrs.factor * days / memory.stability) ** fsrs.decay) if days > 0.0 else 1.0


def review(
    memory: Memory | None, grade: Grade, now: float, *, desired_retention: float = 0.9, fsrs: Fsrs = PUBLISHED
) -> Memory:
    """Return the memory after an answer of `grade` at `now`; None stands for a check never seen.

    `desired_retention` in (0, 1): the chance of recall at which the check falls due.
    Raises ValueError for another grade than 1 to 4.
    """
    if grade not in (1, 2, 3, 4):
        raise ValueError(f"a grade is 1 (again), 2 (hard), 3 (good) or 4 (easy), not {grade!r}")
    stability, difficulty = reviewed(memory, grade, now, fsrs)
    return Memory(
        stability=stability,
        difficulty=difficulty,
        last=now,
        due=now + interval_days(stability, desired_retention, fsrs) * DAY,
        reviews=(memory.reviews if memory else 0) + 1,
        lapses=(memory.lapses if memory else 0) + (memory is not None and grade == AGAIN),
        right=(memory.right if memory else 0) + (grade != AGAIN),
    )


def reviewed(memory: Memory | None, grade: Grade, now: float, fsrs: Fsrs = PUBLISHED) -> tuple[float, float]:
    """Return stability and difficulty after an answer: `review` for whoever counts and schedules nothing."""
    if memory is None:
        return max(fsrs.weights[grade - 1], MIN_STABILITY), _clamp(_first_difficulty(grade, fsrs))
    return _next_stability(memory, grade, now, fsrs), _next_difficulty(memory.difficulty, grade, fsrs)


def used(
    memory: Memory,
    right: bool,
    now: float,
    *,
    weight: float,
    desired_retention: float = 0.9,
    fsrs: Fsrs = PUBLISHED,
) -> Memory:
    """Return the memory after what it holds was used at work at `now`: a part of a review, `weight` in [0, 1].

    Stability goes that part of the way that an answer would take it, on the log scale, difficulty and the
    time of the last review the same part on theirs. So `weight` 0 changes nothing, 1 is an answer, and use
    that goes well never brings the check back sooner. Answers are not counted. What comes before the last
    answer says nothing any more.
    """
    if now <= memory.last:
        return memory
    whole = review(memory, GOOD if right else AGAIN, now, desired_retention=desired_retention, fsrs=fsrs)
    stability = exp((1 - weight) * log(memory.stability) + weight * log(whole.stability))
    last = memory.last + weight * (now - memory.last)
    due = last + interval_days(stability, desired_retention, fsrs) * DAY
    return msgspec.structs.replace(
        memory,
        stability=stability,
        difficulty=memory.difficulty + weight * (whole.difficulty - memory.difficulty),
        last=last,
        due=max(due, memory.due) if right else due,
    )


def interval_days(stability: float, desired_retention: float, fsrs: Fsrs = PUBLISHED) -> float:
    """Return the whole days (at least 1) until recall falls to `desired_retention`."""
    days = stability / fsrs.factor * (desired_retention ** (1 / fsrs.decay) - 1)
    return min(max(float(round(days)), 1.0), MAX_INTERVAL_DAYS)


def counts_as_memory(before: Memory | None, time: float) -> bool:
    """Return whether an answer at `time` says something about memory: not within one sitting."""
    return before is None or time - before.last >= SITTING


def grade(*, correct: bool, seconds: float | None, expected_seconds: float) -> Grade:
    """Return the grade of an answer from its correctness and latency.

    Right in under half of the expected reading and thinking time is easy, right
    after more than twice that time is hard; without a time it is good.
    """
    if not correct:
        return AGAIN
    if seconds is None or seconds <= 0:
        return GOOD
    if seconds > 2 * expected_seconds:
        return HARD
    return EASY if seconds < expected_seconds / 2 else GOOD


def _first_difficulty(grade: int, fsrs: Fsrs) -> float:
    return fsrs.weights[4] - exp(fsrs.weights[5] * (grade - 1)) + 1


def _clamp(difficulty: float) -> float:
    return 1.0 if difficulty < 1.0 else min(difficulty, 10.0)


def _next_difficulty(difficulty: float, grade: int, fsrs: Fsrs) -> float:
    damped = difficulty + (10.0 - difficulty) * -(fsrs.weights[6] * (grade - 3)) / 9.0
    return _clamp(fsrs.easiest + (1 - fsrs.weights[7]) * damped)


def _next_stability(memory: Memory, grade: int, now: float, fsrs: Fsrs) -> float:
    if now - memory.last < DAY:
        return _same_day(memory.stability, grade, fsrs.weights)
    chance = recall(memory, now, fsrs)
    found = (
        _forgotten(memory, chance, fsrs.weights) if grade == AGAIN else _recalled(memory, grade, chance, fsrs)
    )
    return max(found, MIN_STABILITY)


def _same_day(stability: float, grade: int, w: tuple[float, ...]) -> float:
    growth = exp(w[17] * (grade - 3 + w[18])) * stability ** -w[19]
    return max(stability * (max(growth, 1.0) if grade != AGAIN else growth), MIN_STABILITY)


def _forgotten(memory: Memory, chance: float, w: tuple[float, ...]) -> float:
    long_term = (
        w[11]
        * memory.difficulty ** -w[12]
        * ((memory.stability + 1) ** w[13] - 1)
        * exp((1 - chance) * w[14])
    )
    return min(long_term, memory.stability / exp(w[17] * w[18]))


def _recalled(memory: Memory, grade: int, chance: float, fsrs: Fsrs) -> float:
    w = fsrs.weights
    growth = (
        fsrs.growth
        * (11 - memory.difficulty)
        * memory.stability ** -w[9]
        * (exp((1 - chance) * w[10]) - 1)
        * (w[15] if grade == HARD else 1.0)
        * (w[16] if grade == EASY else 1.0)
    )
    return memory.stability * (1 + growth)
