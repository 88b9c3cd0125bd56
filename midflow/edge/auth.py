"""Who may call: machines by scoped keys, people by short-lived tokens."""

from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request
from midflow.flow.identity import IdentityError, hash_key, signed_in_here, verify
from midflow.store.keys import KeyRow
from midflow.store.people import Person

LOGIN = "/accounts/login/?next=/app/"
CHALLENGE = [(b"www-authenticate", b'Bearer realm="midflow"')]


def machine(desk: Desk, request: Request, *scopes: str) -> KeyRow:
    """Return the key that the request carries; Problem 401 or 403 without one that has one of the scopes."""
    key = desk.key(hash_key(_bearer(request)))
    if key is None or key.revoked is not None or (key.expires is not None and desk.clock() >= key.expires):
        raise Problem(
            401,
            "The key is unknown, revoked or expired. Make one with `midflow key create`.",
            headers=CHALLENGE,
        )
    if not any(scope in key.scopes for scope in scopes):
        raise Problem(403, f"The key '{key.name}' lacks the scope '{scopes[0]}'.")
    return key


def learner(desk: Desk, request: Request) -> Person:
    """Return the person whose token the request carries; Problem 401 with the way to sign in."""
    now = desk.clock()
    token = _bearer(request)
    try:
        return desk.store.read(lambda tx: verify(tx, token, secret=desk.secret, now=now))
    except IdentityError as error:
        raise Problem(401, str(error), headers=CHALLENGE, login=LOGIN) from None


def oneself(desk: Desk, request: Request) -> Person:
    """Return the person, where they signed in here themselves: a host tool's backend can sign in anybody as itself says.

    Problem 401 or 403.
    """
    person = learner(desk, request)
    if not signed_in_here(_bearer(request)):
        raise Problem(
            403,
            "This is shown to nobody but the person: sign in at Midflow, not through a tool.",
            login=LOGIN,
        )
    return person


def _bearer(request: Request) -> str:
    kind, _, value = request.header(b"authorization").partition(" ")
    if kind.lower() != "bearer" or not value.strip():
        raise Problem(401, "Send `Authorization: Bearer ...`.", headers=CHALLENGE, login=LOGIN)
    return value.strip()
