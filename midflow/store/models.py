"""What was fitted here, and sums over everybody that decisions read."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from midflow.store.tx import Tx, fetch_in

NEED, EFFECTS = "need", "effects"
"""The names of the models that decisions read."""


class ModelRow(NamedTuple):
    """One model as it was fitted last. `fitted` in seconds since the epoch."""

    name: str
    version: int
    fitted: float
    body: bytes


def save_model(tx: Tx, name: str, body: bytes, *, fitted: float) -> None:
    """Put a model in the place of the one before it, one version further."""
    tx.execute(
        "INSERT INTO model VALUES (?, 1, ?, ?) ON CONFLICT (name) DO UPDATE SET"
        " version=model.version+1, fitted=excluded.fitted, body=excluded.body",
        [name, fitted, body],
    )


def models(tx: Tx) -> dict[str, ModelRow]:
    """Return every model by its name."""
    rows = tx.execute("SELECT name, version, fitted, body FROM model")
    return {row[0]: ModelRow(*row) for row in rows}


def model_versions(tx: Tx) -> dict[str, int]:
    """Return how often each model was fitted: whoever keeps models reads them again when this changes."""
    return dict(tx.execute("SELECT name, version FROM model").fetchall())


def tallies(tx: Tx, kind: str, names: list[str]) -> dict[str, bytes]:
    """Return the sums of one kind that there are, by name."""
    sql = f"SELECT name, body FROM tally WHERE kind='{kind}' AND name IN ({{}})"
    return dict(fetch_in(tx, sql, names))


def save_tallies(tx: Tx, kind: str, sums: Mapping[str, bytes]) -> None:
    """Store sums of one kind by name."""
    tx.executemany(
        "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET body=excluded.body",
        [(kind, name, body) for name, body in sums.items()],
    )


def forget_tallies(tx: Tx, kinds: Iterable[str]) -> None:
    """Remove all sums of these kinds."""
    tx.executemany("DELETE FROM tally WHERE kind=?", [[kind] for kind in kinds])
