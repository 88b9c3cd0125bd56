"""A whole log predicted: each day from a model that was fitted on what was known before that day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.fit import chances
from midflow.core.learner.logit import trusted
from midflow.core.learner.prequential import Fitted, Past, Table, refit, refit_is_due
from midflow.evaluate.finding import Say
from midflow.evaluate.measures import Floats


@dataclass(frozen=True)
class Predicted:
    """`chances` (n) as told: the model's where it was trusted, else the baseline. `trusted` (n) says where."""

    chances: Floats
    trusted: NDArray[np.bool_]
    fits: int


def predict(table: Table, say: Say) -> Predicted:
    """Return what would have been said of each row on its day."""
    told = table.baseline.copy()
    model_says = table.baseline.copy()
    trust = np.zeros(len(told), dtype=bool)
    fitted: Fitted | None = None
    past = Past(table, model_says)
    fits = 0
    days = np.unique(table.day)
    for n, day in enumerate(days.tolist()):
        today = slice(*np.searchsorted(table.day, (day, day + 1)).tolist())
        if refit_is_due(fitted, day, table.usable(day)):
            before, fitted = fitted, refit(table, fitted, day)
            fits += fitted is not before
        if fitted is None:
            continue
        model_says[today] = chances(fitted.model, table.rows[today])
        trust[today] = trusted(past.differences(day))
        if trust[today.start]:
            told[today] = model_says[today]
        past.add(day, today)
        if n % 20 == 0:
            say(f"predicting day {n + 1:,} of {len(days):,}")
    return Predicted(chances=told, trusted=trust, fits=fits)
