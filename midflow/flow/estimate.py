"""What is known of a task when somebody begins it: worked out once, for the decision and for learning from it later."""

from typing import NamedTuple

from midflow.core.decide.fitted import Said, said, says
from midflow.core.decide.known import Start, facts, kinds_of, plain
from midflow.core.decide.need_model import features
from midflow.core.decide.sums import Kinds
from midflow.core.match import CaseState
from midflow.flow.work import Work


class Estimate(NamedTuple):
    """`kinds`: what the task begun belongs to; `features` and `base`, the base rate, are from before it.

    `p`: the chance that the fitted model gives, None without one.
    """

    kinds: Kinds
    features: tuple[float, ...]
    base: float
    p: float | None


def estimate(work: Work, start: Start, case: CaseState) -> Estimate:
    """Return what is known of the task begun; `case` as it was before."""
    kinds = kinds_of(start, case)
    sums = work.sums_of(kinds)
    known = facts(start, work.state(start.person), case, sums)
    found, model = features(known, start.time), work.kept.models.need
    return Estimate(kinds, found, plain(start, sums), says(model, found) if model else None)


def speaks(work: Work, known: Estimate) -> Said | None:
    """Return what the fitted model says of it, None where there is none that may be trusted."""
    model = work.kept.models.need
    if model is None or known.p is None or not model.trusted:
        return None
    return said(model, known.features, known.p)
