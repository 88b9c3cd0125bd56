"""Who is calling: people by short-lived tokens, machines by hashed keys."""

import hashlib
import os
import secrets
from pathlib import Path

import jwt
import msgspec
from jwt.types import Options

from midflow.store import keys
from midflow.store.people import Person, person, person_of
from midflow.store.tx import Tx

ISSUER = "midflow"
AUDIENCE = "midflow"
ALGORITHM = "HS256"
LONGEST_SECONDS = 3600
LEEWAY_SECONDS = 30
SCOPES: dict[str, str] = {
    "events:write": "send work events",
    "rules:try": "try a rule on the last days' events, without seeing whose they are",
    "xapi:all": "everything in the record",
    "xapi:all/read": "read everything in the record",
    "xapi:statements/write": "send statements",
    "xapi:statements/read": "read statements",
    "xapi:statements/read/mine": "read statements that this key has sent",
    "xapi:state": "read and change state documents",
    "xapi:profile": "read and change documents about agents and activities",
    "xapi:define": "say what activities are called, for everybody",
}
"""What a key may do. Those of the record are the scopes of xAPI (Communication 4.2)."""

KEY_ACCOUNT = "key:"
"""The authority of what a key sends is the account of this and its name."""

KEY_PREFIX = "mf_"


class IdentityError(ValueError):
    """A token or key that does not let anybody in: why, in words for its sender."""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A signed token and when it ends, in seconds since the epoch."""

    token: str
    expires: float


def read_secret(path: Path) -> bytes:
    """Return this installation's secret (32 bytes), made on the first call and readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_bytes()
        if len(secret) != 32:
            raise IdentityError(
                f"{path} is damaged: it must hold 32 bytes. Restore it, or delete it to sign everyone out."
            ) from None
        return secret
    with os.fdopen(handle, "wb") as file:
        secret = secrets.token_bytes(32)
        file.write(secret)
    return secret


def issue(secret: bytes, *, person_id: str, now: float, seconds: int = 900, name: str = "") -> Token:
    """Return a token for a person who has signed in."""
    expires = now + min(seconds, LONGEST_SECONDS)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": person_id,
        "name": name,
        "iat": int(now),
        "exp": int(expires),
    }
    return Token(token=jwt.encode(claims, secret, algorithm=ALGORITHM), expires=float(int(expires)))


def verify(tx: Tx, token: str, *, secret: bytes, now: float) -> Person:
    """Return whom a token names: signed by this installation, or by a host tool's backend.

    Of a host tool `iss` is the host's name and `sub` the account's name in it.
    Raises IdentityError; the algorithm is pinned, `exp` and `aud` are mandatory.
    """
    issuer = _issuer(token)
    if issuer == ISSUER:
        claims = _claims(token, secret, issuer, now)
        found = person(tx, str(claims["sub"]))
    else:
        host = keys.host(tx, issuer)
        if host is None:
            raise IdentityError(f"The issuer '{issuer}' is not a registered host.")
        claims = _claims(token, host.secret, issuer, now)
        owner = person_of(tx, issuer, str(claims["sub"]))
        found = person(tx, owner) if owner else None
    if found is None:
        raise IdentityError(f"'{claims['sub']}' is not a person here; an operator can map the account.")
    return found


def signed_in_here(token: str) -> bool:
    """Return whether a token, which `verify` has let in, was issued after a sign-in here and not by a host tool."""
    return _issuer(token) == ISSUER


def _issuer(token: str) -> str:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise IdentityError("The token is not a JWT.") from None
    issuer = claims.get("iss")
    if not isinstance(issuer, str):
        raise IdentityError("The token has no issuer (`iss`).")
    return issuer


def _claims(token: str, secret: bytes, issuer: str, now: float) -> dict[str, object]:
    """Check the signature by PyJWT and the times against `now`, which is an argument here."""
    options: Options = {
        "require": ["exp", "aud", "sub", "iat"],
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
    }
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=issuer, options=options
        )
    except jwt.PyJWTError as error:
        raise IdentityError(f"The token is not valid: {error}.") from None
    expires, issued = claims["exp"], claims["iat"]
    if not isinstance(expires, int | float) or not isinstance(issued, int | float):
        raise IdentityError("`exp` and `iat` must be numbers of seconds.")
    if expires <= now - LEEWAY_SECONDS:
        raise IdentityError("The token has expired; fetch a new one.")
    if expires - now > LONGEST_SECONDS + LEEWAY_SECONDS:
        raise IdentityError("The token lasts longer than an hour; sign shorter ones.")
    if issued > now + LEEWAY_SECONDS:
        raise IdentityError("The token was issued in the future; check the clock of its issuer.")
    return claims


def new_key() -> tuple[str, bytes]:
    """Return a new machine key, to be shown once, and the hash that is stored."""
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    return text, hash_key(text)


def hash_key(text: str) -> bytes:
    """Return the stored hash of a key. Keys are 256 bits of chance, so one round of SHA-256 is enough."""
    return hashlib.sha256(text.encode()).digest()
