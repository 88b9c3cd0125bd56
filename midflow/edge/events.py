"""`POST /v1/events`: CloudEvents 1.0 in, structured, batch or binary."""

from typing import Any
from urllib.parse import unquote

from midflow.core.decide.silence import WORDS
from midflow.core.events import EventError, parse_cloud_event
from midflow.edge.auth import machine
from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request, Response, decode_json, json_response
from midflow.edge.offers import offer_json
from midflow.flow.ingest import Arrival, Receipt, admit

STRUCTURED = ("application/cloudevents+json", "application/json")
BATCH = "application/cloudevents-batch+json"
MAX_EVENT_BYTES = 65_536


async def post_events(desk: Desk, request: Request) -> Response:
    """Take events; 202 after they are durable, with a reason for each that was not taken."""
    key = machine(desk, request, "events:write")
    raws = _raw_events(request, await request.body(desk.settings.max_body_bytes))
    if len(raws) > desk.settings.max_batch:
        raise Problem(413, f"{len(raws)} events in one batch; at most {desk.settings.max_batch}. Split it.")
    desk.rate.take(key.hash, len(raws), desk.clock())
    deciding = request.query.get("decide") == "1"
    arrivals, rejected = _arrivals(desk, raws, reachable=deciding)
    if not arrivals and rejected:
        raise Problem(400, rejected[0]["reason"], rejected=rejected)
    receipts = await desk.take(arrivals)
    return json_response(_answer(receipts, rejected, deciding), status=202)


def _raw_events(request: Request, body: bytes) -> list[Any]:
    media = request.header(b"content-type").partition(";")[0].strip().lower()
    if b"ce-specversion" in request.headers:
        return [_binary(request, body, media)]
    if media == BATCH:
        raws = decode_json(body)
        if not isinstance(raws, list):
            raise Problem(400, "A batch is a JSON array of CloudEvents.")
        return raws
    if media in STRUCTURED:
        raw = decode_json(body)
        return raw if isinstance(raw, list) else [raw]
    raise Problem(
        415, f"'{media}' is not read. Send {STRUCTURED[0]}, {BATCH}, or binary mode with ce- headers."
    )


def _binary(request: Request, body: bytes, media: str) -> dict[str, Any]:
    """The HTTP binding's binary mode (section 3.1): attributes in ce- headers, data in the body."""
    attributes: dict[str, Any] = {
        name[3:].decode("latin-1"): unquote(value.decode("latin-1"))
        for name, value in request.headers.items()
        if name.startswith(b"ce-")
    }
    if body:
        if media not in ("application/json", "") and not media.endswith("+json"):
            raise Problem(415, f"The data is '{media}'; only JSON is read.")
        attributes["data"] = decode_json(body)
    return attributes


def _arrivals(desk: Desk, raws: list[Any], *, reachable: bool) -> tuple[list[Arrival], list[dict[str, Any]]]:
    received = desk.clock()
    arrivals: list[Arrival] = []
    rejected: list[dict[str, Any]] = []
    for index, raw in enumerate(raws):
        try:
            event = parse_cloud_event(raw, received=received)
            arrivals.append(admit(event, desk.book, received=received, reachable=reachable))
        except EventError as error:
            named = raw.get("id") if isinstance(raw, dict) else None
            rejected.append({"index": index, "id": named, "where": error.where, "reason": str(error)})
    return arrivals, rejected


def _answer(receipts: list[Receipt], rejected: list[dict[str, Any]], deciding: bool) -> dict[str, Any]:
    duplicates = sum(receipt.duplicate for receipt in receipts)
    answer: dict[str, Any] = {
        "accepted": len(receipts) - duplicates,
        "duplicates": duplicates,
        "rejected": rejected,
        "dropped_fields": sum(receipt.dropped for receipt in receipts),
    }
    if deciding:
        answer["decisions"] = [_decided(receipt) for receipt in receipts]
    return answer


def _decided(receipt: Receipt) -> dict[str, Any]:
    offers = {offer.decision: offer_json(offer) for offer in receipt.offers}
    made = [
        {
            "id": str(row.seq),
            "task": row.situation.task,
            "phase": row.situation.phase,
            "person": row.situation.person,
            "unit": row.decision.unit,
            "silence": row.decision.reason,
            "words": WORDS[row.decision.reason] if row.decision.reason else "",
            "offer": offers.get(row.seq),
        }
        for row in receipt.decisions
    ]
    return {
        "event": receipt.seq,
        "duplicate": receipt.duplicate,
        "silence": receipt.silence,
        "words": WORDS[receipt.silence] if receipt.silence else "",
        "decisions": made,
    }
