"""Counts over the people of a team: how many, and by how many people, so that small numbers can be kept back."""

from typing import NamedTuple

from midflow.store.tx import Tx


class Count(NamedTuple):
    """How often, and by how many different people."""

    times: int
    people: int


_OF_TEAM = "person IN (SELECT person FROM member WHERE team = ?)"


def teams_of_people(tx: Tx) -> dict[str, int]:
    """Return how many people each team has."""
    return dict(tx.execute("SELECT team, count(*) FROM member GROUP BY team ORDER BY team").fetchall())


def events(tx: Tx, team: str, since: float) -> Count:
    """Count the work events of a team's people since a time in seconds."""
    sql = f"SELECT count(*), count(DISTINCT person) FROM work_event WHERE time >= ? AND {_OF_TEAM}"
    return _count(tx, sql, since, team)


def prompts(tx: Tx, team: str, since: float) -> Count:
    """Count the prompts that a client has displayed to a team's people."""
    sql = f"SELECT count(*), count(DISTINCT person) FROM offer WHERE displayed >= ? AND {_OF_TEAM}"
    return _count(tx, sql, since, team)


def exempt(tx: Tx, team: str, since: float) -> Count:
    """Count the prompts that were shown to a team's people without taking budget, as safety-critical ones are."""
    sql = f"SELECT count(*), count(DISTINCT person) FROM decision WHERE shown = 1 AND charged = 0 AND at >= ? AND {_OF_TEAM}"
    return _count(tx, sql, since, team)


def statements(tx: Tx, team: str, since: float, verb: str) -> Count:
    """Count the statements of a verb by a team's people."""
    sql = f"SELECT count(*), count(DISTINCT person) FROM outcome WHERE time >= ? AND verb = ? AND {_OF_TEAM}"
    return _count(tx, sql, since, verb, team)


def first_answers(tx: Tx, team: str, since: float, *, right: bool = False) -> Count:
    """Count the first answers that a team's people ever gave to a check; with `right` only the right ones."""
    first = (
        "SELECT person, time, success, row_number() OVER (PARTITION BY person, unit, block ORDER BY time, seq) AS turn"
        f" FROM outcome WHERE verb IN ('answered', 'reviewed') AND {_OF_TEAM}"
    )
    sql = f"SELECT count(*), count(DISTINCT person) FROM ({first}) AS a WHERE turn = 1 AND time >= ?"
    return _count(tx, sql + (" AND success = 1" if right else ""), team, since)


def silences(tx: Tx, team: str, since: float) -> dict[str, Count]:
    """Count by reason why nothing was shown to a team's people."""
    sql = (
        "SELECT reason, count(*), count(DISTINCT person) FROM ("
        f"SELECT reason, person FROM decision WHERE shown = 0 AND reason IS NOT NULL AND at >= ? AND {_OF_TEAM}"
        f" UNION ALL SELECT silence, person FROM work_event WHERE silence IS NOT NULL AND time >= ? AND {_OF_TEAM}"
        ") AS s GROUP BY reason ORDER BY 2 DESC, 1"
    )
    rows = tx.execute(sql, [since, team, since, team])
    return {reason: Count(times, people) for reason, times, people in rows}


def _count(tx: Tx, sql: str, *values: str | float) -> Count:
    return Count(*tx.execute(sql, values).fetchone())
