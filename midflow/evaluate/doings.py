"""What people did in a log and which of it went wrong, by the rules that live events meet."""

from collections.abc import Mapping, Sequence
from math import inf

import msgspec
from msgspec.structs import replace

from midflow.core.content.model import Draft
from midflow.core.events import WorkEvent
from midflow.core.match import CaseState, RuleIndex
from midflow.core.match.moments import state_of
from midflow.evaluate.finding import Refused, Say

MOST_WRONG = 0.5


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """One task begun. `state`: the row's status, "" without one; `time` in seconds.

    `wrong_at`: when it turned out wrong, in seconds, infinite where it never did.
    `place` and `wrong_place` number the events that said so, in their order.
    """

    time: float
    person: str
    task: str
    case: str
    state: str
    wrong_at: float
    place: int
    wrong_place: int = 0


def doings(events: Sequence[WorkEvent], draft: Draft, say: Say) -> list[Doing]:
    """Return the tasks begun in events that are in the order of time; Refused where more than half went wrong."""
    index = RuleIndex(draft.rules, draft.tasks)
    cases: dict[str, CaseState] = {}
    latest: dict[tuple[str, str], int] = {}
    found: list[Doing] = []
    wrong_at: dict[int, tuple[float, int]] = {}
    for n, event in enumerate(events):
        case = cases.get(event.case, CaseState())
        moments, _ = index.match(event, person=event.person, facts=_NOBODY, case=case, time=event.time, seq=n)
        begun = [outcome for outcome in index.outcomes(moments, case) if outcome.kind == "begun"]
        for outcome in index.outcomes(moments, case):
            before = latest.get((event.case, outcome.task))
            if outcome.kind == "erred" and before is not None:
                wrong_at.setdefault(before, (event.time, n))
        for outcome in begun:
            latest[event.case, outcome.task] = len(found)
            found.append(_doing(event, outcome.task, n))
        if event.case:
            cases[event.case] = index.remember(
                case, event, moments, person=event.person, time=event.time, seq=n
            )
        if n % 5000 == 0:
            say(f"matching event {n + 1:,} of {len(events):,}")
    found = [
        replace(doing, wrong_at=wrong_at[n][0], wrong_place=wrong_at[n][1]) if n in wrong_at else doing
        for n, doing in enumerate(found)
    ]
    _refuse_if_mostly_wrong(len(wrong_at), len(found))
    return found


_NOBODY: Mapping[str, object] = {"roles": [], "site": "", "locale": ""}


def _doing(event: WorkEvent, task: str, place: int) -> Doing:
    return Doing(
        time=event.time, person=event.person, task=task, case=event.case,
        state=state_of(event.data), wrong_at=inf, place=place,
    )  # fmt: skip


def _refuse_if_mostly_wrong(wrong: int, rows: int) -> None:
    if not rows:
        raise Refused("No task is begun in this log.")
    if wrong > MOST_WRONG * rows:
        raise Refused(
            f"base_rate_over_half: {100 * wrong / rows:.0f}% of {rows:,} tasks count as gone wrong, so being wrong"
            " is the rule here and no exception. Say with --wrong what an error is in this log."
        )
    if not wrong:
        raise Refused(
            "nothing_went_wrong: no task counts as gone wrong. Say with --wrong what an error is in this log."
        )
