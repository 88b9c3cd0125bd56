"""Today's session: which checks come back now, in which order, within the time there is.

Every check that is due is worth what asking it now adds to what will be known:
the expected recall over the coming months if it is asked, less the same if it
is left, for each second it takes. The best come first until the time is used
up, so that after an absence there is no avalanche: what does not fit waits.
Nothing is drawn and nothing is read here; the same arguments give the same session.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import exp, floor, log

import msgspec

from midflow.core.content.model import Risk
from midflow.core.learner.memory import AGAIN, DAY, GOOD, PUBLISHED, Fsrs, Memory, review
from midflow.core.learner.weights import Calibration, calibrated, recalibrated

CAP_SECONDS = 180.0
"""The most that one day's session may take."""

EASIEST_MEAN, HARDEST_MEAN = 0.90, 0.80
"""The share of right answers that a session aims between: checks fall due at the one, its mean is held over the other."""

HORIZON = 90.0
"""Days over which recall is counted as gained."""

NEARLY = 0.5
"""Share of the time to the next session within which a check that is about to fall due counts as due."""

APART = 3
"""Other checks between a wrong answer and asking again in the same session, where there are so many."""

AGAINS = 2
"""How often one check is asked again in one session at most."""

RISKS: dict[Risk, float] = {"low": 0.5, "normal": 1.0, "safety_critical": 3.0}
"""What a forgotten check costs, by its unit's risk."""

NODES = ((0.0469101, 0.1184634), (0.2307653, 0.2393143), (0.5, 0.2844444), (0.7692347, 0.2393143), (0.9530899, 0.1184634))  # fmt: skip
"""Gauss-Legendre points and weights on [0, 1]; the square of a point times the horizon is a day."""


FLATTEST = 0.2
"""The least slope of a person's line: nobody remembers better for waiting."""

FAR = 0.02
"""What memory foretells counts as at least this far from 0 and 1, where a line is drawn through it."""

AS_FORETOLD = Calibration()
"""The line through what memory foretells that changes nothing."""


class Askable(msgspec.Struct, frozen=True, kw_only=True):
    """A check that could be asked. `unit` and `skills` are kept apart in a session.

    `seconds` > 0: how long asking takes. `value` > 0: what knowing it is worth. `retention` in (0, 1): the
    recall at which it is due. `fixed`: it is asked today whatever its memory says, as a probe is. `recalled` in
    (0, 1): the chance of a right answer now, where more is known of it than what memory and line say.
    """

    check: str
    memory: Memory
    seconds: float
    unit: str
    skills: tuple[str, ...] = ()
    value: float = 1.0
    retention: float = 0.9
    fixed: bool = False
    recalled: float | None = None


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A check in its session: the `recall` expected now, what asking gains in days known a second, and its seconds."""

    check: str
    unit: str
    skills: tuple[str, ...]
    recall: float
    gain: float
    seconds: float
    fixed: bool


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked, in this order. `success`: the mean recall expected, None where nothing is asked.

    `seconds` of asking; `left`: how many checks are due and wait for another day.
    """

    asked: tuple[Planned, ...]
    seconds: float
    success: float | None
    left: int


def compose(
    askables: Iterable[Askable],
    *,
    now: float,
    until: float | None = None,
    seconds: float = CAP_SECONDS,
    line: Calibration = AS_FORETOLD,
    success: float = HARDEST_MEAN,
    fsrs: Fsrs = PUBLISHED,
) -> Session:
    """Return today's session of at most `seconds`, whatever the order of `askables`; of two with one name the first.

    `now` in seconds since the epoch; `until`: when the next session will be (`next_session`), by default
    tomorrow. `line` corrects what memory foretells, as this person's answers have it; `fsrs`: how memory fades
    here. `success` in [0, 1]: the
    least mean recall of a session, as long as easier checks are due; 0 asks for none.
    O(n log n). After Ye, Su and Cao (2022), who minimise cost over a horizon; here it is given, and recall
    over the horizon is what is bought with it.
    """
    then = now + DAY if until is None else max(until, now)
    found = [(one, line_through(one, now, line, fsrs)) for one in _once(askables)]
    ready = [planned(one, now, its, fsrs) for one, its in found if is_due(one, now, then, its, fsrs)]
    ready.sort(key=lambda one: (not one.fixed, -one.gain, one.check))
    taken = interleaved(_chosen(ready, seconds, success))
    return Session(
        asked=tuple(taken),
        seconds=sum(one.seconds for one in taken),
        success=sum(one.recall for one in taken) / len(taken) if taken else None,
        left=len(ready) - len(taken),
    )


def line_through(
    one: Askable, now: float, line: Calibration = AS_FORETOLD, fsrs: Fsrs = PUBLISHED
) -> Calibration:
    """Return the line of one check: that which takes memory through what it is `recalled` with now, else `line`."""
    if one.recalled is None:
        return line
    days = max(0.0, (now - one.memory.last) / DAY)
    raw = min(max(retained(one.memory.stability, days, fsrs=fsrs), FAR), 1.0 - FAR)
    return Calibration(bias=_logit(one.recalled) - _logit(raw))


def is_due(
    one: Askable, now: float, until: float, line: Calibration = AS_FORETOLD, fsrs: Fsrs = PUBLISHED
) -> bool:
    """Return whether a check is due in the session at `now`, or nearer to this one than to that at `until`.

    What was answered within half a day is not, whatever else holds.
    """
    if now < one.memory.last + NEARLY * DAY:
        return False
    return one.fixed or due(one, line, fsrs) <= now + NEARLY * (until - now)


def due(one: Askable, line: Calibration = AS_FORETOLD, fsrs: Fsrs = PUBLISHED) -> float:
    """Return when recall falls to the check's retention, in seconds; a day after the last answer at the earliest."""
    wanted = _logit(one.retention)
    falls_to = _sigmoid((wanted - line.bias) / line.slope)
    days = one.memory.stability / fsrs.factor * (falls_to ** (1 / fsrs.decay) - 1)
    return one.memory.last + max(days, 1.0) * DAY


def planned(one: Askable, now: float, line: Calibration = AS_FORETOLD, fsrs: Fsrs = PUBLISHED) -> Planned:
    """Return a check with what is expected of asking it now. A clock set back counts as just answered."""
    now = max(now, one.memory.last)
    recall = retained(one.memory.stability, (now - one.memory.last) / DAY, line, fsrs)
    # A wrong answer is asked again in the session: it takes the time twice.
    takes = one.seconds * (2.0 - recall)
    return Planned(
        check=one.check, unit=one.unit, skills=one.skills, recall=recall, seconds=one.seconds, fixed=one.fixed,
        gain=one.value * gain(one.memory, now, line, fsrs) / takes,
    )  # fmt: skip


def gain(memory: Memory, now: float, line: Calibration = AS_FORETOLD, fsrs: Fsrs = PUBLISHED) -> float:
    """Return how many days more the check will be known, over `HORIZON`, for being asked now and never again."""
    days = max(0.0, (now - memory.last) / DAY)
    recall = retained(memory.stability, days, line, fsrs)
    right, wrong = (review(memory, grade, now, fsrs=fsrs).stability for grade in (GOOD, AGAIN))
    total = 0.0
    for point, weight in NODES:
        later = HORIZON * point * point
        asked = recall * retained(right, later, line, fsrs)
        asked += (1.0 - recall) * retained(wrong, later, line, fsrs)
        total += weight * point * (asked - retained(memory.stability, days + later, line, fsrs))
    return 2.0 * HORIZON * total


def retained(stability: float, days: float, line: Calibration = AS_FORETOLD, fsrs: Fsrs = PUBLISHED) -> float:
    """Return the chance in (0, 1) of a right answer so many days after the last one, corrected by `line`."""
    raw = (1.0 + fsrs.factor * days / stability) ** fsrs.decay
    if line.bias == 0.0 and line.slope == 1.0:
        return float(raw)
    return _sigmoid(calibrated(line, _logit(float(raw))))


def learned(
    line: Calibration, memory: Memory, right: bool, now: float, fsrs: Fsrs = PUBLISHED
) -> Calibration:
    """Return a person's line after one answer, at least a day after the one before; `memory` as it was before it."""
    days = (now - memory.last) / DAY
    if days < 1.0:
        return line
    raw = min(max(retained(memory.stability, days, fsrs=fsrs), FAR), 1.0 - FAR)
    moved = recalibrated(line, _logit(raw), right, retained(memory.stability, days, line, fsrs))
    return msgspec.structs.replace(moved, slope=max(moved.slope, FLATTEST))


def value(risk: Risk, *, relevance: float = 1.0, needed: float = 1.0) -> float:
    """Return what knowing a check is worth: by what a mistake costs, how much it is this person's work, and when.

    `relevance` in [0, 1]: whether their roles ask for it. `needed` in [0, 1]: the chance of the task in the
    coming week, by rhythm. Nothing counts for less than a quarter: what is rare is what is forgotten.
    """
    return RISKS[risk] * (0.5 + 0.5 * _share(relevance)) * (0.5 + 0.5 * _share(needed))


def weekend(day: int) -> bool:
    """Return whether a day since the epoch is a Saturday or Sunday."""
    return (day + 3) % 7 >= 5


def next_session(now: float, off: Callable[[int], bool] = weekend, *, most_days: int = 60) -> float:
    """Return when the next session can be: the same time on the next day that is not off, within `most_days`.

    `off` says of a day since the epoch whether the person is away: weekends, leave.
    """
    today = floor(now / DAY)
    ahead = next((n for n in range(1, most_days) if not off(today + n)), most_days)
    return now + ahead * DAY


def interleaved(asked: Sequence[Planned]) -> list[Planned]:
    """Return the same in an order that keeps unit and skills apart wherever that can be done, the best first.

    Units are kept apart whenever any order can; skills as well where each check has one.
    """
    rest, found = list(asked), list[Planned]()
    units = Counter(one.unit for one in rest)
    skills = Counter(skill for one in rest for skill in one.skills)
    while rest:
        last = found[-1] if found else None
        one = min(enumerate(rest), key=lambda at: (*_misplaced(at[1], last, units, skills, len(rest)), at[0]))
        found.append(rest.pop(one[0]))
        units[found[-1].unit] -= 1
        skills.subtract(found[-1].skills)
    return found


def _misplaced(
    one: Planned, last: Planned | None, units: Counter[str], skills: Counter[str], size: int
) -> tuple[bool, int, bool, int]:
    """What speaks against `one` as the next: clashes now, and those that cannot be avoided afterwards."""
    clash = last is not None and last.unit == one.unit
    alike = last is not None and not set(last.skills).isdisjoint(one.skills)
    return clash, _crowding(units, (one.unit,), size), alike, _crowding(skills, one.skills, size)


def _crowding(groups: Counter[str], taken: tuple[str, ...], size: int) -> int:
    """How many of one group will have to follow their own kind once `taken` is gone, at the least."""
    worst = 0
    for group, count in groups.items():
        here = group in taken
        others = size - 1 - (count - here)
        # Right after one of its own a group waits for another; else it may begin.
        worst = max(worst, count - here - others - (not here))
    return worst


def _chosen(ready: Sequence[Planned], seconds: float, success: float) -> list[Planned]:
    """The best first, as long as they fit; those that would make the session too hard wait for a place beside easier ones.

    Where time is left, they get it: a hard session is better than none. A check
    that becomes worth more is never dropped for it.
    """
    taken, waiting = list[Planned](), list[Planned]()
    time, slack = 0.0, 0.0
    for one in ready:
        found: Planned | None = one
        if time + one.seconds > seconds or _too_hard(one, slack, success):
            waiting.append(one)
            continue
        while found is not None:
            taken.append(found)
            time += found.seconds
            slack += 0.0 if found.fixed else found.recall - success
            found = next(
                (w for w in waiting if time + w.seconds <= seconds and not _too_hard(w, slack, success)), None
            )
            if found is not None:
                waiting.remove(found)
    for one in waiting:
        if time + one.seconds <= seconds:
            taken.append(one)
            time += one.seconds
    return taken


def _too_hard(one: Planned, slack: float, success: float) -> bool:
    """Whether asking it would take the mean recall under `success`; `slack`: how far the sum is over it."""
    return not one.fixed and slack + one.recall < success


def _once(askables: Iterable[Askable]) -> list[Askable]:
    found: dict[str, Askable] = {}
    for one in askables:
        found.setdefault(one.check, one)
    return list(found.values())


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-6), 1.0 - 1e-6)
    return log(chance / (1.0 - chance))


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + exp(-min(max(logit, -35.0), 35.0)))
