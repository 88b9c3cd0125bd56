"""Rules that wait for something not to come: once each, whoever is ended in between, on both stores."""

from collections.abc import Callable, Iterable

import msgspec
import pytest

from midflow.core.content.model import Absent, After, Count, Rule, Times
from midflow.core.events import WorkEvent
from midflow.core.match.history import HOUR
from midflow.flow.ingest import Receipt
from midflow.flow.replay import replay
from midflow.flow.timers import fire
from midflow.store import log
from midflow.store.log import DecisionRow
from midflow.store.timers import due_timers
from midflow.store.tx import Store
from tests.flow.conftest import DESK, DRAFT, NOW, book_of

Send = Callable[..., Receipt]
UNANSWERED = Rule(
    id="unanswered", task="put-on-hold", phase="stuck", events=("desk.assigned",),
    history=(Absent(events=("desk.reply",), within_hours=4, by="anyone"),), because="Nobody has replied for four hours.",
)  # fmt: skip


def book(*rules: Rule):  # type: ignore[no-untyped-def]
    return book_of(msgspec.structs.replace(DRAFT, rules=rules))


BOOK = book(UNANSWERED)


def fired(store: Store, now: float, book=BOOK) -> int:  # type: ignore[no-untyped-def]
    return store.write(lambda tx: fire(tx, now, book=book, draw=lambda: 0.0))


def decisions(store: Store) -> list[DecisionRow]:
    return store.read(log.all_decisions)


def test_no_reply_for_four_hours_is_a_moment_then(store: Store, send: Send) -> None:
    receipt = send("desk.assigned", book=BOOK)
    assert (receipt.silence, receipt.decisions) == (None, ())
    assert fired(store, NOW + 4 * HOUR - 1) == 0
    assert fired(store, NOW + 4 * HOUR + 5) == 1
    (row,) = decisions(store)
    s = row.situation
    assert (row.event, s.person, s.task, s.phase, s.rule, s.case) == (
        receipt.seq, "ana", "put-on-hold", "stuck", "unanswered", "T-1",
    )  # fmt: skip
    assert (s.event_time, s.now) == (NOW + 4 * HOUR, NOW + 4 * HOUR + 5)
    assert fired(store, NOW + 5 * HOUR) == 0


@pytest.mark.parametrize("by", ["ana", "chloe", "a customer whom nobody knows"])
def test_a_reply_in_the_meantime_ends_the_waiting(store: Store, send: Send, by: str) -> None:
    send("desk.assigned", book=BOOK)
    send("desk.reply", book=BOOK, at=NOW + HOUR, person=by)
    assert fired(store, NOW + 5 * HOUR) == 1
    assert decisions(store) == []


def test_a_reply_in_another_case_or_from_before_ends_nothing(store: Store, send: Send) -> None:
    send("desk.reply", book=BOOK, at=NOW - 60)
    send("desk.assigned", book=BOOK)
    send("desk.reply", book=BOOK, at=NOW + HOUR, case="T-2")
    fired(store, NOW + 5 * HOUR)
    assert len(decisions(store)) == 1


def test_a_reply_that_arrived_before_what_it_answers_sets_no_timer(store: Store, send: Send) -> None:
    send("desk.reply", book=BOOK, at=NOW + 60)
    send("desk.assigned", book=BOOK, received=NOW + 90)
    assert fired(store, NOW + 5 * HOUR) == 0


def test_assigned_twice_without_a_reply_is_one_moment(store: Store, send: Send) -> None:
    send("desk.assigned", book=BOOK)
    send("desk.assigned", book=BOOK, at=NOW + HOUR)
    assert fired(store, NOW + 4 * HOUR) == 1
    assert fired(store, NOW + 9 * HOUR) == 0
    assert len(decisions(store)) == 1


def test_a_timer_is_fired_once_though_two_processes_see_it_due(store: Store, send: Send) -> None:
    send("desk.assigned", book=BOOK)
    seen = store.read(lambda tx: due_timers(tx, NOW + 5 * HOUR))
    assert len(seen) == 1
    fired(store, NOW + 5 * HOUR)
    fired(store, NOW + 5 * HOUR)
    assert len(decisions(store)) == 1


def test_a_process_that_is_ended_while_it_fires_loses_nothing(store: Store, send: Send) -> None:
    send("desk.assigned", book=BOOK)

    def ended(tx) -> None:  # type: ignore[no-untyped-def]
        fire(tx, NOW + 4 * HOUR, book=BOOK, draw=lambda: 0.0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write(ended)
    assert decisions(store) == []
    assert fired(store, NOW + 4 * HOUR) == 1
    assert len(decisions(store)) == 1


def test_a_timer_that_is_fired_much_too_late_prompts_nobody(store: Store, send: Send) -> None:
    send("desk.assigned", book=BOOK)
    fired(store, NOW + 9 * HOUR)
    (row,) = decisions(store)
    assert row.decision.reason == "late"


def test_a_rule_that_was_taken_back_fires_no_more(store: Store, send: Send) -> None:
    send("desk.assigned", book=BOOK)
    assert fired(store, NOW + 5 * HOUR, book()) == 1
    assert decisions(store) == []


def test_an_unanswered_case_counts_as_gone_wrong_where_the_rule_says_so(store: Store, send: Send) -> None:
    erred = book(
        Rule(id="take", task="put-on-hold", phase="starting", events=("desk.assigned",)),
        msgspec.structs.replace(UNANSWERED, phase="erred"),
    )
    send("desk.assigned", book=erred)
    fired(store, NOW + 4 * HOUR, erred)
    wrong = store.read(lambda tx: tx.execute("SELECT person, wrong_at FROM begun").fetchall())
    assert wrong == [("ana", NOW + 4 * HOUR)]


def test_a_task_is_begun_though_its_first_time_only_is_a_moment(store: Store, send: Send) -> None:
    first = book(
        Rule(id="first", task="close", phase="starting", events=("desk.close",), history=(Times(at_most=0),))
    )
    assert [len(send("desk.close", book=first, at=NOW + n).decisions) for n in range(3)] == [1, 0, 0]
    begun = store.read(lambda tx: tx.execute("SELECT decision FROM begun ORDER BY seq").fetchall())
    assert begun == [(1,), (None,), (None,)]


def test_three_failures_in_a_day_are_counted_over_all_cases(store: Store, send: Send) -> None:
    failing = book(
        Rule(
            id="failing", task="close", phase="stuck", events=("desk.build",), when='data.status == "failed"',
            history=(Count(events=("desk.build",), status="failed", at_least=3, within_hours=24, where="person"),),
        )
    )  # fmt: skip

    def build(n: int, status: str = "failed", person: str = "ana") -> int:
        receipt = send(
            "desk.build",
            book=failing,
            at=NOW + n * HOUR,
            case=f"B-{n}",
            data={"status": status},
            person=person,
        )
        return len(receipt.decisions)

    assert [build(0), build(1), build(2, "passed"), build(3, person="chloe"), build(4), build(27)] == [
        0, 0, 0, 0, 1, 0,
    ]  # fmt: skip


def test_reopened_within_two_days_of_closing_is_an_error_of_who_closed_it(store: Store, send: Send) -> None:
    reopened = book(
        Rule(id="closing", task="close", phase="starting", events=("desk.close",)),
        Rule(
            id="came-back", task="close", phase="erred", events=("desk.reopen",), who="last_doer",
            history=(After(events=("desk.close",), within_hours=48, by="me"),),
        ),
    )  # fmt: skip

    def reopen(case: str, hours: float) -> list[str]:
        send("desk.close", book=reopened, case=case)
        receipt = send("desk.reopen", book=reopened, case=case, at=NOW + hours * HOUR, person="chloe")
        return [row.situation.person for row in receipt.decisions]

    assert reopen("T-7", 47) == ["ana"]
    assert reopen("T-8", 49) == []


def log_of(rows: Iterable[tuple[str, float]]) -> list[WorkEvent]:
    return [
        WorkEvent(source=DESK, id=f"r{n}", type=type_, time=NOW + hours * HOUR, person="ana", case="T-1")
        for n, (type_, hours) in enumerate(rows)
    ]


def test_a_replay_fires_timers_in_their_turn_and_at_their_own_time(store: Store) -> None:
    rows = [
        ("desk.assigned", 0),
        ("desk.reply", 4),
        ("desk.assigned", 5),
        ("desk.closed", 10),
        ("desk.assigned", 11),
    ]
    summary = replay(store, log_of(rows), book=BOOK, seed=1)
    (row,) = decisions(store)
    assert (row.situation.now, summary.moments) == (NOW + 9 * HOUR, 1)
    left = store.read(lambda tx: due_timers(tx, NOW + 99 * HOUR))
    assert [timer.timer.due for timer in left] == [NOW + 15 * HOUR]


ROWS = [
    ("desk.assigned", 0),
    ("desk.assigned", 3),
    ("desk.reply", 8),
    ("desk.assigned", 8.5),
    ("desk.closed", 14),
]
SAID = [(NOW + 4 * HOUR, 1), (NOW + 12.5 * HOUR, 4)]


def said(store: Store) -> list[tuple[float, int]]:
    return [(row.situation.event_time, row.event) for row in decisions(store)]


def test_a_replay_decides_at_the_right_times(store: Store) -> None:
    replay(store, log_of(ROWS), book=BOOK, seed=1)
    assert said(store) == SAID


def test_live_events_with_a_punctual_job_decide_as_a_replay_does(store: Store, send: Send) -> None:
    for type_, hours in ROWS:
        while due := store.read(lambda tx, at=NOW + hours * HOUR: due_timers(tx, at, 1)):
            fired(store, due[0].timer.due)
        send(type_, book=BOOK, at=NOW + hours * HOUR)
    assert said(store) == SAID
