"""What is known of a task when somebody begins it, read from the person's state, the case and the sums over everybody."""

from collections.abc import Mapping
from typing import NamedTuple

from midflow.core.decide.need_model import CaseFacts, NeedFacts, base_rate
from midflow.core.decide.sums import EVERYONE, NOTHING, Kinds, Sums, kinds
from midflow.core.learner.state import DAY, LearnerState, load_at
from midflow.core.match import CaseState


class Start(NamedTuple):
    """One task begun: by whom, which, in which state of its record, when (seconds)."""

    person: str
    task: str
    state: str
    time: float


def kinds_of(start: Start, case: CaseState) -> Kinds:
    """Return what the task begun belongs to, `case` being as it was before."""
    return kinds(start.task, start.state, case.work.step)


def facts(start: Start, state: LearnerState, case: CaseState, sums: Mapping[str, Sums]) -> NeedFacts:
    """Return what need looks at; `state`, `case` and `sums` (of `kinds_of`) are as they were before."""
    everyone, task, in_state, step = (sums.get(name, NOTHING) for name in kinds_of(start, case))
    return NeedFacts(
        own=state.tasks.get(start.task), person=state.overall, task=task, state=in_state, step=step,
        everyone=everyone, case=_case(start, case), load=load_at(state.load, start.time),
    )  # fmt: skip


def plain(start: Start, sums: Mapping[str, Sums]) -> float:
    """Return the base rate of the task begun."""
    return base_rate(sums.get(start.task, NOTHING), sums.get(EVERYONE, NOTHING), int(start.time // DAY))


def _case(start: Start, case: CaseState) -> CaseFacts:
    work, done = case.work, case.tasks.get(start.task)
    return CaseFacts(
        rows=work.rows, people=len(work.people), errors=work.errors, times=done.times if done else 0,
        first=work.first, last=work.last, mine=work.rows > 0 and work.person == start.person,
    )  # fmt: skip
