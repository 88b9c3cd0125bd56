"""Rules on events in memory, by the engine of live events: nothing is stored, nobody is prompted."""

import heapq
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from midflow.core.content.model import Rule, Task
from midflow.core.decide import TaskRate
from midflow.core.decide.need import error_rates
from midflow.core.events import WorkEvent
from midflow.core.learner.evidence import Worked, apply
from midflow.core.learner.state import LearnerState, TaskRecord
from midflow.core.match import CaseState, Moment, Past, Record, RuleIndex, Timer
from midflow.core.match.history import Trail, noted, seen_of
from midflow.core.match.moments import with_error


class Spoken(NamedTuple):
    """A moment, and the number of the event that it comes from."""

    moment: Moment
    event: int


class _Waiting(NamedTuple):
    due: float
    event: int
    timer: Timer
    source: str
    case: str


class Rehearsal:
    """What cases and people remember while events are tried. `records` is what people did before."""

    def __init__(
        self,
        rules: Iterable[Rule],
        tasks: Iterable[Task] = (),
        *,
        records: Mapping[str, Mapping[str, TaskRecord]] | None = None,
        rates: Mapping[str, TaskRate] | None = None,
    ) -> None:
        self.index = RuleIndex(rules, tasks)
        self._cases: dict[tuple[str, str], CaseState] = {}
        self._trails: dict[str, Trail] = {}
        self._states = {person: LearnerState(tasks=dict(of)) for person, of in (records or {}).items()}
        self._rates = dict(rates or {})
        self._waiting: list[tuple[float, int, str, _Waiting]] = []
        self._dropped: dict[tuple[str, str, str, str], int] = {}
        self._latest = -1
        self._past = Past(record=self._record, trail=lambda person: self._trails.get(person, {}))

    def take(
        self, event: WorkEvent, *, person: str | None, facts: Mapping[str, Any], time: float, seq: int
    ) -> list[Spoken]:
        """Take an event that did not come before and return its moments.

        `person` is None where the account is nobody's, `time` in seconds, `seq` its number.
        """
        self._latest = seq
        if not self.index.reads(event.type):
            return []
        case = self._cases.get((event.source, event.case), CaseState())
        if person is None:
            self._keep(
                event.source, event.case, self.index.remember(case, event, (), person="", time=time, seq=seq)
            )
            return []
        found = self.index.match(
            event, person=person, facts=facts, case=case, time=time, seq=seq, past=self._past
        )
        after = self._note_outcomes(found.moments, case)
        after = self.index.remember(after, event, found.moments, person=person, time=time, seq=seq)
        self._keep(event.source, event.case, after)
        if event.type in self.index.asked.person:
            seen = seen_of(event, person=person, time=time, seq=seq)
            self._trails[person] = noted(self._trails.get(person, {}), event.type, seen)
        for timer in found.timers:
            waiting = _Waiting(timer.due, seq, timer, event.source, event.case)
            heapq.heappush(self._waiting, (timer.due, seq, timer.rule, waiting))
        return [Spoken(moment, seq) for moment in found.moments if not moment.quiet]

    def fire(self, until: float) -> list[Spoken]:
        """Fire the timers that are due at `until` (seconds) or before, and return their moments."""
        spoken: list[Spoken] = []
        while self._waiting and self._waiting[0][0] <= until:
            waiting = heapq.heappop(self._waiting)[-1]
            place = (waiting.source, waiting.case, waiting.timer.rule, waiting.timer.person)
            case = self._cases.get((waiting.source, waiting.case), CaseState())
            if waiting.event <= self._dropped.get(place, -1):
                continue
            moment = self.index.fire(waiting.timer, case_ref=waiting.case, case=case)
            if moment is not None:
                # Whatever else waits here by now was set by one of the events so far.
                self._dropped[place] = self._latest
                self._keep(waiting.source, waiting.case, self._note_outcomes([moment], case))
                spoken.append(Spoken(moment, waiting.event))
        return spoken

    def _keep(self, source: str, case: str, state: CaseState) -> None:
        if case:
            self._cases[source, case] = state

    def _record(self, person: str, task: str, time: float) -> Record:
        known = self._states.get(person, LearnerState()).tasks.get(task)
        if known is None:
            return Record()
        own, everyones = error_rates(known, self._rates.get(task, TaskRate()), time)
        return Record(times=known.times, last=known.last, rate=own, everyones=everyones)

    def _note_outcomes(self, moments: Iterable[Moment], case: CaseState) -> CaseState:
        for outcome in self.index.outcomes(moments, case):
            if outcome.kind == "done":
                continue
            task, wrong = outcome.task, outcome.kind == "erred"
            state = self._states.get(outcome.person, LearnerState())
            done, own = case.tasks.get(task), state.tasks.get(task)
            again = wrong and (done.wrong if done else own is not None and own.last_error > own.last)
            worked = Worked(task=task, wrong=wrong, again=again, time=outcome.time)
            self._states[outcome.person] = apply(state, worked)
            if not again:
                rate = self._rates.get(task, TaskRate())
                self._rates[task] = TaskRate(begun=rate.begun + (not wrong), erred=rate.erred + wrong)
            if wrong:
                case = with_error(case, task)
        return case
