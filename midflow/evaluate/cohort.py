"""The response model run over many people: what everybody's answers add up to, and what each is made of."""

from array import array
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from midflow.core.learner.bulk import Floats
from midflow.core.learner.response import (
    Norms,
    OnItem,
    OnSkill,
    Overall,
    RunKeys,
    Tally,
    Trace,
    View,
    learn,
    look,
    plus,
    run_keys,
)
from midflow.core.learner.weights import FEATURES
from midflow.evaluate.responses import Answer, Learner

NONE = Tally()
FOLDS = 8
PASSES = 3
"""In training, what is known of items comes from the other folds; each pass knows the abilities of the one before."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """What one answer adds to the sums."""

    item: str
    skill: str
    runs: RunKeys
    right: bool
    expected: float
    without_item: float


class Cohort:
    """Sums over everybody's answers, by item, by skill and by the run of answers before."""

    def __init__(self) -> None:
        self.everyone = NONE
        self.items: dict[str, Tally] = {}
        self.skills: dict[str, Tally] = {}
        self.runs: dict[str, Tally] = {}

    def norms(self, answer: Answer, runs: RunKeys) -> Norms:
        """Return what is known of the item, the skill and the runs of one coming answer."""
        found = self.runs.get
        return Norms(
            self.everyone,
            self.items.get(answer.item, NONE),
            self.skills.get(answer.skill, NONE),
            (found(runs[0], NONE), found(runs[1], NONE), found(runs[2], NONE), found(runs[3], NONE)),
        )

    def add(self, rows: Sequence[Row], sign: float = 1.0) -> None:
        """Add these answers to the sums, or take them away with `sign` -1."""
        items, skills, runs = self.items, self.skills, self.runs
        for row in rows:
            right, expected, without_item = float(row.right), row.expected, row.without_item
            self.everyone = plus(self.everyone, right, expected, sign)
            items[row.item] = plus(items.get(row.item, NONE), right, without_item, sign)
            skills[row.skill] = plus(skills.get(row.skill, NONE), right, without_item, sign)
            for run in row.runs:
                runs[run] = plus(runs.get(run, NONE), right, expected, sign)


class Person:
    """One person's traces, as the store will keep them: overall, by skill, by item."""

    def __init__(self) -> None:
        self.overall = Overall()
        self.skills: dict[str, OnSkill] = {}
        self.items: dict[str, OnItem] = {}

    def trace(self, answer: Answer) -> Trace:
        """Return what is known of this person where `answer` is concerned."""
        return Trace(
            self.overall,
            self.skills.get(answer.skill) or OnSkill(),
            self.items.get(answer.item) or OnItem(),
        )

    def step(self, cohort: Cohort, answer: Answer) -> tuple[View, Row]:
        """Look at the coming answer with what was known before it, then learn from it."""
        trace = self.trace(answer)
        runs = run_keys(trace, answer.skill)
        view = look(trace, cohort.norms(answer, runs), answer.time)
        after = learn(trace, view, answer.right, answer.skill, answer.time)
        self.overall, self.skills[answer.skill], self.items[answer.item] = (
            after.overall,
            after.skill,
            after.item,
        )
        row = Row(answer.item, answer.skill, runs, answer.right, view.expected, view.without_item)
        return view, row


def walk(cohort: Cohort, answers: Sequence[Answer]) -> "tuple[array[float], list[Row]]":
    """Return the features, one answer's after the other's, and the rows; the cohort stays as it is."""
    person, features, rows = Person(), array("d"), list[Row]()
    for answer in answers:
        view, row = person.step(cohort, answer)
        features.extend(view.features)
        rows.append(row)
    return features, rows


def read_through(cohort: Cohort, people: Sequence[Learner]) -> Floats:
    """Return the features of everybody's answers against a cohort that learns nothing from them."""
    return _as_rows(walk(cohort, person.answers)[0] for person in people)


def live(people: Sequence[Learner]) -> Floats:
    """Return the features of everybody's answers where people arrive one by one at an empty cohort."""
    cohort, features = Cohort(), array("d")
    for learner in people:
        person = Person()
        for answer in learner.answers:
            view, row = person.step(cohort, answer)
            cohort.add((row,))
            features.extend(view.features)
    return _as_rows([features])


def cross_fitted(people: Sequence[Learner], seed: int = 0) -> tuple[Floats, Cohort]:
    """Return features for training, and the cohort of all these people.

    Nobody's own answers are in the sums that their features are made of: else
    an item answered once would give its answer away.
    """
    fold = np.random.default_rng(seed).permutation(len(people)) % FOLDS
    blank = look(Trace(), Norms(), None)
    rows = [
        [
            Row(a.item, a.skill, ("", "", "", ""), a.right, blank.expected, blank.without_item)
            for a in person.answers
        ]
        for person in people
    ]
    features = [array("d")] * len(people)
    for _ in range(PASSES):
        cohort = _cohort(rows)
        after = list(rows)
        for number in range(min(FOLDS, len(people))):
            mine = np.flatnonzero(fold == number).tolist()
            for i in mine:
                cohort.add(rows[i], -1.0)
            for i in mine:
                features[i], after[i] = walk(cohort, people[i].answers)
            for i in mine:
                cohort.add(rows[i])
        rows = after
    return _as_rows(features), _cohort(rows)


def _cohort(rows: Sequence[Sequence[Row]]) -> Cohort:
    cohort = Cohort()
    for of_one in rows:
        cohort.add(of_one)
    return cohort


def _as_rows(features: "Iterable[array[float]]") -> Floats:
    return np.frombuffer(b"".join(features), dtype=np.float64).reshape(-1, len(FEATURES))


def rights(people: Sequence[Learner]) -> Floats:
    """Return 1 for right and 0 for wrong, everybody's answers after each other."""
    return np.array([answer.right for person in people for answer in person.answers], dtype=np.float64)
