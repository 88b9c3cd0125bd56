"""Fits FSRS's own weights to the reviews made here, by fsrs-rs, where it is installed and does better than the published."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from midflow.core.learner.memory import AGAIN, DAY, WEIGHTS, fsrs
from midflow.evaluate.recalls import fsrs as recalls
from midflow.evaluate.reviews import Reviewed
from midflow.evaluate.scores import log_loss
from midflow.flow.fitted import save_fsrs
from midflow.flow.rebuild import rebuild
from midflow.store.answers import grades
from midflow.store.tx import Store

FEWEST = 1000
"""Reviews a day or more after the answer before, from which FSRS is fitted: 21 weights, and fsrs-rs asks for as many."""

JUDGED = 0.2
"""The latest share of reviews that a fit on the others is judged by."""


def fit_memory(store: Store, *, now: float) -> tuple[float, ...] | None:
    """Fit FSRS, and put it in force if it foretells the latest reviews better than the published weights do.

    All states are made again then, since stability counts in its days. None where there is too little, where
    fsrs-rs-python is not installed, or where the published weights do no worse.
    """
    found = [Reviewed(f"{who}\n{check}", grade, time) for who, check, time, grade in store.read(grades)]
    later = {b for a, b in pairwise(found) if a.check == b.check and b.time - a.time >= DAY}
    if len(later) < FEWEST:
        return None
    border = sorted(one.time for one in later)[int(len(later) * (1 - JUDGED))]
    weights = _weights([one for one in found if one.time < border])
    if weights is None or not _better(found, {one for one in later if one.time >= border}, weights):
        return None
    whole = _weights(found)
    if whole is None:
        return None
    store.write(lambda tx: save_fsrs(tx, whole, now=now))
    rebuild(store)
    return whole


def _better(found: Sequence[Reviewed], judged: set[Reviewed], weights: tuple[float, ...]) -> bool:
    ordered = sorted(found, key=lambda one: one.time)
    which = np.array([one in judged for one in ordered])
    right = np.array([one.grade != AGAIN for one in ordered], dtype=np.float64)[which]
    ours, published = (log_loss(right, recalls(ordered, w)[which]) for w in (weights, WEIGHTS))
    return ours < published


def _weights(found: Sequence[Reviewed]) -> tuple[float, ...] | None:
    try:
        import fsrs_rs_python as rs
    except ImportError:
        return None
    items: list[Any] = []
    for _, answers in groupby(found, key=lambda one: one.check):
        history: list[Any] = []
        last = None
        for one in answers:
            days = 0 if last is None else max(0, int((one.time - last) // DAY))
            history.append(rs.FSRSReview(one.grade, days))
            if days:
                items.append(rs.FSRSItem(list(history)))
            last = one.time
    return fsrs(tuple(rs.FSRS(list(WEIGHTS)).compute_parameters(items))).weights
