"""The contract of a block kind: one file, found by its name, with one `BLOCK`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from midflow.core.content.model import Problem

WORDS_PER_SECOND = 238 / 60
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019)."""


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer was worth: right or not, `points` in [0, 1], and what to say."""

    correct: bool
    points: float
    feedback: str = ""


@dataclass(frozen=True)
class BlockKind:
    """What the product needs to know of a kind of block.

    `shape`: the struct of its body. `seconds`: how long a person needs for it.
    `text`: its words, for search and reading level. `lint`: what is wrong with
    a well-formed body. `score`: None where nothing is answered; else a function
    (body, answer) -> Score that raises ValueError for an answer that does not fit.
    """

    kind: str
    shape: type[msgspec.Struct]
    seconds: Callable[[Any], float]
    text: Callable[[Any], str]
    lint: Callable[[Any, str], list[Problem]]
    score: Callable[[Any, Any], Score] | None = None


BlockKinds = Mapping[str, BlockKind]


def reading_seconds(text: str) -> float:
    """Return the seconds an adult needs to read `text` silently."""
    return len(text.split()) / WORDS_PER_SECOND
