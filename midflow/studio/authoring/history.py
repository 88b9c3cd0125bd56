"""What each release changed, for the page that lists them."""

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from midflow.core.content import model
from midflow.core.content.release import Policy
from midflow.store import releases
from midflow.studio.authoring.policy_words import differences
from midflow.studio.storage import store

LATEST = 20
OTHERS = {
    "tasks": model.Task, "skills": model.Skill, "roles": model.Role, "rules": model.Rule, "paths": model.Path,
    "sources": model.Source,
}  # fmt: skip


class Change(NamedTuple):
    """One release beside the one before it: ids of units, names of what else changed, settings in words."""

    number: int
    created: datetime
    by: str
    added: list[str]
    changed: list[str]
    withdrawn: list[str]
    otherwise: list[str]
    policy: list[str]

    @property
    def units(self):
        """The three lists of units, in the order of the page's columns."""
        return self.added, self.changed, self.withdrawn


def changes(limit: int = LATEST) -> list[Change]:
    """Return the latest releases, newest first, and what each changed."""

    def read(tx):
        rows = releases.releases(tx, limit + 1)
        return [(row, releases.release(tx, row.number)[1]) for row in rows]

    found = [(row, msgspec.json.decode(body)) for row, body in store().read(read)]
    pairs = zip(found, [*found[1:], (None, {})], strict=True)
    return [_change(row, body, before) for (row, body), (_, before) in pairs][:limit]


def _change(row, body, before) -> Change:
    now, then = ({unit["id"]: _unit(unit) for unit in one.get("units", [])} for one in (body, before))
    otherwise = [name for name in OTHERS if _read(name, body) != _read(name, before)]
    return Change(
        number=row.number,
        created=datetime.fromtimestamp(row.created, UTC),
        by=row.published_by,
        added=sorted(set(now) - set(then)),
        changed=sorted(id for id in now if id in then and now[id] != then[id]),
        withdrawn=sorted(set(then) - set(now)),
        otherwise=otherwise,
        policy=differences(_policy(before), _policy(body)),
    )


def _read(name, body):
    """Values, not their wire: what an older Midflow did not write down stands for its default."""
    return msgspec.convert(body.get(name, []), tuple[OTHERS[name], ...])


def _unit(unit):
    return msgspec.convert({**unit, "blocks": ()}, model.Unit), unit["blocks"]


def _policy(body):
    return msgspec.convert(body.get("policy", {}), Policy)


def current_number() -> int:
    """Return the number of the release that people see, 0 before the first."""
    return store().read(releases.current_number)
