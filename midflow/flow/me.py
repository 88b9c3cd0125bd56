"""What is held on a person, for that person: counted, with who looked, and whole as one JSON document."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from midflow.core.decide.silence import WORDS
from midflow.core.events import format_time
from midflow.core.record.actors import ifi
from midflow.core.record.statements import account
from midflow.flow.gaps import look, skills
from midflow.flow.preferences import wish_of
from midflow.flow.rulebook import Rulebook
from midflow.store import digests, held, learners, people, rhythm, terms, timers
from midflow.store.held import DecisionLine
from midflow.store.observations import observations_of
from midflow.store.people import Person
from midflow.store.privacy import AccessRow, log_access
from midflow.store.proofs import proofs_of
from midflow.store.selection import select
from midflow.store.tx import Store, Tx

PAGE = 500
LATEST = 20
EVERYBODY = "everybody"

encode = msgspec.json.Encoder().encode


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of data that is held: how much of it, from when to when (RFC 3339), and what it is, in words."""

    kind: str
    count: int
    first: str | None
    last: str | None
    words: str


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A look at a person's data: by whom, for which purpose, at what. `about`: "you", a team, or everybody."""

    at: str
    reader: str
    purpose: str
    what: str
    about: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about a person: what was shown or why nothing was, in words."""

    id: str
    at: str
    task: str
    phase: str
    shown: bool
    reason: str | None
    words: str
    unit: str | None


def held_on(tx: Tx, person: Person, *, home: str) -> list[Held]:
    """Return every kind of data that is held on a person."""
    state = learners.learner(tx, person.id)
    found = [
        _held("events", held.events(tx, person.id), "What your accounts did in tools: the declared fields only."),
        _held("decisions", held.decisions(tx, person.id), "Each time it was asked whether to prompt you, with the answer."),
        _held("outcomes", held.outcomes(tx, person.id), "What you did with units and checks."),
    ]  # fmt: skip
    records = sum(terms.uses(tx, ("agent", name)) for name in identifiers(person, home))
    memories = [memory.last for memory in state.memories.values()]
    seen = [one.time for of_type in learners.trail(tx, person.id).values() for one in of_type]
    waiting = [row.timer.since.time for row in timers.timers_of(tx, person.id)]
    work = [record.last for record in state.tasks.values() if record.last]
    return [
        *found,
        Held(kind="statements", count=records, first=None, last=None, words="The record: statements about you, from here and from other tools."),
        _held("checks", _span(memories), "Checks you answered, and when each is likely to be forgotten."),
        _held("tasks", _span(work), "Tasks you did at work, and how often they came back."),
        _held("trail", _span(seen), "The latest of your events that rules look back at: type, time, activity, status."),
        _held("timers", _span(waiting), "What rules wait for in your cases, from when on."),
        _held("tests", _span([one.started for one in proofs_of(tx, person.id)]), "Tests you took to prove what you know."),
        _held("observations", _span([one.at for one in observations_of(tx, person.id)]), "What mentors whom you chose saw you do, with what they wrote."),
        Held(kind="coming", count=len(rhythm.coming(tx, person.id)), first=None, last=None, words="Tasks you are likely to do next, from the days on which you did them."),
        _held("dates", _span(_dates(tx, person)), "Dates on which a task is known to come, from calendars and tools; no titles."),
        _held("digests", _span([one.made for one in digests.digests_of(tx, person.id)]), "Your daily digests."),
        Held(kind="accounts", count=len(held.accounts(tx, person.id)), first=None, last=None, words="Your names in tools."),
    ]  # fmt: skip


def _dates(tx: Tx, person: Person) -> list[float]:
    return [row.at for row in digests.dates_of(tx, person.id)]


def _span(times: list[float]) -> held.Count:
    return held.Count(len(times), min(times, default=None), max(times, default=None))


def _held(kind: str, count: held.Count, words: str) -> Held:
    return Held(kind=kind, count=count.rows, first=_time(count.first), last=_time(count.last), words=words)


def looked_at(tx: Tx, person: Person, *, home: str) -> list[Look]:
    """Return who looked at a person's data, the latest first: at theirs alone, at their teams', at everybody's."""
    teams = {f"team {team}": team for team in person.teams}
    names = people.teams(tx)
    rows = held.looks(tx, [person.id, *identifiers(person, home), *teams, EVERYBODY])
    return [_look(row, {subject: names.get(team, team) for subject, team in teams.items()}) for row in rows]


def _look(row: AccessRow, teams: dict[str, str]) -> Look:
    about = "everybody" if row.subject == EVERYBODY else teams.get(row.subject, "you")
    return Look(at=format_time(row.at), reader=row.reader, purpose=row.purpose, what=row.what, about=about)


def decided(tx: Tx, person: Person, book: Rulebook, *, latest: int = LATEST) -> list[Told]:
    """Return a person's latest decisions, the latest first."""
    return [told(line, book) for line in held.latest_decisions(tx, person.id, latest)]


def told(line: DecisionLine, book: Rulebook) -> Told:
    """Return a decision in words; titles are those of the current release."""
    task, unit = book.tasks.get(line.task), book.units.get(line.unit or "")
    return Told(
        id=str(line.seq),
        at=format_time(line.at),
        task=task.title if task else line.task,
        phase=line.phase,
        shown=line.shown,
        reason=line.reason,
        words="A prompt was shown." if line.shown else WORDS.get(line.reason or "", "Nothing was shown."),
        unit=unit.unit.title if unit else line.unit,
    )


def identifiers(person: Person, home: str) -> list[str]:
    """Return the identifiers under which statements name a person: the account here, and their address."""
    found = [ifi(account(home, person.id))]
    if person.email:
        found.append(ifi({"mbox": f"mailto:{person.email}"}))
    return [one for one in found if one is not None]


def note_export(tx: Tx, person: Person, now: float) -> None:
    """Write down that a person took their data away, which comes before it is handed out."""
    what = "export of all data"
    log_access(tx, at=now, reader=person.id, purpose="evidence", subject=person.id, what=what)


def export(store: Store, person: Person, book: Rulebook, *, home: str, now: float) -> Iterator[bytes]:
    """Yield all that is held on a person as the pieces of one JSON object."""

    def begin(tx: Tx) -> bytes:
        state, proofs = learners.learner(tx, person.id), proofs_of(tx, person.id, 10_000)
        about = {name: getattr(person, name) for name in person.__struct_fields__ if name != "preferences"}
        head = {
            "made": format_time(now),
            "person": about,
            "preferences": wish_of(person, now),
            "accounts": [{"source": source, "name": name} for source, name in held.accounts(tx, person.id)],
            "looked": looked_at(tx, person, home=home),
            "checks": dict(state.memories),
            "tasks": state.tasks,
            "units": state.units,
            "trail": learners.trail(tx, person.id),
            "timers": timers.timers_of(tx, person.id),
            "skills": skills(look(tx, book, person, now=now)),
            "tests": proofs,
            "observations": [row._asdict() for row in observations_of(tx, person.id)],
            "coming": [row._asdict() for row in rhythm.coming(tx, person.id)],
            "dates": [row._asdict() for row in digests.dates_of(tx, person.id)],
            "digests": digests.digests_of(tx, person.id),
        }
        return encode(head)[:-1]

    yield store.read(begin)
    yield from _list(store, "events", lambda tx, after: _events(tx, person.id, after))
    yield from _list(store, "decisions", lambda tx, after: _decisions(tx, person.id, after))
    yield from _list(
        store,
        "statements",
        *(lambda tx, after, name=name: _statements(tx, name, after) for name in identifiers(person, home)),
    )
    yield b"}"


Page = list[tuple[int, bytes]]


def _list(store: Store, name: str, *reads: Callable[[Tx, int], Page]) -> Iterator[bytes]:
    yield f',"{name}":['.encode()
    comma = b""
    for read in reads:
        for rows in _pages(store, read):
            yield comma + b",".join(rows)
            comma = b","
    yield b"]"


def _pages(store: Store, read: Callable[[Tx, int], Page]) -> Iterator[list[bytes]]:
    """Page by page, so that no write waits and no memory fills."""
    after = 0
    while True:
        page = store.read(lambda tx, after=after: read(tx, after))
        if not page:
            return
        yield [raw for _, raw in page]
        after = page[-1][0]


def _events(tx: Tx, person: str, after: int) -> Page:
    return [
        (seq, encode(_event(source, type_, time, case, data, silence)))
        for seq, source, type_, time, case, data, silence in held.event_page(tx, person, after, PAGE)
    ]


def _event(
    source: str, type_: str, time: float, case: str, data: bytes, silence: str | None
) -> dict[str, Any]:
    made: dict[str, Any] = {"source": source, "type": type_, "time": format_time(time), "case": case}
    return made | {"data": msgspec.Raw(data), "silence": silence}


def _decisions(tx: Tx, person: str, after: int) -> Page:
    rows = held.decision_page(tx, person, after, PAGE)
    return [(row.seq, encode(row._asdict() | {"at": format_time(row.at)})) for row in rows]


def _statements(tx: Tx, name: str, after: int) -> Page:
    rows = select(tx, [("agent", name)], after=after, limit=PAGE, ascending=True)
    return [(row.seq, row.raw) for row in rows]


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else format_time(seconds)
