"""From a sign-in to the person of the store: the account of the source "midflow" named by the address."""

import time

from midflow.flow.people import map_account
from midflow.store import people
from midflow.studio.storage import store

SOURCE = "midflow"


def person_of_user(user):
    """Return the person who signs in as `user`, or None."""

    def read(tx):
        id = people.person_of(tx, SOURCE, user.email)
        return people.person(tx, id) if id else None

    return store().read(read)


def ask_for(email):
    """Put a sign-in that is nobody's yet on the operators' list of people to map."""
    seen = [(SOURCE, email.strip().lower(), time.time(), 0)]
    store().write(lambda tx: people.note_unknown(tx, seen))


def link(email, person_id):
    """Say that whoever signs in by `email` is this person."""
    name, now = email.strip().lower(), time.time()
    store().write(lambda tx: map_account(tx, source=SOURCE, name=name, person_id=person_id, now=now))
