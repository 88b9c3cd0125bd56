"""One answer in: it is looked at with what was known before, then learned from."""

from midflow.core.learner.evidence import Answered, apply
from midflow.core.learner.foretell import Fitted, foretell, place
from midflow.core.learner.memory import AGAIN, Grade, counts_as_memory
from midflow.core.learner.state import LearnerState
from midflow.flow.everybody import Everybody
from midflow.flow.rulebook import PreparedUnit
from midflow.store.answers import AnswerRow, add_answer
from midflow.store.evidence import EvidenceRow, add_evidence
from midflow.store.people import Person
from midflow.store.tx import Tx


def take_answer(
    tx: Tx, state: LearnerState, *, everybody: Everybody, fitted: Fitted, person: Person, prepared: PreparedUnit,
    block: str, mark: Grade, time: float, retention: float, statement: int,
) -> LearnerState:  # fmt: skip
    """Return the state after an answer graded `mark`; what was said of it beforehand is kept with what came of it.

    A repeat within one sitting, and an answer that comes in after a later one on the same check, is no
    first attempt: it stays in the record and moves nothing. `statement` is its number there. Of somebody
    who is not to be measured it counts for themselves alone.
    """
    check = f"{prepared.unit.id}#{block}"
    if not counts_as_memory(state.memories.get(check), time):
        return state
    where = place(state, check, prepared.skill, time)
    sums = everybody.sums(where)
    said = foretell(state, where, sums, fitted, time)
    answered = Answered(
        check=check, grade=mark, time=time, retention=retention, skill=prepared.skill,
        expected=said.view.expected, without_item=said.view.without_item,
    )  # fmt: skip
    if person.preferences.measured:
        everybody.add(where, sums, said, right=mark != AGAIN)
        add_answer(
            tx,
            AnswerRow(
                statement, person.id, check, prepared.skill, time, mark, *where.kind, said.view.features,
                said.said, said.regarded, said.recalled,
            ),
        )  # fmt: skip
    add_evidence(tx, [EvidenceRow(person.id, answered, statement)])
    return apply(state, answered, fitted.fsrs)
