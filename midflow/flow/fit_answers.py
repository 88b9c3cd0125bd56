"""Fits on what was known when each answer was given, around what is shipped. With numpy: for the jobs, never the edge."""

from collections.abc import Sequence

import numpy as np

from midflow.core.learner import correction
from midflow.core.learner.bulk import Floats, learn_weights, most_likely
from midflow.core.learner.foretell import Correction
from midflow.core.learner.response import View, chance
from midflow.core.learner.weights import FEATURES, Weights
from midflow.flow.everybody import Everybody
from midflow.flow.fitted import save_challenger, save_correction, save_response
from midflow.flow.shipped import shipped_weights
from midflow.store.answers import Fact, facts, numbers_of, reviews
from midflow.store.models import forget_tallies
from midflow.store.tx import Store, Tx

FEWEST_ANSWERS = 200
FEWEST_REVIEWS = 50
"""Before there are so many nothing is fitted: the prior would say nearly all of it."""

MOST = 500_000
"""The latest answers that a fit looks at."""

STRENGTH = 20.0
"""Reviews' worth of belief that memory needs no correction."""


def refit_response(store: Store, *, now: float) -> Weights | None:
    """Fit the response model around the shipped weights and put it in force; None where there is too little.

    The line and the shifts through its logits are learned anew, answer by answer, as if it had foretold them all.
    What stood in for it has to win again.
    """
    found = store.read(lambda tx: list(facts(tx, most=MOST)))
    if len(found) < FEWEST_ANSWERS:
        return None
    weights = response_of(found)
    everybody = Everybody(None)
    for one in found:
        everybody.draw(one, _logit(weights, one))

    def put(tx: Tx) -> None:
        for one in facts(tx, after=found[-1].statement):
            everybody.draw(one, _logit(weights, one))
        save_response(tx, weights, now=now)
        save_challenger(tx, None, now=now)
        put_lines(tx, everybody)

    store.write(put)
    return weights


def response_of(found: Sequence[Fact]) -> Weights:
    """Return the response model fitted on these answers around the shipped weights."""
    return learn_weights(numbers(found), rights(found), prior=shipped_weights())


def numbers(found: Sequence[Fact]) -> Floats:
    """Return what the response model looked at: answers x `FEATURES`."""
    return _rows([one.facts for one in found], len(FEATURES))


def rights(found: Sequence[Fact]) -> Floats:
    """Return 1 for each right answer, 0 for each wrong one."""
    return np.array([one.right for one in found], dtype=np.float64)


def put_lines(tx: Tx, everybody: Everybody) -> None:
    """Put a line and its shifts in the place of those there are."""
    forget_tallies(tx, ("line", "shift"))
    everybody.save(tx)


def _logit(weights: Weights, fact: Fact) -> float:
    return chance(weights, View(numbers_of(fact), 0.5, 0.5))


def refit_correction(store: Store, *, now: float) -> Correction | None:
    """Fit the layer over memory around FSRS itself and put it in force; None where there are too few reviews."""
    found = store.read(lambda tx: reviews(tx, MOST))
    if len(found) < FEWEST_REVIEWS:
        return None
    rows = _rows([regarded for _, regarded in found], len(correction.FEATURES))
    right = np.array([right for right, _ in found], dtype=np.float64)
    values = most_likely(rows, right, prior=(*correction.FSRS, 0.0), strength=STRENGTH)
    alike = store.read(lambda tx: Everybody(tx).by_history())
    made = Correction(values=tuple(values[:-1].tolist()), bias=float(values[-1]), alike=alike)
    store.write(lambda tx: save_correction(tx, made, now=now))
    return made


def _rows(packed: list[bytes], width: int) -> Floats:
    return np.frombuffer(b"".join(packed), dtype="<f4").reshape(-1, width).astype(np.float64)
