"""A person's own page: what they settled, what is held on them, and all of it to take away."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar
from uuid import UUID, uuid4

import msgspec

from midflow.core.content.model import Role
from midflow.edge.auth import oneself
from midflow.edge.desk import Desk
from midflow.edge.http import JSON, NO_STORE, Problem, Request, Response, Stream, json_response
from midflow.flow.gaps import look, skills, tasks
from midflow.flow.me import decided, export, held_on, looked_at, note_export
from midflow.flow.preferences import WishError, change, wish_of
from midflow.flow.prove import ProveError, Step, answer, start
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
    for piece in export(desk.store, person, desk.book, home=desk.home, now=now):
        yield piece


async def get_skills(desk: Desk, request: Request) -> Response:
    """What the person's roles ask for and what is known of it, and whether they are ready for each task."""
    person = oneself(desk, request)
    now = desk.clock()

    def read(tx: Tx) -> dict[str, Any]:
        seen = look(tx, desk.book, person, now=now)
        who = {"id": person.id, "name": person.name}
        return {"person": who, "skills": skills(seen), "tasks": tasks(seen), "sample": desk.settings.demo}

    return json_response(desk.store.read(read))


class Start(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of what a test is asked for: a skill or a unit, and whether an estimate is contested."""

    skill: str | None = None
    unit: str | None = None
    contested: bool = False


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer in a test. `id`: a UUID of the client; `answer`: positions of options as they were shown."""

    id: str
    check: str
    answer: list[int]
    seconds: float = 0.0


async def post_test(desk: Desk, request: Request) -> Response:
    """Begin a test, or go on with the one that is open; answered with its first check."""
    person = oneself(desk, request)
    asked = await _read(request, Start)
    if (asked.skill is None) == (asked.unit is None):
        raise Problem(422, "Name a `skill` or a `unit`: one of the two.")
    now = desk.clock()
    step = await _proving(
        desk,
        lambda tx: start(
            tx, person, skill=asked.skill, unit=asked.unit, contested=asked.contested, book=desk.book,
            id=str(uuid4()), now=now,
        ),
    )  # fmt: skip
    return json_response(step, status=201)


async def post_test_answer(desk: Desk, request: Request) -> Response:
    """Take one answer of a test, once by its id; answered with the next check or the verdict."""
    person = oneself(desk, request)
    reply = await _read(request, Reply)
    try:
        id = str(UUID(reply.id))
    except ValueError:
        raise Problem(422, "`id` must be a UUID made by the client.") from None
    now = desk.clock()
    step = await _proving(
        desk,
        lambda tx: answer(
            tx, person, request.path_args[0], id=id, check=reply.check, chosen=reply.answer,
            seconds=reply.seconds, book=desk.book, home=desk.home, now=now, now_ms=int(desk.clock() * 1000),
        ),
    )  # fmt: skip
    return json_response(step)


Asked = TypeVar("Asked", Start, Reply)


async def _read(request: Request, shape: type[Asked]) -> Asked:
    raw = await request.json(MOST_BYTES)
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise Problem(422, f"{error}.") from None


async def _proving(desk: Desk, fn: Callable[[Tx], Step]) -> Step:
    try:
        return await desk.call(fn)
    except ProveError as error:
        raise Problem(404 if error.missing else 409, str(error)) from None
