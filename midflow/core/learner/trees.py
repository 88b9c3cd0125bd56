"""Boosted trees as plain numbers: fitted elsewhere, and walked here without any library."""

from math import isfinite

import msgspec


class Trees(msgspec.Struct, frozen=True, kw_only=True):
    """Trees whose leaves, with `base`, add up to a logit. All nodes of all trees stand in one row.

    `roots`: where each tree begins. Of each node `features` has the place of the number that it asks for, -1
    for a leaf; `numbers` its threshold, or the leaf's value; `others` where it goes on when the number is larger
    (otherwise at the next node); `gaps` whether it goes on at the next node where the number is missing (NaN).
    Raises ValueError where the rows do not fit, a node leads backwards, or a number is not finite.
    """

    base: float
    roots: tuple[int, ...]
    features: tuple[int, ...]
    numbers: tuple[float, ...]
    others: tuple[int, ...]
    gaps: tuple[bool, ...]

    def __post_init__(self) -> None:
        nodes = len(self.features)
        if {len(self.numbers), len(self.others), len(self.gaps)} != {nodes}:
            raise ValueError("trees are refused: their rows differ in length")
        if not all(map(isfinite, (self.base, *self.numbers))):
            raise ValueError("trees are refused: a threshold or a leaf is no finite number")
        inner = [(at, self.others[at]) for at in range(nodes) if self.features[at] >= 0]
        if not all(0 <= root < nodes for root in self.roots) or not all(at < o < nodes for at, o in inner):
            raise ValueError("trees are refused: a node leads nowhere or backwards")
        if nodes and self.features[-1] >= 0:
            raise ValueError("trees are refused: a node leads nowhere or backwards")


def boosted(trees: Trees, numbers: tuple[float, ...]) -> float:
    """Return the logit that the trees give for `numbers`, NaN standing for one that is missing.

    O(trees x depth). IndexError where a tree asks for a number beyond them.
    """
    features, limits, others, gaps = trees.features, trees.numbers, trees.others, trees.gaps
    total = trees.base
    for root in trees.roots:
        at = root
        feature = features[at]
        while feature >= 0:
            number = numbers[feature]
            # NaN is no larger and no smaller than anything, and not itself.
            if number <= limits[at] or (number != number and gaps[at]):  # noqa: PLR0124
                at += 1
            else:
                at = others[at]
            feature = features[at]
        total += limits[at]
    return total
