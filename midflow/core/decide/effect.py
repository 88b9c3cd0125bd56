"""What a unit is expected to achieve: a prior by its form, and what draws by chance have shown since.

The figures of the prior are assumptions, set so that help with the work at hand
(a checklist, steps) is tried before prose; measured effects replace them as they
come in.
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


def strongest(kinds: Iterable[str]) -> str:
    """Return which of a unit's kinds of blocks counts for its prior: the one that is thought to help most."""
    present = set(kinds)
    return next((kind for kind in ORDER if kind in present), "text")


class Trials(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over decisions that chance made: all that the effect's estimate needs, and they add up.

    With propensity q, shown s (0 or 1), error y (0 or 1) and need p: `prevented` sums
    (s - q)(p - y), `exposed` sums q(1 - q)p, `noise` sums q(1 - q)p(1 - p).
    """

    prevented: float = 0.0
    exposed: float = 0.0
    noise: float = 0.0


def tried(trials: Trials, *, chance: float, shown: bool, wrong: bool, need: float) -> Trials:
    """Return the sums after one more draw with propensity `chance`; a draw without a chance says nothing."""
    spread = chance * (1 - chance)
    return Trials(
        prevented=trials.prevented + (shown - chance) * (need - wrong) * (spread > 0),
        exposed=trials.exposed + spread * need,
        noise=trials.noise + spread * need * (1 - need),
    )


def measured(prior: Effect, trials: Trials) -> Effect:
    """Return the effect after `trials`: the posterior of a normal prior.

    The estimate is prevented / exposed with variance noise / exposed^2. It is
    unbiased however wrong the need may be, because chance decided who was shown.
    """
    if trials.exposed <= 0 or trials.noise <= 0:
        return prior
    precision = 1 / prior.variance + trials.exposed**2 / trials.noise
    mean = (prior.mean / prior.variance + trials.prevented * trials.exposed / trials.noise) / precision
    return Effect(mean=mean, variance=1 / precision)


def shrunken(prior: Effect, everyone: Trials, own: Trials) -> Effect:
    """Return one unit's effect: centred on what all units of its kind showed, moved by its own trials."""
    centre = measured(prior, everyone)
    return measured(Effect(mean=centre.mean, variance=prior.variance), own)
