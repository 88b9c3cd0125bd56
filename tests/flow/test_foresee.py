"""Rhythm live: the same chances as the back-test, day by day, wherever the days are cut."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from midflow.core.decide.need_model import FEATURES as NEED
from midflow.core.events import WorkEvent
from midflow.evaluate import rhythm as backtest
from midflow.evaluate.prequential import predict
from midflow.flow import foresee as live
from midflow.flow.foresee import foresee
from midflow.store import rhythm
from midflow.store.begun import BegunRow, add_begun
from midflow.store.tx import Store
from tests.conftest import Opens
from tests.evaluate.test_rhythm import DAY, START, desk, silent

FIRST = int(START // DAY)


@pytest.fixture
def store(opens: Opens):
    opened = opens()
    yield opened
    opened.close()


def begin(store: Store, events: Sequence[WorkEvent]) -> None:
    rows = [
        BegunRow(
            1, None, e.person, e.data["activity"], e.source, e.case, e.time, (0.0,) * len(NEED), 0.1, None
        )
        for e in events
    ]
    store.write(lambda tx: add_begun(tx, rows))


def told(store: Store) -> dict[tuple[str, str, int], tuple[float, float]]:
    def read(tx):
        people = [p for (p,) in tx.execute("SELECT DISTINCT person FROM coming")]
        return {(r.person, r.task, r.day): (r.p24h, r.p7d) for p in people for r in rhythm.coming(tx, p)}

    return store.read(read)


def day_by_day(store: Store, events: Sequence[WorkEvent], days: range, step: int = 1) -> dict:
    found = {}
    waiting = list(events)
    for day in days[::step]:
        now = [e for e in waiting if e.time < day * DAY]
        waiting = waiting[len(now) :]
        begin(store, now)
        while foresee(store, today=day):
            pass
        found.update(told(store))
    return found


def from_backtest(events: Sequence[WorkEvent], last: int) -> dict:
    """The back-test tells its rows by day only; here also whose and of what they are."""
    table = backtest.person_days(events, silent)
    names = []
    traces = live.Traces()
    for day in range(table.first, table.last + 1):
        names += [(*pair, day) for pair, _ in traces.current(day)]
        traces.note(day, sorted({(e.person, e.data["activity"]) for e in events if e.time // DAY == day}))
    chances = [predict(backtest.table_of(table, horizon), silent).chances for horizon in (1, 7)]
    # The order of people within a day is that of their first event in both.
    return {name: (a, b) for name, a, b in zip(names, *chances, strict=True) if name[2] <= last}


def compare(live_told: dict, expected: dict) -> None:
    likely = {name: pair for name, pair in expected.items() if max(pair) >= live.LIKELY}
    assert likely.keys() == live_told.keys()
    assert len(likely) > 1000
    ours = np.array([live_told[name] for name in likely])
    assert np.abs(ours - np.array([*likely.values()])).max() < 1e-7


def in_order(events: Sequence[WorkEvent]) -> list[WorkEvent]:
    """Within a day by person and task, so that both walks meet them in one order."""
    return sorted(events, key=lambda e: (e.time // DAY, e.person, e.data["activity"]))


def test_a_log_fed_day_by_day_gives_the_chances_of_the_back_test(store: Store) -> None:
    events = in_order(desk(120))
    last = FIRST + 119
    compare(day_by_day(store, events, range(FIRST + 1, last + 1)), from_backtest(events, last))


def test_nights_that_were_missed_are_made_up_for(store: Store) -> None:
    events = in_order(desk(120))
    last = FIRST + 119
    seldom = day_by_day(store, events, range(FIRST + 19, last + 1), step=50)
    expected = from_backtest(events, last)
    assert {name[2] for name in seldom} == {FIRST + 19, FIRST + 69, FIRST + 119}
    some = {name: pair for name, pair in expected.items() if name[2] in {n[2] for n in seldom}}
    assert all(seldom[n] == pytest.approx(p, abs=1e-7) for n, p in some.items() if max(p) >= live.LIKELY)


def test_rows_that_no_fit_needs_are_dropped_and_change_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("midflow.core.learner.prequential", "midflow.flow.foresee"):
        monkeypatch.setattr(f"{module}.MOST_ROWS", 400)
    events = in_order(desk(100))
    last = FIRST + 99
    compare(day_by_day(store, events, range(FIRST + 1, last + 1)), from_backtest(events, last))
    kept = store.read(rhythm.days)
    assert len(kept) < 40
    assert all(not live._unpacked(row).pairs for row in kept if row.day <= last - 7)


def test_a_day_is_taken_once_however_often_it_is_asked_for(store: Store) -> None:
    begin(store, desk(40))
    while foresee(store, today=FIRST + 40):
        pass
    before = told(store), store.read(rhythm.traces)
    assert not foresee(store, today=FIRST + 40)
    assert (told(store), store.read(rhythm.traces)) == before


def test_an_event_that_comes_days_late_is_noted_once_at_its_own_weight(store: Store) -> None:
    events = in_order(desk(40))
    late = [e for e in events if e.person == "P1" and e.time // DAY == FIRST + 20]
    assert late
    begin(store, [e for e in events if e not in late])
    while foresee(store, today=FIRST + 40):
        pass
    begin(store, [*late, *late])
    begin(store, [e for e in events if e.time // DAY == FIRST + 20][:3])  # said again under other ids
    foresee(store, today=FIRST + 41)
    people, tasks = store.read(rhythm.traces)
    whole = live.Traces()
    for day in range(FIRST, FIRST + 41):
        whole.note(day, sorted({(e.person, e.data["activity"]) for e in events if e.time // DAY == day}))
    for ours, right in ((people["P1"].person, whole.people["P1"].person), (tasks[""], whole.everyone)):
        assert right is not None
        assert ours.days == right.days
        assert ours.counts == pytest.approx(right.counts, abs=1e-9)


def test_without_a_task_begun_nothing_is_foreseen(store: Store) -> None:
    assert not foresee(store, today=FIRST)
    assert told(store) == {}


def test_two_processes_at_once_take_a_day_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(store, desk(20))
    real: Callable = live._predict
    meanwhile = [True]

    def predict_late(*args):
        if meanwhile:
            meanwhile.clear()
            foresee(store, today=FIRST + 20)
        return real(*args)

    monkeypatch.setattr(live, "_predict", predict_late)
    foresee(store, today=FIRST + 20)
    people, _ = store.read(rhythm.traces)
    assert people["P0"].person.days == len({e.time // DAY for e in desk(20) if e.person == "P0"})
