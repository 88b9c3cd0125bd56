"""Who calls the record, and what their key may do there."""

import base64
from typing import Any, NamedTuple

from midflow.core.record.actors import ifi
from midflow.core.record.prepare import Prepared
from midflow.core.record.statements import account
from midflow.edge.desk import Desk
from midflow.edge.http import Problem
from midflow.edge.xapi.call import Call
from midflow.flow.identity import KEY_ACCOUNT, hash_key
from midflow.store.keys import KeyRow

CHALLENGE = [(b"www-authenticate", b'Basic realm="midflow", charset="UTF-8"')]


class Access(NamedTuple):
    """A key at work. `authority` is the Agent under which its statements are stored."""

    key: KeyRow
    authority: dict[str, Any]

    @property
    def ifi(self) -> str:
        """The identifier of the authority."""
        return str(ifi(self.authority))

    def may(self, *scopes: str) -> bool:
        """Return whether the key has one of these scopes, or all there are."""
        return "xapi:all" in self.key.scopes or any(scope in self.key.scopes for scope in scopes)

    def need(self, *scopes: str) -> None:
        """Raise Problem 403 unless the key has one of these scopes (Communication 4.2)."""
        if not self.may(*scopes):
            raise Problem(403, f"The key '{self.key.name}' lacks the scope '{scopes[0]}'.")

    def about(self, agent: str) -> None:
        """Raise Problem 403 where the key is bound to another agent (an identifier)."""
        if self.key.actor and agent != self.key.actor:
            raise Problem(403, f"The key '{self.key.name}' is bound to another agent.")

    def within(self, registration: str | None) -> None:
        """Raise Problem 403 where the key is bound to another registration."""
        if self.key.registration and registration != self.key.registration:
            raise Problem(
                403, f"The key '{self.key.name}' is bound to the registration {self.key.registration}."
            )

    def owns(self, row: Prepared) -> None:
        """Raise Problem 403 for a statement that the key may not send: of another actor or registration."""
        self.within(row.registration)
        if self.key.actor and row.actor != self.key.actor:
            raise Problem(403, f"The key '{self.key.name}' is bound to another actor.")


def access(desk: Desk, call: Call) -> Access:
    """Return what the caller may do; Problem 401 where no good key is shown, by Basic or as a bearer."""
    key = desk.key(hash_key(_secret(call.header("authorization"))))
    if key is None or key.revoked is not None:
        raise _refused("The key is unknown or revoked. Make one with `midflow key create`.")
    if key.expires is not None and desk.clock() >= key.expires:
        raise _refused("The key has expired.")
    return Access(key, account(desk.home, KEY_ACCOUNT + key.name) | {"name": key.name})


def _secret(authorization: str) -> str:
    kind, _, value = authorization.partition(" ")
    if kind.lower() == "bearer" and value.strip():
        return value.strip()
    if kind.lower() == "basic":
        try:
            name_and_key = base64.b64decode(value.strip(), validate=True).decode()
        except ValueError:  # no base64, no ASCII, or no UTF-8 in it
            raise _refused("What follows `Basic` is not the base64 of `name:key`.") from None
        return name_and_key.partition(":")[2]
    raise _refused("Send a key: as the password of Basic authentication (any name), or as a bearer.")


def _refused(detail: str) -> Problem:
    return Problem(401, detail, headers=list(CHALLENGE))
