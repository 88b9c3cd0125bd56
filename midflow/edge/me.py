"""A person's own page: what they settled, what is held on them, and all of it to take away."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from midflow.core.content.model import Role
from midflow.edge.auth import oneself
from midflow.edge.desk import Desk
from midflow.edge.http import JSON, NO_STORE, Problem, Request, Response, Stream, json_response
from midflow.flow.me import decided, export, held_on, looked_at, note_export
from midflow.flow.preferences import WishError, change, wish_of
from midflow.store import held, people
from midflow.store.people import Person
from midflow.store.tx import Tx

MOST_BYTES = 8192


async def get_me(desk: Desk, request: Request) -> Response:
    """Who the person is here, what they settled, what is held on them and who looked at it."""
    person = oneself(desk, request)

    def read(tx: Tx) -> dict[str, Any]:
        return {
            "person": _profile(tx, desk, person),
            "preferences": wish_of(person, desk.clock()),
            "organisation": _organisation(desk),
            "held": held_on(tx, person, home=desk.home),
            "decisions": decided(tx, person, desk.book),
            "looked": looked_at(tx, person, home=desk.home),
            "export": "/v1/me/export",
            "sample": desk.settings.demo,
        }

    return json_response(desk.store.read(read))


def _profile(tx: Tx, desk: Desk, person: Person) -> dict[str, Any]:
    roles: dict[str, Role] = {role.id: role for role in desk.book.release.roles}
    teams = people.teams(tx)
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "site": person.site,
        "locale": person.locale,
        "roles": [{"id": id, "title": roles[id].title if id in roles else id} for id in person.roles],
        "teams": [{"id": id, "title": teams.get(id, id)} for id in person.teams],
        "accounts": [{"source": source, "name": name} for source, name in held.accounts(tx, person.id)],
    }


def _organisation(desk: Desk) -> dict[str, Any]:
    """What the organisation has settled for everybody: the bounds within which a person settles the rest."""
    policy = desk.book.release.policy
    return {
        "prompts": policy.nudges,
        "digest": policy.digest,
        "review_minutes": policy.review_minutes,
        "limits": msgspec.to_builtins(policy.limits),
    }


async def put_preferences(desk: Desk, request: Request) -> Response:
    """Settle what the body names and answer with everything; Problem 422 names each field that is wrong."""
    person = oneself(desk, request)
    fields = await request.json(MOST_BYTES)
    if not isinstance(fields, dict):
        raise Problem(400, 'Send {"name of a preference": value, ...}.')
    now = desk.clock()
    try:
        saved = await desk.call(lambda tx: change(tx, person.id, fields, now=now))
    except WishError as error:
        errors = [{"field": one.field, "detail": one.detail} for one in error.wrong]
        raise Problem(422, str(error), errors=errors) from None
    desk.hub.wake(person.id)
    return json_response({"preferences": saved})


async def get_export(desk: Desk, request: Request) -> Stream:
    """All that is held on the person, as one JSON document to keep."""
    person = oneself(desk, request)
    now = desk.clock()
    await desk.call(lambda tx: note_export(tx, person, now))
    name = b'attachment; filename="midflow-my-data.json"'
    return Stream([JSON, NO_STORE, (b"content-disposition", name)], _pieces(desk, person, now))


async def _pieces(desk: Desk, person: Person, now: float) -> AsyncIterator[bytes]:
    for piece in export(desk.store, person, home=desk.home, now=now):
        yield piece
