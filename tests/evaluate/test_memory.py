"""The evaluation of memory: blocks of time, what is scored, and FSRS as others have it."""

import csv
import gzip
import json
import os
import subprocess
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from fsrs import Card, Rating, Scheduler

from midflow.core.learner.memory import DAY, Memory, recall, review
from midflow.evaluate import memory
from midflow.evaluate.finding import Refused
from midflow.evaluate.recalls import FORETELLERS, fsrs, scored, successive
from midflow.evaluate.reviews import Reviewed, read_reviews
from midflow.evaluate.scores import rmse_bins

DATA = Path(os.environ.get("MIDFLOW_TEST_DATA", "../shared/data")) / "learning"
HEADER = "card_id,review_rating,review_time\n"


def silent(_line: str) -> None:
    return


def desk(checks: int = 40, answers: int = 8, seed: int = 1) -> list[Reviewed]:
    draw = np.random.default_rng(seed)
    found = []
    for check in range(checks):
        now = float(draw.integers(20)) * DAY
        for number in range(answers):
            found.append(Reviewed(f"c{check}", 3 if draw.random() < 0.8 else 1, now))
            now += (0.01 if number == 1 else float(draw.integers(1, 9))) * DAY
    return sorted(found, key=lambda answer: answer.time)


def real_reviews() -> list[Reviewed]:
    path = DATA / "reviews.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; name the folder with MIDFLOW_TEST_DATA")
    return read_reviews(path)


def test_it_prints_every_foreteller_with_its_keys_and_nothing_else(tmp_path: Path) -> None:
    table = tmp_path / "reviews.csv.gz"
    with gzip.open(table, "wt", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["review_time", "extra", "card_id", "review_rating"])
        rows.writerows(
            [datetime.fromtimestamp(a.time, UTC).isoformat(), "", a.check, a.grade] for a in desk()
        )
    command = [sys.executable, "-m", "midflow", "evaluate", "memory", str(table), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    figures = json.loads(run.stdout)
    assert all(figures[name].keys() == {"auc", "log_loss", "rmse_bins"} for name in FORETELLERS)
    assert run.stderr == ""


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEADER + "a,3,1\na,5,2\n", ":3: review_rating is 1 (again) to 4 (easy), not '5'"),
        (HEADER + "a,3,later\n", ":2: review_time is neither"),
        (HEADER + ",3,1\n", ":2: card_id must not be empty"),
        ("card_id,rating\n", ":1: no column review_rating, review_time"),
        (HEADER, "no reviews"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_file_and_line(
    tmp_path: Path, text: str, complaint: str
) -> None:
    table = tmp_path / "reviews.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_reviews(table)
    assert complaint in str(refused.value)


def test_too_few_reviews_are_refused(tmp_path: Path) -> None:
    table = tmp_path / "reviews.csv"
    table.write_text(HEADER + "a,3,1\na,3,200000\n", encoding="utf-8")
    with pytest.raises(Refused, match="1 reviews come a day or more"):
        memory.run(Namespace(reviews=str(table)), silent)


def test_blocks_follow_each_other_and_the_first_is_only_fitted_on() -> None:
    assert successive(12, 5) == [(2, 4), (4, 6), (6, 8), (8, 10), (10, 12)]


@pytest.mark.parametrize("name", FORETELLERS)
def test_what_comes_after_a_block_changes_nothing_in_it(name: str) -> None:
    answers = desk()
    table = scored(answers)
    blocks = successive(len(table.at), 5)
    end = table.at[blocks[1][1]]
    turned = [a if place < end else Reviewed(a.check, 4 - a.grade, a.time) for place, a in enumerate(answers)]
    before = FORETELLERS[name](answers, table, blocks)
    after = FORETELLERS[name](turned, scored(turned), blocks)
    assert before is not None
    assert after is not None
    judged = slice(*blocks[0]), slice(*blocks[1])
    assert all(np.allclose(before[block], after[block]) for block in judged)


def test_answers_within_a_day_are_not_scored() -> None:
    table = scored(desk())
    assert table.days.min() >= 1
    assert len(table.at) == 40 * 6


def test_recall_is_that_of_py_fsrs_on_all_real_reviews() -> None:
    oracle = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    answers = real_reviews()
    many = fsrs(answers)
    cards: dict[str, Card] = {}
    memories: dict[str, Memory] = {}
    largest = 0.0
    for place, answer in enumerate(answers):
        when = datetime.fromtimestamp(answer.time, UTC)
        card = cards.get(answer.check) or Card(card_id=1)
        if answer.check in memories:
            expected = oracle.get_card_retrievability(card, when)
            one = recall(memories[answer.check], answer.time)
            largest = max(largest, abs(one - expected), abs(many[place] - expected))
        cards[answer.check], _ = oracle.review_card(card, Rating(answer.grade), when)
        memories[answer.check] = review(memories.get(answer.check), answer.grade, answer.time)
    assert largest <= 1e-6


def test_errors_cancel_inside_a_bin_and_add_up_over_bins() -> None:
    """Intervals fall into bins at powers of 3.62, numbers of reviews at 1.89, lapses at 1.73: as in fsrs-rs."""
    right, chances = np.array([1.0, 0.0]), np.array([0.5, 0.5])
    one = np.array([2.0, 2.0])
    assert rmse_bins(right, chances, np.array([4.0, 13.0]), one, np.zeros(2)) == pytest.approx(0.0)
    assert rmse_bins(right, chances, np.array([3.0, 4.0]), one, np.zeros(2)) == pytest.approx(0.5)
    assert rmse_bins(right, chances, one, np.array([2.0, 3.0]), np.zeros(2)) == pytest.approx(0.0)
    assert rmse_bins(right, chances, one, np.array([3.0, 4.0]), np.zeros(2)) == pytest.approx(0.5)
    assert rmse_bins(right, chances, one, one, np.array([0.0, 1.0])) == pytest.approx(0.5)
    assert rmse_bins(right, chances, one, one, np.array([3.0, 5.0])) == pytest.approx(0.0)
    thrice = (np.array([1.0, 1.0, 1.0, 0.0]), np.full(4, 0.75), np.array([1.0, 1.0, 1.0, 50.0]))
    assert rmse_bins(*thrice, np.full(4, 2.0), np.zeros(4)) == pytest.approx(
        ((3 * 0.25**2 + 0.75**2) / 4) ** 0.5
    )


def test_real_reviews_are_foretold_as_well_as_promised() -> None:
    real_reviews()
    found = memory.run(Namespace(reviews=str(DATA / "reviews.csv.gz")), silent).figures
    assert found["midflow"]["log_loss"] <= 0.437
    assert found["midflow"]["rmse_bins"] <= 0.045
    assert found["midflow"]["log_loss"] < found["fsrs_default"]["log_loss"]
