"""How near the estimate of ability comes after each answer: our choice of checks against one at random."""

import random
from math import exp, sqrt

from midflow.core.learner.adaptive import (
    DIFFICULTIES,
    DIFFICULTY_VARIANCE,
    Ability,
    Difficulty,
    Item,
    authored,
    next_check,
    updated,
)

PEOPLE, CHECKS, ANSWERS = 100, 60, 20
AUTHORS: tuple[Difficulty, ...] = ("easy", "normal", "hard")


def ability_error(seeds: int, people: int = PEOPLE) -> dict[str, dict[str, float]]:
    """Return by policy and number of answers the root mean square error of ability, in logits.

    People come one after the other to checks of which only the author's word is known at first; both
    policies learn from the answers they get how difficult each is.
    """
    return {
        "midflow": _rooted([_asked(seed, people, by_choice=True) for seed in range(seeds)]),
        "random": _rooted([_asked(seed, people, by_choice=False) for seed in range(seeds)]),
    }


def _asked(seed: int, people: int, *, by_choice: bool) -> list[float]:
    """The mean squared error after each number of answers."""
    draw, luck = random.Random(2 * seed), random.Random(2 * seed + 1)  # noqa: S311 - a simulation must be repeatable
    items = [authored(f"check-{number:02}", AUTHORS[number % 3]) for number in range(CHECKS)]
    truth = [draw.gauss(DIFFICULTIES[AUTHORS[n % 3]], sqrt(DIFFICULTY_VARIANCE)) for n in range(CHECKS)]
    place = {item.check: number for number, item in enumerate(items)}
    errors = [0.0] * ANSWERS
    for person in [draw.gauss(0.0, sqrt(Ability().variance)) for _ in range(people)]:
        ability, left = Ability(), set(range(CHECKS))
        for number in range(ANSWERS):
            at = _next(ability, items, left, place) if by_choice else luck.choice(sorted(left))
            left.remove(at)
            right = luck.random() < 1.0 / (1.0 + exp(truth[at] - person))
            ability, items[at] = updated(ability, items[at], right)
            errors[number] += (ability.mean - person) ** 2 / people
    return errors


def _next(ability: Ability, items: list[Item], left: set[int], place: dict[str, int]) -> int:
    found = next_check(ability, (items[at] for at in left))
    return place[found.check] if found else min(left)


def _rooted(runs: list[list[float]]) -> dict[str, float]:
    return {
        str(number + 1): round(sqrt(sum(run[number] for run in runs) / len(runs)), 4) for number in range(ANSWERS)
    }  # fmt: skip
