"""The evaluation of mastery: what may be known when, what is refused, and the figures on real answers."""

import gzip
import json
import os
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from midflow.core.learner.bulk import learn_weights, logistic, weigh
from midflow.core.learner.weights import UNLEARNED
from midflow.evaluate import mastery, shipped
from midflow.evaluate.cohort import cross_fitted, live, read_through, rights
from midflow.evaluate.finding import Refused
from midflow.evaluate.measures import auc
from midflow.evaluate.responses import Answer, Learner, read_responses
from midflow.evaluate.scores import calibration

DATA = Path(os.environ.get("MIDFLOW_TEST_DATA", "../shared/data")) / "learning"
BASELINES = ("item_mean", "elo", "best_lr")
HEADER = "user_id\titem_id\ttimestamp\tcorrect\tskill_id\n"


def silent(_line: str) -> None:
    return


def arguments(**given: object) -> Namespace:
    return Namespace(**{"responses": None, "train": None, "test": None, "day_one": False, **given})


def school(people: int, seed: int = 1, *, timed: bool = True) -> list[Learner]:
    """People of different ability, items of different difficulty, three skills."""
    draw = np.random.default_rng(seed)
    ease = draw.normal(0.5, 1.0, 30)
    found = []
    for person in range(people):
        ability, answers = draw.normal(), []
        for number in range(25):
            item = int(draw.integers(30))
            right = bool(draw.random() < 1 / (1 + np.exp(-ease[item] - ability)))
            answers.append(Answer(f"i{item}", f"s{item % 3}", number * 7200.0 if timed else None, right))
        found.append(Learner(f"p{person}", answers))
    return found


def write(path: Path, people: list[Learner]) -> Path:
    lines = [
        f"{p.name}\t{a.item}\t{a.time or 0:g}\t{a.right:d}\t{a.skill}\n" for p in people for a in p.answers
    ]
    data = (HEADER + "".join(lines)).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_five_folds_print_every_model_with_its_keys_and_nothing_else(tmp_path: Path) -> None:
    table = write(tmp_path / "answers.tsv.gz", school(40))
    command = [sys.executable, "-m", "midflow", "evaluate", "mastery", str(table), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    figures = json.loads(run.stdout)
    keys = {"auc", "log_loss", "calibration", "auc_first10", "log_loss_after_gap"}
    for name in ("midflow", "challenger", *BASELINES):
        assert figures[name].keys() <= keys
        assert figures[name]["auc"] > 0.5
    assert run.stderr == ""


def test_without_real_times_there_is_no_gap(tmp_path: Path) -> None:
    train, test = write(tmp_path / "a.tsv", school(30, timed=False)), write(tmp_path / "b.tsv", school(10, 2))
    found = mastery.run(arguments(train=str(train), test=str(train)), silent)
    assert "log_loss_after_gap" not in found.figures["midflow"]
    assert mastery.run(arguments(train=str(train), test=str(test)), silent).figures["answers"] == 250


def test_a_table_may_be_csv_with_other_columns_and_times_in_words(tmp_path: Path) -> None:
    table = tmp_path / "answers.csv"
    table.write_text(
        "skill_id,note,correct,timestamp,item_id,user_id\ns,x,1,2026-03-02 09:00:00,i,ana\ns,y,0,2026-03-02T10:00:00Z,i,ana\n",
        encoding="utf-8",
    )
    (ana,) = read_responses(table)
    assert [a.right for a in ana.answers] == [True, False]
    assert ana.answers[1].time - ana.answers[0].time == 3600.0  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEADER + "ana\ti\t1\t1\ts\nana\ti\t2\tyes\ts\n", ":3: correct is 1 or 0, not 'yes'"),
        (HEADER + "ana\ti\tsoon\t1\ts\n", ":2: timestamp is neither seconds nor an ISO 8601 time: 'soon'"),
        (HEADER + "ana\ti\tnan\t1\ts\n", ":2: timestamp is no time"),
        (HEADER + "\ti\t1\t1\ts\n", ":2: user_id and item_id must not be empty"),
        (HEADER + "ana\ti\t1\n", ":2: 3 columns, the header has 5"),
        ("user_id,item_id\n", ":1: no column timestamp, correct, skill_id"),
        (HEADER, "no answers"),
        ("", "no header"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_file_and_line(
    tmp_path: Path, text: str, complaint: str
) -> None:
    table = tmp_path / "answers.tsv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_responses(table)
    assert str(table) in str(refused.value)
    assert complaint in str(refused.value)


@pytest.mark.parametrize("name", ["cut.tsv.gz", "damaged.tsv.gz", "plain.tsv.gz", "binary.tsv"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    whole = bytearray(gzip.compress((HEADER + "ana\ti\t1\t1\ts\n" * 500).encode()))
    damaged = bytes(whole[:40]) + b"\xff" * 8 + bytes(whole[48:])
    bodies = {"cut": bytes(whole[:60]), "damaged": damaged, "plain": b"user_id", "binary": b"\xff\xfe\x00"}
    table = tmp_path / name
    table.write_bytes(bodies[name.partition(".")[0]])
    with pytest.raises(Refused, match=name):
        read_responses(table)


def test_a_mistake_is_one_line_on_standard_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "midflow", "evaluate", "mastery", str(tmp_path / "none.tsv"), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)


def test_what_cannot_be_evaluated_says_why(tmp_path: Path) -> None:
    table = str(write(tmp_path / "few.tsv", school(3)))
    same = str(
        write(tmp_path / "same.tsv", [Learner(f"p{n}", [Answer("i", "s", None, True)]) for n in range(6)])
    )
    for given, complaint in (
        (arguments(), "give either"), (arguments(responses=table, train=table), "give either"),
        (arguments(day_one=True), "--day-one takes"), (arguments(responses=table), "at least 5 learners"),
        (arguments(responses=same), "all answers to learn from are the same"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=complaint):
            mastery.run(given, silent)


def test_one_answer_only_is_enough_for_day_one(tmp_path: Path) -> None:
    table = write(tmp_path / "one.tsv", [Learner("ana", [Answer("i", "s", None, True)])])
    found = mastery.run(arguments(responses=str(table), day_one=True), silent)
    assert found.figures["midflow"]["auc"] is None
    assert found.figures["midflow"]["log_loss"] > 0


def test_an_answer_is_not_in_the_sums_that_foretell_it() -> None:
    """Items answered once, by a coin: whoever had leaked the answer would look clever here."""
    draw = np.random.default_rng(5)
    people = [
        Learner(
            f"p{n}", [Answer(f"i{n}-{k}", f"s{k % 4}", None, bool(draw.random() < 0.5)) for k in range(20)]
        )
        for n in range(120)
    ]
    features, _ = cross_fitted(people)
    weights = learn_weights(features, rights(people), prior=UNLEARNED)
    found = auc(rights(people), logistic(weigh(weights, features)))
    assert found is not None
    assert found < 0.58


def test_people_who_come_later_change_nothing_before_them() -> None:
    people = school(12)
    alone, together = live(people[:6]), live(people)
    assert np.array_equal(alone, together[: len(alone)])


def test_reading_through_teaches_the_cohort_nothing() -> None:
    _, cohort = cross_fitted(school(20))
    judged = school(5, 3)
    assert np.array_equal(read_through(cohort, judged), read_through(cohort, judged))


def test_shipped_weights_do_not_judge_the_data_that_they_were_learned_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = {"north": school(30, 1), "south": [_renamed(p) for p in school(30, 2)]}
    made = shipped.learned(ours)
    monkeypatch.setattr(shipped, "read_shipped", lambda: made)
    assert [fit.sources for fit in made.fits] == [("north",), ("south",), ("north", "south")]
    assert shipped.weights_for(ours["north"][:3]).sources == ("south",)
    assert shipped.weights_for(ours["south"]).sources == ("north",)
    assert shipped.weights_for([*ours["north"], *ours["south"]]).sources == ()
    assert set(shipped.weights_for([Learner("ana", [Answer("other", "else", None, True)])]).sources) == {
        "north",
        "south",
    }


def _renamed(person: Learner) -> Learner:
    return Learner(person.name, [Answer(f"other {a.item}", a.skill, a.time, a.right) for a in person.answers])


def test_what_is_shipped_can_be_read_and_was_learned_on_public_data() -> None:
    found = shipped.read_shipped()
    assert len(found.sources) >= 2
    assert max(len(fit.sources) for fit in found.fits) == len(found.sources)


def test_without_scikit_learn_the_challenger_has_no_figures_and_the_words_say_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mastery, "fit_boosting", lambda features, right: None)
    table = str(write(tmp_path / "answers.tsv", school(20)))
    for found in (
        mastery.run(arguments(train=table, test=table), silent),
        mastery.run(arguments(responses=table), silent),
    ):
        assert found.figures["challenger"] is None
        assert found.figures["midflow"]["auc"] > 0.5
        assert "midflow[challenger]" in found.words


def test_calibration_is_the_root_mean_square_over_twenty_quantile_bins() -> None:
    chances = np.linspace(0.01, 0.99, 2000)
    assert calibration(chances, chances) == pytest.approx(0.0)
    assert calibration(np.zeros(2000), np.full(2000, 0.3)) == pytest.approx(0.3)


def real(name: str) -> str:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{path} is not there; name the folder with MIDFLOW_TEST_DATA")
    return str(path)


@pytest.mark.slow
def test_real_answers_are_foretold_as_well_as_promised() -> None:
    train, test = real("assistments09_train.tsv.gz"), real("assistments09_test.tsv.gz")
    found = mastery.run(arguments(train=train, test=test), silent).figures
    ours = found["midflow"]
    assert ours["auc"] >= 0.775
    assert ours["log_loss"] <= 0.525
    assert ours["calibration"] <= 0.010
    assert ours["auc_first10"] >= 0.768
    assert all(ours["auc"] > found[name]["auc"] + 0.01 for name in BASELINES)


@pytest.mark.slow
def test_day_one_on_real_answers_ranks_and_promises_well() -> None:
    for name, least in (("assistments09_train.tsv.gz", 0.76), ("algebra05_part.tsv.gz", 0.81)):
        found = mastery.run(arguments(responses=real(name), day_one=True), silent).figures
        assert found["weights_from"] != []
        assert not any(source in name for source in found["weights_from"])
        assert found["midflow"]["auc"] >= least
        assert found["midflow"]["calibration"] <= 0.02
