"""What the jobs process does, and how often: a table."""

from collections.abc import Callable
from typing import NamedTuple

from midflow.flow.respond import expire
from midflow.jobs.calendars import ReadCalendars
from midflow.jobs.digest import Digests, Refresh
from midflow.jobs.forward import forward_statements
from midflow.jobs.learner import refit_learner, settle_work
from midflow.jobs.refit import refit
from midflow.jobs.rhythm import foresee_day
from midflow.jobs.timers import FireTimers
from midflow.store.jobs import Job, beat
from midflow.store.tx import Store

Work = Callable[[Store, Job, float], None]


class Entry(NamedTuple):
    """A job: what it does, and every how many seconds."""

    work: Work
    every: float


def _expire_offers(store: Store, job: Job, now: float) -> None:
    """Close offers whose time is over, in batches, so that no write waits long."""
    while store.write(lambda tx: expire(tx, now=now)):
        pass


def _beat(store: Store, job: Job, now: float) -> None:
    store.write(lambda tx: beat(tx, now))


TABLE: dict[str, Entry] = {
    "beat": Entry(_beat, 10.0),
    "digests": Entry(Digests(), 120.0),
    "expire_offers": Entry(_expire_offers, 20.0),
    "foresee_day": Entry(foresee_day, 600.0),
    "fire_timers": Entry(FireTimers(), 5.0),
    "forward_statements": Entry(forward_statements, 5.0),
    "read_calendars": Entry(ReadCalendars(), 300.0),
    "refit": Entry(refit, 3600.0),
    "refresh": Entry(Refresh(), 120.0),
    "refit_learner": Entry(refit_learner, 86_400.0),
    "settle_work": Entry(settle_work, 900.0),
}
