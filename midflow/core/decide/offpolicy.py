"""What a changed policy would have done, from decisions that chance had a part in.

Each logged decision went the way it went with a known chance, and the changed policy
would have gone the same way with another. Weighted by the ratio of the two, what came of
the logged decisions says what would have come of the changed ones, without trying them.
Where the two policies have too little in common, no figure is given.

Sources: M. Dudík, J. Langford, L. Li, Doubly robust policy evaluation and learning,
ICML 2011; A. Swaminathan, T. Joachims, The self-normalized estimator for counterfactual
learning, NIPS 2015.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import Literal

import msgspec

LEAST_EFFECTIVE = 200
LEAST_SHARE = 0.05
"""Of the logged decisions, that the effective sample must reach."""
MOST_UNTRIED = 0.05
"""Of what the changed policy would do, that may never have been tried where it would do it."""
LEAST_PEOPLE = 10

Refusal = Literal["too_few", "too_little_alike", "untried", "few_people"]
REFUSALS: Mapping[Refusal, str] = {
    "too_few": "No figure can be given yet: only {effective:.0f} decisions' worth of evidence speaks of the changed policy, and it takes {least:.0f}. Wait for more decisions.",
    "too_little_alike": "No figure can be given: the changed policy would so often go another way that the {rows} logged decisions are worth only {effective:.0f}, less than {share:.0%} of them. Change it less, or let trial mode run for some weeks first.",
    "untried": "No figure can be given: in {untried:.0%} of the moments the changed policy would do what was never tried there, such as prompting where a limit always stopped it. What cannot have been seen cannot be foretold; only switching it on can tell.",
    "few_people": "No figure can be given yet: the decisions are of {people} people, and it takes {least_people} to say how far people differ.",
}  # fmt: skip
"""Why there is no figure, in words; the braces take fields of an evaluation and the bounds."""


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """One logged decision, and the changed policy at the same moment.

    `logged`, `target`: with which chance, in (0, 1] and [0, 1], each goes the way
    that the logged one went. `wrong`: whether the task went wrong. `expected`: the
    chance of that which a model gave what was done; `value`: the same averaged over
    what the changed policy would do. `untried`: the changed policy's chance of what
    the logged one never does at such a moment.
    """

    person: str
    wrong: bool
    logged: float
    target: float
    expected: float
    value: float
    untried: float = 0.0


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """Errors per moment, or a difference of such, with its 95% interval."""

    value: float
    low: float
    high: float


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What logged decisions say of a changed policy: errors per moment.

    `now`: what was seen. `ips`, `snips`, `doubly_robust`: three estimates of the
    changed policy; `difference`: the doubly robust one less `now`. All four are None
    where `refusal` says why. `effective`: how many decisions the evidence is worth.
    """

    rows: int
    people: int
    effective: float
    untried: float
    now: Estimate | None = None
    ips: Estimate | None = None
    snips: Estimate | None = None
    doubly_robust: Estimate | None = None
    difference: Estimate | None = None
    refusal: Refusal | None = None

    @property
    def words(self) -> str:
        """Why there is no figure, "" where there is one."""
        if self.refusal is None:
            return ""
        return REFUSALS[self.refusal].format(
            rows=self.rows, people=self.people, effective=self.effective, untried=self.untried,
            share=LEAST_SHARE, least=max(LEAST_EFFECTIVE, LEAST_SHARE * self.rows), least_people=LEAST_PEOPLE,
        )  # fmt: skip


def evaluate(rows: Iterable[Logged]) -> Evaluation:
    """Return what `rows` say of the changed policy, or why they say nothing.

    Intervals are of means that differ between people (sums within a person, then
    over people). ValueError for a chance outside its range.
    """
    found = list(rows)
    for row in found:
        if not (0 < row.logged <= 1 and 0 <= row.target <= 1):
            raise ValueError(f"no chances: {row.logged} logged, {row.target} in the changed policy.")
    weights = [row.target / row.logged for row in found]
    squares = sum(w * w for w in weights)
    empty = Evaluation(
        rows=len(found),
        people=len({row.person for row in found}),
        effective=sum(weights) ** 2 / squares if squares else 0.0,
        untried=sum(row.untried for row in found) / len(found) if found else 0.0,
    )
    refusal = _refusal(empty)
    estimates = (
        {} if len(found) < 2 or empty.people < 2 else {"now": _mean(found, [float(r.wrong) for r in found])}
    )
    if refusal is None:
        estimates |= _estimates(found, weights)
    return msgspec.structs.replace(empty, refusal=refusal, **estimates)


def _refusal(e: Evaluation) -> Refusal | None:
    if e.rows and e.untried > MOST_UNTRIED:
        return "untried"
    if e.rows >= LEAST_EFFECTIVE and e.effective < LEAST_SHARE * e.rows:
        return "too_little_alike"
    if e.effective < LEAST_EFFECTIVE:
        return "too_few"
    return "few_people" if e.people < LEAST_PEOPLE else None


def _estimates(rows: Sequence[Logged], weights: Sequence[float]) -> dict[str, Estimate]:
    pairs = list(zip(rows, weights, strict=True))
    robust = [row.value + w * (row.wrong - row.expected) for row, w in pairs]
    total = sum(weights)
    ratio = sum(w * row.wrong for row, w in pairs) / total
    # A ratio of sums: its error is that of its linear part.
    linear = [ratio + len(rows) / total * w * (row.wrong - ratio) for row, w in pairs]
    return {
        "ips": _mean(rows, [w * row.wrong for row, w in pairs]),
        "snips": _mean(rows, linear),
        "doubly_robust": _mean(rows, robust),
        "difference": _mean(rows, [r - row.wrong for r, row in zip(robust, rows, strict=True)]),
    }


def _mean(rows: Sequence[Logged], values: Sequence[float]) -> Estimate:
    """The mean of `values` and its interval, people taken as drawn and not their moments."""
    mean = sum(values) / len(values)
    by_person: dict[str, float] = defaultdict(float)
    for row, value in zip(rows, values, strict=True):
        by_person[row.person] += value - mean
    groups = len(by_person)
    error = sqrt(groups / (groups - 1) * sum(total * total for total in by_person.values())) / len(values)
    reach = _student(groups - 1) * error
    return Estimate(value=mean, low=mean - reach, high=mean + reach)


def _student(degrees: int) -> float:
    """The 97.5% point of Student's t, by Cornish and Fisher's expansion around the normal's; within 1% from 4 degrees on."""
    z = 1.959963984540054
    return (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )
