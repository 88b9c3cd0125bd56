"""Foresee: each day, what everyone is likely to do next, from what was known before it.

The same steps as the back-test of `midflow evaluate rhythm`, one day at a time.
With numpy: the jobs run it, the edge only reads what it stored.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.fit import Floats, chances
from midflow.core.learner.logit import trusted
from midflow.core.learner.prequential import MOST_ROWS, SPAN, Fitted, Past, Table, refit, refit_is_due
from midflow.core.learner.rhythm import FEATURES, HORIZONS, Pair, Traces, decayed_frequency, features
from midflow.store import rhythm
from midflow.store.rhythm import ComingRow, DayRow
from midflow.store.tx import Store, Tx

STRIDE = 30
"""The most days that one transaction takes in."""
LONGEST = max(HORIZONS.values())
LIKELY = 0.02
"""What is less likely than this within a week is not kept as likely to come."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Of one horizon: the fit, and by how much it was better or worse than the baseline on days that are over."""

    fitted: Fitted | None = None
    settled: dict[int, float] = {}


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is: the last day predicted, the last task begun that was read, rows that are kept no more."""

    day: int
    seq: int = 0
    earlier: int = 0
    known: dict[str, Known] = {}


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """The rows of a day as they are stored; whose they were is forgotten when their outcome is known."""

    pairs: list[Pair]
    rows: bytes
    next: bytes
    plain: dict[str, bytes]
    says: dict[str, bytes]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Packed).decode
_progress = msgspec.msgpack.Decoder(Progress).decode


@dataclass
class _Day:
    """The rows of a day (n): features, when it came (days since the epoch, else infinite), chances by horizon.

    `says` lacks a horizon while there was no model of it.
    """

    day: int
    pairs: list[Pair]
    rows: Floats
    next: Floats
    plain: dict[str, Floats]
    says: dict[str, Floats]


class _Loaded(NamedTuple):
    progress: Progress
    traces: Traces
    days: list[_Day]
    begun: list[tuple[str, str, int]]
    there: dict[int, set[Pair]]
    last: int


def foresee(store: Store, *, today: int) -> bool:
    """Take in some more days up to the start of `today` (since the epoch, UTC) and return whether any are left.

    Each day is taken once, wherever and however often this runs.
    """
    loaded = store.read(lambda tx: _load(tx, today))
    if loaded is None:
        return False
    until = min(today, loaded.progress.day + STRIDE)
    before = loaded.progress
    names, tasks = _note_late(loaded)
    by_day = _by_day(loaded.begun, before.day)
    foreseen: list[ComingRow] = []
    progress = before
    for day in range(before.day + 1, until + 1):
        pairs = by_day.get(day - 1, [])
        loaded.traces.note(day - 1, pairs)
        names |= {person for person, _ in pairs}
        tasks |= {task for _, task in pairs}
        _came(loaded.days, day - 1, pairs)
        progress, foreseen = _predict(loaded.traces, loaded.days, progress, day)
    progress = msgspec.structs.replace(progress, day=until, seq=loaded.last)

    def save(tx: Tx) -> None:
        if _read_progress(tx) not in (None, before):
            return  # another process has taken these days meanwhile
        kept = _save_days(tx, loaded.days, progress, since=before.day - LONGEST)
        people, of_tasks = loaded.traces.people, loaded.traces.tasks
        shared = {name: of_tasks[name] for name in tasks}
        if loaded.traces.everyone is not None:
            shared[rhythm.EVERYONE] = loaded.traces.everyone
        rhythm.save_traces(tx, {name: people[name] for name in names}, shared)
        rhythm.save_coming(tx, foreseen)
        rhythm.save_progress(tx, _encode(kept))

    store.write(save)
    return until < today


def _read_progress(tx: Tx) -> Progress | None:
    body = rhythm.progress(tx)
    return None if body is None else _progress(body)


def _load(tx: Tx, today: int) -> _Loaded | None:
    progress = _read_progress(tx)
    if progress is None:
        first = rhythm.first_begun(tx)
        if first is None or first >= today * rhythm.DAY:
            return None
        progress = Progress(day=int(first // rhythm.DAY))
    if progress.day >= today:
        return None
    until = min(today, progress.day + STRIDE)
    people, tasks = rhythm.traces(tx)
    everyone = tasks.pop(rhythm.EVERYONE, None)
    found = rhythm.begun_between(tx, progress.day, until, after=progress.seq)
    late = {day for _, _, day in found if day < progress.day}
    return _Loaded(
        progress, Traces(people=people, tasks=tasks, everyone=everyone),
        [_unpacked(row) for row in rhythm.days(tx)], found,
        {day: rhythm.begun_on(tx, day, until=progress.seq) for day in late}, rhythm.last_begun(tx),
    )  # fmt: skip


def _note_late(loaded: _Loaded) -> tuple[set[str], set[str]]:
    """Take in what was begun on days taken before, and return whose traces it changed and of which tasks."""
    names: set[str] = set()
    tasks: set[str] = set()
    by_day = _by_day([row for row in loaded.begun if row[2] < loaded.progress.day], 0)
    for day, pairs in by_day.items():
        there = loaded.there[day]
        new = [pair for pair in pairs if pair not in there]
        loaded.traces.note(day, new, {person for person, _ in there})
        _came(loaded.days, day, new)
        names |= {person for person, _ in new}
        tasks |= {task for _, task in new}
    return names, tasks


def _by_day(begun: Iterable[tuple[str, str, int]], first: int) -> dict[int, list[Pair]]:
    found: dict[int, list[Pair]] = {}
    for person, task, day in begun:
        if day >= first:
            found.setdefault(day, []).append((person, task))
    return found


def _came(days: list[_Day], day: int, pairs: Iterable[Pair]) -> None:
    """What was begun on `day` is the outcome of the rows of the days up to it that still wait for theirs."""
    done = set(pairs)
    for known in days:
        if not known.day <= day < known.day + LONGEST:
            continue
        for place, pair in enumerate(known.pairs):
            if pair in done:
                known.next[place] = min(known.next[place], day)


def _predict(
    traces: Traces, days: list[_Day], progress: Progress, day: int
) -> tuple[Progress, list[ComingRow]]:
    columns, pairs = array("d"), list[Pair]()
    plain = {name: array("d") for name in HORIZONS}
    for pair, known in traces.current(day):
        pairs.append(pair)
        columns.extend(features(known, day))
        for name, horizon in HORIZONS.items():
            plain[name].append(decayed_frequency(known.own, day, horizon))
    if not pairs:
        return progress, []
    today = _Day(
        day, pairs, np.array(columns).reshape(-1, len(FEATURES)), np.full(len(pairs), inf),
        {name: np.array(column) for name, column in plain.items()}, {},
    )  # fmt: skip
    told = {name: _tell(name, days, today, progress) for name in HORIZONS}
    days.append(today)
    after = msgspec.structs.replace(progress, known={name: known for name, (known, _) in told.items()})
    day_chances, week_chances = (told[name][1].tolist() for name in ("24h", "7d"))
    rows = [
        ComingRow(person, task, day, p24h, p7d)
        for (person, task), p24h, p7d in zip(pairs, day_chances, week_chances, strict=True)
        if max(p24h, p7d) >= LIKELY
    ]
    return after, rows


def _tell(name: str, days: list[_Day], today: _Day, progress: Progress) -> tuple[Known, Floats]:
    """Return what is known of a horizon after `today`, and the chances to tell: the model's where it is trusted."""
    known, horizon, day = progress.known.get(name, Known()), HORIZONS[name], today.day
    fitted = known.fitted
    usable = progress.earlier + sum(len(one.next) for one in days if one.day <= day - horizon)
    if refit_is_due(fitted, day, usable):
        fitted = refit(_table(days, name, progress.earlier), fitted, day)
    if fitted is None:
        return known, today.plain[name]
    # Only days whose outcome is not settled have to be looked at again.
    recent = [
        one for one in days
        if name in one.says and one.day not in known.settled and day - one.day <= SPAN + horizon
    ]  # fmt: skip
    table = _table(recent, name, 0)
    past = Past(table, _joined([one.says[name] for one in recent]), known.settled)
    for one in recent:
        past.add(one.day, slice(*np.searchsorted(table.day, (one.day, one.day + 1)).tolist()))
    trust = trusted(past.differences(day))
    today.says[name] = chances(fitted.model, today.rows)
    return Known(fitted=fitted, settled=past.settled()), today.says[name] if trust else today.plain[name]


def _table(days: list[_Day], name: str, earlier: int) -> Table:
    return Table(
        rows=np.concatenate([one.rows for one in days]) if days else np.empty((0, len(FEATURES))),
        day=np.concatenate([np.full(len(one.next), one.day, dtype=np.int64) for one in days])
        if days
        else np.empty(0, dtype=np.int64),
        when=_joined([one.next for one in days]),
        baseline=_joined([one.plain[name] for one in days]),
        span=HORIZONS[name],
        settle=HORIZONS[name],
        earlier=earlier,
    )


def _joined(columns: list[Floats]) -> Floats:
    return np.concatenate(columns) if columns else np.empty(0)


def _save_days(tx: Tx, days: list[_Day], progress: Progress, *, since: int) -> Progress:
    """Store what changed, without names where the outcome is known; drop what no fit needs, and count it."""
    rows, oldest = 0, days[-1].day if days else 0
    for one in reversed(days):
        oldest = one.day
        if one.day <= progress.day - LONGEST:
            rows += len(one.next)
        if rows > MOST_ROWS:
            break
    gone = sum(len(one.next) for one in days if one.day < oldest)
    changed = [_packed(one, progress.day) for one in days if one.day >= max(oldest, since)]
    rhythm.save_days(tx, changed, since=oldest)
    return msgspec.structs.replace(progress, earlier=progress.earlier + gone)


def _packed(one: _Day, today: int) -> DayRow:
    over = one.day <= today - LONGEST
    body = _Packed(
        [] if over else one.pairs, one.rows.tobytes(), one.next.tobytes(),
        {name: column.tobytes() for name, column in one.plain.items()},
        {name: column.tobytes() for name, column in one.says.items()},
    )  # fmt: skip
    return DayRow(one.day, len(one.next), _encode(body))


def _unpacked(row: DayRow) -> _Day:
    body = _decode(row.body)
    return _Day(
        row.day, body.pairs, _floats(body.rows).reshape(-1, len(FEATURES)), _floats(body.next),
        {name: _floats(column) for name, column in body.plain.items()},
        {name: _floats(column) for name, column in body.says.items()},
    )  # fmt: skip


def _floats(column: bytes) -> NDArray[np.float64]:
    """A column that may be changed, unlike the bytes that it comes from."""
    return np.frombuffer(column).copy()
