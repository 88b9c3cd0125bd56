"""What waits is shown at a breakpoint, within half an hour, alone; else it is in the inbox and costs nothing."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midflow.core.content.model import Rule
from midflow.core.decide.timing import IDLE, PATIENCE, Row, is_break, released_at
from midflow.core.events import WorkEvent
from midflow.flow.deliver import release_paused
from midflow.flow.ingest import Receipt, admit, ingest
from midflow.flow.rebuild import rebuild
from midflow.flow.replay import replay
from midflow.flow.respond import expire
from midflow.flow.rulebook import Rulebook
from midflow.store import learners, log
from midflow.store.open import open_store
from midflow.store.people import Person, add_account, person, save_person
from midflow.store.tx import Store
from midflow.store.waiting import undelivered
from tests.flow.conftest import DESK, DRAFT, NOW, book_of, hold_unit

Send = Callable[..., Receipt]


def at_break_book(**policy: object) -> Rulebook:
    """Putting on hold waits for a breakpoint; closing is seen too, and teaches nothing."""
    rules = tuple(
        msgspec.structs.replace(rule, timing="at_break") if rule.id == "hold" else rule
        for rule in DRAFT.rules
    )
    return book_of(msgspec.structs.replace(DRAFT, rules=rules))


BOOK = at_break_book()


def offer_of(store: Store, receipt: Receipt) -> log.OfferRow:
    (made,) = receipt.offers
    found = store.read(lambda tx: log.offer(tx, made.decision))
    assert found is not None
    return found


def charges(store: Store, who: str = "ana") -> int:
    return len(store.read(lambda tx: learners.learner(tx, who)).charges)


@pytest.fixture
def held(store: Store, send: Send) -> Receipt:
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    row = Row(time=NOW - 30, case="T-1", task="put-on-hold")
    store.write(lambda tx: learners.save_learners(tx, {"ana": msgspec.structs.replace(state, row=row)}))
    receipt = send("desk.wait", at=NOW, book=BOOK)
    assert offer_of(store, receipt).state == "waiting"
    return receipt


def test_a_prompt_that_waits_is_on_nobodys_list_and_has_its_budget(store: Store, held: Receipt) -> None:
    assert store.read(lambda tx: log.open_offers(tx, "ana", NOW + 1)) == []
    assert charges(store) == 1
    state = store.read(lambda tx: learners.learner(tx, "ana"))
    assert state.open is not None
    assert state.open.waiting


def test_the_next_case_releases_it_and_the_wait_is_kept(store: Store, send: Send, held: Receipt) -> None:
    assert send("desk.wait", at=NOW + 60, book=BOOK).moves == ()
    moved = send("desk.wait", at=NOW + 100, case="T-2", book=BOOK)
    assert [move.state for move in moved.moves] == ["offered"]
    offer = offer_of(store, held)
    assert (offer.state, offer.released - offer.created) == ("offered", 100)
    assert [row.decision for row in store.read(lambda tx: log.open_offers(tx, "ana", NOW + 101))] == [
        offer.decision
    ]


def test_another_prompt_stays_away_while_one_waits(store: Store, send: Send, held: Receipt) -> None:
    send("desk.close", at=NOW + 20, book=BOOK, case="T-1")
    later = send("desk.wait", at=NOW + 50, book=BOOK)
    assert [row.decision.shown for row in later.decisions] == [False]


def test_two_idle_minutes_release_it_and_an_event_of_any_kind_puts_that_off(
    store: Store, send: Send, held: Receipt
) -> None:
    send("desk.nobody-listens", at=NOW + 100, book=BOOK)
    assert store.write(lambda tx: release_paused(tx, now=NOW + 120)) == []
    moves = store.write(lambda tx: release_paused(tx, now=NOW + 220))
    assert [(move.person, move.state) for move in moves] == [("ana", "offered")]
    assert offer_of(store, held).released == NOW + 220


def test_without_a_breakpoint_it_goes_to_the_inbox_and_gives_its_budget_back(
    store: Store, send: Send, held: Receipt
) -> None:
    for n in range(1, 19):
        send("desk.nobody-listens", at=NOW + n * 100, book=BOOK)
    assert offer_of(store, held).state == "undelivered"
    assert charges(store) == 0
    (kept,) = store.read(lambda tx: undelivered(tx, "ana", NOW - 1, 5))
    assert kept.unit == "hold-a-ticket"


def test_the_job_that_closes_offers_gives_up_what_waits(store: Store, held: Receipt) -> None:
    assert store.write(lambda tx: expire(tx, now=NOW + PATIENCE)) == 1
    assert offer_of(store, held).state == "undelivered"
    assert charges(store) == 0
    assert store.write(lambda tx: release_paused(tx, now=NOW + PATIENCE)) == []


def test_nothing_is_shown_when_quiet_hours_have_begun_meanwhile(
    store: Store, send: Send, held: Receipt
) -> None:
    ana = store.read(lambda tx: person(tx, "ana"))
    assert ana is not None
    minute = int(NOW % 86_400 // 60)
    quiet = msgspec.structs.replace(ana, quiet_from=(minute + 1) % 1440, quiet_until=(minute + 300) % 1440)
    store.write(lambda tx: save_person(tx, quiet, now=NOW))
    assert store.write(lambda tx: release_paused(tx, now=NOW + 150)) == []
    assert send("desk.wait", at=NOW + 200, case="T-9", book=BOOK).moves == ()
    assert offer_of(store, held).state == "waiting"
    store.write(lambda tx: expire(tx, now=NOW + PATIENCE))
    assert offer_of(store, held).state == "undelivered"


def test_at_a_breakpoint_nothing_waits(store: Store, send: Send) -> None:
    receipt = send("desk.wait", at=NOW, book=BOOK)
    assert offer_of(store, receipt).state == "offered"
    assert receipt.decisions[0].situation.at_break


def test_what_is_safety_critical_never_waits(store: Store, send: Send) -> None:
    rules = tuple(msgspec.structs.replace(r, timing="at_break") if r.id == "hold" else r for r in DRAFT.rules)
    book = book_of(msgspec.structs.replace(DRAFT, rules=rules, units=(hold_unit(risk="safety_critical"),)))
    send("desk.close", at=NOW - 30, case="T-1", book=book)
    send("desk.wait", at=NOW - 20, case="T-1", book=book)
    receipt = send("desk.wait", at=NOW, case="T-1", book=book)
    assert [offer.state for offer in receipt.offers] == ["offered"]


def test_a_rule_may_make_a_start_a_badge_and_show_an_error_at_once(send: Send) -> None:
    def timed(name: str, timing: str) -> Rulebook:
        rules = tuple(msgspec.structs.replace(r, timing=timing) if r.id == name else r for r in DRAFT.rules)
        return book_of(msgspec.structs.replace(DRAFT, rules=rules))

    start = send("desk.wait", at=NOW, book=timed("hold", "badge"))
    assert start.offers[0].message.form == "badge"
    rules = (Rule(id="stale", task="put-on-hold", phase="stuck", events=("desk.wait",), timing="now"),)
    stuck = send(
        "desk.wait", at=NOW, person="chloe", book=book_of(msgspec.structs.replace(DRAFT, rules=rules))
    )
    assert stuck.offers[0].message.form == "checklist"


Step = tuple[float, int, int]


def test_states_made_again_from_the_evidence_know_what_waits_and_what_was_released(
    store: Store, send: Send
) -> None:
    def same(who: str) -> bool:
        kept = store.read(lambda tx: learners.learner(tx, who))
        rebuild(store)
        again = store.read(lambda tx: learners.learner(tx, who))
        return (kept.open, kept.row, kept.charges) == (again.open, again.row, again.charges)

    send("desk.wait", at=NOW, draw=0.999, book=BOOK)
    for n, (type_, case) in enumerate(
        [("desk.wait", "T-1"), ("desk.unheard", "T-1"), ("desk.close", "T-2")], 1
    ):
        send(type_, at=NOW + n * 30 + 8 * 86_400 * (n > 0), case=case, book=BOOK)
        assert same("ana")


STEPS = st.lists(
    st.tuples(st.floats(1, 700), st.integers(1, 3), st.sampled_from([0, 0, 0, 1])), min_size=1, max_size=40
)


@settings(max_examples=40)
@given(STEPS, st.booleans())
def test_whatever_people_do_a_prompt_comes_at_a_breakpoint_within_half_an_hour_and_alone(
    steps: list[Step], timer: bool
) -> None:
    with TemporaryDirectory() as folder:
        store = open_store(Path(folder), "")
        store.write(lambda tx: save_person(tx, Person(id="ana", name="Ana"), now=NOW))
        store.write(lambda tx: add_account(tx, DESK, "ana", "ana", now=NOW))
        rows: list[Row] = []
        breaks: list[float] = []
        now = NOW
        for n, (passed, case, kind) in enumerate(steps):
            if timer and rows and passed >= IDLE:
                tick = rows[-1].time + IDLE
                store.write(lambda tx, tick=tick: expire(tx, now=tick))
                store.write(lambda tx, tick=tick: release_paused(tx, now=tick))
                breaks.append(tick)
            now += passed
            type_ = ("desk.wait", "desk.close")[kind]
            event = WorkEvent(source=DESK, id=str(n), type=type_, time=now, person="ana", case=f"T-{case}")
            row = Row(time=now, case=f"T-{case}", task=("put-on-hold", "close")[kind])
            if is_break(row, rows[-1] if rows else None):
                breaks.append(now)
            rows.append(row)
            arrival = admit(event, BOOK, received=now, reachable=True)
            store.write(lambda tx, a=arrival: ingest(tx, [a], book=BOOK, draw=lambda: 0.0))
            held = [o for o in all_offers(store) if o.state == "waiting"]
            open_ = store.read(lambda tx, now=now: log.open_offers(tx, "ana", now))
            assert len([o for o in held if o.expires > now]) + len(open_) <= 1
        for offer in all_offers(store):
            if offer.state == "offered":
                assert offer.released in breaks
                assert 0 <= offer.released - offer.created <= PATIENCE
        store.close()


def all_offers(store: Store) -> list[log.OfferRow]:
    return store.read(lambda tx: log.offers_after(tx, 0))


@given(st.floats(0, 4000), st.floats(0, 1e4), st.sampled_from(["T-1", "T-2"]))
def test_a_log_sets_the_clock_of_a_pause(passed: float, until: float, case: str) -> None:
    before = Row(time=100.0, case="T-1", task="a")
    row = Row(time=100.0 + passed, case=case, task="a")
    live, logged = (released_at(row, before, until=until, as_logged=how) for how in (False, True))
    if logged is not None:
        assert before.time <= logged <= min(row.time, until)
    if live is not None:
        assert logged is not None
        assert live == row.time


def test_in_a_replay_what_waits_is_released_by_the_clock_of_the_log(store: Store) -> None:
    def at(seconds: float, case: str, n: int) -> WorkEvent:
        return WorkEvent(
            source=DESK, id=f"f:{n}", type="desk.wait", time=NOW + seconds, person="ana", case=case
        )

    log_ = [at(0, "T-1", 0), at(86_400, "T-1", 1), at(86_430, "T-1", 2), at(86_430 + 40_000, "T-2", 3)]
    first = at_break_book()
    summary = replay(store, log_, book=first, seed=3)
    assert summary.prompts >= 1
    assert summary.at_breakpoint == 1.0
    assert summary.inbox == 0
