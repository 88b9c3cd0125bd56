"""Whether to interrupt, with what, and why not."""

from midflow.core.decide.need import Need, TaskRate, need
from midflow.core.decide.policy import Decision, decide
from midflow.core.decide.situation import Candidate, Limits, Situation

__all__ = ["Candidate", "Decision", "Limits", "Need", "Situation", "TaskRate", "decide", "need"]
