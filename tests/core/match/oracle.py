"""What rules say of a stream of events, worked out the slow and obvious way.

It keeps a list of all that arrived, looks at every rule at every event, and works
out from that list, each time anew, whatever a rule asks for. It shares with the
engine the evaluation of a condition and the constants, and nothing else.
"""

from dataclasses import dataclass, field
from typing import Any

from midflow.core.content.model import Absent, After, Count, ErrorRate, Rule, Term, Times, Unused
from midflow.core.decide.need import PERSON_WEIGHT, PRIOR_RATE, TASK_WEIGHT
from midflow.core.events import WorkEvent
from midflow.core.learner.state import RECORD_HALF_LIFE
from midflow.core.match import Condition, history
from midflow.core.match.conditions import context

Said = tuple[str, str, str, str, str, float, int]
"""A moment: person, task, phase, rule, case, time, and the number of its event."""


@dataclass
class Arrived:
    """One event that was taken; `person` is None where the account was nobody's."""

    seq: int
    event: WorkEvent
    person: str | None
    time: float

    def word(self, name: str) -> str:
        said = self.event.data.get(name, "")
        return said if isinstance(said, str) else ""


@dataclass
class Did:
    """Somebody has `begun` a task, a case has `noted` that, or it has `erred`; `again`: of one that had erred before."""

    kind: str
    person: str
    task: str
    place: tuple[str, str]
    time: float
    again: bool = False


@dataclass
class Waiting:
    rule: Rule
    person: str
    since: Arrived
    due: float


@dataclass
class Oracle:
    rules: list[Rule]
    redo_is_error: set[str] = field(default_factory=set)
    arrived: list[Arrived] = field(default_factory=list)
    did: list[Did] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)

    def take(
        self, event: WorkEvent, person: str | None, facts: dict[str, Any], time: float, seq: int
    ) -> list[Said]:
        if any((a.event.source, a.event.id) == (event.source, event.id) for a in self.arrived):
            return []
        this = Arrived(seq, event, person, time)
        said: dict[tuple[str, str, str], tuple[Rule, bool]] = {}
        timers: list[Waiting] = []
        for rule in self.rules if person is not None else []:
            if event.type not in rule.events or not self._condition(rule, this, facts):
                continue
            whose = person if rule.who == "actor" else self._last_doer(this, rule.task)
            if whose is None:
                continue
            here = all(self._holds(term, rule, this, whose) for term in rule.history)
            absent = [term for term in rule.history if isinstance(term, Absent)]
            if absent and here:
                if event.case and not self._answered(absent[0], whose, this):
                    timers.append(Waiting(rule, whose, this, time + absent[0].within_hours * 3600))
                continue
            if here or rule.phase == "starting":
                key = (whose, rule.task, rule.phase)
                if key not in said or (here and not said[key][1]):
                    said[key] = (rule, here)
        self._note(said, this)
        self.arrived.append(this)
        self.waiting += timers
        return [
            (whose, task, phase, rule.id, event.case, time, seq)
            for (whose, task, phase), (rule, here) in said.items()
            if here
        ]

    def fire(self, until: float) -> list[Said]:
        said: list[Said] = []
        while due := [w for w in self.waiting if w.due <= until]:
            next_ = min(due, key=lambda w: (w.due, w.since.seq, w.rule.id))
            self.waiting.remove(next_)
            rule, whose, event = next_.rule, next_.person, next_.since.event
            (term,) = (term for term in rule.history if isinstance(term, Absent))
            if self._answered(term, whose, next_.since):
                continue
            place = (event.source, event.case)
            self.waiting = [
                w
                for w in self.waiting
                if (w.rule.id, w.person, w.since.event.source, w.since.event.case) != (rule.id, whose, *place)
            ]
            if rule.phase == "erred":
                self._note_error(whose, rule.task, place, next_.due)
            said.append((whose, rule.task, rule.phase, rule.id, event.case, next_.due, next_.since.seq))
        return said

    def _condition(self, rule: Rule, this: Arrived, facts: dict[str, Any]) -> bool:
        event, before = this.event, self._case_before(this.event)
        last = {}
        if before is not None:
            last = {"type": before.event.type, "by_me": before.person == this.person}
            for name in ("activity", "status"):
                if isinstance(before.event.data.get(name), str):
                    last[name] = before.event.data[name]
        variables = {
            "event": {"type": event.type, "source": event.source, "subject": event.subject, "time": event.time},
            "data": event.data, "case": event.case, "person": facts, "before": last,
        }  # fmt: skip
        return Condition(rule.when).holds(context(variables))

    def _listened(self, event: WorkEvent) -> bool:
        return any(event.type in rule.events for rule in self.rules)

    def _case_before(self, event: WorkEvent) -> Arrived | None:
        """The case's latest event, of those that somebody did and some rule listens to."""
        last: Arrived | None = None
        for a in self.arrived:
            same = event.case and (a.event.source, a.event.case) == (event.source, event.case)
            if (
                same
                and a.person is not None
                and self._listened(a.event)
                and (last is None or a.time >= last.time)
            ):
                last = a
        return last

    def _last_noted(self, place: tuple[str, str], task: str) -> Did | None:
        noted = [d for d in self.did if (d.kind, d.place, d.task) == ("noted", place, task)]
        return noted[-1] if noted else None

    def _last_doer(self, this: Arrived, task: str) -> str | None:
        noted = self._last_noted((this.event.source, this.event.case), task)
        return noted.person if noted is not None else None

    def _holds(self, term: Term, rule: Rule, this: Arrived, whose: str) -> bool:
        own = [d for d in self.did if d.person == whose and d.task == rule.task]
        begun = [d.time for d in own if d.kind == "begun"]
        match term:
            case Times():
                return term.at_least <= len(begun) and (term.at_most is None or len(begun) <= term.at_most)
            case Unused():
                return bool(begun) and this.time - max(begun) >= term.days * 86400
            case ErrorRate():
                mine, all_ = self._rates(whose, rule.task, this.time)
                return len(begun) >= term.begun and mine >= term.times_base * all_
            case After():
                return any(self._by(term.by, a, whose) for a in self._window(term, this, whose))
            case Count():
                return len(self._window(term, this, whose, with_this=True)) >= term.at_least
            case Absent():
                return True

    def _window(
        self, term: After | Count, this: Arrived, whose: str, *, with_this: bool = False
    ) -> list[Arrived]:
        known = self._remembered(this, whose, term.where)
        if with_this and (term.where == "case" or this.person == whose):
            known = [*known, this]
        since = this.time - term.within_hours * 3600
        return [a for a in known if since <= a.time <= this.time and self._fits(term, a)]

    def _remembered(self, this: Arrived, whose: str, where: str) -> list[Arrived]:
        """The latest events of the case or of the person, of the types that some term asks for, within the bounds."""
        asked = {
            name
            for rule in self.rules
            for term in rule.history
            if isinstance(term, After | Count | Absent) and getattr(term, "where", "case") == where
            for name in term.events
        }
        place = (this.event.source, this.event.case)
        mine = [
            a
            for a in self.arrived
            if a.event.type in asked
            and (
                a.person == whose
                if where == "person"
                else a.event.case and (a.event.source, a.event.case) == place
            )
        ]
        if where == "case":
            mine = [a for a in mine if a.event.case]
        mine.sort(key=lambda a: (a.time, a.seq))
        mine = [
            a
            for a in mine
            if sum(b.event.type == a.event.type and (b.time, b.seq) >= (a.time, a.seq) for b in mine)
            <= history.KEPT_OF_TYPE
        ]
        return [a for a in mine if a.time >= mine[-1].time - history.HORIZON][-history.KEPT :]

    def _answered(self, term: Absent, whose: str, since: Arrived) -> bool:
        return any(
            self._fits(term, a) and self._by(term.by, a, whose) and (a.time, a.seq) > (since.time, since.seq)
            for a in self._remembered(since, whose, "case")
        )

    def _fits(self, term: After | Count | Absent, a: Arrived) -> bool:
        return (
            a.event.type in term.events
            and (not term.activity or term.activity == a.word("activity"))
            and (not term.status or term.status == a.word("status"))
        )

    def _by(self, by: str, a: Arrived, whose: str) -> bool:
        return {"anyone": True, "me": a.person == whose, "another": a.person != whose}[by]

    def _note(self, said: dict[tuple[str, str, str], tuple[Rule, bool]], this: Arrived) -> None:
        """What was begun and what went wrong, in the order of the rules; the case notes what was begun at the end."""
        event = this.event
        place = (event.source, event.case)
        before = self._case_before(event)
        kept = bool(event.case) and (before is None or this.time >= before.time)
        earlier = {task: self._last_noted(place, task) for _, task, _ in said}
        for whose, task, phase in said:
            if phase == "erred":
                self._note_error(whose, task, place, this.time)
            if phase == "starting":
                last = earlier[task]
                if last is not None and last.time < this.time and task in self.redo_is_error:
                    self._note_error(last.person, task, place, this.time)
                self.did.append(Did("begun", whose, task, place, this.time))
        if kept:
            # Only now: errors that this event tells of are of what was begun before.
            self.did += [
                Did("noted", w, task, place, this.time) for w, task, phase in said if phase == "starting"
            ]

    def _note_error(self, person: str, task: str, place: tuple[str, str], time: float) -> None:
        in_case = [d for d in self.did if place[1] and d.place == place and d.task == task]
        notes = [n for n, d in enumerate(in_case) if d.kind == "noted"]
        if notes:
            again = any(d.kind == "erred" for d in in_case[notes[-1] :])
        else:
            own = [d for d in self.did if d.person == person and d.task == task]
            wrong = [d.time for d in own if d.kind == "erred"]
            again = bool(wrong) and max(wrong) > max((d.time for d in own if d.kind == "begun"), default=0.0)
        self.did.append(Did("erred", person, task, place, time, again))

    def _rates(self, person: str, task: str, now: float) -> tuple[float, float]:
        """The shrunk error rates of the person and of everyone, from decayed counts of what each did."""
        of_task = [d for d in self.did if d.task == task and not d.again and d.kind in ("begun", "erred")]
        mine = [d for d in of_task if d.person == person]
        then = max([now, *(d.time for d in mine)])

        def weigh(kind: str) -> float:
            return sum(0.5 ** ((then - d.time) / RECORD_HALF_LIFE) for d in mine if d.kind == kind)

        everyone = [sum(d.kind == kind for d in of_task) for kind in ("begun", "erred")]
        base = (everyone[1] + TASK_WEIGHT * PRIOR_RATE) / (everyone[0] + TASK_WEIGHT)
        own = (weigh("erred") + PERSON_WEIGHT * min(base, 0.95)) / (weigh("begun") + PERSON_WEIGHT)
        return own, base
