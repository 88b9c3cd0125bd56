"""What rules make of an event: whose moment it is, of which task, in which phase."""

import msgspec

from midflow.core.content.model import Phase, Timing


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """This person, this task, in this phase. `time` in seconds since the epoch.

    `timing`: when the rule wants a prompt to be shown.
    """

    person: str
    task: str
    phase: Phase
    rule: str
    case: str
    time: float
    because: str = ""
    timing: Timing = "auto"


class CaseTask(msgspec.Struct, frozen=True, kw_only=True):
    """Who did a task last in a case, and when."""

    task: str
    person: str
    time: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says of a task done earlier or now: begun, done, or gone wrong."""

    person: str
    task: str
    kind: str
    time: float


class CaseState(msgspec.Struct, frozen=True, kw_only=True):
    """What a case remembers: who did which task last, and its latest event.

    `last` holds what conditions may read as `before`: type, status, activity.
    """

    tasks: dict[str, CaseTask] = {}
    last: dict[str, str] = {}
    last_person: str = ""
    last_time: float = 0.0
