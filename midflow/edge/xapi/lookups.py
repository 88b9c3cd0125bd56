"""What the record knows of an activity, of an agent, and of itself."""

from midflow.core.record.actors import ifi, person
from midflow.core.record.jsontext import encode
from midflow.core.record.profile import document
from midflow.core.record.query import parse_activity, parse_agent
from midflow.core.record.values import Version
from midflow.edge.http import Response, json_response
from midflow.edge.xapi.visit import Visit
from midflow.store import activities, agents

VERSIONS: dict[Version, tuple[Version, ...]] = {"1.0.3": ("1.0.3",), "2.0.0": ("1.0.3", "2.0.0")}
"""What About lists, by the version that asks: for 1.0.3 there is nothing after 1.0.x."""
READ = ("xapi:all/read", "xapi:statements/read", "xapi:statements/read/mine", "xapi:state", "xapi:profile")


async def get_activity(visit: Visit) -> Response:
    """The activity with the definition put together from all statements about it (Communication 2.5)."""
    visit.access.need(*READ)
    iri = parse_activity(visit.call.params)
    found: dict[str, object] = {"objectType": "Activity", "id": iri}
    known = visit.desk.store.read(lambda tx: activities.definition(tx, iri))
    return _json(found | ({"definition": known} if known else {}))


async def get_agent(visit: Visit) -> Response:
    """The Person object of an agent (Communication 2.4)."""
    visit.access.need(*READ)
    agent = parse_agent(visit.call.params)
    identity = str(ifi(agent))
    visit.access.about(identity)
    names = visit.desk.store.read(lambda tx: agents.names(tx, identity))
    return _json(person(agent, names))


async def get_about(visit: Visit) -> Response:
    """The versions that are spoken here, as far as the one that asks knows them (Communication 2.8)."""
    return json_response({"version": VERSIONS[visit.version]})


async def get_profile(visit: Visit) -> Response:
    """Midflow's xAPI profile as JSON-LD."""
    return Response(200, [(b"content-type", b"application/ld+json")], encode(document()))


def _json(value: dict[str, object]) -> Response:
    return Response(200, [(b"content-type", b"application/json")], encode(value))
