"""Jobs: what is due, who works on it, what failed."""

import json
from typing import Any, NamedTuple

from midflow.store.tx import Tx

LEASE_SECONDS = 300.0
FIRST_RETRY = 5.0
LONGEST_RETRY = 3600.0
BEAT = "jobs_beat"


class Job(NamedTuple):
    """One job that was claimed. `every` in seconds, None for once."""

    name: str
    key: str
    every: float | None
    attempts: int
    payload: dict[str, Any]


def schedule(
    tx: Tx,
    name: str,
    *,
    due: float,
    key: str = "",
    every: float | None = None,
    payload: dict[str, Any] | None = None,
) -> None:
    """Put a job on the list; one of the same name and key that is there already stays as it is."""
    tx.execute(
        "INSERT INTO job VALUES (?,?,?,?,NULL,0,'',?) ON CONFLICT (name, key) DO UPDATE SET every=excluded.every",
        [name, key, due, every, json.dumps(payload or {})],
    )


def claim(tx: Tx, now: float) -> Job | None:
    """Take the job that is due longest, for `LEASE_SECONDS`; None where none is."""
    row = tx.execute(
        "SELECT name, key, every, attempts, payload FROM job WHERE due<=? AND (lease_until IS NULL OR lease_until<=?)"
        " ORDER BY due LIMIT 1",
        [now, now],
    ).fetchone()
    if row is None:
        return None
    tx.execute(
        "UPDATE job SET lease_until=?, attempts=attempts+1 WHERE name=? AND key=?",
        [now + LEASE_SECONDS, *row[:2]],
    )
    return Job(row[0], row[1], row[2], row[3] + 1, json.loads(row[4]))


def finish(tx: Tx, job: Job, now: float) -> None:
    """The job is done: off the list, or due again after its interval."""
    if job.every is None:
        tx.execute("DELETE FROM job WHERE name=? AND key=?", [job.name, job.key])
        return
    tx.execute(
        "UPDATE job SET due=?, lease_until=NULL, attempts=0, last_error='' WHERE name=? AND key=?",
        [now + job.every, job.name, job.key],
    )


def fail(tx: Tx, job: Job, now: float, error: str) -> None:
    """The job failed: tried again after a wait that doubles each time."""
    wait = min(FIRST_RETRY * 2 ** (job.attempts - 1), LONGEST_RETRY)
    tx.execute(
        "UPDATE job SET due=?, lease_until=NULL, last_error=? WHERE name=? AND key=?",
        [now + wait, error[:2000], job.name, job.key],
    )


def beat(tx: Tx, now: float) -> None:
    """Note that the jobs process is alive."""
    tx.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value",
        [BEAT, str(now)],
    )


def last_beat(tx: Tx) -> float | None:
    """Return when the jobs process was last alive, in seconds since the epoch; None for never."""
    row = tx.execute("SELECT value FROM meta WHERE name=?", [BEAT]).fetchone()
    return float(row[0]) if row else None
