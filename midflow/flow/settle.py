"""Work becomes evidence: a task that nobody found wrong for a week was done right, one found wrong was not."""

from midflow.core.learner.evidence import Evidence, apply
from midflow.core.learner.state import LearnerState
from midflow.core.learner.work import SETTLED, Part, Way, evidence, usual
from midflow.flow.rulebook import PreparedUnit, Rulebook
from midflow.store import learners
from midflow.store.evidence import EvidenceRow, add_evidence
from midflow.store.settled import Settling, set_settled, to_settle
from midflow.store.tx import Tx

BATCH = 500


def settle_work(tx: Tx, *, book: Rulebook, now: float) -> int:
    """Settle what was begun long enough ago, a batch of it, and return how many that was; each task once.

    Right without help is a use of the checks of its units, wrong a lapse; right with a prompt on it says
    nothing, since nobody knows which of the two it was.
    """
    found = to_settle(tx, before=now - SETTLED, most=BATCH)
    states: dict[str, LearnerState] = {}
    rows: list[EvidenceRow] = []
    for one in found:
        said = _evidence(tx, one, book)
        if not said:
            continue
        state = states.get(one.person) or learners.learner(tx, one.person)
        for used in said:
            state = apply(state, used, book.fitted.fsrs)
        states[one.person] = state
        rows += [EvidenceRow(one.person, used) for used in said]
    add_evidence(tx, rows)
    learners.save_learners(tx, states)
    if found:
        set_settled(tx, found[-1].seq)
    return len(found)


def said_of_unit(tx: Tx, prepared: PreparedUnit, book: Rulebook, way: Way, time: float) -> list[Evidence]:
    """Return what somebody's ticks, or their word that they used it at work, say of what a unit teaches."""
    task = prepared.unit.task
    return [*evidence([part_of(prepared, book)], way, usual=usual_of(tx, task or ""), time=time)]


def _evidence(tx: Tx, one: Settling, book: Rulebook) -> list[Evidence]:
    if one.helped and not one.wrong:
        return []
    parts = [part_of(prepared, book) for prepared in book.by_task.get(one.task, ())]
    return [*evidence(parts, "wrong" if one.wrong else "done", usual=usual_of(tx, one.task), time=one.time)]


def part_of(prepared: PreparedUnit, book: Rulebook) -> Part:
    """Return what work on a unit's task can say something about."""
    retention = book.release.policy.retention(prepared.unit.risk)
    return Part(checks=prepared.checks, skill=prepared.skill, retention=retention)


def usual_of(tx: Tx, task: str) -> float:
    """Return how often a task goes right with everybody."""
    rate = learners.task_rate(tx, task)
    return usual(rate.begun, rate.erred)
