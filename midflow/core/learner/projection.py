"""A person's state made again from the evidence: the same as `apply` on each piece, without copying what it leaves alone."""

import msgspec

from midflow.core.learner.evidence import Answered, Evidence, Known, Observed, Used, after_answer, apply
from midflow.core.learner.memory import PUBLISHED, Fsrs
from midflow.core.learner.state import LearnerState

NOTHING = LearnerState()


class Projection:
    """One person's state while evidence is added to it, in the order in which it came."""

    def __init__(self, fsrs: Fsrs = PUBLISHED) -> None:
        self._fsrs = fsrs
        self._open(NOTHING)

    def add(self, evidence: Evidence) -> None:
        """Take one piece of evidence."""
        if isinstance(evidence, Answered):
            after = after_answer(self.known(), evidence, self._fsrs)
            if after is not None:
                self.checks[evidence.check], self.skills[evidence.skill], self.answering, self.reviewer = (
                    after
                )
        elif isinstance(evidence, Used | Observed | Known):
            self._open(apply(self.state(), evidence, self._fsrs))
        else:
            self._rest = apply(self._rest, evidence, self._fsrs)

    def known(self) -> LearnerState:
        """Return what is known of checks, skills and answers as of now; it moves on with the next evidence."""
        return LearnerState(
            checks=self.checks, skills=self.skills, answering=self.answering, reviewer=self.reviewer
        )

    def state(self) -> LearnerState:
        """Return the state after all that was added."""
        return msgspec.structs.replace(
            self._rest,
            checks={**self.checks}, skills={**self.skills}, answering=self.answering, reviewer=self.reviewer,
        )  # fmt: skip

    def _open(self, state: LearnerState) -> None:
        self.checks, self.skills = {**state.checks}, {**state.skills}
        self.answering, self.reviewer = state.answering, state.reviewer
        self._rest = msgspec.structs.replace(
            state, checks={}, skills={}, answering=NOTHING.answering, reviewer=NOTHING.reviewer
        )
