"""One decision, explained to the person it is about."""

from midflow.edge.auth import learner
from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request, Response, json_response
from midflow.flow.explain import explain


async def get_decision(desk: Desk, request: Request) -> Response:
    """Everything that a decision was made from, whether something was shown or not."""
    person = learner(desk, request)
    number = request.path_args[0]
    known = number.isascii() and number.isdecimal() and len(number) < 19
    found = desk.store.read(lambda tx: explain(tx, int(number), person.id, desk.book)) if known else None
    if found is None:
        raise Problem(404, f"There is no decision '{number}' about you.")
    return json_response(found)
