"""Bring a SQLite file of an older schema up to the present one, inside the transaction that opens it."""

import re

from midflow.store import schema
from midflow.store.tx import Tx


def upgrade(tx: Tx, version: int) -> None:
    """Change the tables of schema `version` into those of the present one; nothing that they hold is lost."""
    if version == 1:
        _make_new_tables(tx)
        tx.execute("INSERT INTO member SELECT DISTINCT value, id FROM person, json_each(person.teams)")


def _make_new_tables(tx: Tx) -> None:
    """Make what the present schema has and the file has not."""
    there = {name for (name,) in tx.execute("SELECT name FROM sqlite_master")}
    for statement in schema.statements():
        name = re.match(r"CREATE (?:TABLE|(?:UNIQUE )?INDEX) (\w+)", statement)
        if name is not None and name[1] not in there:
            tx.execute(statement)
