"""Rules indexed by event type and by what they demand; the cost of an event grows with what matches."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from midflow.core.content.model import Rule, Task
from midflow.core.events import WorkEvent
from midflow.core.match.conditions import Condition, context
from midflow.core.match.history import (
    HOUR,
    NO_PAST,
    Asked,
    Now,
    Past,
    Seen,
    absent,
    answered,
    holds,
    noted,
    seen_of,
)
from midflow.core.match.index import Index
from midflow.core.match.moments import CaseState, Found, Moment, Outcome, Timer, state_of, with_begun


class _Listening:
    """The rules of one event type, by what they demand of the event."""

    def __init__(self, entries: Mapping[int, Condition]) -> None:
        self.index = Index((place, condition.demands) for place, condition in entries.items())
        self.reads = frozenset[str]().union(*(condition.reads for condition in entries.values()))


class RuleIndex:
    """The rules of a release, compiled, and indexed.

    A rule's place is its place among all rules, which decides where two make the same moment.
    """

    def __init__(self, rules: Iterable[Rule], tasks: Iterable[Task]) -> None:
        self._rules = tuple(rules)
        self._redo_is_error = {task.id for task in tasks if task.redo_is_error}
        texts = {rule.when for rule in self._rules}
        compiled = {text: Condition(text) for text in texts}
        self._conditions = [compiled[rule.when] for rule in self._rules]
        by_type: dict[str, dict[int, Condition]] = {}
        for place, rule in enumerate(self._rules):
            for type_ in rule.events:
                by_type.setdefault(type_, {})[place] = self._conditions[place]
        self._by_type = {type_: _Listening(entries) for type_, entries in by_type.items()}
        self._waiting = {rule.id: rule for rule in self._rules if absent(rule) is not None}
        self.asked = Asked(self._rules)

    def knows(self, type_: str) -> bool:
        """Return whether any rule listens to this event type."""
        return type_ in self._by_type

    def reads(self, type_: str) -> bool:
        """Return whether an event of this type says anything: a rule listens to it, or a history asks for it."""
        return type_ in self._by_type or type_ in self.asked.case or type_ in self.asked.person

    @property
    def waits(self) -> bool:
        """Whether any rule waits for something not to come, so that there may be timers."""
        return bool(self._waiting)

    def match(
        self,
        event: WorkEvent,
        *,
        person: str,
        facts: Mapping[str, Any],
        case: CaseState,
        time: float,
        seq: int = 0,
        past: Past = NO_PAST,
    ) -> Found:
        """Return what `event` makes: at most one moment for each person, task and phase, and timers.

        `person` is the person's id, `facts` what conditions may read of them,
        `case` what the event's case remembers from before it, `time` the
        moment's time in seconds since the epoch, `seq` the event's number among
        all that arrived, `past` where the histories of rules look.
        """
        listening = self._by_type.get(event.type)
        if listening is None:
            return Found()
        variables = _variables(event, person, facts, case, listening.reads)
        now = Now(event, seen_of(event, person=person, time=time, seq=seq), case.trail, past)
        moments: dict[tuple[str, str, str], Moment] = {}
        timers: list[Timer] = []
        for rule in self._holding(listening.index.candidates(variables), variables):
            whose = person if rule.who == "actor" else _last_doer(case, rule.task)
            if whose is None:
                continue
            here = holds(rule, whose, now) if rule.history else True
            if here and rule.id in self._waiting:
                timers += _timer(rule, whose, now)
            elif here or rule.phase == "starting":
                moment = _moment(rule, whose, event.case, time, quiet=not here)
                before = moments.setdefault((whose, rule.task, rule.phase), moment)
                if before.quiet and not moment.quiet:
                    moments[whose, rule.task, rule.phase] = moment
        return Found(tuple(moments.values()), tuple(timers))

    def fire(self, timer: Timer, *, case_ref: str, case: CaseState) -> Moment | None:
        """Return the moment of a timer that is due, at that time; None where what it waits for has come."""
        rule = self._waiting.get(timer.rule)
        term = absent(rule) if rule is not None else None
        if rule is None or term is None or answered(term, case.trail, whose=timer.person, since=timer.since):
            return None
        return _moment(rule, timer.person, case_ref, timer.due)

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
        self,
        case: CaseState,
        event: WorkEvent,
        moments: Iterable[Moment],
        *,
        person: str,
        time: float,
        seq: int = 0,
    ) -> CaseState:
        """Return what the case remembers after `event`.

        An event from before its latest changes nothing but the trail, nor does one
        of an account that is nobody's (`person` ""), or one that no rule listens to.
        """
        if event.type in self.asked.case:
            seen = seen_of(event, person=person, time=time, seq=seq)
            case = replace(case, trail=dict(noted(case.trail, event.type, seen)))
        if time < case.last_time or not person or not self.knows(event.type):
            return case
        state = state_of(event.data)
        for moment in moments:
            if moment.phase == "starting":
                case = with_begun(case, person=moment.person, task=moment.task, state=state, time=time)
        last = {
            name: event.data[name] for name in ("activity", "status") if isinstance(event.data.get(name), str)
        }
        return replace(case, last={"type": event.type, **last}, last_person=person, last_time=time)

    def _holding(self, places: Iterable[int], variables: Mapping[str, Any]) -> Iterable[Rule]:
        """The rules whose condition holds; one that several rules share is evaluated once."""
        shared = None
        known = {"true": True}
        for place in places:
            condition = self._conditions[place]
            held = known.get(condition.text)
            if held is None:
                shared = shared or context(variables)
                held = known[condition.text] = condition.holds(shared)
            if held:
                yield self._rules[place]


def _last_doer(case: CaseState, task: str) -> str | None:
    before = case.tasks.get(task)
    return None if before is None else before.person


def _timer(rule: Rule, whose: str, now: Now) -> list[Timer]:
    """The timer of a rule that waits; none where the event has no case, or the answer is already there."""
    term = absent(rule)
    if term is None or not now.event.case or answered(term, now.case, whose=whose, since=now.seen):
        return []
    due = now.seen.time + term.within_hours * HOUR
    return [Timer(rule=rule.id, person=whose, since=Seen(now.seen.time, now.seen.seq), due=due)]


def _moment(rule: Rule, whose: str, case: str, time: float, *, quiet: bool = False) -> Moment:
    return Moment(
        person=whose, task=rule.task, phase=rule.phase, rule=rule.id, case=case, time=time,
        because=rule.because, timing=rule.timing, quiet=quiet,
    )  # fmt: skip


def _variables(
    event: WorkEvent, person: str, facts: Mapping[str, Any], case: CaseState, read: frozenset[str]
) -> dict[str, Any]:
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
    return variables
