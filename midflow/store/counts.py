"""Counts over the people of a team: how many, and by how many people, so that small numbers can be kept back."""

from typing import NamedTuple

from midflow.store.sqlite import Tx


class Count(NamedTuple):
    """How often, and by how many different people."""

    times: int
    people: int


_MEMBERS = "(SELECT person.id FROM person, json_each(person.teams) WHERE json_each.value = :team)"
_SUCCESS = "json_extract(CAST(raw AS TEXT), '$.result.success')"


def teams_of_people(tx: Tx) -> dict[str, int]:
    """Return how many people each team has."""
    rows = tx.execute(
        "SELECT json_each.value, count(*) FROM person, json_each(person.teams) GROUP BY 1 ORDER BY 1"
    )
    return dict(rows.fetchall())


def events(tx: Tx, team: str, since: float) -> Count:
    """Count the work events of a team's people since a time in seconds."""
    return _count(
        tx,
        f"SELECT count(*), count(DISTINCT person) FROM work_event WHERE time >= :since AND person IN {_MEMBERS}",
        team,
        since,
    )


def prompts(tx: Tx, team: str, since: float) -> Count:
    """Count the prompts that a client has displayed to a team's people."""
    return _count(
        tx,
        f"SELECT count(*), count(DISTINCT person) FROM offer WHERE displayed >= :since AND person IN {_MEMBERS}",
        team,
        since,
    )


def statements(tx: Tx, team: str, since: float, verb: str) -> Count:
    """Count the statements of a verb by a team's people."""
    sql = f"SELECT count(*), count(DISTINCT person) FROM statement WHERE time >= :since AND verb = :verb AND person IN {_MEMBERS}"
    return _count(tx, sql, team, since, verb=verb)


def first_answers(tx: Tx, team: str, since: float, *, right: bool = False) -> Count:
    """Count the first answers that a team's people ever gave to a check; with `right` only the right ones."""
    first = (
        "SELECT person, time, raw, row_number() OVER (PARTITION BY person, unit, block ORDER BY time, seq) AS turn"
        f" FROM statement WHERE verb IN ('answered', 'reviewed') AND person IN {_MEMBERS}"
    )
    sql = f"SELECT count(*), count(DISTINCT person) FROM ({first}) WHERE turn = 1 AND time >= :since"
    return _count(tx, sql + (f" AND {_SUCCESS} = 1" if right else ""), team, since)


def silences(tx: Tx, team: str, since: float) -> dict[str, Count]:
    """Count by reason why nothing was shown to a team's people."""
    sql = (
        "SELECT reason, sum(times), count(DISTINCT person) FROM ("
        " SELECT reason, person, 1 AS times FROM decision WHERE shown = 0 AND reason IS NOT NULL AND at >= :since"
        f" AND person IN {_MEMBERS} UNION ALL SELECT silence, person, 1 FROM work_event WHERE silence IS NOT NULL"
        f" AND time >= :since AND person IN {_MEMBERS}) GROUP BY reason ORDER BY 2 DESC"
    )
    rows = tx.execute(sql, {"team": team, "since": since})
    return {reason: Count(times, people) for reason, times, people in rows}


def _count(tx: Tx, sql: str, team: str, since: float, **more: str) -> Count:
    return Count(*tx.execute(sql, {"team": team, "since": since, **more}).fetchone())
