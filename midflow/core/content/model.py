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


class Rule(Value):
    """Event types plus a CEL condition make a moment of a task.

    `who` says whose moment it is: the person of the event, or the one who did
    this task last in the same case. `because` is shown to the person.
    """

    id: Slug
    task: Slug
    phase: Phase
    events: tuple[str, ...]
    when: str = "true"
    who: Literal["actor", "last_doer"] = "actor"
    because: str = ""


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
