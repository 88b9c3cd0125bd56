"""Shallow boosted trees challenge the response model, where there are many answers, and serve only while they win."""

from collections import defaultdict
from collections.abc import Sequence
from math import log, sqrt
from typing import NamedTuple

import numpy as np

from midflow.core.learner.bulk import Floats, weigh
from midflow.core.learner.foretell import Challenger
from midflow.core.learner.trees import boosted
from midflow.evaluate.boosted import exported, fit_boosting
from midflow.flow.everybody import Everybody
from midflow.flow.fit_answers import MOST, numbers, put_lines, response_of, rights
from midflow.flow.fitted import save_challenger
from midflow.store.answers import Fact, facts, numbers_of, people_and_answers
from midflow.store.tx import Store, Tx

FEWEST_PEOPLE = 100
FEWEST_ANSWERS = 10_000
"""Before there are more of both nothing challenges the response model."""

JUDGED = 0.2
"""The latest share of answers, by which both models are judged after a fit on the others."""

MARGIN = 0.002
SURE = 2.0
"""What the trees must win an answer, in log loss, and by how many standard errors their gain must be above 0."""

NEVER = 1e-12


class Verdict(NamedTuple):
    """Log loss of both models on the answers that neither was fitted on, what the trees gain, and its error over people."""

    response: float
    trees: float
    gain: float
    error: float

    @property
    def won(self) -> bool:
        """Whether the trees win by enough, and surely."""
        return self.gain > MARGIN and self.gain > SURE * self.error


def challenge(store: Store, *, now: float) -> Verdict | None:
    """Fit trees on the earlier answers, judge them by the later ones, and let them serve if they won.

    Both models foretell each of the later answers with a line that learned from those before it. What serves
    are the trees that were judged, with the line that they were judged with. None where there is too little, or
    scikit-learn is not installed: then, and where they lose, the response model serves.
    """
    people, answers = store.read(people_and_answers)
    if people <= FEWEST_PEOPLE or answers <= FEWEST_ANSWERS:
        return None
    found = store.read(lambda tx: list(facts(tx, most=MOST)))
    border = int(len(found) * (1 - JUDGED))
    early, late = found[:border], found[border:]
    right = rights(early)
    if not 0 < right.mean() < 1:
        return None
    model = fit_boosting(numbers(early), right)
    if model is None:
        return None
    trees, rows = exported(model), numbers(late)
    ours, theirs = Everybody(None), Everybody(None)
    verdict = _verdict(
        late,
        _losses(ours, late, weigh(response_of(early), rows)),
        _losses(theirs, late, model.decision_function(rows)),
    )
    if verdict.won:
        found_now = Challenger(trees=trees, fitted_to=early[-1].statement)

        def put(tx: Tx) -> None:
            for one in facts(tx, after=late[-1].statement):
                theirs.draw(one, boosted(trees, numbers_of(one)))
            save_challenger(tx, found_now, now=now)
            put_lines(tx, theirs)

        store.write(put)
    return verdict


def _losses(everybody: Everybody, late: Sequence[Fact], logits: Floats) -> Floats:
    said = [everybody.draw(one, logit) for one, logit in zip(late, logits.tolist(), strict=True)]
    return np.array([
        -log(max(p if one.right else 1.0 - p, NEVER)) for one, p in zip(late, said, strict=True)
    ])  # fmt: skip


def _verdict(late: Sequence[Fact], response: Floats, trees: Floats) -> Verdict:
    """Answers of one person are alike: the error is that of a mean over people's sums."""
    gains = response - trees
    gain = float(gains.mean())
    off: defaultdict[str, float] = defaultdict(float)
    for one, more in zip(late, gains.tolist(), strict=True):
        off[one.person] += more - gain
    error = sqrt(sum(x * x for x in off.values())) / len(late)
    return Verdict(float(response.mean()), float(trees.mean()), gain, error)
