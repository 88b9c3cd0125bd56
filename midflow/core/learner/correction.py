"""What FSRS leaves out, added as a logistic layer over it: how this person, and this check, differ.

The model `memory` knows one check apart from all others. What a person forgets
today is also told by what they forgot today, and by how often this check has
been lost. `regard` turns that into numbers before a review, `regarded` takes
the answer in; both are pure and O(1). The layer starts as FSRS itself.
"""

from math import exp, log, log1p

import msgspec

from midflow.core.learner.memory import AGAIN, DAY, PUBLISHED, Fsrs, Grade, Memory, recall, review
from midflow.core.learner.response import Tally, plus

FEATURES = (
    "recall_logit", "log_stability", "log_days", "difficulty",
    "log_answers", "log_reviews", "log_lapses", "first_review", "same_day_answers", "check_surprise",
    "surprise_fast", "surprise_slow", "surprise_in_sitting", "after_history",
)  # fmt: skip
"""The names of the numbers, in the order in which `regard` gives them."""

FSRS = (1.0, *(0.0 for _ in FEATURES[1:]))
"""The weights of the layer before it has learned anything: what FSRS says, unchanged."""

PAUSE = 3600.0
"""Seconds without a review after which another sitting begins."""

FAR = 0.02
"""Recall counts as at least this far from 0 and 1."""

HISTORY_INFORMATION = 3.0
"""Information, sum of p(1 - p), at which the offset of a history is believed by half."""

Histories = tuple[int, int, int]


class Recalled(msgspec.Struct, frozen=True):
    """One check of one person: its memory, and what the memory does not hold.

    Reviews are answers at least a day after the one before; `lapses` those that were wrong;
    `in_a_row` those right since; `same_day`: answers since the last review; `surprise`: decayed right - p.
    """

    memory: Memory
    answers: int = 1
    reviews: int = 0
    lapses: int = 0
    in_a_row: int = 0
    same_day: int = 0
    surprise: float = 0.0


class Reviewer(msgspec.Struct, frozen=True, array_like=True):
    """One person over all checks: decayed means of right - p, over about 10 reviews, 50, and this sitting."""

    fast: float = 0.0
    slow: float = 0.0
    sitting: float = 0.0
    last: float | None = None


def history(check: Recalled) -> Histories:
    """Return the kind of history that a check has: reviews, lapses, right in a row, each up to a few."""
    return min(check.reviews, 4), min(check.lapses, 3), min(check.in_a_row, 3)


def is_review(check: Recalled | None, now: float) -> bool:
    """Return whether an answer at `now` says something about memory that lasts: a day or more has passed."""
    return check is not None and now - check.memory.last >= DAY


def expected_recall(memory: Memory, now: float, fsrs: Fsrs = PUBLISHED) -> float:
    """Return what FSRS alone says of recall at `now`, within [`FAR`, 1 - `FAR`]."""
    return min(max(recall(memory, now, fsrs), FAR), 1.0 - FAR)


def regard(
    check: Recalled, person: Reviewer, alike: Tally, now: float, fsrs: Fsrs = PUBLISHED
) -> tuple[float, ...]:
    """Return the numbers of a coming review; `alike`: the tally of histories of the same kind."""
    memory = check.memory
    expected = expected_recall(memory, now, fsrs)
    in_sitting = person.last is not None and now - person.last <= PAUSE
    return (
        log(expected / (1.0 - expected)), log(memory.stability), log1p(max(0.0, now - memory.last) / DAY),
        memory.difficulty, log1p(check.answers), log1p(check.reviews), log1p(check.lapses),
        float(check.reviews == 0), float(check.same_day), check.surprise,
        person.fast, person.slow, person.sitting if in_sitting else 0.0,
        alike.surprise / (alike.information + HISTORY_INFORMATION),
    )  # fmt: skip


def regarded(
    check: Recalled | None, person: Reviewer, alike: Tally, grade: Grade, now: float, *,
    retention: float = 0.9, fsrs: Fsrs = PUBLISHED,
) -> tuple[Recalled, Reviewer, Tally]:  # fmt: skip
    """Return check, person and tally after an answer of `grade` at `now`.

    What is no review moves the memory alone. A clock set back counts as the same day.
    `retention`: the recall at which it falls due.
    """
    if check is None:
        first = review(None, grade, now, desired_retention=retention, fsrs=fsrs)
        return Recalled(first), _seen(person, now), alike
    if not is_review(check, now):
        when = max(now, check.memory.last)
        memory = review(check.memory, grade, when, desired_retention=retention, fsrs=fsrs)
        again = msgspec.structs.replace(
            check, memory=memory, answers=check.answers + 1, same_day=check.same_day + 1
        )
        return again, _seen(person, now), alike
    right = grade != AGAIN
    expected = expected_recall(check.memory, now, fsrs)
    error = right - expected
    in_sitting = person.last is not None and now - person.last <= PAUSE
    after = Recalled(
        review(check.memory, grade, now, desired_retention=retention, fsrs=fsrs), check.answers + 1, check.reviews + 1, check.lapses + (not right),
        check.in_a_row + 1 if right else 0, 0, 0.6 * check.surprise + 0.4 * error,
    )  # fmt: skip
    sitting = 0.8 * (person.sitting if in_sitting else 0.0) + 0.2 * error
    whole = Reviewer(0.9 * person.fast + 0.1 * error, 0.98 * person.slow + 0.02 * error, sitting, now)
    return after, whole, plus(alike, float(right), expected)


def corrected(values: tuple[float, ...], bias: float, features: tuple[float, ...]) -> float:
    """Return the chance in (0, 1) that the check is answered right."""
    logit = bias + sum(w * x for w, x in zip(values, features, strict=True))
    return 1.0 / (1.0 + exp(-max(-35.0, min(35.0, logit))))


def _seen(person: Reviewer, now: float) -> Reviewer:
    fresh = person.last is None or now - person.last > PAUSE
    last = now if person.last is None else max(now, person.last)
    return msgspec.structs.replace(person, last=last, sitting=0.0 if fresh else person.sitting)
