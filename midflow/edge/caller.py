"""Who called: the address, the scheme and the host that they used, also through proxies in front of us."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from midflow.config import Network
from midflow.edge.http import Scope


class Caller(NamedTuple):
    """What we say of a caller: an address, `http` or `https`, and the host that they asked for."""

    address: str
    scheme: str
    host: bytes

    @classmethod
    def of(cls, scope: Scope, trusted: Sequence[Network], *, https: bool) -> "Caller":
        """Return the caller of a request. What a proxy says of them is believed only of a trusted one.

        `https` is whether people reach us by it: without a word from a trusted proxy that decides.
        """
        sent: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            sent.setdefault(name.lower(), []).append(value)
        peer = str((scope.get("client") or ("", 0))[0])
        scheme = "https" if https else scope.get("scheme", "http")
        host = sent.get(b"host", [b"localhost"])[-1]
        if not _within(peer, trusted):
            return cls(peer, scheme, host)
        said = sent.get(b"x-forwarded-proto", [b""])[-1].decode("latin-1").strip().lower()
        return cls(
            _first_untrusted(peer, sent.get(b"x-forwarded-for", []), trusted),
            said if said in ("http", "https") else scheme,
            sent.get(b"x-forwarded-host", [host])[-1],
        )


def _first_untrusted(peer: str, values: Sequence[bytes], trusted: Sequence[Network]) -> str:
    """Each proxy adds on the right whom it was called by: the first from there that is none of ours called."""
    chain = b",".join(values).decode("latin-1").split(",")
    for said in reversed(chain):
        address = _address(said.strip())
        if address is None:
            return peer
        peer = str(address)
        if not _within(peer, trusted):
            return peer
    return peer


def _within(text: str, networks: Sequence[Network]) -> bool:
    address = _address(text) if networks else None
    return address is not None and any(address in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
