"""The text of a statement, kept without what many share: its authority, and when it was stored."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from midflow.core.events import format_time
from midflow.core.record.prepare import Prepared
from midflow.store.tx import Tx, fetch_in

AUTHORITY = b',"authority":'
"""Stands once in a prepared text outside of strings, and last."""


def cut(row: Prepared, stored: int) -> tuple[bytes, bytes]:
    """Return what is kept of a prepared statement, stored at `stored` (ms), and the JSON of its authority."""
    body, _, authority = row.body.rpartition(AUTHORITY)
    return (body if row.dated else body + b',"timestamp":"' + _time(stored) + b'"'), authority


def cut_whole(raw: bytes) -> tuple[bytes, bytes]:
    """Return the same of a text that `whole` returned."""
    body, _, rest = raw.rpartition(AUTHORITY)
    return body, rest[: rest.rindex(b',"stored":')]


def whole(body: bytes, authority: bytes, stored: int) -> bytes:
    """Return a statement as it is returned."""
    return b"".join((body, AUTHORITY, authority, b',"stored":"', _time(stored), b'"}'))


def numbers(tx: Tx, authorities: Iterable[bytes]) -> dict[bytes, int]:
    """Return the number of each authority, new ones made."""
    wanted = {*authorities}
    known = tx.memory.authorities
    if not wanted <= known.keys():
        known |= _numbers(tx, wanted - known.keys())
    return {json: known[json] for json in wanted}


def _numbers(tx: Tx, authorities: Iterable[bytes]) -> dict[bytes, int]:
    digests = {blake2b(json, digest_size=16).digest(): json for json in authorities}
    sql = "SELECT digest, id FROM authority WHERE digest IN ({})"
    found = {digests[digest]: id for digest, id in fetch_in(tx, sql, sorted(digests))}
    for digest, json in sorted(digests.items()):
        if json not in found:
            tx.execute("INSERT INTO authority (digest, json) VALUES (?, ?)", [digest, json])
    return found if len(found) == len(digests) else _numbers(tx, digests.values())


@lru_cache(maxsize=4096)
def _time(stored: int) -> bytes:
    return format_time(stored / 1000).encode()
