"""What a unit is expected to achieve before anything is measured: a prior by its form.

The figures are assumptions, set so that help with the work at hand (a checklist,
steps) is tried before prose; measured effects replace them as they come in.
"""

from collections.abc import Iterable

import msgspec


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Share of errors prevented by showing a unit once: `mean` in [0, 1] and its `variance`."""

    mean: float
    variance: float


PRIOR: dict[str, Effect] = {
    "checklist": Effect(mean=0.30, variance=0.02),
    "guide": Effect(mean=0.30, variance=0.02),
    "steps": Effect(mean=0.25, variance=0.02),
    "video": Effect(mean=0.20, variance=0.02),
    "text": Effect(mean=0.15, variance=0.02),
}
ORDER = tuple(PRIOR)


def prior_effect(kinds: Iterable[str]) -> Effect:
    """Return the prior effect of a unit from the kinds of its blocks: the strongest one counts."""
    present = set(kinds)
    return next((PRIOR[kind] for kind in ORDER if kind in present), PRIOR["text"])
