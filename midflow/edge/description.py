"""`GET /openapi.json`: what is answered here, for machines."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

from midflow.core.record.jsontext import encode
from midflow.edge.desk import Desk
from midflow.edge.http import Request, Response


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the description. It is written by hand as YAML, and a test holds it against the routes."""
    import yaml

    return yaml.safe_load((files("midflow") / "edge" / "openapi.yaml").read_text(encoding="utf-8"))


async def get_description(desk: Desk, request: Request) -> Response:
    """The description as JSON, readable from any page."""
    headers = [(b"content-type", b"application/json"), (b"access-control-allow-origin", b"*")]
    return Response(200, headers, encode(document()))
