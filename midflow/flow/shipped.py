"""The weights that come with the package, as data: which were learned on what."""

from functools import cache
from importlib.resources import files

import msgspec

from midflow.core.learner.weights import FEATURES, Weights


class Source(msgspec.Struct, frozen=True):
    """A data set that weights were learned on. `sketch`: the smallest hashes of its pairs of item and skill."""

    name: str
    learners: int
    answers: int
    sketch: tuple[str, ...]


class Fit(msgspec.Struct, frozen=True):
    """Weights, and the names of the data sets that they were learned on."""

    sources: tuple[str, ...]
    weights: Weights


class Shipped(msgspec.Struct, frozen=True):
    """The whole file `midflow/core/learner/weights.json`."""

    features: tuple[str, ...]
    sources: tuple[Source, ...]
    fits: tuple[Fit, ...]


@cache
def read_shipped() -> Shipped:
    """Return what the package ships; ValueError where it was learned for other features, or is broken."""
    text = (files("midflow.core.learner") / "weights.json").read_bytes()
    found = msgspec.json.decode(text, type=Shipped)
    if found.features != FEATURES:
        raise ValueError("weights.json was learned for other features: make it again")
    return found


@cache
def shipped_weights() -> Weights:
    """Return the weights learned on all the data there was."""
    shipped = read_shipped()
    answers = {source.name: source.answers for source in shipped.sources}
    return max(shipped.fits, key=lambda fit: sum(answers[name] for name in fit.sources)).weights
