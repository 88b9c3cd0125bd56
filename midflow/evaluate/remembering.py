"""Simulated learners: three ways to remember and forget, none of them the model that schedules.

Each family has learners x items. An item is learned once, in a unit, and asked
again at days that a scheduler picks; what is asked wrong is read again. Days
are whole, the hour does not matter. What differs between learners and items is
drawn anew for each seed, and `recall` is the truth that schedulers never see.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from midflow.core.learner.memories import Grades, first_many, recall_many, review_many
from midflow.core.learner.memory import AGAIN, DAY, GOOD, WEIGHTS
from midflow.evaluate.measures import Floats

Places = NDArray[np.int64]
Rights = NDArray[np.bool_]


class Learners(ABC):
    """Learners x items. `who` and `what` are places of learners and items, one pair for each answer."""

    @abstractmethod
    def recall(self, day: float, items: int) -> Floats:
        """Return the chances of a right answer in the morning of `day`: learners x the first `items`."""

    @abstractmethod
    def learn(self, what: Places, day: float) -> None:
        """Each learner works through a unit with these items for the first time."""

    @abstractmethod
    def answer(self, who: Places, what: Places, right: Rights, day: float) -> None:
        """These items were asked; what was wrong was read and asked again."""


class Spacing(Learners):
    """ACT-R with spacing: each time leaves a trace, which decays the faster the more active the item was.

    Activation m = learner + item + log(sum of age^-d), where d = c (sum so far) + a at the time of each trace;
    recall is logistic in m. Pavlik and Anderson (2005), with their c, a, threshold and noise, and time between sessions
    going more slowly. A unit leaves three traces, a right answer one, a wrong one two.
    """

    C, A, THRESHOLD, NOISE, SLOWER = 0.217, 0.177, -0.704, 0.255, 0.025
    BASE = 0.65
    """Activation that puts the median recall a day after a unit at about .85."""
    LEARNERS, ITEMS = 0.15, 0.3
    WITHIN = 60.0
    """Seconds between the traces of one sitting."""

    def __init__(self, chances: Sequence[np.random.Generator], items: int) -> None:
        learner = np.array([chance.normal(0, self.LEARNERS) for chance in chances])
        self._base = (
            self.BASE + learner[:, None] + np.array([c.normal(0, self.ITEMS, items) for c in chances])
        )
        shape = (len(chances), items, 8)
        self._at, self._decay = np.zeros(shape, np.float32), np.full(shape, np.inf, np.float32)
        self._traces = np.zeros((len(chances), items), np.int64)

    def recall(self, day: float, items: int) -> Floats:
        """Return what the model says of each item that day."""
        m = self._base[:, :items] + self._strength(slice(None), slice(0, items), day)
        return 1.0 / (1.0 + np.exp((self.THRESHOLD - m) / self.NOISE))

    def learn(self, what: Places, day: float) -> None:
        """Leave what a unit leaves."""
        who, what = (grid.ravel() for grid in np.meshgrid(np.arange(len(self._at)), what, indexing="ij"))
        for number in range(3):
            self._leave(who, what, day, number)

    def answer(self, who: Places, what: Places, right: Rights, day: float) -> None:
        """Leave what being asked leaves."""
        self._leave(who, what, day, 0)
        self._leave(who[~right], what[~right], day, 1)

    def _leave(self, who: Places, what: Places, day: float, number: int) -> None:
        later = day + number * self.WITHIN / (DAY * self.SLOWER)
        active = np.exp(self._strength(who, what, later))
        place = self._traces[who, what]
        if len(place) and place.max() >= self._at.shape[2]:
            wider = ((0, 0), (0, 0), (0, self._at.shape[2]))
            self._at = np.pad(self._at, wider)
            self._decay = np.pad(self._decay, wider, constant_values=np.inf)
        self._at[who, what, place] = later
        self._decay[who, what, place] = self.C * active + self.A
        self._traces[who, what] += 1

    def _strength(self, who: slice | Places, what: slice | Places, day: float) -> Floats:
        used = max(1, int(self._traces.max()))
        age = (day - self._at[who, what, :used]) * np.float32(DAY * self.SLOWER)
        # A trace counts as a second old at least; a place without one has an endless decay, and adds nothing.
        strength = np.exp(-self._decay[who, what, :used] * np.log(np.maximum(age, np.float32(1.001)))).sum(
            axis=-1
        )
        return np.log(np.maximum(strength, 1e-12))


class Scales(Learners):
    """The multiscale context model: traces that fade at many speeds, each fed by what the faster ones do not hold.

    Trace i of time constant t_i adds its error 1 - s_i times a rate, where s_i is the weighted mean of traces up
    to i; recall is the mean over all. Mozer, Pashler, Cepeda, Lindsey and Vul (2009), with their rate of 9 for
    what was recalled and 1 for what was not. How steeply weights fall with the time constant differs.
    """

    TIMES = 0.25 * 1.5 ** np.arange(23)
    """Time constants in days, from hours to some five years."""
    RATE = 9.0
    STEEPNESS, LEARNERS, ITEMS = 0.04, 0.03, 0.08

    def __init__(self, chances: Sequence[np.random.Generator], items: int) -> None:
        learner = np.array([chance.normal(self.STEEPNESS, self.LEARNERS) for chance in chances])
        steep = learner[:, None] + np.array([chance.normal(0, self.ITEMS, items) for chance in chances])
        weights = np.exp(steep[..., None] * np.arange(len(self.TIMES)))
        self._share = weights / np.cumsum(weights, axis=-1)[..., -1:]
        self._summed = np.cumsum(self._share, axis=-1)
        self._traces = np.zeros((len(chances), items, len(self.TIMES)))
        self._day = 0.0

    def recall(self, day: float, items: int) -> Floats:
        """Return what the model says of each item that day."""
        faded = self._traces[:, :items] * np.exp(-(day - self._day) / self.TIMES)
        return np.clip((self._share[:, :items] * faded).sum(axis=-1), 0.001, 0.995)

    def learn(self, what: Places, day: float) -> None:
        """Leave what a unit leaves."""
        self._fade(day)
        self._traces[:, what] = 1.0

    def answer(self, who: Places, what: Places, right: Rights, day: float) -> None:
        """Leave what being asked leaves."""
        self._fade(day)
        traces = self._traces[who, what]
        held = np.cumsum(self._share[who, what] * traces, axis=-1) / self._summed[who, what]
        rate = np.where(right, self.RATE, 1.0)[:, None]
        self._traces[who, what] = traces + rate * np.maximum(1.0 - held, 0.0)

    def _fade(self, day: float) -> None:
        if day != self._day:
            self._traces *= np.exp(-(day - self._day) / self.TIMES)
            self._day = day


class Drawn(Learners):
    """FSRS-6 with other weights for each learner than those we schedule by, and items that last longer or shorter.

    Weights lie between the published ones and a fit on one person's real log, each with a spread about as large
    as that between fits on halves of that log.
    """

    FITTED = (
        0.121, 0.591, 1.7207, 4.2873, 6.5504, 0.6575, 3.0558, 0.026, 1.7334, 0.1951, 0.6661,
        1.5548, 0.039, 0.3494, 1.7577, 0.5989, 1.8729, 0.6162, 0.165, 0.165, 0.2308,
    )  # fmt: skip
    """The median of six fits by fsrs-rs, each on half of the 1,205 checks of a real log of 12,580 reviews."""
    SPREAD = (
        0.2,
        0.2,
        0.3,
        0.4,
        0.02,
        0.1,
        0.02,
        0.5,
        0.05,
        0.2,
        0.1,
        0.05,
        0.3,
        0.1,
        0.05,
        0,
        0,
        0.05,
        0.2,
        0.2,
        0.1,
    )
    """Standard deviations of the logarithms of the weights."""
    LEARNERS, ITEMS = 0.3, 0.6
    """The same of the stability that a unit leaves."""

    def __init__(self, chances: Sequence[np.random.Generator], items: int) -> None:
        between = np.array([chance.random() for chance in chances])[:, None]
        logs = (1 - between) * np.log(WEIGHTS) + between * np.log(self.FITTED)
        self._weights = np.exp(logs + [chance.normal(0, self.SPREAD) for chance in chances]).tolist()
        learner = np.array([chance.normal(0, self.LEARNERS) for chance in chances])
        lasting = np.exp(learner[:, None] + [chance.normal(0, self.ITEMS, items) for chance in chances])
        first = [first_many(np.full(items, GOOD), weights) for weights in self._weights]
        self._stability = np.array([stability for stability, _ in first]) * lasting
        self._difficulty = np.array([difficulty for _, difficulty in first])
        self._last = np.zeros((len(chances), items))

    def recall(self, day: float, items: int) -> Floats:
        """Return what the model says of each item that day."""
        return np.array([
            recall_many(stability[:items], day - last[:items], weights)
            for stability, last, weights in zip(self._stability, self._last, self._weights, strict=True)
        ])  # fmt: skip

    def learn(self, what: Places, day: float) -> None:
        """Leave what a unit leaves."""
        self._last[:, what] = day

    def answer(self, who: Places, what: Places, right: Rights, day: float) -> None:
        """Leave what being asked leaves."""
        grades: Grades = np.where(right, GOOD, AGAIN).astype(np.int64)
        for learner in np.unique(who).tolist():
            mine = who == learner
            at = (learner, what[mine])
            after = review_many(
                self._stability[at], self._difficulty[at], day - self._last[at], grades[mine], self._weights[learner]
            )  # fmt: skip
            self._stability[at], self._difficulty[at] = after
            self._last[at] = day


Family = Callable[[Sequence[np.random.Generator], int], Learners]

FAMILIES: dict[str, Family] = {"spacing": Spacing, "scales": Scales, "drawn_fsrs": Drawn}
