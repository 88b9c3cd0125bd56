"""What is erased is gone: from statements, from what they are found by, from the disk."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from midflow.core.record.documents import Document
from midflow.core.record.multipart import Part
from midflow.core.record.prepare import prepare
from midflow.core.record.query import DocumentQuery
from midflow.core.record.signatures import SIGNATURE
from midflow.store import agents, attachments, documents, erasure, sqlite, statements, terms
from midflow.store.erasure import NOBODY, Erased
from midflow.store.outcomes import OutcomeRow, add_outcomes, statements_of
from midflow.store.selection import select
from midflow.store.tx import Store
from tests.store.statements import activity, agent, check_terms, ifi, rows, statement, verb

pytestmark = pytest.mark.usefixtures("waits")

NOW = 1_790_000_000_000
SECRET = "ana-7f3c91"
WHO = ifi(SECRET)
TOKEN = "t-1"
PART = Part("text/plain", b"written by " + SECRET.encode(), "a" * 64)


def attachment(letter: str = "a", usage: str = "https://a.example/x") -> dict[str, Any]:
    return {
        "usageType": usage,
        "display": {"en": "x"},
        "contentType": "text/plain",
        "length": 7,
        "sha2": letter * 64,
    }


def put(store: Store, *some: dict[str, Any], at: int = NOW) -> list[int]:
    added = store.write(lambda tx: statements.add_statements(tx, rows(*some), now_ms=at))
    return [one.seq for one in added]


def erase(store: Store, most: int = 500) -> Erased:
    total = [0, 0, 0]
    while True:
        step = store.write(
            lambda tx: erasure.erase_actor(tx, WHO, token=TOKEN, by="chloe", now_ms=NOW + 9, most=most)
        )
        total = [a + b for a, b in zip(total, step, strict=False)]
        if step.done:
            return Erased(*total, True)  # type: ignore[arg-type]


def stored(store: Store) -> dict[str, dict[str, Any]]:
    found = store.read(lambda tx: statements.statements_after(tx, 0, 1000))
    return {row.id: msgspec.json.decode(row.raw) for row in found}


def everything(store: Store) -> bytes:
    """All that the store holds, as bytes: the files, or every column of every table."""
    if isinstance(store, sqlite.Store):
        return b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    tables = [
        name for (name,) in store.read(
            lambda tx: tx.execute("SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema='midflow'").fetchall()
        )
    ]  # fmt: skip
    found = store.read(lambda tx: [tx.execute(f"SELECT * FROM {name}").fetchall() for name in tables])
    return b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for rows in found
        for row in rows
        for value in row
    )


@pytest.fixture
def filled(store: Store) -> dict[str, dict[str, Any]]:
    """Ana's own statements, those that mention her in each place, and those of others."""
    ana = agent(SECRET, name=f"Ana {SECRET}")
    own = statement(actor=ana, attachments=[attachment()])
    made = {
        "own": own,
        "other": statement("ben", "passed"),
        "instructed": statement("ben", context={"instructor": ana}, attachments=[attachment("b", SIGNATURE), attachment("c")]),
        "grouped": statement(actor={"objectType": "Group", "member": [agent("ben"), ana]}),
        "about": statement("ben", object=ana),
        "nested": statement(
            "ben", object={"objectType": "SubStatement", "actor": ana, "verb": {"id": verb("v")}, "object": {"id": activity("x")}}
        ),
        "referring": statement("ben", "confirmed", refers=own["id"]),
        "looks": statement("ben", result={"extensions": {"https://a.example/e": {"account": 7, "mbox": SECRET[:3]}}}),
    }  # fmt: skip

    def more(tx: Any) -> None:
        attachments.save(tx, [PART, Part("text/plain", b"b", "b" * 64), Part("text/plain", b"c", "c" * 64)])
        state = DocumentQuery(activity=activity("hold"), agent=WHO, id="place")
        documents.save_document(tx, "state", state, Document("text/plain", SECRET.encode()), now_ms=NOW)
        profile = DocumentQuery(agent=ifi("ben"), id="place")
        documents.save_document(tx, "agent_profile", profile, Document("text/plain", b"ben"), now_ms=NOW)

    store.write(more)
    seqs = put(store, *made.values())
    store.write(
        lambda tx: add_outcomes(tx, [OutcomeRow(seqs[0], "ana", "opened", "u", None, 1.0, None, None)])
    )
    return made


def test_what_an_erasure_would_do_is_what_it_does(store: Store, filled: dict[str, dict[str, Any]]) -> None:
    before = everything(store) if not isinstance(store, sqlite.Store) else b""
    would = store.read(lambda tx: erasure.to_erase(tx, WHO))
    assert would == Erased(1, 4, 1, True)
    assert before == (everything(store) if before else b"")
    assert erase(store) == would
    assert store.read(lambda tx: erasure.to_erase(tx, WHO)) == Erased(0, 0, 0, True)


@pytest.mark.parametrize("most", [1, 3, 500])
def test_the_persons_statements_go_and_those_of_others_say_nobody(
    store: Store, filled: dict[str, dict[str, Any]], most: int
) -> None:
    assert erase(store, most) == Erased(1, 4, 1, True)
    left = stored(store)
    assert filled["own"]["id"] not in left
    nobody = {"objectType": "Agent", "account": {"homePage": NOBODY, "name": TOKEN}}
    assert left[filled["instructed"]["id"]]["context"]["instructor"] == nobody
    assert left[filled["grouped"]["id"]]["actor"]["member"] == [agent("ben"), nobody]
    assert left[filled["about"]["id"]]["object"] == nobody
    assert left[filled["nested"]["id"]]["object"]["actor"] == nobody
    for name in ("other", "looks", "referring"):
        assert filled[name].items() <= left[filled[name]["id"]].items()
    assert store.read(statements.end)[2] == len(filled) - 1


def test_nothing_of_the_person_is_left_anywhere_not_even_on_the_disk(
    store: Store, filled: dict[str, dict[str, Any]]
) -> None:
    assert SECRET.encode() in everything(store)
    erase(store)
    store.clean()
    assert SECRET.encode() not in everything(store)
    assert store.read(lambda tx: agents.names(tx, WHO)) == []
    assert store.read(lambda tx: statements_of(tx, "ana")) == []
    profile = DocumentQuery(agent=ifi("ben"), id="place")
    assert store.read(lambda tx: documents.document(tx, "agent_profile", profile)) is not None


def test_the_rest_is_found_as_before_and_the_person_by_the_token_alone(
    store: Store, filled: dict[str, dict[str, Any]]
) -> None:
    def found(kind: Any, value: str) -> set[str]:
        hits = store.read(lambda tx: select(tx, [(kind, value)], limit=50))
        return {msgspec.json.decode(hit.raw)["id"] for hit in hits}

    before = found("agent", ifi("ben"))
    assert filled["referring"]["id"] in found("agent", WHO)
    erase(store)
    assert found("agent", ifi("ben")) == before
    assert found("related_agent", WHO) == found("agent", WHO) == set()
    nobody = f"account:{NOBODY}|{TOKEN}"
    mentions = {filled[name]["id"] for name in ("instructed", "grouped", "about", "nested")}
    assert found("related_agent", nobody) == mentions
    assert found("agent", nobody) == {filled["grouped"]["id"], filled["about"]["id"]}
    assert store.read(lambda tx: terms.uses(tx, ("related_agent", nobody))) == 4
    wanted = [("agent", nobody), ("verb", verb("tried"))]
    assert len(store.read(lambda tx: select(tx, wanted, limit=9))) == 2
    check_terms(store)


def test_an_erased_id_is_known_as_such_and_the_erasure_is_written_down(
    store: Store, filled: dict[str, dict[str, Any]]
) -> None:
    erase(store, most=2)
    asked = [one["id"] for one in filled.values()]
    assert store.read(lambda tx: erasure.tombstones(tx, asked)) == {filled["own"]["id"]}
    assert store.read(erasure.erasures) == [erasure.ErasureRow(TOKEN, NOW + 9, "chloe", 1, 4, 1, True)]


def test_a_statement_that_says_less_is_signed_no_more_and_keeps_its_other_attachments(
    store: Store, filled: dict[str, dict[str, Any]]
) -> None:
    erase(store)
    left = stored(store)[filled["instructed"]["id"]]["attachments"]
    assert [one["sha2"] for one in left] == ["c" * 64]
    sha2s = [store.read(lambda tx, s=s: attachments.load(tx, s * 64)) is not None for s in "abc"]
    assert sha2s == [False, False, True]


def test_an_attachment_stays_while_another_statement_refers_to_it(
    store: Store, filled: dict[str, dict[str, Any]]
) -> None:
    put(store, statement("ben", attachments=[attachment()]))
    erase(store)
    assert store.read(lambda tx: attachments.load(tx, "a" * 64)) == PART


def test_numbers_of_statements_that_went_are_not_given_again(
    store: Store, filled: dict[str, dict[str, Any]]
) -> None:
    (last,) = put(store, statement(SECRET))
    erase(store)
    assert put(store, statement("ben"), at=NOW - 5) == [last + 1]


def test_under_whose_authority_a_statement_was_is_a_mention_too(store: Store) -> None:
    made = statement("ben")
    raw = msgspec.json.encode(made)
    row = prepare(raw, made, id=made["id"], authority=agent(SECRET, name=SECRET), version="1.0.3")
    store.write(lambda tx: statements.add_statements(tx, [row], now_ms=NOW))
    assert erase(store) == Erased(0, 1, 0, True)
    assert stored(store)[made["id"]]["authority"] == {
        "objectType": "Agent", "account": {"homePage": NOBODY, "name": TOKEN},
    }  # fmt: skip
    store.clean()
    assert SECRET.encode() not in everything(store)
    check_terms(store)


def test_somebody_with_two_identifiers_becomes_one_nobody(store: Store) -> None:
    other = {"objectType": "Agent", "mbox": f"mailto:{SECRET}@desk.example"}
    put(store, statement("ben", object=agent(SECRET), context={"instructor": other}))
    put(store, statement("ben", actor={"objectType": "Group", "member": [agent(SECRET), other]}))
    assert erase(store) == Erased(0, 2, 0, True)
    mbox = f"mbox:mailto:{SECRET}@desk.example"
    step = store.write(lambda tx: erasure.erase_actor(tx, mbox, token=TOKEN, by="chloe", now_ms=NOW + 9))
    assert step == Erased(0, 2, 0, True)
    assert store.read(erasure.erasures)[0][3:] == (0, 4, 0, True)
    store.clean()
    assert SECRET.encode() not in everything(store)
    check_terms(store)


def test_erasing_somebody_the_record_does_not_know_does_nothing(store: Store) -> None:
    put(store, statement("ben"))
    assert erase(store) == Erased(0, 0, 0, True)
    assert len(stored(store)) == 1


def test_what_is_older_than_a_time_goes_step_by_step_with_all_that_was_its_own(store: Store) -> None:
    old = [statement("ana", attachments=[attachment()]) for _ in range(7)]
    store.write(lambda tx: attachments.save(tx, [PART]))
    put(store, *old)
    new = statement("ben", actor=agent("ben", name="Ben"))
    put(store, new, at=NOW + 1000)
    assert store.read(lambda tx: erasure.to_retain(tx, NOW + 1000)) == 7
    steps = []
    while not steps or not steps[-1].done:
        steps.append(store.write(lambda tx: erasure.retain(tx, NOW + 1000, most=3)))
    assert [step.statements for step in steps] == [3, 3, 1]
    assert list(stored(store)) == [new["id"]]
    assert store.read(lambda tx: attachments.load(tx, "a" * 64)) is None
    assert store.read(lambda tx: terms.uses(tx, ("agent", ifi("ana")))) == 0
    assert store.read(lambda tx: terms.most_used(tx, "verb")) == [(verb("tried"), 1)]
    check_terms(store)
    assert store.read(statements.end)[2] == 1


def test_the_files_of_a_store_are_for_its_owner_only(store: Store, tmp_path: Path) -> None:
    if isinstance(store, sqlite.Store):
        assert oct((tmp_path / "events.db-writing").stat().st_mode & 0o777) == "0o600"
