"""One running edge for each store, and the record of it in each version."""

from collections.abc import Iterator

import pytest

from tests.edge.conftest import Edge
from tests.edge.xapi.record import At, Record

MOST_BYTES = 300_000
"""The largest body that the edge of these tests takes."""


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgresql"))]
)
def record(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """One edge for every test; each has statements, agents and activities of its own."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    data = tmp_path_factory.mktemp("record")
    edge = Edge(data, log=data / "log", database_url=url, record_max_body_bytes=str(MOST_BYTES))
    edge.start()
    yield Record(edge)
    edge.close()


@pytest.fixture(params=["1.0.3", "2.0.0"])
def at(record: Record, request: pytest.FixtureRequest) -> At:
    return record.at(request.param)


@pytest.fixture
def at_1(record: Record) -> At:
    return record.at("1.0.3")


@pytest.fixture
def at_2(record: Record) -> At:
    return record.at("2.0.0")


@pytest.fixture(autouse=True)
def nothing_fails_in_the_edge(request: pytest.FixtureRequest) -> Iterator[None]:
    """The log of the running edge tells of no failure while a test ran, answered or not."""
    if "record" not in request.fixturenames:
        yield
        return
    log = request.getfixturevalue("record").edge.log
    before = log.stat().st_size
    yield
    with log.open("rb") as file:
        file.seek(before)
        said = file.read().decode(errors="replace")
    assert "Traceback" not in said and "failed" not in said, said
