"""GitHub's real deliveries at the front door of a running edge, signed as GitHub signs them."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from midflow import plugs
from midflow.cli.pack import read_pack
from midflow.core.content.release import draft_of
from midflow.flow.publish import publish
from midflow.store.people import Person, add_account, save_person
from midflow.store.tx import Tx
from tests.conftest import in_ci, miss
from tests.edge.conftest import Edge
from tests.plugs.test_github import EXAMPLES
from tests.plugs.test_software_engineering import FOLDER, REPOSITORY, run

SECRET = "It's a Secret to Everybody"


def ben(tx: Tx) -> None:
    save_person(tx, Person(id="ben", name="Ben", roles=("engineer",)), now=time.time())
    add_account(tx, "github", "ben", "ben", now=time.time())


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    edge = Edge(tmp_path_factory.mktemp("hook"), sources_github_secret=SECRET)
    pack = read_pack(FOLDER, plugs.block_kinds())
    publish(edge.store, draft_of([pack]), kinds=plugs.block_kinds(), now=time.time())
    edge.store.write(ben)
    edge.start()
    yield edge
    edge.close()


def deliver(edge: Edge, kind: str, payload: Any, id: str, *, secret: str = SECRET) -> httpx2.Response:
    body = json.dumps(payload).encode()
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-GitHub-Event": kind, "X-GitHub-Delivery": id, "X-Hub-Signature-256": signature}
    return edge.client.post(
        "/hooks/github", content=body, headers={**headers, "Content-Type": "application/json"}
    )


def failed(conclusion: str = "failure") -> dict[str, Any]:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {"action": "completed", "workflow_run": run(conclusion=conclusion, updated_at=now),
            "repository": REPOSITORY, "sender": {"login": "ben"}}  # fmt: skip


def test_every_real_delivery_is_taken_once(edge: Edge) -> None:
    if not EXAMPLES.is_dir():
        miss("GitHub's recorded payloads", "cd tests/plugs/github && npm ci", ci=in_ci())
    kinds = json.loads((EXAMPLES / "api.github.com/index.json").read_text(encoding="utf-8"))
    deliveries = [(kind["name"], payload) for kind in kinds for payload in kind["examples"]]
    for turn in ("first", "again"):
        for n, (kind, payload) in enumerate(deliveries):
            answer = deliver(edge, kind, payload, f"d{n}")
            assert answer.status_code == 202, (kind, answer.text)
            counts = answer.json()
            assert counts["duplicates" if turn == "first" else "accepted"] == 0


def test_a_failed_run_becomes_a_decision_for_the_engineer_mapped_to_the_login(edge: Edge) -> None:
    assert deliver(edge, "workflow_run", failed(), "run-1").json() == {"accepted": 1, "duplicates": 0}
    rows = edge.store.read(
        lambda tx: tx.execute("SELECT person, task FROM decision WHERE person = 'ben'").fetchall()
    )
    assert [tuple(row) for row in rows] == [("ben", "fix-failed-run")]


def test_a_delivery_signed_with_another_secret_is_refused_and_leaves_nothing(edge: Edge) -> None:
    answer = deliver(edge, "workflow_run", failed("success"), "run-2", secret="guessed")
    assert answer.status_code == 401
    assert "X-Hub-Signature-256" in answer.json()["detail"]
    assert deliver(edge, "workflow_run", failed("success"), "run-2").json()["duplicates"] == 0
