"""`POST /hooks/<source>`: a vendor's webhook, its signature checked, turned into work events."""

from midflow.core.events import EventError
from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request, Response, json_response
from midflow.flow.ingest import admit


async def post_hook(desk: Desk, request: Request) -> Response:
    """Take one delivery; 202 after it is durable."""
    name = request.path_args[0]
    source = desk.sources.get(name)
    if source is None:
        raise Problem(404, f"There is no source '{name}'. Known: {', '.join(sorted(desk.sources))}.")
    secret = desk.settings.source_secrets.get(name)
    if not secret:
        raise Problem(403, f"No secret is set for '{name}'. Set MIDFLOW_SOURCES_{name.upper()}_SECRET.")
    body = await request.body(desk.settings.max_body_bytes)
    headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in request.headers.items()}
    try:
        source.verify(headers, body, secret)
    except source.SignatureError as error:
        raise Problem(401, str(error)) from None
    received = desk.clock()
    try:
        events = source.events(headers, body, received)
        arrivals = [admit(event, desk.book, received=received, realm=name) for event in events]
    except (EventError, ValueError) as error:
        raise Problem(400, str(error)) from None
    receipts = await desk.take(arrivals) if arrivals else []
    duplicates = sum(receipt.duplicate for receipt in receipts)
    return json_response({"accepted": len(receipts) - duplicates, "duplicates": duplicates}, status=202)
