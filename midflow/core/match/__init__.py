"""Rules turn work events into moments."""

from midflow.core.match.conditions import Condition, gate
from midflow.core.match.history import Past, Record
from midflow.core.match.moments import CaseState, CaseTask, CaseWork, Found, Moment, Outcome, Timer
from midflow.core.match.rules import RuleIndex

__all__ = [
    "CaseState", "CaseTask", "CaseWork", "Condition", "Found", "Moment", "Outcome", "Past", "Record", "RuleIndex", "Timer", "gate",
]  # fmt: skip
