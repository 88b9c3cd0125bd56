"""Requests made up from the description: whatever comes in, the answer is one that is described, and never a 500."""

import base64
import time
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from midflow.edge.description import document
from midflow.flow.identity import new_key
from midflow.store import keys
from tests.edge.conftest import Edge

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = "getStream"


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    running = Edge(tmp_path_factory.mktemp("described"), rate_per_minute="0")
    running.key, hashed = new_key()
    scopes = ("xapi:all", "events:write", "rules:try")
    running.store.write(
        lambda tx: keys.add_key(tx, hash=hashed, name="described", scopes=scopes, now=time.time())
    )
    yield running.start()
    running.close()


schema = schemathesis.openapi.from_dict(document()).exclude(operation_id=ENDLESS)


def authorization(edge: Edge, case: schemathesis.Case) -> dict[str, str]:
    """The credentials that the operation asks for."""
    wanted = [name for one in case.operation.definition.raw.get("security", []) for name in one]
    if "person" in wanted:
        return edge.as_person()
    if "basic" in wanted:
        return {"authorization": "Basic " + base64.b64encode(f"x:{edge.key}".encode()).decode()}
    return edge.as_machine() if wanted else {}


@schema.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_made_from_the_description_is_answered_otherwise(
    case: schemathesis.Case, described: Edge
) -> None:
    case.call_and_validate(base_url=described.url, headers=authorization(described, case), checks=CHECKS)
