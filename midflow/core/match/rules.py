"""Rules indexed by event type; the cost of an event grows with the rules of its type only."""

from collections.abc import Iterable, Mapping
from typing import Any

from midflow.core.content.model import Rule, Task
from midflow.core.events import WorkEvent
from midflow.core.match.conditions import Condition, context
from midflow.core.match.moments import CaseTask, Moment, Outcome

CaseHistory = Mapping[str, CaseTask]
"""Per task: who did it last in this case."""


class RuleIndex:
    """The rules of a release, compiled and indexed by event type."""

    def __init__(self, rules: Iterable[Rule], tasks: Iterable[Task]) -> None:
        self._by_type: dict[str, list[tuple[Rule, Condition]]] = {}
        self._redo_is_error = {task.id for task in tasks if task.redo_is_error}
        for rule in rules:
            for type_ in rule.events:
                self._by_type.setdefault(type_, []).append((rule, Condition(rule.when)))

    def knows(self, type_: str) -> bool:
        """Return whether any rule listens to this event type."""
        return type_ in self._by_type

    def moments(
        self, event: WorkEvent, *, person: str, facts: Mapping[str, Any], history: CaseHistory, time: float
    ) -> list[Moment]:
        """Return the moments that `event` makes, at most one for each person, task and phase.

        `person` is the person's id, `facts` what conditions may read of them,
        `history` who did which task last in the event's case, `time` the
        moment's time in seconds since the epoch.
        """
        listening = self._by_type.get(event.type)
        if not listening:
            return []
        shared = None
        found: dict[tuple[str, str, str], Moment] = {}
        for rule, condition in listening:
            if condition.text != "true":
                shared = shared or _context(event, facts)
                if not condition.holds(shared):
                    continue
            whose = person
            if rule.who == "last_doer":
                before = history.get(rule.task)
                if before is None:
                    continue
                whose = before.person
            found.setdefault(
                (whose, rule.task, rule.phase),
                Moment(
                    person=whose, task=rule.task, phase=rule.phase, rule=rule.id,
                    case=event.case, time=time, because=rule.because,
                ),
            )
        return list(found.values())

    def outcomes(self, moments: Iterable[Moment], history: CaseHistory) -> list[Outcome]:
        """Return what moments say of tasks: begun, done, or an earlier one gone wrong.

        A task begun again in the same case is an error of the person who did it
        before, where the task says so (`redo_is_error`).
        """
        found: list[Outcome] = []
        for moment in moments:
            if moment.phase in ("erred", "done"):
                found.append(Outcome(person=moment.person, task=moment.task, kind=moment.phase, time=moment.time))
            if moment.phase != "starting":
                continue
            before = history.get(moment.task)
            if before is not None and moment.task in self._redo_is_error:
                found.append(Outcome(person=before.person, task=moment.task, kind="erred", time=moment.time))
            found.append(Outcome(person=moment.person, task=moment.task, kind="begun", time=moment.time))
        return found


def _context(event: WorkEvent, facts: Mapping[str, Any]) -> Any:
    about = {"type": event.type, "source": event.source, "subject": event.subject, "time": event.time}
    return context({"event": about, "data": event.data, "case": event.case, "person": facts})
