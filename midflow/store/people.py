"""People, their accounts in tools, and teams."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from midflow.store.preferences import PLAIN, Preferences, decoded, save_preferences
from midflow.store.tx import Tx


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`quiet_from` and `quiet_until` are minutes of the person's local day; None for no quiet hours."""

    id: str
    name: str
    email: str = ""
    site: str = ""
    locale: str = "en"
    jurisdiction: str = ""
    timezone: str = "UTC"
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    consent: bool = True
    opted_out: bool = False
    quiet_from: int | None = None
    quiet_until: int | None = None
    preferences: Preferences = PLAIN


class UnknownAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that sent events and belongs to nobody yet. Times in seconds."""

    source: str
    name: str
    first_seen: float
    last_seen: float
    events: int


_COLUMNS = "id, name, email, site, locale, jurisdiction, timezone, roles, teams, consent, opted_out, quiet_from, quiet_until"
_READ = f"SELECT {_COLUMNS}, (SELECT body FROM preference WHERE preference.person=person.id) FROM person"


def save_person(tx: Tx, person: Person, *, now: float) -> None:
    """Create the person or change what is known of them."""
    values = [
        person.id, person.name, person.email, person.site, person.locale, person.jurisdiction, person.timezone,
        json.dumps(person.roles), json.dumps(person.teams), person.consent, person.opted_out,
        person.quiet_from, person.quiet_until,
    ]  # fmt: skip
    changes = ", ".join(f"{name}=excluded.{name}" for name in _COLUMNS.split(", ")[1:])
    tx.execute(
        f"INSERT INTO person ({_COLUMNS}, created) VALUES ({', '.join('?' * 14)}) ON CONFLICT (id) DO UPDATE SET {changes}",
        [*values, now],
    )
    save_preferences(tx, person.id, person.preferences)
    tx.execute("DELETE FROM member WHERE person=?", [person.id])
    tx.executemany("INSERT INTO member VALUES (?, ?)", [(team, person.id) for team in set(person.teams)])
    _changed(tx)


def people_version(tx: Tx) -> int:
    """Return a number that changes with every change of a person or of whose account is whose."""
    row = tx.execute("SELECT value FROM meta WHERE name='people_version'").fetchone()
    return int(row[0]) if row else 0


def _changed(tx: Tx) -> None:
    tx.execute(
        "INSERT INTO meta VALUES ('people_version', '1') ON CONFLICT (name)"
        " DO UPDATE SET value=CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)"
    )


def person(tx: Tx, id: str) -> Person | None:
    """Return the person, or None."""
    row = tx.execute(f"{_READ} WHERE id=?", [id]).fetchone()
    return _person(row) if row else None


def people(tx: Tx) -> list[Person]:
    """Return everybody, by name."""
    return [_person(row) for row in tx.execute(f"{_READ} ORDER BY name, id")]


def called(tx: Tx, text: str) -> list[str]:
    """Return the ids of people who have this e-mail address or name, in any capitals."""
    sql = "SELECT id FROM person WHERE lower(email)=lower(?) OR lower(name)=lower(?) ORDER BY id"
    return [id for (id,) in tx.execute(sql, [text, text])]


def add_account(tx: Tx, source: str, name: str, person_id: str, *, now: float) -> None:
    """Say whose account `name` in `source` is; events it sent before stay as they were."""
    tx.execute(
        "INSERT INTO account VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (source, name) DO UPDATE SET person=excluded.person",
        [source, name, person_id, now, now],
    )
    _changed(tx)


def person_of(tx: Tx, source: str, name: str) -> str | None:
    """Return the id of the person whose account it is, None where nobody's."""
    row = tx.execute("SELECT person FROM account WHERE source=? AND name=?", [source, name]).fetchone()
    return row[0] if row else None


def note_unknown(tx: Tx, seen: Iterable[tuple[str, str, float, int]]) -> None:
    """Count events of accounts that belong to nobody: (source, name, time, events)."""
    tx.executemany(
        "INSERT INTO account VALUES (?, ?, NULL, ?, ?, ?) ON CONFLICT (source, name) DO UPDATE SET last_seen="
        "CASE WHEN excluded.last_seen > account.last_seen THEN excluded.last_seen ELSE account.last_seen END,"
        " events=account.events+excluded.events",
        [(source, name, time, time, events) for source, name, time, events in seen],
    )


def unknown_accounts(tx: Tx) -> list[UnknownAccount]:
    """Return the accounts to map, those with the most events first."""
    rows = tx.execute(
        "SELECT source, name, first_seen, last_seen, events FROM account WHERE person IS NULL ORDER BY events DESC, name"
    )
    names = ("source", "name", "first_seen", "last_seen", "events")
    return [UnknownAccount(**dict(zip(names, row, strict=True))) for row in rows]


def save_team(tx: Tx, id: str, title: str) -> None:
    """Create the team or change its title."""
    tx.execute(
        "INSERT INTO team VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET title=excluded.title", [id, title]
    )


def teams(tx: Tx) -> dict[str, str]:
    """Return the teams' titles by id."""
    return dict(tx.execute("SELECT id, title FROM team ORDER BY title").fetchall())


def _person(row: tuple[Any, ...]) -> Person:
    fields = dict(zip((*_COLUMNS.split(", "), "preferences"), row, strict=True))
    for name in ("roles", "teams"):
        fields[name] = tuple(json.loads(fields[name]))
    for name in ("consent", "opted_out"):
        fields[name] = bool(fields[name])
    fields["preferences"] = decoded(fields["preferences"])
    return Person(**fields)
