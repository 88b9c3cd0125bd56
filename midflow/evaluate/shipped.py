"""The weights that are shipped: which were learned on what, and which may judge a given table.

`midflow/core/learner/weights.json` holds one set of weights for each public
data set, and one learned on all of them. Weights that saw a table, or other
people's answers to the same items, are not used to judge it: each data set
leaves a sketch behind, the smallest hashes of its pairs of item and skill.

Made by `python -m midflow.evaluate.shipped NAME=FILE... > midflow/core/learner/weights.json`.
"""

import sys
from collections.abc import Sequence
from hashlib import blake2b
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np

from midflow.core.learner.bulk import learn_weights
from midflow.core.learner.weights import FEATURES, UNLEARNED, Weights
from midflow.evaluate.cohort import cross_fitted, live, rights
from midflow.evaluate.responses import Learner, read_responses
from midflow.flow.shipped import Fit, Shipped, Source, read_shipped

SKETCH = 256
FAINT = 0.1
"""A number that hardly varied where weights were learned says nothing about how it weighs elsewhere."""

SAME = 0.5
"""From this share of common pairs, where hashes compare, two tables are taken for one data set."""


def weights_for(people: Sequence[Learner]) -> Fit:
    """Return the shipped weights learned on the most data of which nothing is in `people`."""
    shipped = read_shipped()
    hashes = _hashes(people)
    seen = {source.name for source in shipped.sources if _overlaps(source.sketch, hashes)}
    answers = {source.name: source.answers for source in shipped.sources}
    free = [fit for fit in shipped.fits if not seen.intersection(fit.sources)]
    return max(free, key=lambda fit: sum(answers[s] for s in fit.sources), default=Fit((), UNLEARNED))


def learned(people_of: dict[str, list[Learner]]) -> Shipped:
    """Learn weights on each data set and on all of them together.

    Each answer counts twice: as somebody new meets well-known items
    (cross-fitted), and as items look in an organisation's first days (live).
    """
    rows = {
        name: (np.vstack([cross_fitted(people)[0], live(people)]), np.tile(rights(people), 2))
        for name, people in people_of.items()
    }
    fits: list[Fit] = []
    for size in range(1, len(rows) + 1):
        for names in combinations(rows, size):
            features = np.vstack([rows[name][0] for name in names])
            features[:, features.std(axis=0) < FAINT] = 0.0
            right = np.concatenate([rows[name][1] for name in names])
            fits.append(Fit(names, _rounded(learn_weights(features, right, prior=UNLEARNED))))
    sources = tuple(
        Source(name, len(people), sum(len(p.answers) for p in people), tuple(_hashes(people)[:SKETCH]))
        for name, people in people_of.items()
    )
    return Shipped(FEATURES, sources, tuple(fits))


def _rounded(weights: Weights) -> Weights:
    values, scale = (tuple(round(x, 5) for x in numbers) for numbers in (weights.values, weights.scale))
    return Weights(bias=round(weights.bias, 5), values=values, scale=scale)


def _hashes(people: Sequence[Learner]) -> list[str]:
    pairs = {f"{answer.item}|{answer.skill}" for person in people for answer in person.answers}
    return sorted(blake2b(pair.encode(), digest_size=6).hexdigest() for pair in pairs)


def _overlaps(sketch: Sequence[str], hashes: Sequence[str]) -> bool:
    """Whether most of the table's pairs that are small enough to be in the sketch are in it."""
    within = [h for h in hashes if h <= sketch[-1]]
    return bool(within) and len(set(within).intersection(sketch)) >= SAME * len(within)


def main() -> None:
    """Read `NAME=FILE` arguments, learn, and print the file."""
    people_of = {
        name: read_responses(Path(path)) for name, _, path in (a.partition("=") for a in sys.argv[1:])
    }
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(learned(people_of)), indent=1).decode() + "\n")


if __name__ == "__main__":
    main()
