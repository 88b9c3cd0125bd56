"""What is stored and decided live is what the oracle says of the same stream, on both stores."""

import msgspec
import pytest

from midflow.core.content.model import Task
from midflow.flow.ingest import admit, ingest
from midflow.flow.timers import fire
from midflow.store import log
from midflow.store.people import Person, add_account, save_person
from midflow.store.tx import Store, Tx
from tests.conftest import Opens
from tests.core.match.oracle import Oracle, Said
from tests.core.match.test_history import TASKS, crowded
from tests.flow.conftest import DESK, DRAFT, NOW, book_of, hold_unit


def everybody(tx: Tx) -> None:
    for id in ("ana", "ben"):
        save_person(tx, Person(id=id, name=id.title()), now=NOW)
        add_account(tx, DESK, id, id, now=NOW)


@pytest.mark.parametrize("seed", range(5))
def test_live_events_and_timers_are_decided_on_as_the_oracle_says(opens: Opens, seed: int) -> None:
    rules, steps = crowded(seed)
    tasks = tuple(Task(id=task, title="Do it", redo_is_error=task == "u") for task in TASKS)
    draft = msgspec.structs.replace(DRAFT, rules=tuple(rules), tasks=tasks, units=(hold_unit(task="t"),))
    book, slow, expected = book_of(draft), Oracle(rules, {"u"}), list[Said]()
    store = opens()
    store.write(everybody)
    seq = 0
    for number, step in enumerate(steps):
        if step.event is None:
            while store.write(lambda tx, now=step.clock: fire(tx, now, book=book, draw=lambda: 0.0)):
                pass
            expected += slow.fire(step.clock)
            continue
        arrival = admit(step.event, book, received=step.clock)
        (receipt,) = store.write(lambda tx, a=arrival: ingest(tx, [a], book=book, draw=lambda: 0.0))
        facts = {"roles": [], "site": "", "locale": ""}
        found = slow.take(step.event, step.person, facts, step.event.time, seq + 1)
        assert receipt.duplicate == (len(slow.arrived) == seq)
        seq, expected = len(slow.arrived), expected + found
        if number == len(steps) // 2:
            store.close()
            store = opens()
    assert expected
    assert decided(store) == [said for said in expected if said[2] != "done"]
    store.close()


def decided(store: Store) -> list[Said]:
    return [
        (s.person, s.task, s.phase, s.rule, s.case, s.event_time, row.event)
        for row in store.read(log.all_decisions)
        for s in [row.situation]
    ]
