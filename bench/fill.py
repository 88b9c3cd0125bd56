"""Statements stored before a measurement: checked and stored by Midflow's own functions, without the wire."""

import json
import time

from bench.place import Place
from bench.statements import fresh
from midflow.core.record.prepare import Prepared, prepare
from midflow.core.record.validate import check_statement
from midflow.store.statements import add_statements

AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://desk.example", "name": "bench"}}
TOGETHER = 1000


def fill(place: Place, count: int) -> None:
    for start in range(0, count, TOGETHER):
        rows = [prepared(n) for n in range(start, min(start + TOGETHER, count))]
        place.store.write(lambda tx, rows=rows: add_statements(tx, rows, now_ms=int(1000 * time.time())))


def prepared(n: int) -> Prepared:
    raw = fresh(n)
    decoded = json.loads(raw)
    check_statement(decoded, version="1.0.3")
    return prepare(raw, decoded, id=decoded["id"], authority=AUTHORITY, version="1.0.3")
