"""When a prompt disturbs least: at the start of something new, or in a pause."""

from collections.abc import Iterable

import msgspec

IDLE = 120.0
"""Seconds without a row after which a person is taken to pause."""
PATIENCE = 1800.0
"""Seconds after which a waiting prompt goes to the inbox instead."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a person did: when (seconds), in which case, which task."""

    time: float
    case: str
    task: str


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
