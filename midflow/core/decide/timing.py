"""When a prompt disturbs least: at the start of something new, or in a pause."""

from collections.abc import Iterable

from midflow.core.content.model import Phase, Risk, Timing
from midflow.core.learner.state import Row

IDLE = 120.0
"""Seconds without a row after which a person is taken to pause."""
PATIENCE = 1800.0
"""Seconds after which a waiting prompt goes to the inbox instead."""


def waits(timing: Timing, phase: Phase, risk: Risk, *, at_break: bool) -> bool:
    """Return whether a prompt waits for the next breakpoint; what is safety-critical never does.

    `at_break`: the moment it is decided on is one, as the start of a task is. The
    same task begun again at once on the same record is none, and waits as well.
    """
    if at_break or risk == "safety_critical":
        return False
    return timing == "at_break" or (timing == "auto" and not as_badge(phase, timing))


def as_badge(phase: Phase, timing: Timing) -> bool:
    """Return whether a prompt is a quiet badge: after an error or when stuck, unless the rule says otherwise."""
    return timing == "badge" or (timing == "auto" and phase in ("erred", "stuck"))


def is_break(row: Row, before: Row | None) -> bool:
    """Return whether `row` begins something new: another case or task, or after a pause."""
    return (
        before is None or row.case != before.case or row.task != before.task or row.time - before.time >= IDLE
    )


def wait(row: Row, before: Row | None, after: Iterable[Row]) -> float | None:
    """Return after how many seconds a prompt at `row` finds a breakpoint, None where it goes to the inbox.

    `before`: the person's row before it; `after`: the ones that follow, in order.
    """
    if is_break(row, before):
        return 0.0
    last = row
    for following in after:
        if following.time - last.time >= IDLE:
            break
        if is_break(following, last):
            passed = following.time - row.time
            return passed if passed <= PATIENCE else None
        last = following
    passed = last.time + IDLE - row.time
    return passed if passed <= PATIENCE else None


def released_at(row: Row, before: Row | None, *, until: float, as_logged: bool) -> float | None:
    """Return when (seconds) a waiting prompt is released by the person's next `row`, None where it is not.

    `before`: the row before it. A pause that went unnoticed ends with the row;
    `as_logged`, where a log sets the clock, it is noticed as soon as it is long
    enough. After `until` nothing is released.
    """
    if not is_break(row, before):
        return None
    paused = before is not None and row.time - before.time >= IDLE
    at = before.time + IDLE if as_logged and paused and before is not None else row.time
    return at if at <= until else None
