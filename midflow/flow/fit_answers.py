"""Fits on what was known when each answer was given, around what is shipped. With numpy: for the jobs, never the edge."""

import numpy as np

from midflow.core.learner import correction
from midflow.core.learner.bulk import Floats, learn_weights, most_likely
from midflow.core.learner.foretell import Correction
from midflow.core.learner.weights import FEATURES, Weights
from midflow.flow.everybody import Everybody
from midflow.flow.fitted import save_correction, save_response
from midflow.flow.shipped import shipped_weights
from midflow.store.answers import facts, reviews
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
    """
    found = store.read(lambda tx: list(facts(tx, most=MOST)))
    if len(found) < FEWEST_ANSWERS:
        return None
    rows = _rows([one.facts for one in found], len(FEATURES))
    right = np.array([one.right for one in found], dtype=np.float64)
    weights = learn_weights(rows, right, prior=shipped_weights())
    everybody = Everybody(None)
    for one in found:
        everybody.draw(one, weights)

    def put(tx: Tx) -> None:
        for one in facts(tx, after=found[-1].statement):
            everybody.draw(one, weights)
        save_response(tx, weights, now=now)
        forget_tallies(tx, ("line", "shift"))
        everybody.save(tx)

    store.write(put)
    return weights


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
