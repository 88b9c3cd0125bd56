"""The sample organisation's helpdesk: the part that a host tool's own backend would play.

It is there only with `--demo`. What it does with events and tokens is what any
host does: it signs its people in by JWT and sends CloudEvents through the same door.
"""

import secrets
from importlib.resources import files
from typing import Any
from uuid import uuid4

import jwt
import msgspec
import yaml

from midflow.core.events import EventError, parse_cloud_event
from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request, Response, json_response
from midflow.flow.identity import ALGORITHM, AUDIENCE
from midflow.flow.ingest import admit
from midflow.flow.report import trace
from midflow.store import keys, learners
from midflow.store.keys import HostRow
from midflow.store.people import Person, add_account, person_of, save_person
from midflow.store.tx import Tx

HOST = "demo-helpdesk"
VISITOR = "visitor-"
TOKEN_SECONDS = 900
MAX_BODY = 16_384


async def post_visitor(desk: Desk, request: Request) -> Response:
    """Make a fresh sample person, so that each visitor has a whole attention budget."""
    now = desk.clock()
    account = VISITOR + secrets.token_hex(4)
    person = Person(
        id=account, name="Visitor (sample)", email=f"{account}@northlight.example",
        roles=("support-agent",), teams=("visitors",), site="sample",
    )  # fmt: skip

    def create(tx: Tx) -> None:
        save_person(tx, person, now=now)
        add_account(tx, HOST, account, person.id, now=now)
        learners.mark_seen(tx, person.id, now)

    await desk.call(create)
    signed = await _signed(desk, account)
    return json_response({**signed, "person": {"id": person.id, "name": person.name, "account": account}})


async def post_token(desk: Desk, request: Request) -> Response:
    """Sign a visitor in again; nobody else."""
    raw = await request.json(MAX_BODY)
    account = raw.get("account") if isinstance(raw, dict) else None
    if not isinstance(account, str) or not account.startswith(VISITOR):
        raise Problem(400, "Only visitors of the sample are signed in here.")
    if desk.store.read(lambda tx: person_of(tx, HOST, account)) is None:
        raise Problem(404, "This visitor is gone. Start over as a new person.")
    return json_response(await _signed(desk, account))


async def _signed(desk: Desk, account: str) -> dict[str, Any]:
    host = desk.store.read(lambda tx: keys.host(tx, HOST))
    now = desk.clock()
    if host is None:
        host = HostRow(HOST, secrets.token_bytes(32), ())
        made = host
        await desk.call(lambda tx: keys.save_host(tx, made, now=now))
    claims = {"iss": HOST, "aud": AUDIENCE, "sub": account, "iat": int(now), "exp": int(now) + TOKEN_SECONDS}
    return {"token": jwt.encode(claims, host.secret, algorithm=ALGORITHM), "expires": claims["exp"]}


async def post_events(desk: Desk, request: Request) -> Response:
    """Turn what the visitor did into a CloudEvent and take it; the draw is fixed so that a prompt shows."""
    raw = await request.json(MAX_BODY)
    if not isinstance(raw, dict) or not str(raw.get("account", "")).startswith(VISITOR):
        raise Problem(400, "Send {account, type, case, data} of a visitor.")
    received = desk.clock()
    sent = {"specversion": "1.0", "id": str(uuid4()), "source": HOST, "type": raw.get("type")}
    sent |= {"person": raw["account"], "case": raw.get("case"), "data": raw.get("data") or {}}
    try:
        event = parse_cloud_event(sent, received=received)
        arrival = admit(event, desk.book, received=received, seeded=True)
    except EventError as error:
        raise Problem(400, str(error)) from None
    receipts = await desk.take([arrival])
    return json_response({"event": receipts[0].seq}, status=202)


async def get_trace(desk: Desk, request: Request) -> Response:
    """What the visitor's latest events went through."""
    account = request.query.get("account", "")
    person = desk.store.read(lambda tx: person_of(tx, HOST, account)) if account.startswith(VISITOR) else None
    if person is None:
        raise Problem(404, "There is no such visitor.")
    stages = desk.store.read(lambda tx: trace(tx, person, desk.book))
    return json_response({"stages": stages})


async def get_signins(desk: Desk, request: Request) -> Response:
    """The example sign-ins, which are public because this is a sample."""
    text = (files("midflow") / "packs" / "sample-organisation.yaml").read_text(encoding="utf-8")
    sample = yaml.safe_load(text)
    return json_response({"signins": msgspec.to_builtins(sample["signins"])})


ROUTES = (
    ("POST", "/demo/visitor", post_visitor),
    ("POST", "/demo/token", post_token),
    ("POST", "/demo/events", post_events),
    ("GET", "/demo/trace", get_trace),
    ("GET", "/demo/signins", get_signins),
)
