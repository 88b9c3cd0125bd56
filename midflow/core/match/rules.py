"""Rules indexed by event type; the cost of an event grows with the rules of its type only."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from midflow.core.content.model import Rule, Task
from midflow.core.events import WorkEvent
from midflow.core.match.conditions import Condition, context
from midflow.core.match.moments import CaseState, Moment, Outcome, state_of, with_begun

Entry = tuple[int, Rule, Condition]
"""A rule with its place among all rules, which decides where two make the same moment."""


class _Listening:
    """The rules of one event type: those that ask for a value of a field by that value, and the others."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self._always: list[Entry] = []
        self._by_value: dict[tuple[str, str], dict[str, list[Entry]]] = {}

    def add(self, entry: Entry) -> None:
        condition = entry[2]
        self.reads |= condition.reads
        if condition.equality is None:
            self._always.append(entry)
            return
        variable, field, value = condition.equality
        self._by_value.setdefault((variable, field), {}).setdefault(value, []).append(entry)

    def candidates(self, event: WorkEvent) -> list[Entry]:
        """Return the rules that may match, in their order."""
        found = self._always
        for (variable, field), by_value in self._by_value.items():
            said = event.data.get(field) if variable == "data" else getattr(event, field, None)
            if isinstance(said, str) and said in by_value:
                found = found + by_value[said]
        return found if found is self._always else sorted(found, key=_place)


def _place(entry: Entry) -> int:
    return entry[0]


class RuleIndex:
    """The rules of a release, compiled, and indexed by event type and by the value that they ask for."""

    def __init__(self, rules: Iterable[Rule], tasks: Iterable[Task]) -> None:
        self._by_type: dict[str, _Listening] = {}
        self._redo_is_error = {task.id for task in tasks if task.redo_is_error}
        for place, rule in enumerate(rules):
            condition = Condition(rule.when)
            for type_ in rule.events:
                self._by_type.setdefault(type_, _Listening()).add((place, rule, condition))

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
        if listening is None:
            return []
        shared = None
        found: dict[tuple[str, str, str], Moment] = {}
        for _, rule, condition in listening.candidates(event):
            if condition.text != "true":
                shared = shared or _context(event, person, facts, case, listening.reads)
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
                    timing=rule.timing,
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
    state = state_of(event.data)
    for moment in moments:
        if moment.phase == "starting":
            case = with_begun(case, person=moment.person, task=moment.task, state=state, time=time)
    last = {
        name: event.data[name] for name in ("activity", "status") if isinstance(event.data.get(name), str)
    }
    return replace(case, last={"type": event.type, **last}, last_person=person, last_time=time)


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
