"""Rules turn work events into moments."""

from midflow.core.match.conditions import Condition, gate
from midflow.core.match.moments import CaseState, CaseTask, CaseWork, Moment, Outcome
from midflow.core.match.rules import RuleIndex

__all__ = ["CaseState", "CaseTask", "CaseWork", "Condition", "Moment", "Outcome", "RuleIndex", "gate"]
