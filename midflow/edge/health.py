"""Is it alive, is it ready, how much does it do."""

from midflow.edge.desk import Desk
from midflow.edge.http import NO_STORE, Problem, Request, Response, json_response
from midflow.edge.metrics import CONTENT_TYPE


async def get_health(desk: Desk, request: Request) -> Response:
    """The process answers."""
    return json_response({"status": "ok"})


async def get_ready(desk: Desk, request: Request) -> Response:
    """It can take work: the store answers and it is not ending."""
    if desk.closing.is_set():
        raise Problem(503, "The edge is ending.")
    desk.store.read(lambda tx: tx.execute("SELECT 1").fetchone())
    return json_response({"status": "ready", "release": desk.book.release.number, "streams": len(desk.hub)})


async def get_metrics(desk: Desk, request: Request) -> Response:
    """Counters for Prometheus."""
    desk.metrics.queue.set(desk.writer.depth)
    return Response(200, [(b"content-type", CONTENT_TYPE), NO_STORE], desk.metrics.text())
