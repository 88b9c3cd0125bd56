"""Statements that refer to statements: what they are found by through them, and what they void.

A statement whose object is another one meets each condition that its target
meets, along chains (Communication 2.1.3), only not whose statement it is. A
voiding statement voids its target unless that voids as well (Data 2.3.2).
Either may be stored first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from midflow.store import settling, terms
from midflow.store.ids import numbers_of_ids
from midflow.store.tx import Tx, fetch_in


@dataclass(eq=False)
class Node:
    """A statement among those it refers to or that refer to it. `had` is what it was found by before."""

    seq: int
    id: bytes
    target: bytes | None
    voiding: bool
    voided: bool
    terms: set[int]
    had: frozenset[int]
    stored: bool = False
    was_voided: bool = False

    @property
    def gained(self) -> bool:
        """Whether it is found by more than before; it is never found by less."""
        return len(self.terms) > len(self.had)


def connect(tx: Tx, new: Sequence[Node]) -> None:
    """Give statements the terms and the voiding that come with new ones, these among them.

    Only what is stored already is changed in the store.
    """
    web = _Web(tx, new)
    for node in web.voided():
        node.voided = True
    web.inherit()
    changed = [
        node for node in web.nodes.values() if node.stored and (node.gained or node.voided != node.was_voided)
    ]
    if not changed:
        return
    tx.executemany(
        "UPDATE statement SET terms=?, voided=? WHERE seq=?",
        [(terms.pack(node.terms), node.voided, node.seq) for node in changed],
    )
    _find_by_more(tx, [node for node in changed if node.gained])
    tx.executemany(
        "DELETE FROM outcome WHERE seq=?", [[n.seq] for n in changed if n.voided and not n.was_voided]
    )


def _find_by_more(tx: Tx, gained: Sequence[Node]) -> None:
    """Let stored statements be found by what they gained; they wait no more, for what waits is never changed."""
    if not gained:
        return
    settling.settle(tx)
    before = terms.paired(tx, {node.seq: node.had for node in gained})
    after = terms.paired(tx, {node.seq: node.terms for node in gained})
    more = sorted((id, node.seq) for node in gained for id in after[node.seq] - before[node.seq])
    terms.link(tx, more)
    terms.use(tx, Counter(id for id, _ in more))


class _Web:
    """The statements that new ones are connected with, loaded as far as anything changes."""

    def __init__(self, tx: Tx, new: Sequence[Node]) -> None:
        self.tx = tx
        self.nodes = {node.id: node for node in new}
        self._referring: dict[bytes, dict[int, Node]] = {}
        self._owned: dict[bytes, set[int]] = {}
        self._complete = set(self.nodes)
        targets = sorted({node.target for node in new if node.target} - self.nodes.keys())
        self._load("seq", numbers_of_ids(tx, targets) if targets else [])
        self._note_targets(new)
        self._note_targets(self._load("target", [node.id for node in new]))

    def voided(self) -> Iterable[Node]:
        """Yield what is voided: the target, where it is here, of each voiding statement."""
        for target, referring in self._referring.items():
            node = self.nodes.get(target)
            if node is not None and not node.voiding and any(other.voiding for other in referring.values()):
                yield node

    def inherit(self) -> None:
        """Hand terms on from targets to those that refer to them, until nobody gains any; so a circle ends too."""
        waiting = [self.nodes[id] for id in self._referring if id in self.nodes]
        while waiting:
            node = waiting.pop()
            handed = node.terms - self._own(node)
            for other in self._referring_to(node):
                if not handed <= other.terms:
                    other.terms |= handed
                    waiting.append(other)

    def _own(self, node: Node) -> set[int]:
        """Return under whose authority the node is: what refers to it is not by that under the same."""
        if node.id not in self._owned:
            self._owned[node.id] = terms.of_kind(self.tx, "authority", node.terms)
        return self._owned[node.id]

    def _referring_to(self, node: Node) -> list[Node]:
        """Return all that refer to the node where it has gained terms, else those that are known."""
        if node.id not in self._complete and node.gained:
            self._complete.add(node.id)
            self._note_targets(self._load("target", [node.id]))
        return list(self._referring.get(node.id, {}).values())

    def _note_targets(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            if node.target is not None:
                self._referring.setdefault(node.target, {})[node.seq] = node

    def _load(self, column: str, values: Sequence[Any]) -> list[Node]:
        """Return stored statements; one that is here already is the one that was loaded or changed before."""
        sql = f"SELECT seq, id, target, voiding, voided, terms FROM statement WHERE {column} IN ({{}})"
        found: list[Node] = []
        for seq, id, target, voiding, voided, packed in fetch_in(self.tx, sql, values):
            had = frozenset(terms.unpack(packed))
            node = Node(seq, id, target, bool(voiding), bool(voided), set(had), had, True, bool(voided))
            found.append(self.nodes.setdefault(id, node))
        return found
