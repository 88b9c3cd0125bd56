"""Off-policy evaluation: right where the truth is known, silent where nothing can be known."""

import random
from statistics import fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from midflow.core.decide.offpolicy import Evaluation, Logged, _student, evaluate

EFFECT = 0.5
"""Share of errors that a shown prompt prevents in the simulated world."""


def world(
    draw: random.Random, *, moments: int = 1500, people: int = 30, shown: float = 0.5, target: float = 0.9, good: bool = True,
    effect: float = EFFECT,
    levels: tuple[float, ...] = (),
) -> tuple[list[Logged], float]:  # fmt: skip
    """Logged decisions, and the truth: errors per moment under the changed policy, at these very moments."""
    rows: list[Logged] = []
    truth = 0.0
    bias = [draw.uniform(0.5, 1.5) for _ in range(people)]
    for n in range(moments):
        who = n % people
        need = draw.choice(levels) if levels else min(draw.uniform(0.05, 0.6) * bias[who], 0.95)
        went = (need, need * (1 - effect))
        truth += (target * went[1] + (1 - target) * went[0]) / moments
        is_shown = draw.random() < shown
        model = went if good else (0.2, 0.2)
        rows.append(
            Logged(
                person=f"p{who}", wrong=draw.random() < went[is_shown],
                logged=shown if is_shown else 1 - shown, target=target if is_shown else 1 - target,
                expected=model[is_shown], value=target * model[1] + (1 - target) * model[0],
            )
        )  # fmt: skip
    return rows, truth


def off(found: Evaluation, name: str, truth: float) -> float:
    estimate = getattr(found, name)
    assert estimate is not None, found.words
    return estimate.value - truth


@pytest.mark.parametrize("good", [True, False])
def test_all_three_estimates_are_right_on_average_whatever_the_model(good: bool) -> None:
    draw = random.Random(7)
    errors = {"ips": [], "snips": [], "doubly_robust": []}
    for _ in range(150):
        rows, truth = world(draw, good=good)
        found = evaluate(rows)
        for name, seen in errors.items():
            seen.append(off(found, name, truth))
    for name, seen in errors.items():
        standard_error = (pvariance(seen) / len(seen)) ** 0.5
        assert abs(fmean(seen)) < 3.5 * standard_error, name


def test_a_good_model_makes_the_doubly_robust_estimate_steadier_than_weights_alone() -> None:
    draw = random.Random(11)
    seen = {"ips": [], "snips": [], "doubly_robust": []}
    for _ in range(150):
        rows, truth = world(draw, shown=0.3, effect=0.2, levels=(0.02, 0.95))
        found = evaluate(rows)
        for name, errors in seen.items():
            errors.append(off(found, name, truth))
    spread = {name: pvariance(errors) for name, errors in seen.items()}
    assert spread["doubly_robust"] < 0.6 * spread["ips"]


def test_the_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    draw = random.Random(5)
    held = {"ips": 0, "snips": 0, "doubly_robust": 0}
    for _ in range(200):
        rows, truth = world(draw)
        found = evaluate(rows)
        for name in held:
            estimate = getattr(found, name)
            held[name] += estimate.low <= truth <= estimate.high
    # The truth is that of these very moments, so intervals for moments like them are a little wide.
    assert all(count / 200 >= 0.92 for count in held.values()), held


def test_the_same_policy_is_as_good_as_it_was() -> None:
    rows, _ = world(random.Random(3), shown=0.5, target=0.5)
    found = evaluate(rows)
    assert found.now is not None
    assert found.difference is not None
    assert off(found, "ips", found.now.value) == pytest.approx(0)
    assert off(found, "snips", found.now.value) == pytest.approx(0)
    assert found.effective == pytest.approx(len(rows))
    assert found.difference.low <= 0 <= found.difference.high


def test_a_policy_that_prevents_more_is_told_from_the_present_one() -> None:
    rows, _ = world(random.Random(2), moments=4000, shown=0.2, target=0.8)
    found = evaluate(rows)
    assert found.difference is not None
    assert found.difference.high < 0


@pytest.mark.parametrize(
    ("options", "refusal", "said"),
    [
        ({"moments": 150}, "too_few", "it takes 200"),
        ({"moments": 1000, "shown": 0.1, "target": 1.0}, "too_few", "decisions' worth"),
        ({"moments": 20_000, "shown": 0.02, "target": 1.0}, "too_little_alike", "less than 5% of them"),
        ({"people": 9}, "few_people", "9 people"),
        ({"moments": 0}, "too_few", "only 0 decisions"),
    ],
)
def test_no_figure_is_given_where_too_little_is_known_and_why_is_said(options, refusal, said) -> None:
    rows, _ = world(random.Random(1), **options)
    found = evaluate(rows)
    assert found.refusal == refusal
    assert said in found.words
    assert (found.ips, found.snips, found.doubly_robust, found.difference) == (None, None, None, None)


def test_what_was_never_tried_is_not_foretold() -> None:
    rows = [
        Logged(person=f"p{n % 20}", wrong=n % 3 == 0, logged=1.0, target=0.9, expected=0.3, value=0.2, untried=0.1)
        for n in range(3000)
    ]  # fmt: skip
    found = evaluate(rows)
    assert found.refusal == "untried"
    assert "10% of the moments" in found.words


@given(
    st.lists(
        st.builds(
            Logged, person=st.sampled_from("abcdefghijklmnop"), wrong=st.booleans(),
            logged=st.floats(0.05, 1), target=st.floats(0, 1), expected=st.floats(0, 1), value=st.floats(0, 1),
        ),
        max_size=40,
    ),
    st.integers(1, 60),
)  # fmt: skip
def test_no_figure_rests_on_an_effective_sample_below_either_bound(rows: list[Logged], times: int) -> None:
    found = evaluate(rows * times)
    weights = [row.target / row.logged for row in rows * times]
    squares = sum(w * w for w in weights)
    effective = sum(weights) ** 2 / squares if squares else 0.0
    assert found.effective == pytest.approx(effective)
    assert (found.doubly_robust is None) == (found.refusal is not None) == bool(found.words)
    if found.doubly_robust is not None:
        assert effective >= 200
        assert effective >= 0.05 * len(rows) * times


@pytest.mark.parametrize(("logged", "target"), [(0.0, 0.5), (1.1, 0.5), (0.5, -0.1), (0.5, 1.01)])
def test_a_chance_that_is_none_is_refused(logged: float, target: float) -> None:
    with pytest.raises(ValueError):
        evaluate([Logged(person="p", wrong=True, logged=logged, target=target, expected=0, value=0)])


@pytest.mark.parametrize("degrees", [4, 9, 30, 1000])
def test_the_point_of_students_distribution_is_near_the_exact_one(degrees: int) -> None:
    assert _student(degrees) == pytest.approx(student.ppf(0.975, degrees), rel=0.01)
