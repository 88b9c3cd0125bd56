"""What an author writes: units and everything a unit hangs on.

Values are frozen. A value here says nothing about drafts, revisions or who may
edit: that is the studio's. Times are seconds since the epoch (UTC), durations
carry their unit in their name.
"""

from typing import Annotated, Any, Literal

import msgspec

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=80)]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Phase = Literal["starting", "stuck", "erred", "done"]
Risk = Literal["low", "normal", "safety_critical"]
UnitKind = Literal["training", "reference"]


class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of every content value: frozen, and a misspelt field is an error."""


class Audience(Value):
    """Who may see a unit. An empty field does not restrict."""

    roles: tuple[Slug, ...] = ()
    teams: tuple[Slug, ...] = ()
    sites: tuple[Slug, ...] = ()
    locales: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()


class Reference(Value):
    """A source of a fact, or the longer thing behind a unit."""

    title: Title
    url: str


class Block(Value):
    """One block of a unit: its kind, its id within the unit, and its body.

    `body` is an instance of the shape that the block kind declares.
    """

    kind: str
    id: Slug
    body: Any


class Unit(Value):
    """Two to five minutes on one task with one objective.

    `minutes` is what the author promises; `expires` is a date (YYYY-MM-DD)
    after which the unit is never served.
    """

    id: Slug
    title: Title
    objective: Annotated[str, msgspec.Meta(min_length=1, max_length=240)]
    blocks: tuple[Block, ...]
    kind: UnitKind = "training"
    task: Slug | None = None
    minutes: Annotated[float, msgspec.Meta(ge=0.5, le=15)] = 3
    skills: tuple[Slug, ...] = ()
    prerequisites: tuple[Slug, ...] = ()
    audience: Audience = Audience()
    risk: Risk = "normal"
    mandatory: bool = False
    locale: str = "en"
    expires: str | None = None
    sources: tuple[Reference, ...] = ()
    deep_dive: Reference | None = None


class Task(Value):
    """Something people do at work, named by a verb.

    `redo_is_error`: the same task once more in the same case means that the
    person who did it before got it wrong.
    """

    id: Slug
    title: Title
    roles: tuple[Slug, ...] = ()
    skills: tuple[Slug, ...] = ()
    redo_is_error: bool = False


class Skill(Value):
    """What a person can be good at."""

    id: Slug
    title: Title
    description: str = ""


class Role(Value):
    """`levels` maps a skill to the target level, a probability in [0, 1]."""

    id: Slug
    title: Title
    levels: dict[Slug, Annotated[float, msgspec.Meta(ge=0, le=1)]] = {}


Hours = Annotated[float, msgspec.Meta(gt=0, le=720)]
"""A window of a rule's history: at most the 30 days that cases and persons remember."""

EventTypes = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=512)], ...],
    msgspec.Meta(min_length=1, max_length=20),
]
Word = Annotated[str, msgspec.Meta(max_length=200)]
"""What an event's `activity` or `status` must equal; "" for anything."""

By = Literal["anyone", "me", "another"]
"""Who did the other event, as seen from the person whose moment it is."""

Where = Literal["case", "person"]
"""Where an event is looked for: in this case, or in all that this person did in any case and tool."""

Timing = Literal["auto", "now", "badge", "at_break"]


class Times(Value, tag_field="kind", tag="times"):
    """The person has begun the rule's task so often before: `at_most` 0 for the first time."""

    at_least: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    at_most: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None


class Unused(Value, tag_field="kind", tag="unused"):
    """The person has begun the rule's task before, but not for `days`."""

    days: Annotated[float, msgspec.Meta(gt=0, le=3650)]


class After(Value, tag_field="kind", tag="after"):
    """Such an event came before this one, at most `within_hours` ago."""

    events: EventTypes
    within_hours: Hours
    activity: Word = ""
    status: Word = ""
    by: By = "anyone"
    where: Where = "case"


class Count(Value, tag_field="kind", tag="count"):
    """At least so many such events came within the last hours, this one included where it is one."""

    events: EventTypes
    at_least: Annotated[int, msgspec.Meta(ge=1, le=50)]
    within_hours: Hours
    activity: Word = ""
    status: Word = ""
    where: Where = "case"


class ErrorRate(Value, tag_field="kind", tag="error_rate"):
    """The person's error rate on the task is `times_base` that of everyone, after `begun` begun.

    Both rates are shrunk, so that a few tasks cannot make somebody stand out.
    """

    times_base: Annotated[float, msgspec.Meta(ge=1, le=20)]
    begun: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5


class Absent(Value, tag_field="kind", tag="absent"):
    """No such event came in the same case within so many hours after this one; a timer says so then."""

    events: EventTypes
    within_hours: Hours
    activity: Word = ""
    status: Word = ""
    by: By = "anyone"


Term = Times | Unused | After | Count | ErrorRate | Absent
"""One condition on what came before, or on what does not come after."""


class Rule(Value):
    """Event types plus a CEL condition make a moment of a task.

    `history`: what must hold besides, all of it. `who` says whose moment it is:
    the person of the event, or the one who did this task last in the same case.
    `because` is shown to the person. `timing`: when a prompt is shown, `auto` as
    the phase says, `now` before the step, `badge` beside it while they work or
    right after an error, `at_break` when they next pause or turn to another case.
    """

    id: Slug
    task: Slug
    phase: Phase
    events: tuple[str, ...]
    when: str = "true"
    history: tuple[Term, ...] = ()
    who: Literal["actor", "last_doer"] = "actor"
    because: str = ""
    timing: Timing = "auto"


class Path(Value):
    """Units in an order."""

    id: Slug
    title: Title
    units: tuple[Slug, ...]


class Source(Value):
    """The fields of an event's data that may be kept from one source.

    `name` is the CloudEvents `source`, or a prefix of it ending in `*`.
    """

    name: str
    fields: tuple[str, ...] = ()


class Draft(Value):
    """All content that belongs together: of a pack, of a studio, of a release."""

    units: tuple[Unit, ...] = ()
    tasks: tuple[Task, ...] = ()
    skills: tuple[Skill, ...] = ()
    roles: tuple[Role, ...] = ()
    rules: tuple[Rule, ...] = ()
    paths: tuple[Path, ...] = ()
    sources: tuple[Source, ...] = ()


class Pack(Draft, kw_only=True):
    """A folder of content: the catalogue page and its units."""

    id: Slug
    title: Title
    description: str
    version: str
    locale: str = "en"
    licence: str = "Apache-2.0"


class Problem(Value):
    """Something wrong with content: where, what, and the remedy.

    `line` is 1-based, 0 where the place is not a line of a file.
    """

    where: str
    line: int
    message: str
    remedy: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line else self.where
        return f"{place}: {self.severity}: {self.message} {self.remedy}".rstrip()
