"""What was fitted in this organisation, else what is shipped: read where it changed, refused where it is broken."""

from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from midflow.core.learner.foretell import Challenger, Correction, Fitted
from midflow.core.learner.memory import fsrs
from midflow.core.learner.weights import FEATURES, Weights
from midflow.flow.shipped import shipped_weights
from midflow.store.models import ModelRow, models, save_model
from midflow.store.tx import Tx

RESPONSE, CHALLENGER, CORRECTION, FSRS = "response", "challenger", "correction", "fsrs"
"""The names of the models of the learner."""

logger = structlog.get_logger("midflow.fitted")


def shipped() -> Fitted:
    """Return what is believed before anything was fitted here."""
    return Fitted(response=shipped_weights())


def fitted(tx: Tx) -> Fitted:
    """Return what was fitted here last; a model that cannot be used is said in the log, and the shipped one stays."""
    found = models(tx)
    ours = shipped()
    return Fitted(
        response=_read(found.get(RESPONSE), _response, ours.response),
        challenger=_read(found.get(CHALLENGER), _challenger, None),
        correction=_read(found.get(CORRECTION), _correction, ours.correction),
        fsrs=_read(found.get(FSRS), lambda raw: fsrs(tuple(map(float, raw["weights"]))), ours.fsrs),
    )


def save_response(tx: Tx, weights: Weights, *, now: float) -> None:
    """Put weights of the response model in force."""
    body = {"features": FEATURES, "bias": weights.bias, "values": weights.values, "scale": weights.scale}
    save_model(tx, RESPONSE, msgspec.json.encode(body), fitted=now)


def save_challenger(tx: Tx, challenger: Challenger | None, *, now: float) -> None:
    """Let trees stand in for the response model, or, with None, no longer."""
    body = challenger and {"features": FEATURES, "trees": challenger.trees, "fitted_to": challenger.fitted_to}
    if challenger is not None or CHALLENGER in models(tx):
        save_model(tx, CHALLENGER, msgspec.json.encode(body), fitted=now)


def save_correction(tx: Tx, correction: Correction, *, now: float) -> None:
    """Put weights of the layer over memory in force."""
    save_model(tx, CORRECTION, msgspec.json.encode(correction), fitted=now)


def save_fsrs(tx: Tx, weights: tuple[float, ...], *, now: float) -> None:
    """Put weights of memory in force; ValueError where they are broken."""
    save_model(tx, FSRS, msgspec.json.encode({"weights": fsrs(weights).weights}), fitted=now)


def _response(raw: Any) -> Weights:
    if tuple(raw["features"]) != FEATURES:
        raise ValueError("it was fitted for other features")
    return msgspec.convert({name: raw[name] for name in ("bias", "values", "scale")}, Weights)


def _challenger(raw: Any) -> Challenger | None:
    if raw is None:
        return None
    if tuple(raw["features"]) != FEATURES:
        raise ValueError("it was fitted for other features")
    found = msgspec.convert({"trees": raw["trees"], "fitted_to": raw["fitted_to"]}, Challenger)
    if max(found.trees.features, default=0) >= len(FEATURES):
        raise ValueError("it asks for a number that there is not")
    return found


def _correction(raw: Any) -> Correction:
    return msgspec.convert(raw, Correction)


def _read(row: ModelRow | None, read: Callable[[Any], Any], otherwise: Any) -> Any:
    if row is None:
        return otherwise
    try:
        return read(msgspec.json.decode(row.body))
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError, ZeroDivisionError, OverflowError) as error:
        logger.warning("a model is refused", model=row.name, version=row.version, why=str(error))
        return otherwise
