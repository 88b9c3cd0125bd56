"""Projections: what is known of a person, of a task, of a case."""

from collections.abc import Mapping

import msgspec

from midflow.core.decide.need import TaskRate
from midflow.core.decide.sums import NOTHING, Sums
from midflow.core.learner.packed import first_due
from midflow.core.learner.state import LearnerState
from midflow.core.match import CaseState
from midflow.core.match.history import Seen, Trail
from midflow.store.memory import MOST_CASES, MOST_STATES, remember
from midflow.store.models import save_tallies, tallies
from midflow.store.states import decode, encode
from midflow.store.tx import Tx

_encode = msgspec.msgpack.Encoder().encode
_sums = msgspec.msgpack.Decoder(Sums).decode
_case = msgspec.msgpack.Decoder(CaseState).decode
_trail = msgspec.msgpack.Decoder(dict[str, tuple[Seen, ...]]).decode

SEEN_EVERY = 600.0
"""Seconds within which a client's visits count as one, so that polling does not write."""


def learner(tx: Tx, person: str) -> LearnerState:
    """Return what is known of the person; an empty state for a new one."""
    row = tx.execute("SELECT state FROM learner WHERE person=?", [person]).fetchone()
    return decode(row[0]) if row else LearnerState()


def learner_to_move(tx: Tx, person: str) -> LearnerState:
    """Return what is known of the person, for whoever writes: it may be remembered from the transaction before."""
    if person not in tx.memory.states:
        remember(tx.memory.states, person, learner(tx, person), MOST_STATES)
    return tx.memory.states[person]


def save_learners(tx: Tx, states: Mapping[str, LearnerState]) -> None:
    """Store the states of people, each one version further."""
    for person, state in states.items():
        remember(tx.memory.states, person, state, MOST_STATES)
    tx.executemany(
        "INSERT INTO learner VALUES (?, 1, ?, ?) ON CONFLICT (person) DO UPDATE SET"
        " version=learner.version+1, next_due=excluded.next_due, state=excluded.state",
        [(person, first_due(state.checks.values()), encode(state)) for person, state in states.items()],
    )


def mark_seen(tx: Tx, person: str, now: float) -> None:
    """Note that a client of the person is there: a channel reaches them."""
    state = learner(tx, person)
    if now - state.seen >= SEEN_EVERY:
        save_learners(tx, {person: msgspec.structs.replace(state, seen=now)})


def task_rate(tx: Tx, task: str) -> TaskRate:
    """Return how often everyone began the task and how often it went wrong."""
    found = sums(tx, [task]).get(task, NOTHING)
    return TaskRate(begun=found.times, erred=found.errors)


def save_task_rates(tx: Tx, rates: Mapping[str, TaskRate]) -> None:
    """Say how often tasks were begun and went wrong before anybody listened; of when, nothing is known."""
    save_sums(tx, {task: Sums(times=rate.begun, errors=rate.erred) for task, rate in rates.items()}, mark="")


def sums(tx: Tx, names: list[str]) -> dict[str, Sums]:
    """Return the sums over everybody that there are, by the names of their kinds."""
    return {name: _sums(body) for name, body in tallies(tx, "work", names).items()}


def save_sums(tx: Tx, changed: Mapping[str, Sums], *, mark: str) -> None:
    """Store sums over everybody, and by `mark` whose they are: who wrote last may keep them without reading again."""
    save_tallies(tx, "work", {name: _encode(found) for name, found in changed.items()})
    tx.execute(
        "INSERT INTO meta VALUES ('sums_mark', ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value",
        [mark],
    )


def sums_mark(tx: Tx) -> str:
    """Return the mark of who stored sums last, "" where nobody can know."""
    row = tx.execute("SELECT value FROM meta WHERE name='sums_mark'").fetchone()
    return row[0] if row else ""


def work_case(tx: Tx, source: str, case: str) -> CaseState:
    """Return what the case remembers; an empty state for a new one."""
    row = tx.execute("SELECT state FROM work_case WHERE source=? AND case_ref=?", [source, case]).fetchone()
    return _case(row[0]) if row else CaseState()


def case_to_move(tx: Tx, source: str, case: str) -> CaseState:
    """Return what the case remembers, for whoever writes: it may be remembered from the transaction before."""
    place = (source, case)
    if place not in tx.memory.cases:
        remember(tx.memory.cases, place, work_case(tx, source, case), MOST_CASES)
    return tx.memory.cases[place]


def save_cases(tx: Tx, cases: Mapping[tuple[str, str], CaseState]) -> None:
    """Store what cases remember, by source and name."""
    for place, state in cases.items():
        remember(tx.memory.cases, place, state, MOST_CASES)
    tx.executemany(
        "INSERT INTO work_case VALUES (?, ?, ?) ON CONFLICT (source, case_ref) DO UPDATE SET state=excluded.state",
        [(source, case, _encode(state)) for (source, case), state in cases.items()],
    )


def trail(tx: Tx, person: str) -> Trail:
    """Return what the person remembers of the events that rules ask for."""
    row = tx.execute("SELECT state FROM trail WHERE person=?", [person]).fetchone()
    return _trail(row[0]) if row else {}


def save_trails(tx: Tx, trails: Mapping[str, Trail]) -> None:
    """Store what people remember."""
    tx.executemany(
        "INSERT INTO trail VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET state=excluded.state",
        [(person, _encode(trail)) for person, trail in trails.items()],
    )
