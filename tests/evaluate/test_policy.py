"""The policy on histories: hard limits whatever comes, honest words, and planted effects found."""

import json
import os
import random
import subprocess
import sys
from argparse import Namespace
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from midflow.core.decide import Limits
from midflow.core.decide.budget import violations
from midflow.evaluate import policy, worlds
from midflow.evaluate.doings import Doing, doings
from midflow.evaluate.need import predicted
from midflow.evaluate.prompting import Prompter, first_come
from midflow.evaluate.simulate import clairvoyant, simulate
from midflow.flow.worklog import built_in, read_events

DATA = Path(os.environ.get("MIDFLOW_TEST_DATA", "../shared/data")) / "worklogs"
DAY = 86_400.0


def silent(_line: str) -> None:
    return


def doing(time: float, person: str, task: str, wrong: bool = False) -> Doing:
    wrong_at = time + 60 if wrong else inf
    return Doing(
        time=time,
        person=person,
        task=task,
        case=f"{task}-{time}",
        state="",
        wrong_at=wrong_at,
        place=int(1000 * time),
    )


rows = st.lists(
    st.builds(doing, st.floats(0, 20 * DAY), st.sampled_from("AB"), st.sampled_from("wxyz"), st.booleans()),
    max_size=80,
)


@settings(deadline=None, max_examples=60)
@given(rows, st.booleans(), st.integers(0, 9), st.data())
def test_no_stream_breaks_the_budget_in_order_out_of_order_or_twice(
    stream: list[Doing], ordered: bool, seed: int, data: st.DataObject
) -> None:
    stream = [*stream, *data.draw(st.lists(st.sampled_from(stream), max_size=20))] if stream else []
    if ordered:
        stream.sort(key=lambda d: d.time)
    limits = Limits()
    for prompter in (
        Prompter(limits, random.Random(seed).random, aims=True),
        Prompter(first_come(limits), random.Random(seed).random, aims=False),
    ):
        found = policy.prompt(stream, np.full(len(stream), 0.6), prompter, silent)
        assert sum(violations(times, limits) for times in found.charges.values()) == 0
        assert found.shown.sum() <= sum(len(times) for times in found.charges.values())


@pytest.mark.parametrize(
    ("auc", "interval"), [(0.69, [2.0, 3.0]), (0.9, [0.9, 3.0]), (0.9, None), (None, None)]
)
def test_where_no_lift_can_be_shown_the_verdict_says_so(
    auc: float | None, interval: list[float] | None
) -> None:
    said = policy.verdict(auc, {"value": 2.0, "interval": interval})
    assert said == "no lift can be shown on this log: only help on request is advised"


def test_where_a_lift_is_shown_the_verdict_says_what_it_does_not_show() -> None:
    said = policy.verdict(0.8, {"value": 2.0, "interval": [1.5, 3.0]})
    assert "worth trying" in said
    assert "cannot say" in said


def bench_of(people: int, days: int) -> list[Doing]:
    """Every tenth person gets half of one task wrong, the rest hardly anything."""
    chance = np.random.default_rng(4)
    found: list[Doing] = []
    for day in range(days):
        for person in range(people):
            task = int(chance.integers(5))
            risky = person % 10 == 0 and task == 0
            time = 1e9 + day * DAY + 30_000 + float(chance.random()) * 1e4
            found.append(doing(time, f"P{person}", f"t{task}", chance.random() < (0.6 if risky else 0.02)))
    return sorted(found, key=lambda d: d.time)


def test_prompts_go_where_errors_are_and_the_interval_is_by_person() -> None:
    figures = policy.evaluate(predicted(bench_of(40, 150), silent), 0, silent).figures
    assert figures["budget_violations"] == 0
    assert figures["lift"]["value"] > 5
    low, high = figures["lift"]["interval"]
    assert 1 < low < figures["lift"]["value"] < high
    assert figures["prompts_per_person_day"]["max"] <= 2
    assert figures["at_breakpoint"] == 1.0


def test_where_errors_fall_by_chance_alone_no_lift_is_claimed() -> None:
    chance = np.random.default_rng(5)
    log = [doing(1e9 + n * 3000, f"P{n % 20}", f"t{n % 4}", chance.random() < 0.1) for n in range(4000)]
    figures = policy.evaluate(predicted(log, silent), 0, silent).figures
    assert figures["verdict"].startswith("no lift can be shown")


def test_the_clairvoyant_keeps_the_budget_too() -> None:
    log = bench_of(10, 40)
    shown = clairvoyant(log, np.random.default_rng(1).random(len(log)))
    charges: dict[str, list[float]] = {}
    for one, which in zip(log, shown.tolist(), strict=True):
        if which:
            charges.setdefault(one.person, []).append(one.time)
    assert sum(violations(times, Limits()) for times in charges.values()) == 0
    assert shown.any()


@pytest.fixture(scope="module")
def world() -> dict[str, dict[str, dict[str, float]]]:
    return simulate(Namespace(log=None, seed=0, wrong=None, map=None), silent).figures


def test_planted_effects_are_met_better_than_always_or_first_come(
    world: dict[str, dict[str, dict[str, float]]],
) -> None:
    for kind in ("planted", "heterogeneous"):
        per = {name: found["errors_avoided_per_prompt"] for name, found in world[kind].items()}
        assert per["never"] == 0.0
        assert per["midflow"] >= 2 * per["always"]
        assert per["midflow"] >= 1.3 * per["budget_only"]


def test_without_an_effect_prompting_fades(world: dict[str, dict[str, dict[str, float]]]) -> None:
    zero, planted = world["zero"]["midflow"], world["planted"]["midflow"]
    assert zero["errors_avoided_per_prompt"] == 0.0
    assert zero["prompts_last_quarter"] < 0.5 * zero["prompts_first_quarter"]
    assert zero["prompts_last_quarter"] < planted["prompts_last_quarter"]


def test_simulated_people_err_as_often_as_their_risk_says() -> None:
    found = worlds.simulated(np.random.default_rng(3))
    wrong = np.array([d.wrong_at < inf for d in found.doings])
    assert wrong.mean() == pytest.approx(found.risk.mean(), abs=0.01)
    assert worlds.planted("zero", found.doings, np.random.default_rng(1)) == dict.fromkeys(
        {d.task for d in found.doings}, 0.0
    )


def test_json_has_the_promised_keys(tmp_path: Path) -> None:
    path = tmp_path / "desk.csv"
    lines = [
        f"2026-0{1 + n // 28}-{1 + n % 28:02}T{8 + k:02}:00:00Z,P{k},Task {n % 3},C-{n}-{k if n % 9 else 0}"
        for n in range(110)
        for k in range(3)
    ]
    path.write_text("\n".join(["time,person,activity,case", *lines]) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "midflow", "evaluate", "policy", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found = json.loads(done.stdout)
    assert found.keys() >= {
        "prompts_per_person_day", "naive_per_person_day", "budget_violations", "precision", "lift",
        "risk_auc", "at_breakpoint", "verdict",
    }  # fmt: skip
    assert found["lift"].keys() == {"value", "interval"}
    assert (
        found["prompts_per_person_day"].keys()
        == found["naive_per_person_day"].keys()
        == {"mean", "p95", "max"}
    )


def test_without_a_log_or_a_simulation_the_command_says_what_it_needs() -> None:
    command = [sys.executable, "-m", "midflow", "evaluate", "policy"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert "Name a LOG" in done.stderr


@pytest.mark.parametrize("name", ["helpdesk", "receipt", "it-incidents"])
def test_on_real_logs_prompts_meet_errors_more_often_than_naive_triggering(name: str) -> None:
    path = DATA / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; name the folder with MIDFLOW_TEST_DATA")
    events = sorted(read_events([path], {}, silent), key=lambda e: e.time)
    found = policy.evaluate(predicted(doings(events, built_in(events), silent), silent), 0, silent).figures
    assert found["budget_violations"] == 0
    assert found["lift"]["interval"][0] > 1
    assert found["at_breakpoint"] >= 0.9
    assert found["precision"] > found["budget_only"]["precision"]
