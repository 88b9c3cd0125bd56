"""The jobs process: claims what is due, does it, and says what failed."""

import signal
import threading
import time

import structlog

from midflow.config import Settings
from midflow.jobs.table import TABLE
from midflow.store.jobs import claim, fail, finish, schedule
from midflow.store.open import open_store
from midflow.store.tx import Store, Tx

IDLE_SECONDS = 1.0

logger = structlog.get_logger("midflow.jobs")


def run(settings: Settings) -> int:
    """Work until SIGTERM or SIGINT; the job under way is finished first."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    store = open_store(settings.data, settings.database_url)
    store.write(lambda tx: plan(tx, time.time()))
    logger.info("jobs run", jobs=sorted(TABLE))
    while not ending.is_set():
        if not work_once(store, time.time()):
            ending.wait(IDLE_SECONDS)
    store.close()
    logger.info("jobs ended")
    return 0


def plan(tx: Tx, now: float) -> None:
    """Put every job of the table on the list."""
    for name, entry in TABLE.items():
        schedule(tx, name, due=now, every=entry.every)


def work_once(store: Store, now: float) -> bool:
    """Do one job that is due and return whether there was one; a failure is noted and tried again later."""
    job = store.write(lambda tx: claim(tx, now))
    if job is None:
        return False
    entry = TABLE.get(job.name)
    try:
        if entry is None:
            raise LookupError(f"there is no job '{job.name}'")
        entry.work(store, job, now)
    except Exception as error:
        logger.exception("a job failed", job=job.name, attempts=job.attempts)
        message = repr(error)
        store.write(lambda tx: fail(tx, job, time.time(), message))
    else:
        store.write(lambda tx: finish(tx, job, time.time()))
    return True
