"""Bring a SQLite file of an older schema up to the present one, inside the transaction that opens it."""

import msgspec

from midflow.core.decide import TaskRate
from midflow.core.record.prepare import prepare
from midflow.store import schema
from midflow.store.evidence import begin_evidence
from midflow.store.learners import save_task_rates
from midflow.store.outcomes import OutcomeRow, add_outcomes
from midflow.store.statements import add_statements
from midflow.store.tx import Tx


def upgrade(tx: Tx, version: int) -> None:
    """Change the tables of schema `version` into those of the present one; nothing that they hold is lost."""
    if version == 1:
        tx.execute("ALTER TABLE statement RENAME TO statement_1")
    # Columns first: an index may be of one.
    columns = (
        "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type='table'"
    )
    for statement in schema.lacking(tx.execute(columns).fetchall()):
        tx.execute(statement)
    there = {name for (name,) in tx.execute("SELECT name FROM sqlite_master")}
    for statement in schema.missing(there):
        tx.execute(statement)
    for statement in schema.IDS if version < 5 else ():
        tx.execute(statement)
    if "task_rate" in there:
        move_rates(tx)
    begin_evidence(tx)
    if version == 1:
        tx.execute("INSERT INTO member SELECT DISTINCT value, person.id FROM person, json_each(person.teams)")
        _move_statements(tx)
        tx.execute("DROP TABLE statement_1")


def move_rates(tx: Tx) -> None:
    """How often tasks were begun had a table of its own."""
    rates = {
        task: TaskRate(begun=b, erred=e) for task, b, e in tx.execute("SELECT * FROM task_rate").fetchall()
    }
    save_task_rates(tx, rates)
    tx.execute("DROP TABLE task_rate")


def _move_statements(tx: Tx) -> None:
    """The record knew our own statements only, and they had no authority."""
    old = tx.execute("SELECT person, verb, unit, block, time, stored, raw FROM statement_1 ORDER BY seq")
    for person, verb, unit, block, time, stored, raw in old:
        made = msgspec.json.decode(raw)
        authority = {"objectType": "Agent", "account": made["actor"]["account"] | {"name": "midflow"}}
        row = prepare(raw, made, id=made["id"], authority=authority, version="1.0.3")
        (added,) = add_statements(tx, [row], now_ms=round(stored * 1000))
        success = made.get("result", {}).get("success")
        decision = made["context"]["extensions"].get("urn:x-midflow:context:decision")
        number = int(decision) if decision is not None else None
        add_outcomes(tx, [OutcomeRow(added.seq, person, verb, unit, block, time, success, number)])
