"""What has come in lately, for whoever writes a rule: bounded reads of the log's end."""

from typing import Any

import msgspec

from midflow.store.tx import Tx


def types_since(tx: Tx, since: float, latest: int) -> list[tuple[str, int]]:
    """Return (event type, how many) among the `latest` events received since `since` (seconds), the most first."""
    rows = tx.execute(
        "SELECT e.type, count(*) FROM (SELECT type, received FROM work_event ORDER BY seq DESC LIMIT ?) e"
        " WHERE e.received>=? GROUP BY e.type ORDER BY count(*) DESC, e.type",
        [latest, since],
    )
    return [(type_, count) for type_, count in rows]


def data_since(tx: Tx, since: float, latest: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (event type, account, data) of the `latest` events received since `since`, newest first."""
    rows = tx.execute(
        "SELECT e.type, e.account, e.data FROM"
        " (SELECT seq, type, account, data, received FROM work_event ORDER BY seq DESC LIMIT ?) e"
        " WHERE e.received>=? ORDER BY e.seq DESC",
        [latest, since],
    )
    return [(type_, account, msgspec.json.decode(data)) for type_, account, data in rows]
