"""Probes: checks that are asked at set times whatever memory says, so that forgetting is measured and not only modelled.

Chance decides for each person and check, once and for good, by a hash. Most
checks are scheduled by memory alone. A share is probed: asked as all others,
and besides at set delays after they were first learned. As large a share is
left: not asked at all until one of these delays, and scheduled from then on.
A probe's answer is evidence as any other; its date is not moved by the model.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from math import sqrt
from typing import Literal

import msgspec

from midflow.core.learner.memory import (
    AGAIN,
    DAY,
    GOOD,
    PUBLISHED,
    Fsrs,
    Memory,
    counts_as_memory,
    recall,
    review,
)
from midflow.core.learner.session import learned
from midflow.core.learner.weights import Calibration

DELAYS = (7, 30, 90)
"""Days after first learning."""

LATE = 0.25
"""By how much of its delay a probe may be late and still count; later it is dropped."""

Plan = Literal["scheduled", "probed", "left"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a person to a check, at `time` in seconds."""

    check: str
    time: float
    right: bool


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to a probe: how many days after first learning, and what memory foretold of it."""

    check: str
    plan: Plan
    delay: int
    right: bool
    foretold: float


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """What is left after a delay: `measured` share of right answers with its 95% interval, and the `modelled` mean."""

    plan: Plan
    delay: int
    answers: int
    measured: float
    interval: tuple[float, float]
    modelled: float


def plan_of(person: str, check: str, *, share: float, salt: str) -> Plan:
    """Return what is to be done with a check of a person: `share` in [0, 0.5] of them probed, as many left.

    The same for the same arguments, and independent between persons and checks. A growing share keeps
    what was drawn before: what is probed stays probed, what is left stays left.
    """
    drawn = _uniform(f"{salt}\x1f{person}\x1f{check}")
    if drawn < share:
        return "left"
    return "probed" if drawn >= 1.0 - share else "scheduled"


def delays_of(person: str, check: str, plan: Plan, *, salt: str) -> tuple[int, ...]:
    """Return after how many days a check is probed: all of `DELAYS` where it is probed, one of them where it is left."""
    if plan == "probed":
        return DELAYS
    if plan == "left":
        return (DELAYS[int(_uniform(f"{salt}\x1fdelay\x1f{person}\x1f{check}") * len(DELAYS))],)
    return ()


def probe_due(first: float, last: float, delays: Iterable[int], now: float) -> int | None:
    """Return the delay of the probe that is due at `now`; None where none is.

    `first` and `last`: when the check was first and last answered, in seconds. A
    probe is due from its date until it is too late, as long as it was not answered since.
    """
    for delay in delays:
        date = first + delay * DAY
        if date <= now <= date + LATE * delay * DAY and last < date:
            return delay
    return None


def waits(first: float, plan: Plan, delays: Sequence[int], now: float) -> bool:
    """Return whether a check must not be asked now: it is left, and its probe is still to come."""
    return plan == "left" and now < first + delays[0] * DAY


def probed(person: str, answers: Iterable[Asked], *, share: float, salt: str) -> list[Probed]:
    """Return a person's answers to probes, with what memory foretold before each.

    `answers` in any order. Memory is replayed with right as good and wrong as again.
    """
    found: list[Probed] = []
    for answer, first, memory in replayed(answers):
        plan = plan_of(person, answer.check, share=share, salt=salt)
        delays = delays_of(person, answer.check, plan, salt=salt)
        delay = probe_due(first, memory.last, delays, answer.time)
        if delay is not None:
            foretold = recall(memory, answer.time)
            found.append(
                Probed(check=answer.check, plan=plan, delay=delay, right=answer.right, foretold=foretold)
            )
    return found


def line_of(answers: Iterable[Asked], fsrs: Fsrs = PUBLISHED) -> Calibration:
    """Return the line through what memory foretells, as a person's own reviews have it (`session.learned`)."""
    line = Calibration()
    for answer, _, memory in replayed(answers, fsrs):
        line = learned(line, memory, answer.right, answer.time, fsrs)
    return line


def replayed(answers: Iterable[Asked], fsrs: Fsrs = PUBLISHED) -> Iterator[tuple[Asked, float, Memory]]:
    """Return each answer but the first to its check, when that was, and the memory before it; in the order of time.

    Within one sitting only the first answer counts. Right counts as good, wrong as again.
    """
    memories: dict[str, tuple[float, Memory]] = {}
    for answer in sorted(answers, key=lambda one: (one.time, one.check)):
        first, memory = memories.get(answer.check, (answer.time, None))
        if not counts_as_memory(memory, answer.time):
            continue
        if memory is not None:
            yield answer, first, memory
        mark = GOOD if answer.right else AGAIN
        memories[answer.check] = first, review(memory, mark, answer.time, fsrs=fsrs)


def retention(probes: Iterable[Probed]) -> list[Retention]:
    """Return measured beside modelled retention, by plan and delay; the interval is Wilson's."""
    groups: dict[tuple[Plan, int], list[Probed]] = {}
    for probe in probes:
        groups.setdefault((probe.plan, probe.delay), []).append(probe)
    return [
        Retention(
            plan=plan, delay=delay, answers=len(group),
            measured=sum(one.right for one in group) / len(group),
            interval=_wilson(sum(one.right for one in group), len(group)),
            modelled=sum(one.foretold for one in group) / len(group),
        )
        for (plan, delay), group in sorted(groups.items())
    ]  # fmt: skip


def _wilson(right: int, of: int) -> tuple[float, float]:
    z = 1.96
    middle = (right + z * z / 2) / (of + z * z)
    half = z / (of + z * z) * sqrt(right * (of - right) / of + z * z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def _uniform(text: str) -> float:
    """A number in [0, 1) that is the same for the same text."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest(), "big") / 2.0**56
