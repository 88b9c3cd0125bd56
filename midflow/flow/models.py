"""What was fitted, read once and again when it was fitted anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from midflow.core.decide.effect import Effect
from midflow.core.decide.fitted import Effects, NeedModel, effect_of
from midflow.core.decide.need_model import FEATURES
from midflow.flow.rulebook import PreparedUnit
from midflow.store.models import EFFECTS, NEED, ModelRow, model_versions, models
from midflow.store.tx import Tx

_need = msgspec.msgpack.Decoder(NeedModel).decode
_effects = msgspec.msgpack.Decoder(Effects).decode


@dataclass
class Models:
    """The models that decisions read: `need`, None where none was fitted yet, and what units were measured to achieve."""

    need: NeedModel | None = None
    effects: Effects = field(default_factory=Effects)
    _versions: Mapping[str, int] = field(default_factory=dict[str, int])
    _of: dict[str, tuple[Effect, Effect]] = field(default_factory=dict[str, tuple[Effect, Effect]])

    def refresh(self, tx: Tx) -> None:
        """Read again what was fitted since."""
        versions = model_versions(tx)
        if versions == self._versions:
            return
        self._versions, found = versions, models(tx)
        self.need = _usable(found.get(NEED))
        self.effects = _effects(found[EFFECTS].body) if EFFECTS in found else Effects()
        self._of.clear()

    def effect(self, prepared: PreparedUnit) -> Effect:
        """Return what the unit is expected to achieve by now."""
        known = self._of.get(prepared.unit.id)
        if known is None or known[0] != prepared.prior:
            found = effect_of(self.effects, prepared.unit.id, prepared.kind, prepared.prior)
            known = self._of[prepared.unit.id] = (prepared.prior, found)
        return known[1]


def _usable(row: ModelRow | None) -> NeedModel | None:
    """A model that looks at other features than this version does says nothing."""
    model = _need(row.body) if row else None
    return model if model is not None and len(model.logit.weights) == len(FEATURES) else None
