"""Machines' keys (hashed), host tools' signing secrets, declared sources."""

import json
from typing import Any, NamedTuple

from midflow.store.tx import Tx


class KeyRow(NamedTuple):
    """A key as stored; the key itself is not.

    `actor` (an identifier as the record writes it) and `registration` bound
    what it may do there; from `expires` on it is good for nothing.
    """

    hash: bytes
    name: str
    scopes: tuple[str, ...]
    created: float
    revoked: float | None
    actor: str | None = None
    registration: str | None = None
    expires: float | None = None


class HostRow(NamedTuple):
    """A tool whose backend signs its people in; bound to the origins it runs on."""

    name: str
    secret: bytes
    origins: tuple[str, ...]


def add_key(
    tx: Tx,
    *,
    hash: bytes,
    name: str,
    scopes: tuple[str, ...],
    now: float,
    actor: str | None = None,
    registration: str | None = None,
    expires: float | None = None,
) -> None:
    """Store a key by its hash, and what it is bound to."""
    tx.execute("INSERT INTO access_key VALUES (?,?,?,?,NULL)", [hash, name, " ".join(scopes), now])
    if actor or registration or expires is not None:
        tx.execute("INSERT INTO key_bound VALUES (?,?,?,?)", [hash, actor, registration, expires])


_KEYS = (
    "SELECT k.hash, k.name, k.scopes, k.created, k.revoked, b.actor, b.registration, b.expires"
    " FROM access_key AS k LEFT JOIN key_bound AS b ON b.hash=k.hash"
)


def key(tx: Tx, hash: bytes) -> KeyRow | None:
    """Return the key of this hash, revoked and expired ones included."""
    row = tx.execute(f"{_KEYS} WHERE k.hash=?", [hash]).fetchone()
    return _key(row) if row else None


def keys(tx: Tx) -> list[KeyRow]:
    """Return all keys, oldest first."""
    return [_key(row) for row in tx.execute(f"{_KEYS} ORDER BY k.created, k.name")]


def _key(row: Any) -> KeyRow:
    hash, name, scopes, *rest = row
    return KeyRow(hash, name, tuple(scopes.split()), *rest)


def revoke_keys(tx: Tx, name: str, now: float) -> int:
    """Revoke the keys of this name and return how many there were."""
    return tx.execute(
        "UPDATE access_key SET revoked=? WHERE name=? AND revoked IS NULL", [now, name]
    ).rowcount


def save_host(tx: Tx, host: HostRow, *, now: float) -> None:
    """Create the host, or change its secret and origins."""
    tx.execute(
        "INSERT INTO host VALUES (?,?,?,?) ON CONFLICT (name) DO UPDATE SET secret=excluded.secret, origins=excluded.origins",
        [host.name, host.secret, " ".join(host.origins), now],
    )


def host(tx: Tx, name: str) -> HostRow | None:
    """Return the host, or None."""
    row = tx.execute("SELECT name, secret, origins FROM host WHERE name=?", [name]).fetchone()
    return HostRow(row[0], row[1], tuple(row[2].split())) if row else None


def hosts(tx: Tx) -> list[HostRow]:
    """Return all hosts, by name."""
    rows = tx.execute("SELECT name, secret, origins FROM host ORDER BY name")
    return [HostRow(name, secret, tuple(origins.split())) for name, secret, origins in rows]


def remove_host(tx: Tx, name: str) -> bool:
    """Remove the host and return whether it was there."""
    return tx.execute("DELETE FROM host WHERE name=?", [name]).rowcount > 0


def origins(tx: Tx) -> frozenset[str]:
    """Return every origin that a host may call from."""
    return frozenset(origin for (text,) in tx.execute("SELECT origins FROM host") for origin in text.split())


def declare_source(tx: Tx, name: str, fields: tuple[str, ...]) -> None:
    """Say which fields of its data may be kept from a source."""
    tx.execute(
        "INSERT INTO source VALUES (?,?) ON CONFLICT (name) DO UPDATE SET fields=excluded.fields",
        [name, json.dumps(fields)],
    )


def declared_sources(tx: Tx) -> list[tuple[str, tuple[str, ...]]]:
    """Return the declared sources with their fields."""
    return [
        (name, tuple(json.loads(fields))) for name, fields in tx.execute("SELECT name, fields FROM source")
    ]
