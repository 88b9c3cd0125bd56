"""`POST /v1/rules/try`: what a rule would have made of the last days' events."""

import asyncio
from typing import Annotated

import msgspec

from midflow.core.content.model import Rule
from midflow.core.events import format_time
from midflow.edge.auth import machine
from midflow.edge.desk import Desk
from midflow.edge.http import Problem, Request, Response, json_response
from midflow.flow.rules_try import LONGEST_DAYS, MOST_EVENTS, RuleError, Tried, try_rule

MAX_BYTES = 20_000


class Trial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be tried, over how many days, on how many events at most."""

    rule: Rule
    days: Annotated[float, msgspec.Meta(gt=0, le=LONGEST_DAYS)] = 7.0
    most: Annotated[int, msgspec.Meta(ge=1, le=MOST_EVENTS)] = MOST_EVENTS


async def post_try(desk: Desk, request: Request) -> Response:
    """Try a rule, in a thread of its own so that events do not wait; one at a time."""
    key = machine(desk, request, "rules:try")
    try:
        trial = msgspec.convert(await request.json(MAX_BYTES), Trial)
    except msgspec.ValidationError as error:
        raise Problem(400, f"This is no rule to try: {error}.") from None
    if desk.trying.locked():
        raise Problem(429, "Another rule is being tried; try again.", headers=[(b"retry-after", b"5")])
    async with desk.trying:
        try:
            tried = await asyncio.to_thread(
                try_rule, desk.store, trial.rule, book=desk.book, now=desk.clock(), reader=f"key {key.name}",
                days=trial.days, most=trial.most,
            )  # fmt: skip
        except RuleError as error:
            raise Problem(400, str(error), problems=error.problems) from None
    return json_response(tried_json(tried))


def tried_json(tried: Tried) -> dict[str, object]:
    """Return what is answered: times as RFC 3339."""
    answer = msgspec.to_builtins(tried)
    for name in ("since", "until"):
        answer[name] = format_time(answer[name])
    for match in answer["matches"]:
        match |= {"time": format_time(match["time"]), "at": format_time(match["at"])}
    return answer
