"""Statements sent on to another store that really runs: in order, whole, again after an outage."""

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from midflow.core.record.multipart import Part
from midflow.flow.identity import new_key
from midflow.flow.record import Batch, record
from midflow.jobs.forward import forward_statements
from midflow.store import forwarders, keys, statements
from midflow.store.forwarders import Forwarder
from midflow.store.jobs import Job
from midflow.store.sqlite import Store
from tests.edge.conftest import Edge
from tests.flow.statements import batch, says

JOB = Job(name="forward_statements", key="", every=5.0, attempts=0, payload={})


class Pair:
    """A store that sends, and an edge that receives."""

    def __init__(self, folder: Path) -> None:
        (folder / "from").mkdir()
        (folder / "to").mkdir()
        self.store = Store.open(folder / "from" / "events.db")
        self.edge = Edge(folder / "to")
        self.key, hashed = new_key()
        self.edge.store.write(
            lambda tx: keys.add_key(tx, hash=hashed, name="midflow", scopes=("xapi:all",), now=time.time())
        )
        self.store.write(
            lambda tx: forwarders.save_forwarder(
                tx, "peer", url=f"{self.edge.url}/xapi/", auth=f"Bearer {self.key}"
            )
        )

    def put(self, *batches: Batch) -> None:
        answers = self.store.write(lambda tx: record(tx, batches, now_ms=int(time.time() * 1000)))
        assert answers == [None] * len(batches)

    def run(self) -> Forwarder:
        """Do the job once, as if its next try were due, and return what is known of the receiver then."""
        self.store.write(lambda tx: tx.execute("UPDATE forwarder SET next_try=0"))
        forward_statements(self.store, JOB, time.time())
        found = self.store.read(lambda tx: forwarders.forwarder(tx, "peer"))
        assert found is not None
        return found

    def arrived(self) -> list[str]:
        """The ids that the receiver has, in the order it stored them."""
        rows = self.edge.store.read(lambda tx: statements.statements_after(tx, 0, 1000))
        return [row.id for row in rows]

    def close(self) -> None:
        self.edge.close()
        self.store.close()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


def ids(*numbers: int) -> list[Any]:
    return [says(n)["id"] for n in numbers]


def with_attachment(n: int, data: bytes) -> Batch:
    part = Part("text/plain", data, sha256(data).hexdigest())
    attachment = {
        "usageType": "https://example.org/proof", "display": {"en": "Proof"}, "contentType": "text/plain",
        "length": len(data), "sha2": part.sha2,
    }  # fmt: skip
    return batch(says(n, attachments=[attachment]), parts=[part])


def test_everything_is_sent_in_order_with_attachments_and_in_its_own_version(pair: Pair) -> None:
    pair.edge.start()
    newer = says(
        3, context={"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:c@x.org"}}]}
    )
    pair.put(
        batch(says(1)), with_attachment(2, b"signed by hand"), batch(newer, version="2.0.0"), batch(says(4))
    )
    after = pair.run()
    assert pair.arrived() == ids(1, 2, 3, 4)
    assert (after.sent, after.refused, after.last_error) == (4, 0, "")
    answer = pair.edge.client.get(
        "/xapi/statements", params={"statementId": ids(2)[0], "attachments": "true"},
        headers={"authorization": f"Bearer {pair.key}", "x-experience-api-version": "1.0.3"},
    )  # fmt: skip
    assert b"signed by hand" in answer.content


def test_an_outage_delays_and_neither_loses_nor_doubles(pair: Pair) -> None:
    pair.put(batch(says(1)))
    first = pair.run()
    second = pair.run()
    assert (first.attempts, second.attempts) == (1, 2)
    assert second.next_try - first.next_try >= 9_000
    assert "cannot be reached" in second.last_error
    pair.put(batch(says(2)))
    pair.edge.start()
    after = pair.run()
    assert pair.arrived() == ids(1, 2)
    assert (after.attempts, after.sent, after.last_error) == (0, 2, "")


def test_what_was_sent_but_not_noted_is_sent_again_and_kept_once(pair: Pair) -> None:
    pair.edge.start()
    pair.put(batch(says(1), says(2)))
    pair.run()
    pair.store.write(lambda tx: tx.execute("UPDATE forwarder SET reached=0"))
    pair.put(batch(says(3)))
    pair.run()
    assert pair.arrived() == ids(1, 2, 3)


def test_what_the_receiver_will_never_take_is_named_and_holds_up_nothing(pair: Pair) -> None:
    pair.edge.start()
    refused = pair.edge.client.post(
        "/xapi/statements", json=says(2, verb="another"),
        headers={"authorization": f"Bearer {pair.key}", "x-experience-api-version": "1.0.3"},
    )  # fmt: skip
    assert refused.status_code == 200
    pair.put(batch(says(1), says(2), says(3)), batch(says(4)))
    after = pair.run()
    assert sorted(pair.arrived()) == ids(1, 2, 3, 4)
    assert (after.reached, after.sent, after.refused) == (4, 3, 1)
    assert ids(2)[0] in after.last_error


def test_a_receiver_that_refuses_the_key_is_tried_again_later(pair: Pair) -> None:
    pair.edge.start()
    pair.put(batch(says(1)))
    pair.store.write(lambda tx: tx.execute("UPDATE forwarder SET auth='Bearer wrong'"))
    after = pair.run()
    assert (after.reached, after.attempts) == (0, 1)
    assert "401" in after.last_error


def test_a_paused_receiver_gets_nothing(pair: Pair) -> None:
    pair.edge.start()
    pair.put(batch(says(1)))
    pair.store.write(lambda tx: forwarders.set_paused(tx, "peer", paused=True))
    assert pair.run().sent == 0
    assert pair.arrived() == []
