"""What is known of a task when somebody begins it: worked out once, for the decision and for learning from it later."""

from typing import NamedTuple

from midflow.core.decide.known import Start, facts, kinds_of, plain
from midflow.core.decide.need_model import features
from midflow.core.decide.sums import Kinds
from midflow.core.match import CaseState
from midflow.flow.work import Work


class Estimate(NamedTuple):
    """`kinds`: what the task begun belongs to; `features` and `base`, the base rate, are from before it."""

    kinds: Kinds
    features: tuple[float, ...]
    base: float


def estimate(work: Work, start: Start, case: CaseState) -> Estimate:
    """Return what is known of the task begun; `case` as it was before."""
    kinds = kinds_of(start, case)
    sums = work.sums_of(kinds)
    known = facts(start, work.state(start.person), case, sums)
    return Estimate(kinds, features(known, start.time), plain(start, sums))
