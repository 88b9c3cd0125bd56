"""A changed policy on logged decisions: what it would have shown, and what would have come of it."""

import random

import pytest
from msgspec.structs import replace

from midflow.core.content.release import Limits, Policy
from midflow.core.decide import Candidate, Situation, decide
from midflow.core.decide.need import Need
from midflow.core.events import WorkEvent
from midflow.flow.policy_try import RIPE, try_policy
from midflow.flow.rulebook import limits_of
from midflow.store import log
from midflow.store.tx import Store
from tests.flow.conftest import NOW

DAY = 86_400.0


def situation(person: str, at: float, policy: Policy, **changes: object) -> Situation:
    unit = Candidate(unit="hold", need=Need(p=0.4, evidence=()), effect=0.5, form="inline")
    plain = Situation(
        now=at, event_time=at, person=person, task="put-on-hold", phase="starting", rule="hold", case="",
        candidates=(unit,), limits=limits_of(policy), draw=0.5,
    )  # fmt: skip
    return replace(plain, **changes)


def decided(
    store: Store, policy: Policy, *, moments: int = 1500, now: float = NOW, seed: int = 1, **changes: object
) -> None:
    """Decisions of 25 people over 60 days; a shown unit prevents half of the errors."""
    draw = random.Random(seed)
    events, decisions, begun = [], [], []
    for n in range(1, moments + 1):
        person, at = f"p{n % 25}", now - 80 * DAY + n * 60 * DAY / moments
        made = situation(person, at, policy, draw=draw.random(), pick=draw.random(), **changes)
        decision = decide(made)
        event = WorkEvent(source="desk", id=str(n), type="desk.wait", time=at, person=person)
        events.append(log.EventRow(n, event, at, person, 0, None))
        decisions.append(log.DecisionRow(n, n, 1, made, decision))
        wrong = draw.random() < 0.4 * (0.5 if decision.shown else 1.0)
        begun.append((n, n, person, "put-on-hold", "desk", "", at, at + DAY if wrong else None))

    def save(tx):  # type: ignore[no-untyped-def]
        log.add_events(tx, events)
        log.add_decisions(tx, decisions)
        tx.executemany(
            "INSERT INTO begun (event, decision, person, task, source, case_ref, time, wrong_at) VALUES (?,?,?,?,?,?,?,?)",
            begun,
        )

    store.write(save)


def test_trial_mode_shows_less_and_prevents_less_and_both_are_foretold(store: Store) -> None:
    decided(store, Policy())
    tried = try_policy(store, Policy(trial=True), now=NOW)
    assert tried.moments == tried.open == 1500
    assert tried.prompts_then / tried.prompts_now == pytest.approx(0.8 / 0.95, rel=0.03)
    found = tried.evaluation
    assert found.now is not None
    assert found.doubly_robust is not None, found.words
    truth = 0.4 * (0.2 + 0.8 * 0.5)
    assert found.doubly_robust.low < truth < found.doubly_robust.high
    assert found.now.value < found.doubly_robust.value


def test_the_policy_as_it_is_would_have_done_what_was_done(store: Store) -> None:
    decided(store, Policy())
    tried = try_policy(store, Policy(), now=NOW)
    found = tried.evaluation
    assert found.effective == pytest.approx(1500)
    assert found.untried == 0
    assert found.ips is not None
    assert found.now is not None
    assert found.ips.value == pytest.approx(found.now.value)


def several() -> tuple[Candidate, ...]:
    return tuple(
        Candidate(unit=name, need=Need(p=0.4, evidence=()), effect=effect, variance=0.02, prior=effect, form="inline")
        for name, effect in (("first", 0.5), ("second", 0.45), ("third", 0.2))
    )  # fmt: skip


def test_which_unit_was_chosen_is_part_of_the_chance(store: Store) -> None:
    decided(store, Policy(), candidates=several())
    same = try_policy(store, Policy(), now=NOW).evaluation
    assert same.effective == pytest.approx(1500)
    assert same.ips is not None
    assert same.now is not None
    assert same.ips.value == pytest.approx(same.now.value)
    trial = try_policy(store, Policy(trial=True), now=NOW)
    assert trial.prompts_then / trial.prompts_now == pytest.approx(0.8 / 0.95, rel=0.03)
    assert trial.evaluation.doubly_robust is not None, trial.evaluation.words
    assert trial.evaluation.doubly_robust.low < 0.4 * (0.2 + 0.8 * 0.5) < trial.evaluation.doubly_robust.high


def test_the_chances_of_a_moment_add_up_and_each_decision_is_drawn_by_them(store: Store) -> None:
    from midflow.flow.policy_try import NOTHING, _chances

    made = situation("p1", NOW, Policy(trial=True), candidates=several())
    chances = _chances(made)
    assert set(chances) == {"first", "second", "third", NOTHING}
    assert sum(chances.values()) == pytest.approx(1)
    draw = random.Random(4)
    seen = [decide(replace(made, draw=draw.random(), pick=draw.random())) for _ in range(4000)]
    for unit, chance in chances.items():
        count = sum((one.unit if one.shown else NOTHING) == unit for one in seen)
        assert count / 4000 == pytest.approx(chance, abs=0.03)


def test_switching_prompts_off_is_judged_after_a_trial_and_not_without_one(store: Store) -> None:
    decided(store, Policy())
    assert try_policy(store, Policy(nudges=False), now=NOW).evaluation.refusal == "too_few"
    assert try_policy(store, Policy(nudges=False), now=NOW).prompts_then == 0


def test_after_a_trial_no_prompts_at_all_can_be_judged(store: Store) -> None:
    decided(store, Policy(trial=True))
    found = try_policy(store, Policy(nudges=False), now=NOW).evaluation
    assert found.doubly_robust is not None, found.words
    assert found.doubly_robust.low < 0.4 < found.doubly_robust.high


def test_what_a_limit_always_stopped_is_not_foretold(store: Store) -> None:
    at = NOW - 81 * DAY
    decided(store, Policy(limits=Limits(per_day=0)), charges=(at,))
    tried = try_policy(store, Policy(), now=NOW)
    assert tried.prompts_now == 0
    assert tried.prompts_then > 0
    assert tried.evaluation.refusal == "untried"
    assert "only switching it on can tell" in tried.evaluation.words


def test_moments_at_which_neither_policy_prompts_say_nothing(store: Store) -> None:
    decided(store, Policy(), consent=False)
    tried = try_policy(store, Policy(trial=True), now=NOW)
    assert (tried.moments, tried.open) == (1500, 0)
    assert tried.evaluation.refusal == "too_few"


def test_seeded_draws_and_tasks_that_may_still_turn_out_wrong_are_left_out(store: Store) -> None:
    decided(store, Policy(), moments=50, seeded=True)
    assert try_policy(store, Policy(), now=NOW).moments == 0


def test_a_task_counts_once_it_has_had_its_time_to_go_wrong(store: Store) -> None:
    decided(store, Policy(), moments=60)
    first = NOW - 80 * DAY + DAY
    assert try_policy(store, Policy(), now=first + RIPE - 1).moments == 0
    assert try_policy(store, Policy(), now=first + RIPE + 1).moments == 1


def test_an_empty_store_is_no_division_by_nothing(store: Store) -> None:
    tried = try_policy(store, Policy(), now=NOW)
    assert (tried.moments, tried.prompts_now, tried.prompts_then) == (0, 0, 0)
    assert tried.evaluation.refusal == "too_few"
