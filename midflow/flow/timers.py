"""Timers that are due: where what they wait for has not come, it is a moment, decided on like any other."""

from collections.abc import Callable

from midflow.flow.ingest import Occasion, begin, decide_on
from midflow.flow.rulebook import Rulebook
from midflow.flow.work import Kept, Work
from midflow.store.log import DecisionRow
from midflow.store.timers import TimerRow, drop_others, due_timers, take_timer
from midflow.store.tx import Tx

AT_ONCE = 100
"""Timers that are fired in one transaction, so that no other writer waits long."""


def fire(tx: Tx, now: float, *, book: Rulebook, draw: Callable[[], float], kept: Kept | None = None) -> int:
    """Fire timers that are due at `now` (seconds), and return how many were taken off; 0 when there is none left.

    Each is taken off in the transaction of its decision, so it fires once whoever
    is ended in between, and however many processes do this. `kept` as in `ingest`.
    """
    rows = due_timers(tx, now, AT_ONCE)
    if not rows:
        return 0
    work = begin(tx, book=book, draw=draw, kept=kept or Kept())
    for row in rows:
        _fire(work, row, now=now, reachable=False)
    work.save()
    return len(rows)


def fire_due(work: Work, *, until: float) -> list[DecisionRow]:
    """Fire, in a replay, each timer due at `until` or before at its own time; return what was decided."""
    fired: list[DecisionRow] = []
    while rows := due_timers(work.tx, until, AT_ONCE):
        for row in rows:
            fired += _fire(work, row, now=row.timer.due, reachable=True)
    return fired


def _fire(work: Work, row: TimerRow, *, now: float, reachable: bool) -> tuple[DecisionRow, ...]:
    timer = row.timer
    if not take_timer(work.tx, row) or work.person(timer.person) is None:
        return ()
    case = work.case(row.source, row.case)
    moment = work.book.index.fire(timer, case_ref=row.case, case=case)
    if moment is None:
        return ()
    drop_others(work.tx, row)
    occasion = Occasion(timer.since.seq, work.event_seq, row.source, row.case, "", now, reachable)
    decided = decide_on(work, [moment], occasion, case)
    work.set_case(row.source, row.case, decided.case)
    return decided.rows
