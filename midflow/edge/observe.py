"""`POST /v1/observations`: what a mentor saw."""

import msgspec

from midflow.edge.auth import oneself
from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request, Response, json_response
from midflow.flow.observe import NotChosen, Noted, NotTaken, observe

MOST_BYTES = 8192


async def post_observation(desk: Desk, request: Request) -> Response:
    """Take what the signed-in person saw of somebody who chose them as a mentor."""
    mentor = oneself(desk, request)
    raw = await request.json(MOST_BYTES)
    try:
        noted = msgspec.convert(raw, Noted)
    except msgspec.ValidationError as error:
        raise Problem(422, f"{error}.") from None
    now = desk.clock()
    try:
        await desk.call(lambda tx: observe(tx, mentor, noted, book=desk.book, now=now))
    except NotChosen as error:
        raise Problem(403, str(error)) from None
    except NotTaken as error:
        raise Problem(409 if error.again else 422, str(error)) from None
    return json_response({"noted": msgspec.to_builtins(noted)}, status=201)
