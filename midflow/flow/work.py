"""What one transaction of events loads and saves; each thing is loaded once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from midflow.core.decide import TaskRate
from midflow.core.decide.need import error_rates
from midflow.core.decide.policy import worth
from midflow.core.decide.sums import NOTHING, Sums
from midflow.core.decide.threshold import RECENT, Threshold
from midflow.core.events import WorkEvent
from midflow.core.learner.evidence import Evidence, apply
from midflow.core.learner.state import LearnerState
from midflow.core.match import CaseState, Past, Record
from midflow.core.match.history import Trail
from midflow.flow.models import Models
from midflow.flow.rulebook import Rulebook
from midflow.store import learners, log, waiting
from midflow.store.begun import BegunRow, WrongRow, add_begun, mark_wrong
from midflow.store.evidence import EvidenceRow, add_evidence
from midflow.store.log import DecisionRow, EventRow, OfferRow
from midflow.store.people import Person, note_unknown, people_version, person, person_of
from midflow.store.tx import Tx
from midflow.store.waiting import Move, WaitingRow


@dataclass
class KnownPeople:
    """People and their accounts, kept from one transaction to the next while nothing of them changes."""

    version: int = -1
    accounts: dict[tuple[str, str], str | None] = field(default_factory=dict[tuple[str, str], str | None])
    people: dict[str, Person | None] = field(default_factory=dict[str, Person | None])

    def refresh(self, tx: Tx) -> None:
        """Forget what was known where anything changed since, or where it has grown large."""
        version = people_version(tx)
        if version != self.version or len(self.accounts) > MOST_KNOWN:
            self.version = version
            self.accounts.clear()
            self.people.clear()


@dataclass
class KnownSums:
    """Sums over everybody, kept from one transaction to the next while nobody else stores any."""

    name: str = field(default_factory=lambda: uuid4().hex)
    saved: int = 0
    mark: str | None = None
    found: str = ""
    sums: dict[str, Sums] = field(default_factory=dict[str, Sums])

    def refresh(self, tx: Tx) -> None:
        """Forget what was known unless it was we who stored last, and what we stored was kept."""
        self.found = learners.sums_mark(tx)
        if not self.found or self.found != self.mark or len(self.sums) > MOST_KNOWN:
            self.sums.clear()
        self.mark = None

    def save(self, tx: Tx, changed: set[str]) -> None:
        """Store what changed. The mark is new each time: after a transaction that is undone it does not match."""
        if not changed:
            self.mark = self.found
            return
        self.saved += 1
        self.mark = f"{self.name}:{self.saved}"
        learners.save_sums(tx, {name: self.sums[name] for name in changed}, mark=self.mark)


MOST_KNOWN = 50_000


@dataclass
class Kept:
    """What a process keeps from one transaction of events to the next.

    `follows`: others decide most of the time, and what their moments were worth is read each time; else it is
    read once. `reached`: the number of the last decision whose moment's worth is known.
    """

    follows: bool = False
    reached: int = -1
    people: KnownPeople = field(default_factory=KnownPeople)
    sums: KnownSums = field(default_factory=KnownSums)
    models: Models = field(default_factory=Models)
    threshold: Threshold = field(default_factory=Threshold)

    def refresh(self, tx: Tx) -> None:
        """Forget what may have changed since; call at the start of each transaction."""
        self.people.refresh(tx)
        self.sums.refresh(tx)
        self.models.refresh(tx)
        if self.follows or self.reached < 0:
            self._catch_up(tx)

    def _catch_up(self, tx: Tx) -> None:
        """Note what the moments were worth that were decided on since, as far as they are still among the latest."""
        self.reached = max(self.reached, 0)
        for number, situation in log.latest_situations(tx, RECENT, after=self.reached):
            self.reached = number
            value = worth(situation.candidates, situation.limits)
            if value is not None:
                self.threshold.note(value)


@dataclass
class Work:
    """What one transaction has loaded and will save; each thing is loaded once."""

    tx: Tx
    book: Rulebook
    draw: Callable[[], float]
    kept: Kept
    event_seq: int
    decision_seq: int
    as_logged: bool = False
    ids: dict[tuple[str, str], int | None] = field(default_factory=dict)
    states: dict[str, LearnerState] = field(default_factory=dict)
    changed: dict[str, LearnerState] = field(default_factory=dict)
    changed_sums: set[str] = field(default_factory=set)
    cases: dict[tuple[str, str], CaseState] = field(default_factory=dict)
    changed_cases: dict[tuple[str, str], CaseState] = field(default_factory=dict)
    trails: dict[str, Trail] = field(default_factory=dict)
    changed_trails: dict[str, Trail] = field(default_factory=dict)
    unknown: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    events: list[EventRow] = field(default_factory=list)
    decisions: list[DecisionRow] = field(default_factory=list)
    offers: list[OfferRow] = field(default_factory=list)
    begun: list[BegunRow] = field(default_factory=list)
    wrong: list[WrongRow] = field(default_factory=list)
    evidence: list[EvidenceRow] = field(default_factory=list)
    held: dict[str, WaitingRow] | None = None
    moves: dict[int, Move] = field(default_factory=dict)

    def known(self, event: WorkEvent) -> int | None:
        """Return the number of an event that was taken before, None for a new one."""
        identity = (event.source, event.id)
        if identity not in self.ids:
            self.look_for([event])
        return self.ids[identity]

    def look_for(self, events: Iterable[WorkEvent]) -> None:
        """Find out, all together, which events were taken before."""
        asked = dict.fromkeys((event.source, event.id) for event in events)
        self.ids |= asked | log.seen_before(self.tx, asked)

    def owner(self, account: tuple[str, str]) -> str | None:
        """Return whose account it is."""
        accounts = self.kept.people.accounts
        if account not in accounts:
            accounts[account] = person_of(self.tx, *account)
        return accounts[account]

    def person(self, id: str) -> Person | None:
        """Return the person, None where there is nobody."""
        people = self.kept.people.people
        if id not in people:
            people[id] = person(self.tx, id)
        return people[id]

    def state(self, id: str) -> LearnerState:
        """Return what is known of the person."""
        if id not in self.states:
            self.states[id] = learners.learner_to_move(self.tx, id)
        return self.states[id]

    def set_state(self, id: str, state: LearnerState) -> None:
        """Keep what is known of the person from now on."""
        self.states[id] = self.changed[id] = state

    def learn(self, id: str, evidence: Evidence) -> None:
        """Move what is known of the person on."""
        self.evidence.append(EvidenceRow(id, evidence))
        self.set_state(id, apply(self.state(id), evidence))

    def rate(self, task: str) -> TaskRate:
        """Return how often everyone began the task."""
        found = self.sums_of((task,)).get(task, NOTHING)
        return TaskRate(begun=found.times, erred=found.errors)

    def sums_of(self, names: Iterable[str]) -> Mapping[str, Sums]:
        """Return sums over everybody, those of `names` among them."""
        known = self.kept.sums.sums
        missing = [name for name in names if name not in known]
        if missing:
            known |= dict.fromkeys(missing, NOTHING) | learners.sums(self.tx, missing)
        return known

    def set_sums(self, changed: Mapping[str, Sums]) -> None:
        """Keep sums over everybody from now on."""
        self.kept.sums.sums |= changed
        self.changed_sums.update(changed)

    def case(self, source: str, case: str) -> CaseState:
        """Return what a case remembers; nothing where there is none."""
        if not case:
            return CaseState()
        place = (source, case)
        if place not in self.cases:
            self.cases[place] = learners.case_to_move(self.tx, *place)
        return self.cases[place]

    def set_case(self, source: str, case: str, state: CaseState) -> None:
        """Keep what a case remembers from now on; nothing where there is none."""
        if case:
            self.cases[source, case] = self.changed_cases[source, case] = state

    def trail(self, person: str) -> Trail:
        """Return what the person remembers of the events that rules ask for."""
        if person not in self.trails:
            self.trails[person] = learners.trail(self.tx, person)
        return self.trails[person]

    def set_trail(self, person: str, trail: Trail) -> None:
        """Keep what the person remembers from now on."""
        self.trails[person] = self.changed_trails[person] = trail

    def past(self) -> Past:
        """Return where the histories of rules look."""
        return Past(record=self._record, trail=self.trail)

    def _record(self, person: str, task: str, time: float) -> Record:
        known = self.state(person).tasks.get(task)
        if known is None:
            return Record()
        own, everyones = error_rates(known, self.rate(task), time)
        return Record(times=known.times, last=known.last, rate=own, everyones=everyones)

    def waiting(self) -> dict[str, WaitingRow]:
        """Return by person the prompt that waits for a breakpoint: one at most."""
        if self.held is None:
            self.held = {row.person: row for row in waiting.waiting(self.tx)}
        return self.held

    def move(self, moved: Move) -> None:
        """Note what becomes of a prompt that waited."""
        self.moves[moved.decision] = moved
        if moved.state != "waiting":
            self.waiting().pop(moved.person, None)

    def save(self) -> None:
        """Save all that is new."""
        self.kept.reached = self.decision_seq - 1
        log.add_events(self.tx, self.events)
        log.add_decisions(self.tx, self.decisions)
        log.add_offers(self.tx, self.offers)
        waiting.move(self.tx, self.moves.values())
        add_begun(self.tx, self.begun)
        mark_wrong(self.tx, self.wrong)
        add_evidence(self.tx, self.evidence)
        learners.save_learners(self.tx, self.changed)
        self.kept.sums.save(self.tx, self.changed_sums)
        learners.save_trails(self.tx, self.changed_trails)
        learners.save_cases(self.tx, self.changed_cases)
        note_unknown(self.tx, ((s, n, time, count) for (s, n), (time, count) in self.unknown.items()))
