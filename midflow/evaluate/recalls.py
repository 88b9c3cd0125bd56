"""What foretells a review: our corrected memory, FSRS as published and as fitted, SM-2, the average."""

from array import array
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from midflow.core.learner.bulk import Floats, logistic, most_likely
from midflow.core.learner.correction import (
    FEATURES,
    FSRS,
    Histories,
    Recalled,
    Reviewer,
    history,
    is_review,
    regard,
    regarded,
)
from midflow.core.learner.memories import first_many, recall_many, review_many
from midflow.core.learner.memory import AGAIN, DAY, WEIGHTS
from midflow.core.learner.response import Tally
from midflow.evaluate.reviews import Reviewed

STRENGTH = 20.0
"""Reviews' worth of belief that FSRS needs no correction."""

FEWEST_TO_FIT = 100
"""Reviews before which FSRS's own weights are not fitted; fsrs-rs wants some hundred."""


QUALITY = {1: 1, 2: 3, 3: 4, 4: 5}
"""SM-2's quality of an answer, 0 to 5, for our grades."""

FIRST_INTERVALS = (1.0, 6.0)
"""SM-2's intervals in days after the first and the second right answer in a row."""


class Scored(msgspec.Struct, frozen=True):
    """The reviews that are scored: answers at least a day after the one before on the same check.

    `at`: their places in the table; `right`; `days`, `length` and `lapses` as FSRS counts them for its
    bins; `features` of the correction, which hold only what was before.
    """

    at: list[int]
    right: Floats
    days: Floats
    length: Floats
    lapses: Floats
    features: Floats


def scored(reviews: Sequence[Reviewed]) -> Scored:
    """Walk through the reviews once and return those that are scored."""
    checks: dict[str, Recalled] = {}
    alike: dict[Histories, Tally] = {}
    person, features = Reviewer(), array("d")
    at, facts = list[int](), list[tuple[float, float, float, float]]()
    for place, review in enumerate(reviews):
        check = checks.get(review.check)
        kind = (-1, -1, -1) if check is None else history(check)
        tally = alike.get(kind, Tally())
        if check is not None and is_review(check, review.time):
            features.extend(regard(check, person, tally, review.time))
            at.append(place)
            days = (review.time - check.memory.last) // DAY
            facts.append((float(review.grade != AGAIN), days, check.reviews + 2.0, float(check.lapses)))
        checks[review.check], person, alike[kind] = regarded(check, person, tally, review.grade, review.time)
    right, days, length, lapses = np.array(facts, dtype=np.float64).reshape(-1, 4).T
    rows = np.frombuffer(features, dtype=np.float64).reshape(-1, len(FEATURES))
    return Scored(at, right, days, length, lapses, rows)


Blocks = Sequence[tuple[int, int]]
"""(from, to) of each block of scored reviews; what comes before `from` may be fitted on."""


def corrected(reviews: Sequence[Reviewed], table: Scored, blocks: Blocks) -> Floats:
    """Return chances of our memory: FSRS and a logistic layer, fitted before each block around FSRS itself."""
    chances = np.zeros(len(table.at))
    for start, end in blocks:
        w = most_likely(table.features[:start], table.right[:start], prior=(*FSRS, 0.0), strength=STRENGTH)
        chances[start:end] = logistic(table.features[start:end] @ w[:-1] + w[-1])
    return chances


def average(reviews: Sequence[Reviewed], table: Scored, blocks: Blocks) -> Floats:
    """Return the share of right answers before each block."""
    chances = np.zeros(len(table.at))
    for start, end in blocks:
        chances[start:end] = (table.right[:start].sum() + 1.0) / (start + 2.0)
    return chances


def fsrs(reviews: Sequence[Reviewed], weights: Sequence[float] = WEIGHTS) -> Floats:
    """Return FSRS's recall before each answer, nan for first ones: all checks' n-th answers at once."""
    places: dict[str, list[int]] = {}
    for place, review in enumerate(reviews):
        places.setdefault(review.check, []).append(place)
    grades = np.array([review.grade for review in reviews], dtype=np.int64)
    times = np.array([review.time for review in reviews])
    found = np.full(len(reviews), np.nan)
    longest_first = sorted(places.values(), key=len, reverse=True)
    before = np.array([of_one[0] for of_one in longest_first])
    stability, difficulty = first_many(grades[before], weights)
    for number in range(1, len(longest_first[0])):
        now = np.array([of_one[number] for of_one in longest_first if len(of_one) > number])
        n = len(now)
        days = np.floor((times[now] - times[before[:n]]) / DAY)
        found[now] = recall_many(stability[:n], days, weights)
        stability, difficulty = review_many(stability[:n], difficulty[:n], days, grades[now], weights)
        before = now
    return found


def fsrs_default(reviews: Sequence[Reviewed], table: Scored, blocks: Blocks) -> Floats:
    """Return FSRS's recall with its published weights."""
    return fsrs(reviews)[table.at]


def fsrs_fitted(reviews: Sequence[Reviewed], table: Scored, blocks: Blocks) -> Floats | None:
    """Return FSRS's recall with weights fitted before each block by fsrs-rs; None where it is not installed."""
    try:
        import fsrs_rs_python as rs
    except ImportError:
        return None
    chances = np.zeros(len(table.at))
    histories: dict[str, list[Any]] = {}
    last: dict[str, float] = {}
    items: list[Any] = []
    ends = [table.at[start] for start, _ in blocks]
    wanted = set(table.at)
    fitted: dict[int, Sequence[float]] = {}
    for place, review in enumerate(reviews):
        if place in ends:
            fitted[place] = (
                WEIGHTS if len(items) < FEWEST_TO_FIT else rs.FSRS(list(WEIGHTS)).compute_parameters(items)
            )
        days = max(0, int((review.time - last.get(review.check, review.time)) // DAY))
        seen = histories.setdefault(review.check, [])
        seen.append(rs.FSRSReview(review.grade, days))
        last[review.check] = review.time
        if place in wanted:
            items.append(rs.FSRSItem(list(seen)))
    for start, end in blocks:
        chances[start:end] = fsrs(reviews, fitted[table.at[start]])[table.at[start:end]]
    return chances


def sm2(reviews: Sequence[Reviewed], table: Scored, blocks: Blocks) -> Floats:
    """Return recall as SM-2's intervals imply it: 0.9 when the interval is over, falling exponentially.

    SM-2 foretells no chance; this is how srs-benchmark reads one out of it.
    """
    state: dict[str, tuple[float, float, int, float]] = {}
    chances = np.zeros(len(reviews))
    for place, review in enumerate(reviews):
        before = state.get(review.check)
        interval, ease, repeated = (0.0, 2.5, 0) if before is None else before[:3]
        if before is not None:
            chances[place] = 0.9 ** (max(0.0, (review.time - before[3]) / DAY) / interval)
        quality = QUALITY[review.grade]
        if quality < 3:
            interval, repeated = 1.0, 0
        else:
            interval = FIRST_INTERVALS[repeated] if repeated < 2 else interval * ease
            repeated += 1
        ease = max(1.3, ease + 0.1 - (5 - quality) * (0.08 + (5 - quality) * 0.02))
        state[review.check] = (min(interval, 36_500.0), ease, repeated, review.time)
    return chances[table.at]


def successive(rows: int, blocks: int) -> Blocks:
    """Return `blocks` blocks of nearly the same size, before which lies one more that is only fitted on."""
    edges = [rows * number // (blocks + 1) for number in range(1, blocks + 2)]
    return list(pairwise(edges))


Foreteller = Callable[[Sequence[Reviewed], Scored, Blocks], Floats | None]

FORETELLERS: dict[str, Foreteller] = {
    "midflow": corrected,
    "fsrs_default": fsrs_default,
    "fsrs_fitted": fsrs_fitted,
    "sm2": sm2,
    "average": average,
}
