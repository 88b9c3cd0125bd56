"""Need: the chance that this person gets this task wrong now, with its evidence."""

from collections.abc import Sequence
from math import exp, log

import msgspec

from midflow.core.decide.fitted import Said
from midflow.core.learner.memory import Memory, recall
from midflow.core.learner.state import DAY, TaskRecord, rate_counts

PRIOR_RATE = 0.15
"""Error rate assumed of a task nobody has done yet."""
TASK_WEIGHT = 20.0
"""Begun tasks that `PRIOR_RATE` counts for: many, because what was begun lately may still come back."""
PERSON_WEIGHT = 4.0
"""Begun tasks of one person that everyone's rate counts for."""
MEMORY_WEIGHT = 0.5
RECALL_UNKNOWN = 0.8
"""Recall that moves need neither up nor down: the target at which checks are set."""


class TaskRate(msgspec.Struct, frozen=True, kw_only=True):
    """How often everyone began a task and how often it went wrong."""

    begun: int = 0
    erred: int = 0


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """`p` in (0, 1), and the sentences that say where it comes from."""

    p: float
    evidence: tuple[str, ...]


def need(
    record: TaskRecord | None,
    rate: TaskRate,
    memories: Sequence[Memory | None],
    *,
    title: str,
    now: float,
    said: Said | None = None,
) -> Need:
    """Return the need for help with a task.

    `record`: the person's own record on it; `rate`: everyone's; `memories`: the
    person's memory of each check of the unit, None for one never seen; `title`:
    the task's, for the evidence; `now` in seconds since the epoch; `said`: what a
    model that may be trusted says, which then stands in the place of the rate.

    The error rate is shrunk twice (person towards task, task towards
    `PRIOR_RATE`: posterior means of beta-binomials with `TASK_WEIGHT` and `PERSON_WEIGHT`),
    then moved on the log-odds scale by how well the checks are remembered. An
    answer from before the task last went wrong does not speak for the person.
    """
    own, _ = error_rates(record, rate, now)
    wrong_since = record.last_error if record else 0.0
    speaking = [memory for memory in memories if memory is not None and memory.last >= wrong_since]
    p = _clip(said.p if said else own)
    if speaking:
        forgotten = 1 - sum(recall(memory, now) for memory in speaking) / len(speaking)
        p = _expit(_logit(p) + MEMORY_WEIGHT * (_logit(_clip(forgotten)) - _logit(1 - RECALL_UNKNOWN)))
    return Need(p=p, evidence=(*_evidence(record, rate, title, now), *_fitted(said), *_answers(speaking)))


def error_rates(record: TaskRecord | None, rate: TaskRate, now: float) -> tuple[float, float]:
    """Return the error rates of a person and of everyone on a task, in [0, 1], shrunk as `need` says."""
    base = (rate.erred + TASK_WEIGHT * PRIOR_RATE) / (rate.begun + TASK_WEIGHT)
    begun, erred = rate_counts(record, now) if record else (0.0, 0.0)
    return (erred + PERSON_WEIGHT * min(base, 0.95)) / (begun + PERSON_WEIGHT), base


def _evidence(record: TaskRecord | None, rate: TaskRate, title: str, now: float) -> list[str]:
    said: list[str] = []
    if record is None or record.times == 0:
        said.append(f"You have not done “{title}” here before.")
    else:
        days = max(0, int((now - record.last) / DAY))
        when = "today" if days == 0 else f"{days} day{'s' * (days != 1)} ago"
        said.append(f"You did “{title}” {_times(record.times)}, last {when}; {_went_wrong(record.errors)}.")
    if rate.begun >= 20:
        said.append(f"Across everyone, {100 * rate.erred / rate.begun:.0f}% of {rate.begun} went wrong.")
    return said


def _fitted(said: Said | None) -> list[str]:
    if said is None:
        return []
    raised = f"what raises it most is {said.most}" if said.most else "nothing raises it much"
    return [f"Estimated from {said.rows:,} tasks begun here: {raised}."]


def _answers(speaking: Sequence[Memory]) -> list[str]:
    """Of the answers that count: those on checks that were answered since the task last went wrong."""
    right, reviews = sum(memory.right for memory in speaking), sum(memory.reviews for memory in speaking)
    return [f"{right} of {reviews} answers on it were right."] if speaking else []


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _went_wrong(count: int) -> str:
    return "none came back" if count == 0 else "it came back once" if count == 1 else f"{count} came back"


def _clip(p: float) -> float:
    return min(max(p, 0.001), 0.999)


def _logit(p: float) -> float:
    return log(p / (1 - p))


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x))
