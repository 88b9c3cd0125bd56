"""The back-test of need: what counts as wrong, and that nothing is known before it came out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from midflow.core.events import WorkEvent
from midflow.evaluate.doings import doings
from midflow.evaluate.finding import Refused
from midflow.evaluate.measures import auc, scores
from midflow.evaluate.need import predicted
from midflow.flow.worklog import LogError, built_in, read_events

DATA = Path(os.environ.get("MIDFLOW_TEST_DATA", "../shared/data")) / "worklogs"
START = 1_577_836_800.0
HOUR = 3600.0


def silent(_line: str) -> None:
    return


def row(n: int, hours: float, person: str, activity: str, case: str, status: str = "") -> WorkEvent:
    data = {"activity": activity, **({"status": status} if status else {})}
    return WorkEvent(
        source="desk", id=f"desk.csv:{n}", type=f"desk.{activity.lower()}", time=START + hours * HOUR,
        person=person, case=case, data=data,
    )  # fmt: skip


def wrongs(rows: list[tuple[str, str, str]], wrong: str | None = None) -> list[bool]:
    """Rows of one case, an hour apart: person, activity, status."""
    events = [row(n, n, who, what, "C-1", status) for n, (who, what, status) in enumerate(rows)]
    events += [row(100 + n, 100 + n, "Zoe", "Rest", f"C-{100 + n}") for n in range(9)]
    return [d.wrong_at < 1e12 for d in doings(events, built_in(events, wrong), silent)][: len(rows)]


def test_without_a_status_the_same_activity_again_in_the_case_means_it_went_wrong() -> None:
    assert wrongs([("Ana", "Mend", ""), ("Ben", "Test", ""), ("Ben", "Mend", "")]) == [True, False, False]


def test_with_a_status_reopened_or_handed_off_means_it_went_wrong() -> None:
    reopened = [("Ana", "Mend", "Completed/Closed"), ("Ben", "Mend", "Accepted/In Progress")]
    handed = [("Ana", "Mend", "Accepted/In Progress"), ("Ben", "Mend", "Queued")]
    assert wrongs(reopened) == [True, False]
    assert wrongs(handed) == [True, False]
    assert wrongs([("Ana", "Mend", "Accepted/In Progress"), ("Ana", "Mend", "Queued"), *reopened]) == [
        False, False, True, False,
    ]  # fmt: skip


def test_what_counts_as_wrong_can_be_named() -> None:
    rows = [("Ana", "Mend", "open"), ("Ben", "Correct", "open"), ("Ana", "Mend", "rejected")]
    assert wrongs(rows, "redo") == [True, False, False]
    assert wrongs(rows, "status=rejected, refused") == [True, False, False]
    assert wrongs(rows, "activity=Correct") == [True, False, False]
    assert wrongs(rows, 'data.status == "rejected"') == [True, False, False]


def test_a_definition_that_cannot_be_read_is_refused_with_a_remedy() -> None:
    with pytest.raises(LogError, match=r"redo, status=A,B or activity=A,B"):
        wrongs([("Ana", "Mend", "")], "mistakes")
    with pytest.raises(LogError, match="no activity correct"):
        wrongs([("Ana", "Mend", "")], "activity=Correct")


def test_where_most_goes_wrong_or_nothing_the_answer_is_a_named_refusal() -> None:
    same = [row(n, n, "Ana", "Mend", "C-1") for n in range(50)]
    with pytest.raises(Refused, match="base_rate_over_half"):
        doings(same, built_in(same), silent)
    apart = [row(n, n, "Ana", "Mend", f"C-{n}") for n in range(50)]
    with pytest.raises(Refused, match="nothing_went_wrong"):
        doings(apart, built_in(apart), silent)


def workshop(hours: int, seed: int = 1) -> list[WorkEvent]:
    """Ten people at four tasks; two of the people do most of what has to be done again."""
    chance = np.random.default_rng(seed)
    found: list[WorkEvent] = []
    for n in range(hours):
        person, task, case = int(chance.integers(10)), f"Task{chance.integers(4)}", f"C-{n}"
        found.append(row(2 * n, n, f"P{person}", task, case))
        if chance.random() < (0.5 if person < 2 else 0.04):
            found.append(row(2 * n + 1, n + 0.5 + 40 * chance.random(), f"P{(person + 1) % 10}", task, case))
    return sorted(found, key=lambda e: e.time)


def test_need_finds_who_errs_where_the_base_rate_of_tasks_cannot() -> None:
    events = workshop(4000)
    found = predicted(doings(events, built_in(events), silent), silent)
    said, plain = (
        auc(found.wrong[found.scored], p[found.scored])
        for p in (found.predicted.chances, found.table.baseline)
    )
    assert said is not None
    assert plain is not None
    assert said > plain + 0.15


def test_shuffling_the_future_changes_no_past_prediction() -> None:
    events = workshop(2000)
    cut = START + 1500 * HOUR
    before = [e for e in events if e.time < cut]
    chance = np.random.default_rng(5)
    after = [
        row(90_000 + n, 1500 + float(chance.random()) * 500, f"P{chance.integers(12)}", f"Task{chance.integers(6)}",
            f"C-{chance.integers(2000)}")
        for n in range(600)
    ]  # fmt: skip
    told: list[list[float]] = []
    for log in (events, sorted([*before, *after], key=lambda e: e.time)):
        found = predicted(doings(log, built_in(log), silent), silent)
        told.append(found.predicted.chances[: len(before)].tolist())
    assert told[0] == told[1]


def test_json_is_one_object_with_the_promised_keys_and_a_refusal_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "desk.csv"
    lines = [
        f"2026-0{1 + n // 28}-{1 + n % 28:02}T09:00:00Z,P{n % 3},Task {n % 2},C-{n // 5}" for n in range(110)
    ]
    path.write_text("\n".join(["time,person,activity,case", *lines]) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "midflow", "evaluate", "need", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert "base_rate_over_half" in done.stderr
    command += ["--wrong", "activity=Task 1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found = json.loads(done.stdout)
    assert found["midflow"].keys() == found["base_rate"].keys() == {"auc", "log_loss", "ece"}


@pytest.mark.parametrize("name", ["helpdesk", "receipt", "it-incidents"])
def test_on_real_logs_need_ranks_no_worse_than_the_base_rate(name: str) -> None:
    path = DATA / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; name the folder with MIDFLOW_TEST_DATA")
    events = sorted(read_events([path], {}, silent), key=lambda e: e.time)
    found = predicted(doings(events, built_in(events), silent), silent)
    said, plain = (
        scores(found.wrong[found.scored], p[found.scored])
        for p in (found.predicted.chances, found.table.baseline)
    )
    assert said["auc"] > plain["auc"]
    assert said["log_loss"] < plain["log_loss"]
    assert said["ece"] <= 0.03
