"""Predict, then learn: a model that is refitted now and then, and speaks only while it beats the baseline.

With numpy: what the jobs and the back-tests run, never the edge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import msgspec
import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.fit import Floats, fit
from midflow.core.learner.logit import LONG, Logit

FEWEST_ROWS = 200
FEWEST_ONES = 20
MOST_ROWS = 60_000
"""Rows of a fit; earlier ones have faded anyway."""
HALF_LIFE = 180.0
"""Days after which a row counts half in a fit."""
EVERY = 14
GROWTH = 1.1
"""A refit comes after `EVERY` days, or when there are so many times as many rows as at the last."""
SPAN = 4 * LONG
"""Days that are looked back when model and baseline are compared."""
LEAST = 1e-6
"""Chances are clipped to this before a logarithm is taken."""


@dataclass(frozen=True)
class Table:
    """Rows in the order of time. `day` (n): the day of each prediction, in days since the epoch.

    `when` (n): the time in days when what is predicted happened, infinite where it
    never did. `span`: days within which it has to happen to count. `settle`: days
    until a row may be learnt from. `baseline` (n): the plain chance of each row.
    `earlier`: how many rows there were before these, which are kept no more.
    """

    rows: Floats
    day: NDArray[np.int64]
    when: Floats
    baseline: Floats
    span: float
    settle: int
    earlier: int = 0

    @property
    def outcomes(self) -> Floats:
        """What came of each row in the end, 1 or 0."""
        return self.known(slice(None), inf)

    def known(self, part: slice, now: float) -> Floats:
        """What was known at `now` to have come of the rows of `part`."""
        return (self.when[part] < np.minimum(self.day[part] + self.span, now)).astype(np.float64)

    def usable(self, day: int) -> int:
        """How many rows may be learnt from on `day`, those that are kept no more included."""
        return self.earlier + int(np.searchsorted(self.day, day - self.settle, "right"))


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """A model with the day on which it was fitted (since the epoch) and how many rows could be learnt from then."""

    model: Logit
    day: int
    rows: int


def refit_is_due(before: Fitted | None, day: int, usable: int) -> bool:
    """Return whether a fit is worth making on `day`, when `usable` rows may be learnt from."""
    if usable < FEWEST_ROWS:
        return False
    return before is None or day - before.day >= EVERY or usable > GROWTH * before.rows


def refit(table: Table, before: Fitted | None, day: int) -> Fitted | None:
    """Return the fit on what was known at the start of `day`, `before` where too little happened."""
    usable = table.usable(day)
    end = usable - table.earlier
    part = slice(max(0, end - MOST_ROWS), end)
    outcomes = table.known(part, day)
    if outcomes.sum() < FEWEST_ONES:
        return before
    weights = 0.5 ** ((day - table.day[part]) / HALF_LIFE)
    model = fit(table.rows[part], outcomes, weights, start=None if before is None else before.model)
    return Fitted(model=model, day=day, rows=usable)


class Past:
    """Of each day's predictions, how much worse than the baseline the model was, as far as is known.

    `settled`: the difference of days, in their order, of which all is known already.
    """

    def __init__(self, table: Table, model_says: Floats, settled: Mapping[int, float] | None = None) -> None:
        self._table = table
        self._says = model_says
        self._settled = dict(settled or {})
        self._days: list[tuple[int, slice]] = [(day, slice(0)) for day in self._settled]

    def add(self, day: int, part: slice) -> None:
        """Note that the model predicted the rows of `part` on `day`."""
        self._days.append((day, part))

    def differences(self, now: int) -> list[tuple[float, float]]:
        """Return (age, model's log loss less the baseline's) of each day that says something by the start of `now`.

        A window that is still running counts with the part that has passed, as if
        its chance were spread evenly: else a sudden change would be seen a whole
        window too late.
        """
        self._days = [(day, part) for day, part in self._days if now - day <= SPAN + self._table.settle]
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

    def settled(self) -> dict[int, float]:
        """Return the difference of each day of which all is known and that still counts, in order."""
        return {day: self._settled[day] for day, _ in self._days if day in self._settled}

    def _difference(self, part: slice, now: int, share: float) -> float:
        outcomes = self._table.known(part, now)
        model, plain = (1 - (1 - p[part]) ** share for p in (self._says, self._table.baseline))
        return float((losses(outcomes, model) - losses(outcomes, plain)).sum())


def losses(outcomes: Floats, chances: Floats) -> Floats:
    """Return each row's negative log likelihood."""
    p = np.clip(chances, LEAST, 1 - LEAST)
    return np.asarray(-(outcomes * np.log(p) + (1 - outcomes) * np.log1p(-p)))
