"""How long a check is remembered: FSRS-6 with its published default weights.

The formulas are those of FSRS-6 as published by open-spaced-repetition (py-fsrs
6.3, `fsrs/scheduler.py`) without its learning steps: a check asked again inside
one sitting is a same-day review. Time passed counts in whole days, as there: the
weights were learned on days, and a check answered some hours ago counts as fresh.
"""

from math import exp, floor
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

DECAY = -WEIGHTS[20]
FACTOR = 0.9 ** (1 / DECAY) - 1
"""Shape and scale of the forgetting curve: recall is 0.9 when as many days have passed as the stability says."""

GROWTH = exp(WEIGHTS[8])
EASIEST = WEIGHTS[7] * (WEIGHTS[4] - exp(WEIGHTS[5] * 3) + 1)
"""What each review's formulas would compute anew: the growth of stability, and the pull toward an easy start."""

MIN_STABILITY = 0.001
MAX_INTERVAL_DAYS = 36_500.0


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


def recall(memory: Memory, now: float) -> float:
    """Return the chance in [0, 1] that the check is answered right at `now` (seconds)."""
    days = max(0, floor((now - memory.last) / DAY))
    return float((1 + FACTOR * days / memory.stability) ** DECAY)


def review(memory: Memory | None, grade: Grade, now: float, *, desired_retention: float = 0.9) -> Memory:
    """Return the memory after an answer of `grade` at `now`; None stands for a check never seen.

    `desired_retention` in (0, 1): the chance of recall at which the check falls due.
    Raises ValueError for another grade than 1 to 4.
    """
    if grade not in (1, 2, 3, 4):
        raise ValueError(f"a grade is 1 (again), 2 (hard), 3 (good) or 4 (easy), not {grade!r}")
    if memory is None:
        stability, difficulty = max(WEIGHTS[grade - 1], MIN_STABILITY), _clamp(_first_difficulty(grade))
    else:
        stability = _next_stability(memory, grade, now)
        difficulty = _next_difficulty(memory.difficulty, grade)
    return Memory(
        stability=stability,
        difficulty=difficulty,
        last=now,
        due=now + interval_days(stability, desired_retention) * DAY,
        reviews=(memory.reviews if memory else 0) + 1,
        lapses=(memory.lapses if memory else 0) + (memory is not None and grade == AGAIN),
        right=(memory.right if memory else 0) + (grade != AGAIN),
    )


def interval_days(stability: float, desired_retention: float) -> float:
    """Return the whole days (at least 1) until recall falls to `desired_retention`."""
    days = stability / FACTOR * (desired_retention ** (1 / DECAY) - 1)
    return min(max(float(round(days)), 1.0), MAX_INTERVAL_DAYS)


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


def _first_difficulty(grade: int) -> float:
    return WEIGHTS[4] - exp(WEIGHTS[5] * (grade - 1)) + 1


def _clamp(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)


def _next_difficulty(difficulty: float, grade: int) -> float:
    damped = difficulty + (10.0 - difficulty) * -(WEIGHTS[6] * (grade - 3)) / 9.0
    return _clamp(EASIEST + (1 - WEIGHTS[7]) * damped)


def _next_stability(memory: Memory, grade: int, now: float) -> float:
    if now - memory.last < DAY:
        return _same_day(memory.stability, grade)
    chance = recall(memory, now)
    found = _forgotten(memory, chance) if grade == AGAIN else _recalled(memory, grade, chance)
    return max(found, MIN_STABILITY)


def _same_day(stability: float, grade: int) -> float:
    growth = exp(WEIGHTS[17] * (grade - 3 + WEIGHTS[18])) * stability ** -WEIGHTS[19]
    return max(stability * (max(growth, 1.0) if grade != AGAIN else growth), MIN_STABILITY)


def _forgotten(memory: Memory, chance: float) -> float:
    long_term = (
        WEIGHTS[11]
        * memory.difficulty ** -WEIGHTS[12]
        * ((memory.stability + 1) ** WEIGHTS[13] - 1)
        * exp((1 - chance) * WEIGHTS[14])
    )
    return min(long_term, memory.stability / exp(WEIGHTS[17] * WEIGHTS[18]))


def _recalled(memory: Memory, grade: int, chance: float) -> float:
    growth = (
        GROWTH
        * (11 - memory.difficulty)
        * memory.stability ** -WEIGHTS[9]
        * (exp((1 - chance) * WEIGHTS[10]) - 1)
        * (WEIGHTS[15] if grade == HARD else 1.0)
        * (WEIGHTS[16] if grade == EASY else 1.0)
    )
    return memory.stability * (1 + growth)
