"""What is answered while nothing can be written: the process ends, the store is away, its disk is full."""

import structlog

from midflow.edge.http import Problem
from midflow.store.tx import DiskFull, StoreError
from midflow.store.writer import Closed

AWAY = (Closed, StoreError)

SOON = b"2"
LATER = b"30"
"""Seconds after which to send again: a restart takes few, an operator more."""

logger = structlog.get_logger("midflow.edge")


def problem_of(error: Closed | StoreError) -> Problem:
    """Return the answer. The store's own words, which name files and hosts, go to the log alone."""
    if isinstance(error, Closed):
        return Problem(503, "The edge is ending; send it again.", headers=[(b"retry-after", SOON)])
    logger.error("the store takes no writes", reason=str(error))
    again = [(b"retry-after", LATER)]
    if isinstance(error, DiskFull):
        return Problem(
            507, "The store's disk is full: nothing of this was kept. Send it again.", headers=again
        )
    return Problem(503, "The store is away: nothing of this was kept. Send it again.", headers=again)
