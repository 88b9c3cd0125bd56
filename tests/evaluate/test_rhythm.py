"""The back-test of rhythm: what was predicted on a day rests on what was known before it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from midflow.core.events import WorkEvent
from midflow.evaluate import rhythm
from midflow.evaluate.finding import Refused
from midflow.evaluate.prequential import predict

DATA = Path(os.environ.get("MIDFLOW_TEST_DATA", "../shared/data")) / "worklogs"
DAY = 86_400.0
START = 18_262 * DAY


def silent(_line: str) -> None:
    return


def event(n: int, day: float, person: str, activity: str) -> WorkEvent:
    return WorkEvent(
        source="desk", id=f"desk.csv:{n}", type=f"desk.{activity}", time=START + day * DAY,
        person=person, case=f"C-{n}", data={"activity": activity},
    )  # fmt: skip


def desk(days: int, seed: int = 1) -> list[WorkEvent]:
    """Six people: each does some tasks on some weekdays, and nothing at the weekend."""
    chance = np.random.default_rng(seed)
    found: list[WorkEvent] = []
    for day in range(days):
        for person in range(6):
            for task in range(4):
                usual = (day + person + task) % 7 in (0, 3)
                if (day + 3) % 7 < 5 and chance.random() < (0.8 if usual else 0.03):
                    found.append(event(len(found), day + 0.4, f"P{person}", f"task-{task}"))
    return found


def test_a_rhythm_of_weekdays_is_learnt_and_frequency_alone_does_not_see_it() -> None:
    figures = rhythm.evaluate(desk(200), silent).figures
    assert figures["24h"]["midflow"]["auc"] > figures["24h"]["decay"]["auc"] + 0.1
    assert figures["24h"]["midflow"]["ece"] < 0.03


def test_of_the_likeliest_tasks_of_a_day_it_is_said_how_many_came_and_how_long_before() -> None:
    # Two people, two tasks, two days; the last row comes at 06:00 on its day.
    table = rhythm.PersonDays(
        rows=np.zeros((6, 1)), day=np.array([10, 10, 10, 10, 11, 11]), who=np.array([0, 0, 1, 1, 0, 0]),
        next=np.array([10, np.inf, 12, 10, 12, 11]), at=np.array([10.5, np.inf, 12.1, 10.0, 12.0, 11.25]) * DAY,
        there=np.array([True, True, False, False, True, True]),
        since=np.ones(6, dtype=np.int64), plain={}, first=10, last=11,
    )  # fmt: skip
    every = np.ones(6, dtype=bool)
    found = rhythm.foreseen(table, np.array([0.9, 0.2, 0.6, 0.1, 0.3, 0.7]), every)
    assert found["precision"] == {"1": pytest.approx(2 / 3), "3": 0.5}
    assert found["precision_present"] == {"1": 1.0, "3": 0.5}
    assert found["lead_hours"]["median"] == pytest.approx(6.0)
    first_day = rhythm.foreseen(table, np.array([0.1, 0.2, 0.6, 0.1, 0.3, 0.7]), table.day == 10)
    assert first_day["precision"]["1"] == 0.0


def test_shuffling_the_future_changes_no_past_prediction() -> None:
    events = desk(120)
    cut = int(START / DAY) + 90
    before = [e for e in events if e.time < cut * DAY]
    after = [e for e in events if e.time >= cut * DAY]
    chance = np.random.default_rng(3)
    mixed = [
        event(
            10_000 + n,
            90 + float(chance.random()) * 60,
            f"P{chance.integers(9)}",
            f"task-{chance.integers(7)}",
        )
        for n in range(len(after))
    ]
    other = sorted([*before, *mixed], key=lambda e: e.time)
    for horizon in (1, 7):
        told: list[list[float]] = []
        for log in (events, other):
            days = rhythm.person_days(log, silent)
            found = predict(rhythm.table_of(days, horizon), silent)
            told.append(found.chances[days.day <= cut].tolist())
        assert told[0] == told[1]
        assert 0 < min(told[0]) <= max(told[0]) < 1


def test_when_everything_stops_the_model_falls_back_to_the_baseline() -> None:
    lively = desk(150)
    alone = [event(10_000 + n, 150.4 + n, "Ana", "task-0") for n in range(20)]
    days = rhythm.person_days([*lively, *alone], silent)
    found = predict(rhythm.table_of(days, 7), silent)
    quiet = days.day >= START / DAY + 153
    assert found.trusted[days.day == START / DAY + 140].all()
    assert not found.trusted[quiet & (days.day < START / DAY + 157)].any()


def test_a_log_of_a_few_days_is_refused() -> None:
    with pytest.raises(Refused, match="at least 30 are needed"):
        rhythm.evaluate(desk(10), silent)


def test_json_is_one_object_with_the_promised_keys(tmp_path: Path) -> None:
    path = tmp_path / "desk.csv"
    lines = [
        f"2026-0{1 + n // 28}-{1 + n % 28:02}T09:00:00Z,P{p},Task {n % (2 + p)},C-{n}"
        for n in range(110)
        for p in range(3)
    ]
    path.write_text("\n".join(["time,person,activity,case", "broken", *lines]) + "\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "midflow", "evaluate", "rhythm", str(path), "--json"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert {"24h", "7d", "stale_24h"} <= found.keys()
    for name in ("24h", "7d", "stale_24h"):
        assert found[name]["midflow"].keys() == found[name]["decay"].keys() == {"auc", "log_loss", "ece"}
    assert found["next_day"]["midflow"]["precision"].keys() == {"1", "3"}
    assert "desk.csv:2: left out" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", ["helpdesk", "receipt", "it-incidents"])
def test_on_real_logs_rhythm_beats_frequency_and_never_trails_it_far(name: str) -> None:
    path = DATA / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; name the folder with MIDFLOW_TEST_DATA")
    from midflow.flow.worklog import read_events

    events = sorted(read_events([path], {}, silent), key=lambda e: e.time)
    found = rhythm.evaluate(events, silent).figures
    day, week, stale = found["24h"], found["7d"], found["stale_24h"]
    assert day["midflow"]["auc"] >= max(0.82, day["decay"]["auc"] + 0.05)
    assert day["midflow"]["ece"] <= 0.03
    assert week["midflow"]["log_loss"] <= week["decay"]["log_loss"] + 0.01
    assert stale["midflow"]["auc"] >= 0.65
