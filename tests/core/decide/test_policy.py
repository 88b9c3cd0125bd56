"""The decision: each step lets a unit pass or ends in a named silence."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.decide import Candidate, Limits, Need, Situation, decide
from midflow.core.decide.choice import FLOOR, chances
from midflow.core.decide.policy import propensity
from midflow.core.decide.silence import SILENCES, WORDS
from midflow.core.decide.threshold import ANY
from midflow.core.learner.state import DAY, Showing

NOW = 1_790_000_000.0


def candidate(**changes: object) -> Candidate:
    return msgspec.structs.replace(
        Candidate(unit="hold-a-ticket", need=Need(p=0.4, evidence=("x",)), effect=0.3, form="checklist"),
        **changes,
    )


def situation(**changes: object) -> Situation:
    plain = Situation(
        now=NOW, event_time=NOW, person="ana", task="hold", phase="starting", rule="hold", case="T-1",
        candidates=(candidate(),), limits=Limits(), draw=0.0,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def with_unit(**changes: object) -> Situation:
    return situation(candidates=(candidate(**changes),))


def test_a_needed_unit_is_shown_with_its_chance() -> None:
    decision = decide(situation())
    assert decision.shown
    assert decision.unit == "hold-a-ticket"
    assert decision.charged
    assert decision.chance == pytest.approx(propensity(0.4 * 0.3 - 0.02, Limits()))


@pytest.mark.parametrize(
    ("reason", "case"),
    [
        ("no_consent", situation(consent=False)),
        ("opted_out", situation(opted_out=True)),
        ("late", situation(event_time=NOW - 1801)),
        ("no_unit", situation(candidates=())),
        ("help_on_request_only", situation(nudges=False)),
        ("quiet_hours", situation(quiet=True)),
        ("mastered", with_unit(alone=9, showing=Showing(shown=1, last=NOW - 60 * DAY))),
        ("unit_expired", with_unit(expired=True)),
        ("not_my_role", with_unit(for_me=False)),
        ("not_my_role", with_unit(showing=Showing(irrelevant=True))),
        ("prerequisite", with_unit(missing=("first",))),
        ("mastered", with_unit(mastered=True)),
        ("mastered", with_unit(showing=Showing(known=True))),
        ("cooldown", with_unit(showing=Showing(shown=1, last=NOW - 6 * DAY))),
        ("shown_often", with_unit(showing=Showing(shown=4, last=NOW - 60 * DAY))),
        ("ignored_often", with_unit(showing=Showing(shown=3, ignored=3, last=NOW - 60 * DAY))),
        ("channel_down", situation(reachable=False)),
        ("below_threshold", with_unit(need=Need(p=0.05, evidence=()))),
        ("another_open", situation(busy_until=NOW + 60)),
        ("over_budget", situation(charges=(NOW - 7200, NOW - 18000))),
        ("withheld", situation(draw=0.99)),
    ],
)
def test_each_silence_has_its_reason(reason: str, case: Situation) -> None:
    decision = decide(case)
    assert not decision.shown
    assert decision.reason == reason


def test_what_chance_withholds_takes_the_budget_and_logs_its_propensity() -> None:
    decision = decide(situation(draw=0.99))
    assert decision.charged
    assert decision.chance is not None
    assert 0 < decision.chance < 0.99


def test_a_safety_critical_unit_is_shown_whatever_budget_chance_and_quiet_hours_say() -> None:
    spent = (NOW - 10.0, NOW - 20.0)
    case = msgspec.structs.replace(with_unit(risk="safety_critical"), charges=spent, draw=0.999, quiet=True)
    decision = decide(case)
    assert decision.shown
    assert decision.chance == 1.0
    assert not decision.charged


def test_a_mandatory_unit_is_never_left_to_chance_but_keeps_the_budget() -> None:
    assert decide(msgspec.structs.replace(with_unit(mandatory=True), draw=0.999)).shown
    spent = msgspec.structs.replace(with_unit(mandatory=True), charges=(NOW - 10.0,))
    assert decide(spent).reason == "over_budget"


def test_the_unit_with_the_highest_score_is_chosen() -> None:
    other = candidate(unit="other", need=Need(p=0.6, evidence=()))
    assert decide(situation(candidates=(candidate(), other))).unit == "other"


def test_being_passed_over_lowers_the_score() -> None:
    once = with_unit(showing=Showing(shown=1, ignored=1, last=NOW - 30 * DAY))
    first, again = decide(situation()), decide(once)
    assert first.score is not None
    assert again.score is not None
    assert again.score < first.score


def test_after_an_error_a_badge_waits_quietly() -> None:
    assert decide(situation(phase="erred")).form == "badge"
    assert decide(situation()).form == "checklist"


def test_a_form_follows_need_and_risk() -> None:
    def of(p: float, **more: object) -> str | None:
        return decide(with_unit(need=Need(p=p, evidence=()), effect=0.9, **more)).form

    assert [of(p) for p in (0.05, 0.1, 0.4)] == ["badge", "inline", "checklist"]
    assert of(0.4, form="inline") == "inline"
    assert of(0.4, risk="low") == "inline"
    assert of(0.05, risk="safety_critical") == "checklist"


def test_a_prompt_fades_as_the_person_gets_it_right_without_it() -> None:
    once = Showing(shown=1, last=NOW - 60 * DAY)
    told = [decide(with_unit(showing=once, alone=alone)) for alone in (0, 2, 3, 6, 9)]
    assert [d.form for d in told] == ["checklist", "checklist", "inline", "badge", None]
    assert told[-1].reason == "mastered"
    assert decide(with_unit(alone=9)).form == "checklist"


def test_what_is_safety_critical_is_marked_as_beyond_the_budget() -> None:
    assert decide(with_unit(risk="safety_critical")).exempt
    assert not decide(situation()).exempt


def among(*effects: tuple[float, float], pick: float = 0.0, **more: object) -> Situation:
    units = tuple(
        candidate(unit=f"u{n}", effect=mean, variance=variance) for n, (mean, variance) in enumerate(effects)
    )
    return situation(candidates=units, pick=pick, **more)


def test_among_units_the_one_likelier_to_be_best_is_tried_oftener() -> None:
    case = among((0.2, 0.01), (0.3, 0.01), (0.1, 0.01))
    seen: dict[str, float] = {}
    for n in range(2000):
        decision = decide(msgspec.structs.replace(case, pick=n / 2000))
        assert decision.unit is not None
        assert decision.choice is not None
        seen.setdefault(decision.unit, decision.choice)
        assert seen[decision.unit] == decision.choice
    assert list(seen) == ["u1", "u0", "u2"]
    assert sum(seen.values()) == pytest.approx(1)
    assert 0.05 <= seen["u2"] < seen["u0"] < seen["u1"]


def test_of_many_units_only_the_best_eight_are_tried() -> None:
    case = among(*[(0.1 + 0.02 * n, 0.02) for n in range(12)])
    seen = {decide(msgspec.structs.replace(case, pick=n / 500)).unit for n in range(500)}
    assert seen == {f"u{n}" for n in range(4, 12)}


def test_a_unit_thought_to_do_nothing_is_still_tried_at_the_least_chance() -> None:
    nothing = msgspec.structs.replace(with_unit(effect=0.0, prior=0.3, variance=0.001), threshold=ANY)
    decision = decide(nothing)
    assert decision.chance == Limits().show_at_least
    assert (
        decide(msgspec.structs.replace(nothing, candidates=(candidate(effect=0.0),))).reason
        == "below_threshold"
    )


@given(st.lists(st.tuples(st.floats(-0.5, 0.9), st.floats(0, 0.3)), min_size=2, max_size=8))
def test_chances_of_choice_add_up_and_none_is_under_the_floor(scores: list[tuple[float, float]]) -> None:
    found = chances(scores)
    assert sum(found) == pytest.approx(1)
    assert min(found) >= FLOOR


def test_chances_of_choice_are_those_that_drawing_gives() -> None:
    chance = random.Random(3)
    scores = [(0.05, 0.04), (0.08, 0.02), (0.02, 0.09)]
    wins = [0, 0, 0]
    for _ in range(40_000):
        drawn = [chance.gauss(*score) for score in scores]
        wins[drawn.index(max(drawn))] += 1
    drawn_chances = [FLOOR + (1 - 3 * FLOOR) * count / 40_000 for count in wins]
    assert chances(scores) == pytest.approx(drawn_chances, abs=0.01)


def test_every_silence_has_words() -> None:
    assert set(WORDS) == set(SILENCES)


situations = st.builds(
    situation,
    draw=st.floats(0, 1, exclude_max=True), pick=st.floats(0, 1, exclude_max=True), nudges=st.booleans(),
    charges=st.lists(st.floats(NOW - 8 * DAY, NOW), max_size=6).map(tuple),
    consent=st.booleans(), opted_out=st.booleans(), quiet=st.booleans(), reachable=st.booleans(),
    event_time=st.floats(NOW - 4000, NOW),
    candidates=st.lists(
        st.builds(
            candidate,
            need=st.builds(Need, p=st.floats(0.001, 0.999), evidence=st.just(())),
            unit=st.sampled_from(["a", "b", "c"]), effect=st.floats(-0.2, 0.9), variance=st.floats(0, 0.1),
            alone=st.integers(0, 12), mastered=st.booleans(), expired=st.booleans(), mandatory=st.booleans(),
            risk=st.sampled_from(["low", "normal", "safety_critical"]),
        ),
        max_size=3, unique_by=lambda c: c.unit,
    ).map(tuple),
)  # fmt: skip


@given(situations)
def test_a_decision_made_again_from_its_logged_situation_is_the_same(case: Situation) -> None:
    logged = msgspec.json.decode(msgspec.json.encode(case), type=Situation)
    assert decide(logged) == decide(case)


@given(situations)
def test_nothing_is_both_shown_and_silent(case: Situation) -> None:
    decision = decide(case)
    assert decision.shown == (decision.reason is None)
    assert decision.reason is None or decision.reason in SILENCES


@given(situations)
def test_an_expired_unit_is_never_shown(case: Situation) -> None:
    decision = decide(case)
    if decision.shown:
        assert any(c.unit == decision.unit and not c.expired for c in case.candidates)


@pytest.mark.parametrize(
    ("state", "silence"), [("quiet", "quiet_hours"), ("focus", "focus"), ("opted_out", "opted_out")]
)
def test_a_safety_critical_unit_that_cannot_be_shown_opens_no_door_for_another(
    state: str, silence: str
) -> None:
    plain = candidate(unit="plain")
    critical = candidate(unit="critical", risk="safety_critical", expired=True)
    decision = decide(situation(candidates=(plain, critical), **{state: True}))
    assert (decision.shown, decision.reason) == (False, silence)
