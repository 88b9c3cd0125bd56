"""Who an actor is: the inverse functional identifier as one text, and the Person made from it."""

from collections.abc import Iterable, Iterator
from typing import Any


def ifi(actor: dict[str, Any]) -> str | None:
    """Return the identifier of a checked Agent or Group as one text, the same for every way to write it.

    "mbox:mailto:ana@example.org", "mbox_sha1sum:<hex>", "openid:<IRI>" or "account:<homePage>|<name>"; a home
    page has no "|" in it, so no two accounts share a text. None for a Group that is only its members.
    Letters whose case does not matter (a mail domain, hexadecimal digits) are small (Data 2.3.1, 2.4.2.3).
    """
    account = actor.get("account")
    if account is not None:
        return f"account:{account['homePage']}|{account['name']}"
    mbox = actor.get("mbox")
    if mbox is not None:
        return f"mbox:{mailbox(mbox)}"
    if "mbox_sha1sum" in actor:
        return f"mbox_sha1sum:{actor['mbox_sha1sum'].lower()}"
    if "openid" in actor:
        return f"openid:{actor['openid']}"
    return None


def mailbox(mbox: str) -> str:
    """Return a mailto IRI with its domain in small letters."""
    local, _, domain = mbox.rpartition("@")
    return f"{local}@{domain.lower()}"


def agents(actor: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield an Agent, or a Group and its members: all that a filter for one of them finds."""
    yield actor
    yield from actor.get("member", ())


def person(agent: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return the Person object of a checked Agent, with every name it was seen under (Communication 2.4).

    One Agent is one persona: its own identifier is the only one given.
    """
    own = [agent["name"]] if "name" in agent else []
    made: dict[str, Any] = {"objectType": "Person"}
    known = list(dict.fromkeys([*own, *names]))
    if known:
        made["name"] = known
    for kind in ("mbox", "mbox_sha1sum", "openid", "account"):
        if kind in agent:
            made[kind] = [agent[kind]]
    return made
