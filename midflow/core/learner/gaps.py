"""Skill gaps: what a role asks for against what is known, and never more than is known.

A gap is only called one where there are answers and the interval of the
estimate lies below the target. Where it does not, and the target is not reached either, the answer is
"not sure": a minute of checks would tell. What was known and is being
forgotten is said apart, because looking at it again is all that it needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

Standing = Literal["met", "gap", "not_sure"]
Readiness = Literal["ready", "not_yet", "not_sure"]

FADED = 0.8
"""The mean recall of a skill's checks under which it counts as fading."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one person on one skill: the level in (0, 1), and the interval in which it lies.

    `answers`: how many first attempts stand behind it. `recalls`: the chance of
    recall now, in [0, 1], of each check that was answered right before. `proved`:
    a test was passed, and nothing has spoken against it since.
    """

    skill: str
    level: float
    low: float
    high: float
    answers: int = 0
    recalls: tuple[float, ...] = ()
    proved: bool = False


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One skill against its target (a chance in [0, 1]). `size` >= 0: target less level, 0 where it is not a gap.

    `recall`: the mean recall of its checks where it is fading, else None.
    """

    skill: str
    target: float
    known: Known
    standing: Standing
    size: float
    recall: float | None


def gaps(targets: Mapping[str, float], known: Mapping[str, Known]) -> list[Gap]:
    """Return each skill of `targets` with where the person stands: the largest gap first, then what fades, then the rest.

    Raises KeyError for a skill of which `known` says nothing, ValueError for a target that is no chance.
    """
    found = [gap(known[skill], target) for skill, target in targets.items()]
    return sorted(found, key=lambda one: (-one.size, one.recall is None, one.standing == "met", one.skill))


def gap(known: Known, target: float) -> Gap:
    """Return where a person stands on one skill. Raises ValueError for a target that is no chance."""
    if not 0.0 <= target <= 1.0:
        raise ValueError(f"a target is a chance from 0 to 1, not {target!r}")
    standing = _standing(known, target)
    return Gap(
        skill=known.skill,
        target=target,
        known=known,
        standing=standing,
        size=max(0.0, target - known.level) if standing == "gap" else 0.0,
        recall=_faded(known.recalls),
    )


def _standing(known: Known, target: float) -> Standing:
    if known.answers == 0:
        return "met" if known.proved else "not_sure"
    if known.high < target:
        return "gap"
    return "met" if known.proved or known.level >= target else "not_sure"


def _faded(recalls: Sequence[float]) -> float | None:
    if not recalls:
        return None
    mean = sum(recalls) / len(recalls)
    return mean if mean < FADED else None


def readiness(skills: Iterable[str], found: Mapping[str, Gap]) -> tuple[Readiness, tuple[str, ...]]:
    """Return whether a person is ready for a task that needs `skills`, and the skills that speak against it.

    Not yet where one is a gap or has faded; not sure where one is not sure; ready where all are met. A
    skill that `found` does not name is asked of nobody and speaks against nothing; a task without skills
    is not sure, because nothing is known of it.
    """
    asked = [found[skill] for skill in dict.fromkeys(skills) if skill in found]
    against = tuple(one.skill for one in asked if one.standing == "gap" or one.recall is not None)
    if against:
        return "not_yet", against
    open_ = tuple(one.skill for one in asked if one.standing == "not_sure")
    return ("not_sure", open_) if open_ or not asked else ("ready", ())


def first_step(
    wanted: Sequence[str], prerequisites: Mapping[str, Sequence[str]], done: Iterable[str]
) -> str | None:
    """Return the unit to begin with, of those `wanted` (best first) or of what comes before them; None where all are done.

    `prerequisites`: what comes before each unit that may be shown; one that is not there cannot be done
    and is passed over, with what needs it. A cycle ends where it began: nothing of it is a first step.
    """
    finished = set(done)
    for unit in wanted:
        step = _step(unit, prerequisites, finished, ())
        if step is not None:
            return step
    return None


def _step(
    unit: str, prerequisites: Mapping[str, Sequence[str]], done: set[str], above: tuple[str, ...]
) -> str | None:
    if unit in done or unit in above or unit not in prerequisites:
        return None
    missing = [before for before in prerequisites[unit] if before not in done]
    for before in missing:
        step = _step(before, prerequisites, done, (*above, unit))
        if step is not None:
            return step
    return None if missing else unit
