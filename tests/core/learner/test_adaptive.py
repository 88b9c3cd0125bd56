"""Asking as little as possible: better than chance, honest about what it does not know, and stopping in time."""

import random
from math import exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.learner.adaptive import (
    DIFFICULTIES,
    NEAR,
    SURE_ERROR,
    TARGET,
    Ability,
    Item,
    authored,
    chance,
    information,
    level_of,
    next_check,
    on_skill,
    sure,
    updated,
)
from midflow.core.learner.response import OnSkill, Overall

abilities = st.builds(Ability, mean=st.floats(-5, 5), variance=st.floats(0.01, 3))
items = st.builds(
    Item,
    check=st.sampled_from("abcdefghij"),
    difficulty=st.floats(-5, 5),
    variance=st.floats(0, 2),
    discrimination=st.floats(0.3, 2.5),
)


def test_the_first_guess_is_where_the_author_puts_it() -> None:
    assert [authored("a", d).difficulty for d in DIFFICULTIES] == [-1, 0, 1]
    assert chance(Ability(), authored("a")) == pytest.approx(0.5)
    assert chance(Ability(), authored("a", "easy")) > 0.5 > chance(Ability(), authored("a", "hard"))


@given(abilities, items)
def test_a_right_answer_raises_ability_and_lowers_difficulty_and_a_wrong_one_the_other_way(
    ability: Ability, item: Item
) -> None:
    better, easier = updated(ability, item, right=True)
    worse, harder = updated(ability, item, right=False)
    assert worse.mean < ability.mean < better.mean
    assert easier.difficulty <= item.difficulty <= harder.difficulty
    assert easier.answers == item.answers + 1
    for after, thing in ((better, easier), (worse, harder)):
        assert 0 < after.variance <= ability.variance + 1e-9
        assert 0 <= thing.variance <= item.variance + 1e-9


@given(abilities, items)
def test_what_is_expected_is_what_it_will_be_on_average(ability: Ability, item: Item) -> None:
    p = chance(ability, item)
    means = [updated(ability, item, right=right)[0].mean for right in (True, False)]
    assert p * means[0] + (1 - p) * means[1] == pytest.approx(ability.mean, abs=1e-6)


@given(abilities, st.lists(items, max_size=8), st.randoms())
def test_the_next_check_is_within_reach_and_does_not_depend_on_the_order(
    ability: Ability, several: list[Item], draw
) -> None:
    found = next_check(ability, several)
    mixed = list(several)
    draw.shuffle(mixed)
    if not several:
        assert found is None
        return
    assert found is not None
    again = next_check(ability, mixed)
    assert again is not None
    assert (again.check, information(ability, again)) == (
        found.check,
        pytest.approx(information(ability, found)),
    )
    reachable = [one for one in several if chance(ability, one) >= TARGET - NEAR + 0.02]
    if reachable:
        assert chance(ability, found) >= TARGET - NEAR - 0.02
        assert information(ability, found) >= max(information(ability, one) for one in reachable) - 1e-12
    told = next_check(ability, several, target=None)
    assert told is not None
    assert information(ability, told) == max(information(ability, one) for one in several)


def test_of_checks_that_are_all_too_hard_the_easiest_is_asked() -> None:
    found = next_check(
        Ability(mean=-4, variance=0.1), [authored("a", "hard"), authored("b", "easy"), authored("c")]
    )
    assert found is not None
    assert found.check == "b"


def test_it_stops_when_sure_and_not_before() -> None:
    assert sure(Ability()) is None
    assert sure(Ability(variance=SURE_ERROR**2)) == "measured"
    assert sure(Ability(mean=3, variance=0.25), level=0.8) == "able"
    assert sure(Ability(mean=-1, variance=0.25), level=0.8) == "not_yet"
    assert sure(Ability(mean=log(4), variance=0.01), level=0.8) is None
    for broken in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="level"):
            sure(Ability(), level=broken)


@given(abilities)
def test_a_level_lies_within_its_bounds(ability: Ability) -> None:
    level, low, high = level_of(ability)
    assert 0 < low <= level <= high < 1


def test_ability_is_that_of_the_response_model() -> None:
    ability = on_skill(Overall(ability=0.4, variance=0.3), OnSkill(ability=-0.1, variance=0.2))
    assert ability.mean == pytest.approx(0.3)
    assert ability.error == pytest.approx(sqrt(0.5))
    assert on_skill(Overall(), OnSkill()) == Ability()


def asked(
    seed: int, *, by_choice: bool, people: int = 300, answers: int = 12
) -> tuple[list[float], list[float]]:
    """(error, standard error) of each person's ability after so many answers, on checks calibrated as they are asked."""
    draw, chance_ = random.Random(seed), random.Random(-seed - 1)
    truth = {
        f"c{n}": draw.gauss(DIFFICULTIES[("easy", "normal", "hard")[n % 3]], sqrt(0.5)) for n in range(60)
    }
    known = {name: authored(name, ("easy", "normal", "hard")[n % 3]) for n, name in enumerate(truth)}
    errors, said = [], []
    for person in [draw.gauss(0, sqrt(1.5)) for _ in range(people)]:
        ability, left = Ability(), set(truth)
        for _ in range(answers):
            item = (
                next_check(ability, [known[name] for name in sorted(left)])
                if by_choice
                else known[chance_.choice(sorted(left))]
            )
            assert item is not None
            left.remove(item.check)
            right = chance_.random() < 1 / (1 + exp(truth[item.check] - person))
            ability, known[item.check] = updated(ability, item, right)
        errors.append(ability.mean - person)
        said.append(ability.error)
    return errors, said


def rmse(errors: list[float]) -> float:
    return sqrt(sum(e * e for e in errors) / len(errors))


def test_choosing_comes_nearer_than_asking_at_random() -> None:
    chosen = [e for seed in range(6) for e in asked(seed, by_choice=True)[0]]
    at_random = [e for seed in range(6) for e in asked(seed, by_choice=False)[0]]
    assert rmse(chosen) < 0.97 * rmse(at_random)


def test_the_standard_errors_are_honest() -> None:
    errors, said = asked(4, by_choice=True, people=800)
    within = sum(abs(e) <= 1.96 * s for e, s in zip(errors, said, strict=True)) / len(errors)
    assert 0.92 <= within <= 0.98
    assert rmse(errors) == pytest.approx(rmse(said), rel=0.12)
