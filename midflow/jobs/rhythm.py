"""What everyone is likely to do next, once a day."""

from time import monotonic

from midflow.store.digests import drop_due
from midflow.store.jobs import LEASE_SECONDS, Job
from midflow.store.rhythm import DAY
from midflow.store.tx import Store


def foresee_day(store: Store, job: Job, now: float) -> None:
    """Take in the days that are over; what half of the lease does not suffice for is left to the next time."""
    from midflow.flow.foresee import foresee

    end = monotonic() + LEASE_SECONDS / 2
    store.write(lambda tx: drop_due(tx, now - DAY))
    while foresee(store, today=int(now // DAY)) and monotonic() < end:
        pass
