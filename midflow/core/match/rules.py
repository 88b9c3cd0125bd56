"""Rules indexed by event type; the cost of an event grows with the rules of its type only."""

from collections.abc import Iterable, Mapping
from typing import Any

from midflow.core.content.model import Rule, Task
from midflow.core.events import WorkEvent
from midflow.core.match.conditions import Condition, context
from midflow.core.match.moments import CaseState, CaseTask, Moment, Outcome


class RuleIndex:
    """The rules of a release, compiled and indexed by event type."""

    def __init__(self, rules: Iterable[Rule], tasks: Iterable[Task]) -> None:
        self._by_type: dict[str, list[tuple[Rule, Condition]]] = {}
        self._read_by_type: dict[str, set[str]] = {}
        self._redo_is_error = {task.id for task in tasks if task.redo_is_error}
        for rule in rules:
            condition = Condition(rule.when)
            for type_ in rule.events:
                self._by_type.setdefault(type_, []).append((rule, condition))
                self._read_by_type.setdefault(type_, set()).update(condition.reads)

    def knows(self, type_: str) -> bool:
        """Return whether any rule listens to this event type."""
        return type_ in self._by_type

    def moments(
        self, event: WorkEvent, *, person: str, facts: Mapping[str, Any], case: CaseState, time: float
    ) -> list[Moment]:
        """Return the moments that `event` makes, at most one for each person, task and phase.

        `person` is the person's id, `facts` what conditions may read of them,
        `case` what the event's case remembers from before it, `time` the
        moment's time in seconds since the epoch.
        """
        listening = self._by_type.get(event.type)
        if not listening:
            return []
        shared = None
        found: dict[tuple[str, str, str], Moment] = {}
        for rule, condition in listening:
            if condition.text != "true":
                shared = shared or _context(event, person, facts, case, self._read_by_type[event.type])
                if not condition.holds(shared):
                    continue
            whose = person
            if rule.who == "last_doer":
                before = case.tasks.get(rule.task)
                if before is None:
                    continue
                whose = before.person
            found.setdefault(
                (whose, rule.task, rule.phase),
                Moment(
                    person=whose,
                    task=rule.task,
                    phase=rule.phase,
                    rule=rule.id,
                    case=event.case,
                    time=time,
                    because=rule.because,
                ),
            )
        return list(found.values())

    def outcomes(self, moments: Iterable[Moment], case: CaseState) -> list[Outcome]:
        """Return what moments say of tasks: begun, done, or an earlier one gone wrong.

        A task begun again in the same case is an error of the person who did it
        before, where the task says so (`redo_is_error`); an event that comes late,
        from before that, says nothing of it.
        """
        found: list[Outcome] = []
        for moment in moments:
            if moment.phase in ("erred", "done"):
                found.append(
                    Outcome(person=moment.person, task=moment.task, kind=moment.phase, time=moment.time)
                )
            if moment.phase != "starting":
                continue
            before = case.tasks.get(moment.task)
            if before is not None and before.time < moment.time and moment.task in self._redo_is_error:
                found.append(Outcome(person=before.person, task=moment.task, kind="erred", time=moment.time))
            found.append(Outcome(person=moment.person, task=moment.task, kind="begun", time=moment.time))
        return found


def remember(
    case: CaseState, event: WorkEvent, moments: Iterable[Moment], *, person: str, time: float
) -> CaseState:
    """Return what the case remembers after `event`; an event from before its latest changes nothing."""
    if time < case.last_time:
        return case
    tasks = dict(case.tasks)
    for moment in moments:
        if moment.phase == "starting":
            tasks[moment.task] = CaseTask(task=moment.task, person=moment.person, time=time)
    last = {
        name: event.data[name] for name in ("activity", "status") if isinstance(event.data.get(name), str)
    }
    return CaseState(tasks=tasks, last={"type": event.type, **last}, last_person=person, last_time=time)


def _context(event: WorkEvent, person: str, facts: Mapping[str, Any], case: CaseState, read: set[str]) -> Any:
    """Only what some condition of this event type reads: each variable costs its conversion."""
    variables: dict[str, Any] = {}
    if "event" in read:
        variables["event"] = {
            "type": event.type, "source": event.source, "subject": event.subject, "time": event.time,
        }  # fmt: skip
    if "data" in read:
        variables["data"] = event.data
    if "case" in read:
        variables["case"] = event.case
    if "person" in read:
        variables["person"] = facts
    if "before" in read:
        variables["before"] = {**case.last, "by_me": case.last_person == person} if case.last else {}
    return context(variables)
