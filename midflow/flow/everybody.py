"""Sums over everybody's answers, as one transaction reads and moves them; each is read once and saved once."""

from math import log
from typing import Any

import msgspec

from midflow.core.learner.correction import Histories
from midflow.core.learner.foretell import Foretold, Place, Sums, named
from midflow.core.learner.response import Norms, Tally, Trace, View, look, plus, sigmoid, tally
from midflow.core.learner.weights import Calibration, Shift, calibrated, recalibrated, shifted
from midflow.store.answers import Fact
from midflow.store.models import save_tallies, tallies
from midflow.store.tx import Tx

KINDS: dict[str, Any] = {"answers": Tally(), "line": Calibration(), "shift": Shift(), "recalled": Tally()}
"""The kinds of sums and what each begins with: answers (of all, a check, a skill, after a run), the line
through the model's logits, shifts by history, and reviews by history."""

_encode = msgspec.msgpack.Encoder().encode
_decoders = {kind: msgspec.msgpack.Decoder(type(start)).decode for kind, start in KINDS.items()}


class Everybody:
    """What everybody's answers say, in one transaction; with None it begins with nobody's."""

    def __init__(self, tx: Tx | None) -> None:
        self._tx = tx
        self._known: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self._changed: dict[str, set[str]] = {kind: set() for kind in KINDS}

    def norms(self, where: Place) -> Norms:
        """Return how difficult the check, its skill and answers in its place are."""
        everyone, item, skill, *runs = self._several("answers", _names(where))
        return Norms(everyone, item, skill, (runs[0], runs[1], runs[2], runs[3]))

    def of_skill(self, where: Place) -> Norms:
        """Return the same for a check of the skill that nobody has answered yet."""
        known = self.norms(where)
        return Norms(known.everyone, Tally(), known.skill, known.runs)

    def ease(self, where: Place) -> float:
        """Return how easy the check is for somebody of mean ability, on the logit."""
        p = look(Trace(), self.norms(where), None).expected
        return log(p / (1.0 - p))

    def sums(self, where: Place) -> Sums:
        """Return all that is needed to foretell the answer at `where`."""
        (line,) = self._several("line", [""])
        (shift,) = self._several("shift", [named(where.kind)])
        return Sums(self.norms(where), line, shift, self.alike(where.alike))

    def line(self) -> Calibration:
        """Return the line through the model's logits."""
        return self._several("line", [""])[0]

    def alike(self, kind: Histories | None) -> Tally:
        """Return the tally of reviews after histories of one kind."""
        return Tally() if kind is None else self._several("recalled", [named(kind)])[0]

    def by_history(self) -> dict[str, Tally]:
        """Return the tallies of all kinds of history before a review."""
        kinds = [named((r, lapses, row)) for r in range(5) for lapses in range(4) for row in range(4)]
        return dict(zip(kinds, self._several("recalled", kinds), strict=True))

    def add(self, where: Place, sums: Sums, foretold: Foretold, *, right: bool) -> None:
        """Count an answer; `sums` are those it was foretold from."""
        self.count(where, sums, foretold.view, foretold.plain, right=right)
        self._draw(named(where.kind), foretold.logit, foretold.said, right=right)

    def count(self, where: Place, sums: Sums, view: View, plain: float | None, *, right: bool) -> None:
        """Count an answer among those to the check, on the skill, after the runs, and, of a review, alike."""
        after = tally(sums.norms, view, right)
        counted = (after.everyone, after.item, after.skill, *after.runs)
        self._put("answers", dict(zip(_names(where), counted, strict=True)))
        if where.alike is not None and plain is not None:
            self._put("recalled", {named(where.alike): plus(sums.alike, float(right), plain)})

    def draw(self, fact: Fact, logit: float) -> float:
        """Let the line and the shifts learn from an answer as if `logit` had foretold it; return the chance it gave."""
        kind = named((fact.run, fact.gap))
        (line,), (shift,) = self._several("line", [""]), self._several("shift", [kind])
        said = sigmoid(calibrated(line, logit) + shift.offset)
        self._draw(kind, logit, said, right=fact.right)
        return said

    def save(self, tx: Tx) -> None:
        """Save what has changed."""
        for kind, names in self._changed.items():
            known = self._known[kind]
            save_tallies(tx, kind, {name: _encode(known[name]) for name in sorted(names)})
            names.clear()

    def _draw(self, kind: str, logit: float, said: float, *, right: bool) -> None:
        (line,), (shift,) = self._several("line", [""]), self._several("shift", [kind])
        self._put("line", {"": recalibrated(line, logit, right, said)})
        self._put("shift", {kind: shifted(shift, right, said)})

    def _several(self, kind: str, names: list[str]) -> list[Any]:
        known = self._known[kind]
        missing = [name for name in names if name not in known]
        if missing:
            stored = tallies(self._tx, kind, missing) if self._tx is not None else {}
            read, start = _decoders[kind], KINDS[kind]
            known |= {name: read(stored[name]) if name in stored else start for name in missing}
        return [known[name] for name in names]

    def _put(self, kind: str, values: dict[str, Any]) -> None:
        self._known[kind] |= values
        self._changed[kind].update(values)


def _names(where: Place) -> list[str]:
    return ["", f"check:{where.check}", f"skill:{where.skill}", *(f"run:{run}" for run in where.runs)]
