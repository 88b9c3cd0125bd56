"""The schedulers' world: the same luck for all, no more time than there is, and learners that remember as their models say."""

import json
import subprocess
import sys

import numpy as np
import pytest

from midflow.evaluate.remembering import FAMILIES, Family
from midflow.evaluate.scheduler import paired
from midflow.evaluate.schedulers import CONTENDERS, Fsrs, Ladder, Midflow, Nothing, Sm2
from midflow.evaluate.schooling import WRONG_SECONDS, course, school, working

SEEDS = range(4)
families = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)


def learned(family: Family, items: int = 30):
    learners = family([np.random.default_rng(seed) for seed in SEEDS], items)
    learners.learn(np.arange(items), 0)
    return learners


@families
def test_what_was_learned_is_forgotten_and_reviews_slow_that_down(family: Family) -> None:
    left, asked = learned(family), learned(family)
    recalls = [left.recall(day, 30).mean() for day in (1, 7, 30, 90)]
    assert recalls == sorted(recalls, reverse=True)
    assert 0.6 < recalls[0] < 1
    who, what = (grid.ravel() for grid in np.meshgrid(np.arange(4), np.arange(30), indexing="ij"))
    for day in (3, 10, 25):
        asked.answer(who, what, np.ones(len(who), dtype=bool), day)
    assert asked.recall(60, 30).mean() > left.recall(60, 30).mean() + 0.15


@families
def test_learners_and_items_differ_and_a_seed_is_a_learner(family: Family) -> None:
    recall = learned(family).recall(7, 30)
    assert recall.std() > 0.02
    assert (recall == learned(family).recall(7, 30)).all()
    alone = family([np.random.default_rng(2)], 30)
    alone.learn(np.arange(30), 0)
    assert alone.recall(7, 30)[0] == pytest.approx(recall[2])


@families
@pytest.mark.parametrize("name", CONTENDERS)
def test_no_policy_takes_more_time_than_there_is(family: Family, name: str) -> None:
    world = course(SEEDS, 90)
    maker = next(iter(CONTENDERS[name].settings.values()))
    found = school(family, maker(len(SEEDS), world.items, 60.0), SEEDS, world, 60.0)
    # The last answer may be wrong, and takes as much longer as that.
    assert (found.minutes[90] * 60 <= 60 + WRONG_SECONDS * world.pace).all()
    assert (found.known[90] <= np.mean(world.known)).all()
    nothing = school(family, Nothing(), SEEDS, world, 60.0)
    assert (nothing.minutes[90] == 0).all()
    if name != "none":
        assert found.known[90].mean() > nothing.known[90].mean()


def test_a_course_is_the_same_whoever_else_is_simulated() -> None:
    one, four = course([2], 60), course(SEEDS, 60)
    assert one.known == four.known
    assert (one.luck[:, 0] == four.luck[:, 2]).all()
    assert (one.present[:, 0] == four.present[:, 2]).all()
    assert [working(day) for day in range(7)] == [True] * 5 + [False] * 2


def intervals(policy: Ladder | Sm2 | Fsrs, rights: list[bool]) -> list[float]:
    policy.began(np.array([0]), 0)
    day, found = 0, [float(policy.interval[0, 0])]
    for right in rights:
        day += max(1, round(policy.interval[0, 0]))
        policy.answered(np.array([0]), np.array([0]), np.array([right]), day)
        found.append(float(policy.interval[0, 0]))
    return found


def test_the_baselines_have_the_intervals_they_are_known_for() -> None:
    steps = (1, 3, 7, 14, 30, 90)
    assert intervals(Ladder(1, 1, steps=steps), [True] * 6) == [1, 3, 7, 14, 30, 90, 90]
    assert intervals(Ladder(1, 1, steps=steps), [True, True, False]) == [1, 3, 7, 1]
    assert intervals(Ladder(1, 1, steps=steps, by_one=True, stretch=2), [True, True, False]) == [2, 6, 14, 6]
    assert intervals(Ladder(1, 1, steps=(14,)), [True, False]) == [14, 14, 14]
    assert intervals(Sm2(1, 1), [True, True, True]) == pytest.approx([1, 6, 15, 37.5])
    assert intervals(Sm2(1, 1), [False, True]) == [1, 1, 1]
    assert intervals(Fsrs(1, 1, retention=0.9), [True])[0] == 2
    assert intervals(Fsrs(1, 1, retention=0.8), [True])[0] > 2


@families
def test_ours_meets_its_target_where_there_is_time(family: Family) -> None:
    world = course(SEEDS, 180)
    found = school(family, Midflow(len(SEEDS), world.items, seconds=300.0), SEEDS, world, 300.0)
    assert (found.success >= 0.77).all()
    assert (found.success <= 0.96).all()
    assert 0.79 <= found.success.mean() <= 0.93


def test_the_interval_is_of_the_paired_differences() -> None:
    found = paired(np.array([11.0, 21.0, 31.0]), np.array([10.0, 20.0, 30.0]))
    assert found == {"share": 0.05, "interval": [0.05, 0.05]}
    low, high = paired(np.array([11.0, 20.0, 33.0]), np.array([10.0, 20.0, 30.0]))["interval"]
    assert low < 0.0667 < high


def test_the_command_prints_its_keys_and_writes_its_page(tmp_path) -> None:
    page = tmp_path / "page.html"
    done = subprocess.run(
        [sys.executable, "-m", "midflow", "evaluate", "scheduler", "--quick", "--json", "--report", str(page)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures = json.loads(done.stdout)
    for name in FAMILIES:
        assert set(figures[name]) == set(CONTENDERS)
        for policy in CONTENDERS:
            assert {"minutes", "items_known", "delayed_test", "recall_error"} <= set(figures[name][policy])
        assert figures[name]["none"]["minutes"] == 0
        assert figures[name]["midflow"]["items_known"] > figures[name]["none"]["items_known"]
    ability = figures["ability_rmse"]
    assert ability["midflow"]["10"] < ability["random"]["10"] < ability["random"]["1"]
    assert page.read_text().count("<svg") == len(FAMILIES)


def test_too_few_learners_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "midflow", "evaluate", "scheduler", "--seeds", "1"], capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 2
    assert "at least 2" in done.stderr
