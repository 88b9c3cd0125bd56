"""What a person has settled about prompts and reviews, apart from who they are."""

from typing import Literal, get_args

import msgspec

from midflow.store.tx import Tx

Channel = Literal["widget", "app"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)


class Preferences(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`work_from` and `work_until` are minutes of the person's local day; None for all day.

    `daily_minutes`: what they want to give a day, 0 for no goal. `paused_until`:
    seconds up to which they asked not to be disturbed. `measured`: chance may
    hold a prompt back, and their work counts in sums over everybody. `mentors`:
    ids of people who may note what they saw the person do.
    """

    channels: tuple[Channel, ...] = CHANNELS
    work_from: int | None = None
    work_until: int | None = None
    daily_minutes: int = 0
    reviews: bool = True
    digest: bool = True
    paused_until: float = 0.0
    measured: bool = True
    mentors: tuple[str, ...] = ()


PLAIN = Preferences()
"""Those of somebody who has settled nothing."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Preferences).decode


def decoded(body: bytes | None) -> Preferences:
    """Return the preferences of a stored body, those of nothing settled for None."""
    return PLAIN if body is None else _decode(body)


def save_preferences(tx: Tx, person: str, preferences: Preferences) -> None:
    """Keep a person's preferences; `people.save_person` does it with the person, and tells everybody."""
    if preferences == PLAIN:
        tx.execute("DELETE FROM preference WHERE person=?", [person])
        return
    tx.execute(
        "INSERT INTO preference VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET body=excluded.body",
        [person, _encode(preferences)],
    )
