"""What is likely to come and likely to be forgotten: when that is worth a refresher, or a line in the digest."""

import msgspec

DAY = 86_400.0
REFRESHER = "midflow:refresher"
"""Stands for the rule in decisions that no rule made; no rule can have this name."""
LEAD = DAY
"""Seconds before a task that is known to come, from which a refresher may be shown."""
SOON = 0.5
"""Chance within 24 hours from which a task counts as about to come."""
LIKELY = 0.1
"""Chance within a week from which a stale task is worth a line in the digest: few of such predictions come true."""
RARELY = 14 * DAY
"""Seconds without doing it after which a task is stale."""
KNOWN = 0.95
"""Chance of what a calendar or a due date says; it wins over what was foreseen."""


class Prospect(msgspec.Struct, frozen=True, kw_only=True):
    """A task that may come: the chances within 24 hours and 7 days, and what speaks for its being forgotten.

    `due`: when it is known to come (seconds), None where that is not known. `last`:
    when it was last begun, 0 for never. `recall`: of the least remembered check of
    its units, None without any answer.
    """

    task: str
    p24h: float
    p7d: float
    due: float | None
    last: float
    recall: float | None


def raised(prospect: Prospect, now: float) -> Prospect:
    """Return the prospect with the chances that its known date gives it; a date never lowers one."""
    if prospect.due is None or prospect.due < now:
        return prospect
    within = prospect.due - now
    return msgspec.structs.replace(
        prospect,
        p24h=max(prospect.p24h, KNOWN) if within <= DAY else prospect.p24h,
        p7d=max(prospect.p7d, KNOWN) if within <= 7 * DAY else prospect.p7d,
    )


def wants_refresher(prospect: Prospect, now: float, target: float) -> bool:
    """Return whether a task is about to come and is done rarely, or its checks fade below `target` in (0, 1)."""
    known = prospect.due is not None and 0 <= prospect.due - now <= LEAD
    return (known or prospect.p24h >= SOON) and (_fades(prospect, target) or _rare(prospect, now))


def decay_alarm(prospect: Prospect, now: float, target: float) -> bool:
    """Return whether a task that was done once is stale, fades below `target` and is likely to come."""
    stale = prospect.last > 0 and _rare(prospect, now)
    return stale and _fades(prospect, target) and prospect.p7d >= LIKELY


def words(prospect: Prospect, now: float) -> str:
    """Return in one sentence why the task may come, and why it may be forgotten."""
    if prospect.due is not None and prospect.due - now <= 7 * DAY:
        coming = (
            "It is known to come within a day"
            if prospect.due - now <= DAY
            else "It is known to come this week"
        )
    else:
        coming = "It is likely to come within a day" if prospect.p24h >= SOON else "It may come within a week"
    if not prospect.last:
        return f"{coming}, and you have not done it yet."
    days = int((now - prospect.last) // DAY)
    return f"{coming}; you last did it {days} day{'s' * (days != 1)} ago."


def _fades(prospect: Prospect, target: float) -> bool:
    return prospect.recall is not None and prospect.recall < target


def _rare(prospect: Prospect, now: float) -> bool:
    return now - prospect.last >= RARELY
