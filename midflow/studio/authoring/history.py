"""What each release changed, for the page that lists them."""

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from midflow.store import releases
from midflow.studio.storage import store

LATEST = 20


class Change(NamedTuple):
    """One release beside the one before it: ids of units."""

    number: int
    created: datetime
    by: str
    added: list[str]
    changed: list[str]
    withdrawn: list[str]
    otherwise: list[str]

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
    now, then = ({unit["id"]: unit for unit in one.get("units", [])} for one in (body, before))
    otherwise = [
        name
        for name in ("tasks", "skills", "roles", "rules", "paths", "sources", "policy")
        if body[name] != before.get(name)
    ]
    return Change(
        number=row.number,
        created=datetime.fromtimestamp(row.created, UTC),
        by=row.published_by,
        added=sorted(set(now) - set(then)),
        changed=sorted(id for id in now if id in then and now[id] != then[id]),
        withdrawn=sorted(set(then) - set(now)),
        otherwise=otherwise,
    )


def current_number() -> int:
    """Return the number of the release that people see, 0 before the first."""
    return store().read(releases.current_number)
