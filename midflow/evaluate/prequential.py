"""Predict, then learn: each day from a model that was fitted on what was known before that day."""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.fit import chances, fit
from midflow.core.learner.logit import LONG, Logit, trusted
from midflow.evaluate.finding import Say
from midflow.evaluate.measures import Floats, losses

FEWEST_ROWS = 200
FEWEST_ONES = 20
MOST_ROWS = 60_000
"""Rows of a fit; earlier ones have faded anyway."""
HALF_LIFE = 180.0
"""Days after which a row counts half in a fit."""
EVERY = 14
GROWTH = 1.1
"""A refit comes after `EVERY` days, or when there are so many times as many rows as at the last."""


@dataclass(frozen=True)
class Table:
    """Rows in the order of time. `day` (n): the day of each prediction, in days since the epoch.

    `when` (n): the time in days when what is predicted happened, infinite where it
    never did. `span`: days within which it has to happen to count. `settle`: days
    until a row may be learnt from. `baseline` (n): the plain chance of each row.
    """

    rows: Floats
    day: NDArray[np.int64]
    when: Floats
    baseline: Floats
    span: float
    settle: int

    @property
    def outcomes(self) -> Floats:
        """What came of each row in the end, 1 or 0."""
        return self.known(slice(None), inf)

    def known(self, part: slice, now: float) -> Floats:
        """What was known at `now` to have come of the rows of `part`."""
        return (self.when[part] < np.minimum(self.day[part] + self.span, now)).astype(np.float64)


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
    model: Logit | None = None
    past = Past(table, model_says)
    fitted_day, fitted_rows, fits = -(10**9), 0, 0
    days = np.unique(table.day)
    for n, day in enumerate(days.tolist()):
        today = slice(*np.searchsorted(table.day, (day, day + 1)).tolist())
        usable = int(np.searchsorted(table.day, day - table.settle, "right"))
        due = day - fitted_day >= EVERY or usable > GROWTH * fitted_rows
        if usable >= FEWEST_ROWS and due:
            part = slice(max(0, usable - MOST_ROWS), usable)
            outcomes = table.known(part, day)
            if outcomes.sum() >= FEWEST_ONES:
                model = fit(
                    table.rows[part], outcomes, 0.5 ** ((day - table.day[part]) / HALF_LIFE), start=model
                )
                fitted_day, fitted_rows, fits = day, usable, fits + 1
        if model is None:
            continue
        model_says[today] = chances(model, table.rows[today])
        trust[today] = trusted(past.differences(day))
        if trust[today.start]:
            told[today] = model_says[today]
        past.add(day, today)
        if n % 20 == 0:
            say(f"predicting day {n + 1:,} of {len(days):,}")
    return Predicted(chances=told, trusted=trust, fits=fits)


class Past:
    """Of each day's predictions, how much worse than the baseline the model was, as far as is known."""

    def __init__(self, table: Table, model_says: Floats) -> None:
        self._table = table
        self._says = model_says
        self._days: list[tuple[int, slice]] = []
        self._settled: dict[int, float] = {}

    def add(self, day: int, part: slice) -> None:
        """Note that the model predicted the rows of `part` on `day`."""
        self._days.append((day, part))

    def differences(self, now: int) -> list[tuple[float, float]]:
        """Return (age, model's log loss less the baseline's) of each day that says something by the start of `now`.

        A window that is still running counts with the part that has passed, as if
        its chance were spread evenly: else a sudden change would be seen a whole
        window too late.
        """
        self._days = [(day, part) for day, part in self._days if now - day <= 4 * LONG + self._table.settle]
        found: list[tuple[float, float]] = []
        for day, part in self._days:
            passed = now - day
            if passed < self._table.settle and self._table.span == inf:
                continue
            known = self._settled.get(day)
            if known is None:
                known = self._difference(part, now, min(passed / self._table.settle, 1.0))
                if passed >= self._table.settle:
                    self._settled[day] = known
            found.append((passed, known))
        return found

    def _difference(self, part: slice, now: int, share: float) -> float:
        outcomes = self._table.known(part, now)
        model, plain = (1 - (1 - p[part]) ** share for p in (self._says, self._table.baseline))
        return float((losses(outcomes, model) - losses(outcomes, plain)).sum())
