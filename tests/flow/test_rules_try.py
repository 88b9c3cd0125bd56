"""A rule is tried on what happened, by the engine that decides live, and names nobody."""

import random
from collections.abc import Callable

import msgspec
import pytest

from midflow.core.content.model import Absent, Count, Rule, Times
from midflow.core.match.history import HOUR
from midflow.flow.ingest import Receipt
from midflow.flow.rules_try import RuleError, Tried, try_rule
from midflow.flow.timers import fire
from midflow.store import log
from midflow.store.privacy import accesses_of
from midflow.store.tx import Store
from tests.flow.conftest import DRAFT, NOW, book_of

Send = Callable[..., Receipt]
DAY = 24 * HOUR
FAILED = Rule(
    id="failed", task="put-on-hold", phase="stuck", events=("desk.build",), when='data.status == "failed"'
)


def tried(store: Store, rule: Rule, **more: object) -> Tried:
    return try_rule(store, rule, **{"book": book_of(), "now": NOW + 9 * DAY, "reader": "Ines", **more})  # type: ignore[arg-type]


def build(send: Send, at: float, status: str = "failed", person: str = "ana") -> None:
    send("desk.build", at=at, person=person, case=f"B{at:.0f}", data={"status": status})


def test_what_a_rule_would_have_matched_in_the_last_week_is_told_by_day_and_without_names(
    store: Store, send: Send
) -> None:
    for day, status, person in [(0, "failed", "ana"), (3, "failed", "ana"), (3.1, "passed", "ana"), (3.2, "failed", "chloe"), (4, "failed", "nobody")]:  # fmt: skip
        build(send, NOW + day * DAY, status, person)
    found = tried(store, FAILED)
    assert (found.events, found.moments, found.people, found.cut) == (4, 2, 2, False)
    assert [(match.event, match.time, match.type, match.status) for match in found.matches] == [
        (2, NOW + 3 * DAY, "desk.build", "failed"), (4, NOW + 3.2 * DAY, "desk.build", "failed"),
    ]  # fmt: skip
    assert sum(found.per_day.values()) == 2
    assert b"ana" not in msgspec.json.encode(found)


def test_the_budget_alone_says_how_many_prompts_there_could_have_been(store: Store, send: Send) -> None:
    for hours in (0, 0.5, 1, 2, 3, 200):
        build(send, NOW + 2 * DAY + hours * HOUR)
    many = tried(store, FAILED, now=NOW + 11 * DAY, days=30)
    assert (many.moments, many.prompts) == (6, 2)  # one unit, and seven days before it comes again
    assert tried(store, msgspec.structs.replace(FAILED, task="close")).prompts == 0


def test_the_look_is_written_down_for_everybody(store: Store) -> None:
    tried(store, FAILED)
    (row,) = store.read(lambda tx: accesses_of(tx, "everybody"))
    assert (row.reader, row.purpose) == ("Ines", "operations")


def test_only_the_latest_events_are_looked_at_and_this_is_said(store: Store, send: Send) -> None:
    for hour in range(12):
        build(send, NOW + 8 * DAY + hour * HOUR)
    found = tried(store, FAILED, most=5)
    assert (found.events, found.moments, found.cut, found.since) == (5, 5, True, NOW + 8 * DAY + 7 * HOUR)


def test_a_rule_that_could_not_be_saved_is_not_tried(store: Store) -> None:
    with pytest.raises(RuleError, match="Unknown name: dta"):
        tried(store, msgspec.structs.replace(FAILED, when="dta.x == 1"))


def test_history_reaches_back_before_the_span(store: Store, send: Send) -> None:
    for hour in (-20, -10, 1):
        build(send, NOW + 2 * DAY + hour * HOUR)
    term = Count(events=("desk.build",), status="failed", at_least=3, within_hours=24, where="person")
    assert tried(store, msgspec.structs.replace(FAILED, history=(term,))).moments == 1


def test_how_often_somebody_did_a_task_before_the_span_is_known(store: Store, send: Send) -> None:
    send("desk.wait", at=NOW)
    for day in (3, 4):
        send("desk.wait", at=NOW + day * DAY, person="chloe")
        send("desk.wait", at=NOW + day * DAY)
    first = Rule(
        id="first", task="put-on-hold", phase="starting", events=("desk.wait",), history=(Times(at_most=0),)
    )
    found = tried(store, first)
    assert [match.event for match in found.matches] == [2]


@pytest.mark.parametrize(
    ("rule", "types"),
    [
        (Rule(id="quiet", task="put-on-hold", phase="stuck", events=("desk.wait",), history=(Absent(events=("desk.close",), within_hours=4),)), ("desk.wait", "desk.close")),
        (Rule(id="again", task="put-on-hold", phase="starting", events=("desk.wait",), history=(Times(at_least=1, at_most=2),)), ("desk.wait",)),
        (Rule(id="back", task="close", phase="erred", events=("desk.reopen",), who="last_doer", when="before.type == 'desk.close'"), ("desk.close", "desk.reopen", "desk.wait")),
    ],
)  # fmt: skip
def test_what_is_told_is_what_live_events_had_made_of_the_rule(
    store: Store, send: Send, rule: Rule, types: tuple[str, ...]
) -> None:
    rules = tuple(other for other in DRAFT.rules if other.task != rule.task or other.phase != rule.phase)
    book = book_of(msgspec.structs.replace(DRAFT, rules=(rule, *rules)))
    chance = random.Random(7)
    for n in range(40):
        at = NOW + 4 * DAY + n * 3 * HOUR
        while store.write(lambda tx, at=at: fire(tx, at, book=book, draw=lambda: 0.0)):
            pass
        person, case, type_ = (
            chance.choice(["ana", "chloe"]),
            f"T-{chance.randrange(3)}",
            chance.choice(types),
        )
        send(type_, at=at, person=person, case=case, book=book)
    live = [
        (row.event, row.situation.event_time)
        for row in store.read(log.all_decisions)
        if row.situation.rule == rule.id
    ]
    found = tried(store, rule, now=NOW + 4 * DAY + 39 * 3 * HOUR, days=30)
    assert live
    assert [(match.event, match.at) for match in found.matches] == live
