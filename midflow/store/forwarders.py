"""Where statements are sent on to, how far that has got, and what went wrong."""

from typing import Any, NamedTuple

from midflow.store.tx import Tx

LONGEST_ERROR = 2000


class Forwarder(NamedTuple):
    """One receiver. All statements up to number `reached` are there, but for those that it `refused`.

    `next_try` in milliseconds since the epoch.
    """

    name: str
    url: str
    auth: str
    reached: int
    sent: int
    refused: int
    attempts: int
    next_try: int
    last_error: str
    paused: bool


def save_forwarder(tx: Tx, name: str, *, url: str, auth: str, reached: int = 0) -> None:
    """Create the receiver, to get what comes after number `reached`, or change its address; that starts it anew."""
    tx.execute(
        "INSERT INTO forwarder VALUES (?,?,?,?,0,0,0,0,'',0) ON CONFLICT (name) DO UPDATE SET"
        " url=excluded.url, auth=excluded.auth, attempts=0, next_try=0, last_error=''",
        [name, url, auth, reached],
    )


def forwarder(tx: Tx, name: str) -> Forwarder | None:
    """Return the receiver, or None."""
    row = tx.execute("SELECT * FROM forwarder WHERE name=?", [name]).fetchone()
    return _forwarder(row) if row else None


def forwarders(tx: Tx) -> list[Forwarder]:
    """Return all receivers, by name."""
    return [_forwarder(row) for row in tx.execute("SELECT * FROM forwarder ORDER BY name")]


def _forwarder(row: tuple[Any, ...]) -> Forwarder:
    return Forwarder._make((*row[:-1], bool(row[-1])))


def remove_forwarder(tx: Tx, name: str) -> bool:
    """Remove the receiver and return whether it was there."""
    return tx.execute("DELETE FROM forwarder WHERE name=?", [name]).rowcount > 0


def set_paused(tx: Tx, name: str, paused: bool) -> bool:
    """Stop sending, or go on where it stopped, at once; return whether the receiver is there."""
    sql = "UPDATE forwarder SET paused=?, attempts=0, next_try=0 WHERE name=?"
    return tx.execute(sql, [paused, name]).rowcount > 0


def note_sent(tx: Tx, name: str, *, reached: int, sent: int, refused: int = 0, said: str = "") -> None:
    """Note that all up to number `reached` are there, `sent` of them new, others `refused` for what was `said`."""
    tx.execute(
        "UPDATE forwarder SET reached=?, sent=sent+?, refused=refused+?, attempts=0, next_try=0, last_error=?"
        " WHERE name=? AND reached<=?",
        [reached, sent, refused, said[:LONGEST_ERROR], name, reached],
    )


def note_failure(tx: Tx, name: str, error: str, *, next_try: int) -> None:
    """Note that sending failed, why, and when to try again (ms)."""
    tx.execute(
        "UPDATE forwarder SET attempts=attempts+1, next_try=?, last_error=? WHERE name=?",
        [next_try, error[:LONGEST_ERROR], name],
    )
