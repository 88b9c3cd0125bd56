"""People and their accounts, as operators change them."""

import re
from typing import Any

from midflow.store import people
from midflow.store.people import Person
from midflow.store.tx import Tx


class PeopleError(ValueError):
    """A change that cannot be made: why."""


def add_person(
    tx: Tx, *, name: str, email: str, now: float, roles: tuple[str, ...] = (), teams: tuple[str, ...] = ()
) -> Person:
    """Create a person and return them; the id is made of the name. Raises PeopleError for an empty name."""
    if not name.strip():
        raise PeopleError("Give the person a name.")
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "person"
    id, number = stem, 1
    while people.person(tx, id) is not None:
        number += 1
        id = f"{stem}-{number}"
    made = Person(id=id, name=name.strip(), email=email.strip(), roles=roles, teams=teams)
    people.save_person(tx, made, now=now)
    return made


def facts_of(person: Person) -> dict[str, Any]:
    """Return what the conditions of rules may read of a person."""
    return {"roles": list(person.roles), "site": person.site, "locale": person.locale}


def map_account(tx: Tx, *, source: str, name: str, person_id: str, now: float) -> None:
    """Say whose account it is, from now on. Raises PeopleError for a person who is not there."""
    if people.person(tx, person_id) is None:
        raise PeopleError(f"There is no person '{person_id}'.")
    people.add_account(tx, source, name, person_id, now=now)
