"""Which unit, among several that could be shown: the likelier to be the best, the oftener it is tried.

Thompson sampling: each unit is chosen with the chance that its score is the highest,
as its effect is known by now. The chances are worked out instead of drawn, so that
they can be logged and decisions made again; no unit's is less than the floor.
"""

from collections.abc import Sequence
from math import erf, exp, prod, sqrt

from midflow.core.decide.situation import Candidate

FLOOR = 0.05
"""The least chance of a unit that is among those to choose from."""
MOST = 8
"""Units to choose from; of more, those with the highest scores."""
SURE = 1e-6
"""The least standard deviation of a score."""
REACH, NODES = 4.0, 41


def _nodes() -> tuple[tuple[float, float], ...]:
    """Points of the standard normal distribution with their weights, evenly spaced."""
    points = [REACH * (2 * n / (NODES - 1) - 1) for n in range(NODES)]
    weights = [exp(-0.5 * z * z) for z in points]
    return tuple((z, weight / sum(weights)) for z, weight in zip(points, weights, strict=True))


_NODES = _nodes()


def chances(scores: Sequence[tuple[float, float]]) -> list[float]:
    """Return with which chance each of several scores (mean, standard deviation) is the highest, mixed to the floor.

    The scores are independent and normal; the chances come from a sum over
    `NODES` points and add up to 1. ValueError for more than `MOST`.
    """
    if len(scores) > MOST:
        raise ValueError(f"{len(scores)} are too many to choose from; at most {MOST}.")
    spread = [(mean, max(deviation, SURE)) for mean, deviation in scores]
    best = [_best(n, spread) for n in range(len(spread))]
    total = sum(best)
    left = 1 - FLOOR * len(spread)
    return [FLOOR + left * one / total for one in best]


def _best(which: int, spread: Sequence[tuple[float, float]]) -> float:
    """The chance that one score is above all others: the others' distributions, over its own."""
    mean, deviation = spread[which]
    others = [(m, d * sqrt(2)) for n, (m, d) in enumerate(spread) if n != which]
    total = 0.0
    for z, weight in _NODES:
        x = mean + deviation * z
        total += weight * prod(0.5 * (1 + erf((x - m) / d)) for m, d in others)
    return total


def choose(ranked: Sequence[tuple[Candidate, float, float]], pick: float) -> tuple[Candidate, float]:
    """Return the unit that `pick` in [0, 1) falls on, and the chance with which it is chosen.

    `ranked`: candidates with the mean and the standard deviation of their scores, the best first.
    """
    if len(ranked) == 1:
        return ranked[0][0], 1.0
    some = ranked[:MOST]
    passed = 0.0
    found = chances([(mean, deviation) for _, mean, deviation in some])
    for (candidate, _, _), chance in zip(some, found, strict=True):
        passed += chance
        if pick < passed:
            return candidate, chance
    return some[-1][0], found[-1]
