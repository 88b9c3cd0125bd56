"""What a process remembers of the store it writes to, so that it need not look again.

It hangs on the transaction (`tx.memory`). The store forgets the facts as soon
as anybody else has committed, and all of it where a transaction is undone; who
removes what may be remembered says `forget`. So what is here is true.
"""

from array import array
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 100_000
"""How many facts of one kind are kept."""

MOST_TEXTS = 4_000
"""The same for those that are a text of any length."""

MOST_STATES, MOST_CASES = 1_000, 4_000
"""How many people's states, which may be large, and how many cases are remembered: those of late."""


@dataclass
class Arrived:
    """What the statements from `first` to `last` are found by: each term with their numbers.

    Arrays, because Python looks through ten thousands of lists each time it looks for garbage.
    """

    first: int
    last: int
    found_by: "dict[int, array[int]]" = field(default_factory=dict)

    def note(self, seq: int, terms: Iterable[int]) -> None:
        """Add a statement with its terms."""
        for term in terms:
            seqs = self.found_by.get(term)
            if seqs is None:
                self.found_by[term] = array("q", (seq,))
            else:
                seqs.append(seq)


@dataclass
class Moving:
    """Statements after `after` and up to `upto` on their way into the index of terms, term by term.

    `order` are the terms in the order of the index, the first `done` of which are there, and `listed` those of
    these that are counted; `ids` go after them. `share`: how many pairs each new statement moves, `owed` how many
    statements have not done so.
    """

    after: int
    upto: int
    found_by: "dict[int, array[int]]"
    order: list[int]
    listed: list[int]
    ids: list[tuple[bytes, int]]
    share: int
    owed: int = 0
    done: int = 0


@dataclass
class Memory:
    """`terms` that are listed, `names` of agents that are kept, `definitions` and `authorities` as they are kept.

    `said`: the very object that said last what the definition of an activity is, where it says just what is kept.
    `ids`: those of statements that wait, complete up to number `ids_upto`. `states` of people and `cases` (by source
    and name) as they are stored.
    """

    terms: set[int] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)
    definitions: dict[str, bytes] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    authorities: dict[bytes, int] = field(default_factory=dict)
    states: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    cases: OrderedDict[tuple[str, str], Any] = field(default_factory=OrderedDict)
    ids: dict[bytes, int] | None = None
    ids_upto: int = 0
    arrived: Arrived | None = None
    moving: Moving | None = None

    def forget(self) -> None:
        """Forget the facts; what is on its way into the index stays, for that is looked at before it is used."""
        self.terms.clear()
        self.names.clear()
        self.definitions.clear()
        self.said.clear()
        self.authorities.clear()
        self.states.clear()
        self.cases.clear()

    def forget_all(self) -> None:
        """Forget everything: what was noted last may have been undone."""
        self.forget()
        self.ids = self.arrived = self.moving = None

    def bound(self) -> None:
        """Forget the facts where they have become too many."""
        if len(self.terms) > MOST or len(self.names) > MOST:
            self.forget()
        if max(len(self.definitions), len(self.said), len(self.authorities)) > MOST_TEXTS:
            self.forget()


def remember(known: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    """Remember a value in the place of the one before it; of more than so many the one that was noted longest ago goes."""
    known[key] = value
    known.move_to_end(key)
    if len(known) > most:
        known.popitem(last=False)
