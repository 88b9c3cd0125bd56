"""`midflow evaluate mastery`: how well the response model foretells answers, beside simpler models.

Three ways: five folds by learner; learned on one table and judged on another;
or as on the first day in an organisation, with shipped weights, people
arriving one by one and nothing learned on this table but what the day brings.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from midflow.core.learner.bulk import Floats, learn_weights, logistic, weigh
from midflow.core.learner.memory import DAY
from midflow.core.learner.response import OnItem, chance, history_key, sigmoid
from midflow.core.learner.weights import Calibration, Shift, Weights, calibrated, recalibrated, shifted
from midflow.evaluate.baselines import elo, elo_live, item_mean, item_mean_live
from midflow.evaluate.best_lr import best_lr, best_lr_live
from midflow.evaluate.boosted import fit_boosting
from midflow.evaluate.cohort import Cohort, Person, cross_fitted, read_through, rights
from midflow.evaluate.finding import Finding, Refused, Say
from midflow.evaluate.measures import auc
from midflow.evaluate.responses import Learner, read_responses
from midflow.evaluate.scores import calibration, log_loss
from midflow.evaluate.shipped import weights_for

FOLDS = 5
FIRST = 10
NEVER = OnItem()
UNSHIFTED = Shift()
Model = Callable[[Sequence[Learner], Sequence[Learner]], Floats]


def run(args: argparse.Namespace, say: Say) -> Finding:
    """Evaluate as the arguments say; Refused where they contradict each other or the data."""
    if args.day_one:
        return _day_one(args, say)
    if args.train and args.test and not args.responses:
        train, test = read_responses(Path(args.train)), read_responses(Path(args.test))
        return _finding(test, _chances(train, test, say), {"way": "train and test"})
    if args.responses and not args.train and not args.test:
        people = read_responses(Path(args.responses))
        return _finding(people, _folds(people, say), {"way": "5-fold by learner"})
    raise Refused("give either one table RESPONSES, or both --train A and --test B.")


def _day_one(args: argparse.Namespace, say: Say) -> Finding:
    if not args.responses or args.test:
        raise Refused("--day-one takes one table RESPONSES, and with --train A learns the weights there.")
    people = read_responses(Path(args.responses))
    if args.train:
        say("learning weights")
        train = read_responses(Path(args.train))
        weights, sources = (
            learn_weights(
                cross_fitted(train)[0], rights(train), prior=weights_for([*train, *people]).weights
            ),
            [args.train],
        )
    else:
        fit = weights_for(people)
        weights, sources = fit.weights, list(fit.sources)
    found: dict[str, Floats] = {}
    live_models: dict[str, Callable[[Sequence[Learner]], Floats]] = {
        "midflow": lambda some: midflow_live(some, weights),
        "item_mean": item_mean_live,
        "elo": elo_live,
        "best_lr": best_lr_live,
    }
    for name, model in live_models.items():
        say(f"day one: {name}")
        found[name] = model(people)
    return _finding(people, found, {"way": "day one", "weights_from": sources})


def _folds(people: Sequence[Learner], say: Say) -> dict[str, Floats | None]:
    if len(people) < FOLDS:
        raise Refused(f"five folds by learner need at least {FOLDS} learners; there are {len(people)}.")
    fold = np.random.default_rng(0).permutation(len(people)) % FOLDS
    sizes = [len(person.answers) for person in people]
    starts = np.concatenate([[0], np.cumsum(sizes)]).tolist()
    found: dict[str, Floats | None] = {
        name: np.zeros(starts[-1]) for name in ("midflow", "challenger", *MODELS)
    }
    for number in range(FOLDS):
        train = [person for person, f in zip(people, fold, strict=True) if f != number]
        mine = np.flatnonzero(fold == number).tolist()
        places = np.concatenate([np.arange(starts[i], starts[i + 1]) for i in mine])
        judged = _chances(
            train, [people[i] for i in mine], lambda line, n=number: say(f"fold {n + 1} of {FOLDS}: {line}")
        )
        for name, chances in judged.items():
            into = found[name]
            if into is None or chances is None:
                found[name] = None
            else:
                into[places] = chances
    return found


def _chances(train: Sequence[Learner], test: Sequence[Learner], say: Say) -> dict[str, Floats | None]:
    right = rights(train)
    if right.min() == right.max():
        raise Refused("all answers to learn from are the same; there is nothing to tell apart.")
    say("midflow and challenger")
    found: dict[str, Floats | None] = {**ours(train, test)}
    for name, model in MODELS.items():
        say(name)
        found[name] = model(train, test)
    return found


def ours(train: Sequence[Learner], test: Sequence[Learner]) -> dict[str, Floats | None]:
    """Return chances for `test` from the same numbers: `midflow`, refitted on `train` around the shipped weights,
    and `challenger`, boosted trees fitted on `train` alone, None where scikit-learn is not installed.
    """
    features, cohort = cross_fitted(train)
    right, rows = rights(train), read_through(cohort, test)
    weights = learn_weights(features, right, prior=weights_for([*train, *test]).weights)
    trees = fit_boosting(features, right)
    return {
        "midflow": logistic(weigh(weights, rows)),
        "challenger": None if trees is None else logistic(trees.decision_function(rows)),
    }


def midflow_live(people: Sequence[Learner], weights: Weights) -> Floats:
    """Return chances where people arrive one by one: fixed weights, recalibrated online, everything O(1)."""
    cohort, line, chances = Cohort(), Calibration(), list[float]()
    shifts: dict[tuple[int, int], Shift] = {}
    for learner in people:
        person = Person()
        for answer in learner.answers:
            kind = history_key(person.items.get(answer.item, NEVER), answer.time)
            shift = shifts.get(kind, UNSHIFTED)
            view, row = person.step(cohort, answer)
            logit = chance(weights, view)
            p = sigmoid(calibrated(line, logit) + shift.offset)
            chances.append(p)
            shifts[kind] = shifted(shift, answer.right, p)
            line = recalibrated(line, logit, answer.right, p)
            cohort.add((row,))
    return np.array(chances)


MODELS: dict[str, Model] = {"item_mean": item_mean, "elo": elo, "best_lr": best_lr}


def _finding(people: Sequence[Learner], found: Mapping[str, Floats | None], about: dict[str, Any]) -> Finding:
    right = rights(people)
    first = np.concatenate([np.arange(len(person.answers)) < FIRST for person in people])
    late = _after_a_gap(people)
    figures: dict[str, Any] = {}
    for name, p in found.items():
        if p is None:
            figures[name] = None
            continue
        figures[name] = {
            "auc": _rounded(auc(right, p)), "log_loss": _rounded(log_loss(right, p)),
            "calibration": _rounded(calibration(right, p)), "auc_first10": _rounded(auc(right[first], p[first])),
        }  # fmt: skip
        if late is not None and late.any():
            figures[name]["log_loss_after_gap"] = _rounded(log_loss(right[late], p[late]))
    figures |= about | {"learners": len(people), "answers": len(right)}
    return Finding(figures=figures, words=_words(figures, list(found)))


def _after_a_gap(people: Sequence[Learner]) -> "np.ndarray[Any, np.dtype[np.bool_]] | None":
    """Mark answers at least a day after the person's last one on the same skill; None without times."""
    if people[0].answers[0].time is None:
        return None
    marks: list[bool] = []
    for person in people:
        last: dict[str, float] = {}
        for answer in person.answers:
            time = answer.time or 0.0
            marks.append(time - last.get(answer.skill, time) >= DAY)
            last[answer.skill] = time
    return np.array(marks)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _words(figures: dict[str, Any], names: Sequence[str]) -> str:
    keys = list(figures[names[0]])
    about = f"{figures['learners']:,} learners, {figures['answers']:,} answers; {figures['way']}."
    lines = [about, " " * 12 + "".join(f"{key:>20}" for key in keys)]
    for name in names:
        if figures[name] is None:
            lines.append(f"{name:12}  needs scikit-learn: install midflow[challenger]")
            continue
        cells = (figures[name][key] for key in keys)
        lines.append(f"{name:12}" + "".join(f"{'-' if c is None else format(c, '.4f'):>20}" for c in cells))
    return "\n".join(lines)
