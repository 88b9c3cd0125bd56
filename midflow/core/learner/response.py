"""How likely a person is to answer a check right now: an online logistic model.

Before an answer, `look` turns what is known into numbers and `chance` weighs
them; after it, `learn` and `tally` return the new states. Each is O(1) and
pure: whoever keeps the states puts the new ones in the place of the old.

What is known has two parts. `Trace` is the person: counts, ability, recent
surprises, memory of the skill. `Norms` is everybody: how often an item, a
skill and a run of answers went right, as sums that can be added and taken
away. The counts are those of logistic knowledge tracing (Pavlik, Cen and
Koedinger 2009; Gervet et al. 2020), the ability is a Kalman filter on the
logit, the memory is FSRS-6.
"""

from math import exp, log, log1p
from operator import mul

import msgspec

from midflow.core.learner.memory import AGAIN, DAY, GOOD, SITTING, Memory, recall, reviewed
from midflow.core.learner.weights import Weights

HOUR = 3600.0
ABILITY_VARIANCE = 1.0
SKILL_VARIANCE = 0.5
ABILITY_DRIFT = 0.003
SKILL_DRIFT = 0.02
"""Variances of ability on the logit scale: before any answer, and what each answer adds."""

SKILL_PRIOR = 20.0
ITEM_PRIOR = 5.0
"""Answers' worth of belief that a skill is as hard as all skills, an item as its skill."""

ITEM_INFORMATION = 1.5
RUN_INFORMATION = 3.0
"""Information, sum of p(1 - p), at which an offset of an item or a run is believed by half."""

LONGEST_RUN = 32
LONGEST_SKILL_RUN = 16
LONGEST_TAUGHT_RUN = 4
LONGEST_ITEM_RUN = 8
"""Runs of answers are written in binary behind a leading 1; from these on the oldest is forgotten."""

FORGOTTEN_A_DAY_LATER = 3.89
"""The logit of recall .98: a memory this fresh counts as fresh, so that it adds nothing."""


class Tally(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Sums over answers: how many, how many right, and how they differ from what was expected.

    `surprise`: sum of right - p; `information`: sum of p(1 - p). Two tallies add up.
    """

    answers: float = 0.0
    right: float = 0.0
    surprise: float = 0.0
    information: float = 0.0


class Norms(msgspec.Struct, frozen=True, gc=False):
    """What everybody's answers say about this one: all of them, those on the item and on the skill,
    and those that followed the same run of answers (`runs`, in the order of `run_keys`).
    """

    everyone: Tally = Tally()
    item: Tally = Tally()
    skill: Tally = Tally()
    runs: tuple[Tally, Tally, Tally, Tally] = (Tally(), Tally(), Tally(), Tally())


class Overall(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One person over all skills. `ability` on the logit scale, with its `variance`.

    `fast` and `slow`: decayed means of right - p. `run`: the last five answers. `last`: seconds.
    """

    wins: int = 0
    fails: int = 0
    ability: float = 0.0
    variance: float = ABILITY_VARIANCE
    fast: float = 0.0
    slow: float = 0.0
    run: int = 1
    skill: str | None = None
    last: float | None = None


class OnSkill(msgspec.Struct, frozen=True, gc=False):
    """One person on one skill: as `Overall`, with decayed counts and the memory of the skill."""

    wins: int = 0
    fails: int = 0
    ability: float = 0.0
    variance: float = SKILL_VARIANCE
    fast: float = 0.0
    recent_wins: float = 0.0
    recent_fails: float = 0.0
    run: int = 1
    last: float | None = None
    memory: Memory | None = None


class OnItem(msgspec.Struct, frozen=True, gc=False):
    """One person on one item. `run`: the last three answers."""

    wins: int = 0
    fails: int = 0
    run: int = 1
    last: float | None = None


class Trace(msgspec.Struct, frozen=True, gc=False):
    """What is known of one person where one answer is concerned."""

    overall: Overall = Overall()
    skill: OnSkill = OnSkill()
    item: OnItem = OnItem()


class View(msgspec.Struct, frozen=True, gc=False):
    """The numbers of one coming answer, in the order of `FEATURES`.

    `expected`: chance from difficulty and ability alone; `without_item`: the
    same without what is known of the item. Both feed the tallies.
    """

    features: tuple[float, ...]
    expected: float
    without_item: float


RunKeys = tuple[str, str, str, str]


def run_keys(trace: Trace, skill: str) -> RunKeys:
    """Return the names of the four runs that precede an answer on `skill`.

    The person's last answers; those on this skill, in a row or not; the last
    two on this very skill, for each skill apart; and those on this item.
    """
    overall, run = trace.overall, trace.skill.run
    taught = run if run < 2 * LONGEST_TAUGHT_RUN else run & (LONGEST_TAUGHT_RUN - 1) | LONGEST_TAUGHT_RUN
    in_a_row = "r" if overall.skill == skill else "a"
    return f"p{overall.run}", f"{in_a_row}{run}", f"k{taught} {skill}", f"i{trace.item.run}"


def history_key(item: OnItem, now: float | None) -> tuple[int, int]:
    """Return the kind of history that an item has with the person: its last answers, and how long ago.

    0: never, or times unknown; 1: within the hour; 2: within the day; 3: longer.
    """
    if now is None or item.last is None:
        return item.run, 0
    gap = now - item.last
    return item.run, 1 if gap < HOUR else 2 if gap < DAY else 3


def look(trace: Trace, norms: Norms, now: float | None) -> View:
    """Return the numbers of the coming answer; `now` in seconds, None where times are unknown."""
    person, skill, item = trace.overall, trace.skill, trace.item
    everyone, of_item, of_skill = norms.everyone, norms.item, norms.skill
    overall_rate = (everyone.right + 2.0) / (everyone.answers + 3.0)
    skill_rate = (of_skill.right + SKILL_PRIOR * overall_rate) / (of_skill.answers + SKILL_PRIOR)
    item_rate = (of_item.right + ITEM_PRIOR * skill_rate) / (of_item.answers + ITEM_PRIOR)
    skill_logit = log(skill_rate / (1.0 - skill_rate))
    item_offset = of_item.surprise / (of_item.information + ITEM_INFORMATION)
    ability = person.ability + skill.ability
    ease = skill_logit + item_offset
    seen_item = log1p(of_item.answers)
    by_run, by_skill_run, taught, by_item_run = norms.runs
    features = (
        log(item_rate / (1.0 - item_rate)), item_offset, skill_logit, seen_item,
        log1p(person.wins), log1p(person.fails),
        log1p(skill.wins), log1p(skill.fails), log1p(item.wins), log1p(item.fails),
        person.ability, skill.ability, person.fast, person.slow, skill.fast,
        1.0 if skill.run == 1 else 0.0, 0.0 if item.wins or item.fails else 1.0,
        0.0 if skill.run == 1 else (skill.run & 1) - 0.5,
        person.ability * seen_item, person.ability * ease, skill.ability * ease,
        by_run.surprise / (by_run.information + RUN_INFORMATION),
        by_skill_run.surprise / (by_skill_run.information + RUN_INFORMATION),
        taught.surprise / (taught.information + RUN_INFORMATION),
        by_item_run.surprise / (by_item_run.information + RUN_INFORMATION),
        log1p(skill.recent_wins), log1p(skill.recent_fails),
        *(_passed(trace, now) if now is not None else NO_TIMES),
    )  # fmt: skip
    return View(features, sigmoid(ease + ability), sigmoid(skill_logit + ability))


def chance(weights: Weights, view: View) -> float:
    """Return the logit of the chance that the answer is right; `sigmoid` makes it a chance."""
    return weights.bias + sum(map(mul, weights.values, view.features))


def learn(trace: Trace, view: View, right: bool, skill: str, now: float | None) -> Trace:
    """Return what is known of the person after the answer at `now`; a clock set back counts as no gap."""
    before, on, item = trace.overall, trace.skill, trace.item
    error = right - view.expected
    weight = view.expected * (1.0 - view.expected)
    gain = 1.0 / (1.0 + weight * (before.variance + on.variance))
    won, lost = (1, 0) if right else (0, 1)
    overall = Overall(
        before.wins + won, before.fails + lost,
        before.ability + before.variance * gain * error,
        before.variance * (1.0 - before.variance * weight * gain) + ABILITY_DRIFT,
        0.5 * before.fast + 0.5 * error, 0.8 * before.slow + 0.2 * error,
        _longer(before.run, won, LONGEST_RUN), skill, _later(before.last, now),
    )  # fmt: skip
    on_skill = OnSkill(
        on.wins + won, on.fails + lost,
        on.ability + on.variance * gain * error,
        on.variance * (1.0 - on.variance * weight * gain) + SKILL_DRIFT,
        0.6 * on.fast + 0.4 * error, 0.9 * on.recent_wins + won, 0.9 * on.recent_fails + lost,
        _longer(on.run, won, LONGEST_SKILL_RUN), _later(on.last, now),
        on.memory if now is None else _remembered(on.memory, right, now),
    )  # fmt: skip
    on_item = OnItem(
        item.wins + won, item.fails + lost, _longer(item.run, won, LONGEST_ITEM_RUN), _later(item.last, now)
    )  # fmt: skip
    return Trace(overall, on_skill, on_item)


def learn_from_work(
    overall: Overall, on: OnSkill, right: bool, usual: float, weight: float
) -> tuple[Overall, OnSkill]:
    """Return the person, overall and on a skill, after work that needs it went right or wrong.

    `usual`: how often such work goes right, in (0, 1); `weight` in [0, 1]: how much of an answer it says.
    It moves ability alone: counts and runs are of answers.
    """
    expected = sigmoid(log(usual / (1.0 - usual)) + overall.ability + on.ability)
    information = weight * expected * (1.0 - expected)
    gain = 1.0 / (1.0 + information * (overall.variance + on.variance))
    error = weight * (right - expected) * gain
    left = information * gain
    return (
        msgspec.structs.replace(
            overall,
            ability=overall.ability + overall.variance * error,
            variance=overall.variance * (1.0 - overall.variance * left) + weight * ABILITY_DRIFT,
        ),
        msgspec.structs.replace(
            on,
            ability=on.ability + on.variance * error,
            variance=on.variance * (1.0 - on.variance * left) + weight * SKILL_DRIFT,
        ),
    )


def tally(norms: Norms, view: View, right: bool) -> Norms:
    """Return what everybody's answers say after this one."""
    runs = norms.runs
    with_item = (right, right - view.expected, view.expected * (1.0 - view.expected))
    without = (right, right - view.without_item, view.without_item * (1.0 - view.without_item))
    return Norms(
        _more(norms.everyone, *with_item),
        _more(norms.item, *without),
        _more(norms.skill, *without),
        (
            _more(runs[0], *with_item),
            _more(runs[1], *with_item),
            _more(runs[2], *with_item),
            _more(runs[3], *with_item),
        ),
    )


def _more(sums: Tally, right: float, surprise: float, information: float) -> Tally:
    return Tally(
        sums.answers + 1.0, sums.right + right, sums.surprise + surprise, sums.information + information
    )  # fmt: skip


def plus(sums: Tally, right: float, expected: float, sign: float = 1.0) -> Tally:
    """Return the sums with one answer more (`sign` 1) or taken away (-1)."""
    return Tally(
        sums.answers + sign,
        sums.right + sign * right,
        sums.surprise + sign * (right - expected),
        sums.information + sign * expected * (1.0 - expected),
    )


def sigmoid(logit: float) -> float:
    """Return the chance in (0, 1) of a logit of any size."""
    # Comparisons, because min and max are calls, and this runs three times an answer.
    if logit > 35.0:
        logit = 35.0
    elif logit < -35.0:
        logit = -35.0
    return 1.0 / (1.0 + exp(-logit))


NO_TIMES = (0.0, 0.0, 0.0, 0.0, 0.0)


def _passed(trace: Trace, now: float) -> tuple[float, float, float, float, float]:
    """Recall and stability of the skill; hours since the skill, anything, the item, as log(1 + hours)."""
    on = trace.skill
    if on.memory is None or on.last is None:
        recalled = stable = 0.0
    else:
        r = min(max(recall(on.memory, now), 0.02), 0.98)
        recalled = log(r / (1.0 - r)) - FORGOTTEN_A_DAY_LATER
        stable = log(on.memory.stability)
    # Written out, because a call costs as much as the logarithm in it.
    on_last, last, item_last = on.last, trace.overall.last, trace.item.last
    return (
        recalled,
        stable,
        log1p((now - on_last) / HOUR) if on_last is not None and now > on_last else 0.0,
        log1p((now - last) / HOUR) if last is not None and now > last else 0.0,
        log1p((now - item_last) / HOUR) if item_last is not None and now > item_last else 0.0,
    )


def _longer(run: int, won: int, longest: int) -> int:
    run = run << 1 | won
    return run if run < 2 * longest else run & (longest - 1) | longest


def _later(last: float | None, now: float | None) -> float | None:
    return last if now is None or (last is not None and last > now) else now


def _remembered(memory: Memory | None, right: bool, now: float) -> Memory:
    if memory is not None and now - memory.last < SITTING:
        return memory
    stability, difficulty = reviewed(memory, GOOD if right else AGAIN, now)
    # A skill never falls due, and its answers are counted beside its memory.
    return Memory(stability=stability, difficulty=difficulty, last=now, due=now, reviews=0, lapses=0, right=0)
