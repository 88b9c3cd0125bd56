"""What a person is able to do: a level for each skill, how sure that is, and from what it is known, in words."""

from collections.abc import Sequence
from math import prod, sqrt

import msgspec

from midflow.core.learner.memory import DAY

WEAK = 0.8
"""A check recalled with less than this chance is named as fading."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One check of a skill: `p`, the chance that it is answered right now; `remembered`: it was answered before."""

    p: float
    remembered: bool


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """One task that needs the skill, and the person's record on it. `last` in seconds, 0 for never."""

    title: str
    times: int
    errors: int
    last: float


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A mentor saw a task that needs the skill go right or wrong. `time` in seconds."""

    title: str
    right: bool
    time: float


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """All that an estimate of one skill is made from.

    `typical`: the chance of a right answer to a check of the skill that was never seen; `variance` of the
    ability behind it, on the logit. `checks`: those of the release. `right` of `answers` were right, the
    last at `last` (seconds). `tasks` need the skill; `seen`: what mentors saw of them. `target`: the level that a role of the person asks for.
    """

    skill: str
    title: str
    typical: float
    variance: float
    checks: tuple[Check, ...]
    right: int
    answers: int
    last: float | None
    tasks: tuple[Doing, ...]
    seen: tuple[Seen, ...] = ()
    target: float | None = None


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """`level` in [0, 1]: the chance to get a typical check of the skill right now; `error`: its standard error.

    `answers` stand behind it, the last at `last` (seconds); `evidence` says in words what does. `target`:
    the level that a role of the person asks for, None where none does.
    """

    skill: str
    title: str
    level: float
    error: float
    answers: int
    evidence: tuple[str, ...]
    last: float | None
    target: float | None = None

    @property
    def gap(self) -> float | None:
        """How far the level lies under the target, with the same standard error; None without a target."""
        return None if self.target is None else self.target - self.level


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody is ready for a task: `level`, the chance that each skill it needs is there, with its error.

    `weakest`: the skill to begin with, None where the task needs none.
    """

    task: str
    level: float
    error: float
    weakest: str | None


def estimate(known: Known, now: float) -> Estimate:
    """Return the estimate of one skill as of `now` (seconds).

    The level is the mean over the checks there are; without any it is that of a check never seen. The error
    is that of the ability, brought from the logit to the chance by its slope there (delta method).
    """
    chances = [check.p for check in known.checks] or [known.typical]
    slope = sum(p * (1.0 - p) for p in chances) / len(chances)
    return Estimate(
        skill=known.skill,
        title=known.title,
        level=sum(chances) / len(chances),
        error=sqrt(max(known.variance, 0.0)) * slope,
        answers=known.answers,
        evidence=tuple(_evidence(known, now)),
        last=known.last,
        target=known.target,
    )


def readiness(task: str, needed: Sequence[Estimate]) -> Readiness:
    """Return how ready somebody is for a task that needs these skills; for one that needs none, entirely.

    Skills are taken as independent: the product of the levels, and an error to first order.
    """
    level = prod(one.level for one in needed)
    spread = sum((one.error / one.level) ** 2 for one in needed if one.level > 0)
    weakest = min(needed, key=lambda one: one.level, default=None)
    return Readiness(
        task=task, level=level, error=level * sqrt(spread), weakest=weakest.skill if weakest else None
    )


def _evidence(known: Known, now: float) -> list[str]:
    if known.answers:
        when = f", last seen {_ago(known.last, now)}" if known.last is not None else ""
        said = [f"{known.right} of {known.answers} right on {known.title}{when}."]
    else:
        said = [f"No check on {known.title} answered yet: this is how others begin."]
    seen = [check for check in known.checks if check.remembered]
    fading = sum(check.p < WEAK for check in seen)
    if fading:
        of = (
            "1 check that you have answered is"
            if len(seen) == 1
            else f"{fading} of {len(seen)} checks that you have answered are"
        )
        said.append(f"{of} likely to be fading.")
    said += [_work(task, now) for task in known.tasks if task.times]
    said += [_seen(one, now) for one in known.seen]
    return said


def _work(task: Doing, now: float) -> str:
    times = "once" if task.times == 1 else f"{task.times} times"
    came_back = {0: "none came back", 1: "it came back once"}.get(task.errors, f"{task.errors} came back")
    return f"You did “{task.title}” {times}, last {_ago(task.last, now)}; {came_back}."


def _seen(one: Seen, now: float) -> str:
    went = "right" if one.right else "wrong"
    return f"A mentor whom you chose saw “{one.title}” go {went}, {_ago(one.time, now)}."


def _ago(then: float | None, now: float) -> str:
    days = max(0, int((now - (then or 0.0)) / DAY))
    return "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
