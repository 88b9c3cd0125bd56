"""Tests: prove it in a minute and skip what is known, or contest an estimate.

A test is sequential (Wald 1947; for mastery Ferguson 1969): each answer moves
the odds between somebody who is at the level asked for and somebody well below
it, and it ends as soon as these are nine to one either way. No estimate goes
in: whoever contests one is judged by the answers alone. Which check comes next
is for `adaptive` to say.
"""

from collections.abc import Iterable, Sequence
from math import exp, log
from typing import Literal

import msgspec

from midflow.core.learner.adaptive import Ability, Item, authored, next_check, updated

Verdict = Literal["passed", "not_yet", "not_sure"]

ODDS = 9.0
"""The odds at which a test ends: about one in ten of those at the border is told the wrong thing."""

APART = 2.2
"""Logits between the level asked for and what is taken for well below it: .9 against .5."""

LEAST = 3
"""Answers before anybody has passed: two right ones may be luck."""

MOST = 8
"""Answers after which a test ends, sure or not."""

HIGHEST, LOWEST = 0.95, 0.6
"""Levels are tested between these: nobody is asked to be without fault, and a coin proves nothing."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a test. `difficulty` on the logit, `guess` in [0, 1): the chance to be right blindly."""

    check: str
    right: bool
    difficulty: float = 0.0
    guess: float = 0.0


def odds(answers: Iterable[Answer], level: float) -> float:
    """Return the logarithm of the odds that whoever gave these answers is at `level` (in [0, 1]) and not well below."""
    asked = min(max(level, LOWEST), HIGHEST)
    able = log(asked / (1.0 - asked))
    total = 0.0
    for one in answers:
        # A level is a chance of being right, guessed or known: nobody answers worse than blindly.
        high = max(_sigmoid(able - one.difficulty), one.guess)
        low = max(_sigmoid(able - APART - one.difficulty), one.guess)
        total += log(high / low) if one.right else log((1.0 - high) / (1.0 - low))
    return total


def verdict(answers: Sequence[Answer], level: float, *, left: int) -> Verdict | None:
    """Return what a test has shown, or None where it goes on. `left`: how many checks could still be asked."""
    sure = odds(answers, level)
    if sure <= -log(ODDS):
        return "not_yet"
    if sure >= log(ODDS) and len(answers) >= LEAST:
        return "passed"
    return "not_sure" if left <= 0 or len(answers) >= MOST else None


def can_pass(guesses: Sequence[float], level: float) -> bool:
    """Return whether checks with these chances to guess suffice to pass, if all are answered right."""
    answers = [Answer(check="", right=True, guess=guess) for guess in sorted(guesses)[:MOST]]
    return verdict(answers, level, left=1) == "passed"


def following(answers: Sequence[Answer], checks: Iterable[str]) -> str | None:
    """Return which of `checks` to ask next after `answers`: what tells most at a fair chance; None where all were asked."""
    ability = Ability()
    for one in answers:
        item = Item(check=one.check, difficulty=one.difficulty)
        ability, _ = updated(ability, item, one.right)
    asked = {one.check for one in answers}
    found = next_check(ability, [authored(check) for check in checks if check not in asked])
    return None if found is None else found.check


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + exp(-logit))
