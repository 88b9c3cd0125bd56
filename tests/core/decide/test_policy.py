"""The decision: each step lets a unit pass or ends in a named silence."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.decide import Candidate, Limits, Need, Situation, decide
from midflow.core.decide.policy import propensity
from midflow.core.decide.silence import SILENCES, WORDS
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
        ("quiet_hours", situation(quiet=True)),
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


def test_every_silence_has_words() -> None:
    assert set(WORDS) == set(SILENCES)


situations = st.builds(
    situation,
    draw=st.floats(0, 1, exclude_max=True),
    charges=st.lists(st.floats(NOW - 8 * DAY, NOW), max_size=6).map(tuple),
    consent=st.booleans(), opted_out=st.booleans(), quiet=st.booleans(), reachable=st.booleans(),
    event_time=st.floats(NOW - 4000, NOW),
    candidates=st.lists(
        st.builds(
            candidate,
            need=st.builds(Need, p=st.floats(0.001, 0.999), evidence=st.just(())),
            mastered=st.booleans(), expired=st.booleans(), mandatory=st.booleans(),
            risk=st.sampled_from(["low", "normal", "safety_critical"]),
        ),
        max_size=3,
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
