"""Documents and attachments: kept whole, found where they were put, gone when nothing needs them."""

from typing import Any

import pytest

from midflow.core.record.documents import Document
from midflow.core.record.multipart import Part
from midflow.core.record.query import DocumentQuery
from midflow.store import attachments, documents, statements
from midflow.store.documents import Kept
from midflow.store.tx import Store
from tests.store.statements import activity, ifi, rows, statement

NOW = 1_790_000_000_000
REGISTRATION = "7a3c60a1-3a5c-4a52-9c06-1b27c3bb1111"


def state(id: str | None = "place", **more: Any) -> DocumentQuery:
    return DocumentQuery(**{"activity": activity("hold"), "agent": ifi("ana"), "id": id, **more})


def save(store: Store, query: DocumentQuery, body: bytes = b"{}", kind: Any = "state", at: int = NOW) -> None:
    put = Document("application/json", body)
    store.write(lambda tx: documents.save_document(tx, kind, query, put, now_ms=at))


def test_a_document_comes_back_byte_for_byte_and_is_replaced(store: Store) -> None:
    assert store.read(lambda tx: documents.document(tx, "state", state())) is None
    for at, body in ((NOW, bytes(range(256)) * 5000), (NOW + 1, b"")):
        save(store, state(), body, at=at)
        found = store.read(lambda tx: documents.document(tx, "state", state()))
        assert found == Kept("application/json", body, at)
    assert store.write(lambda tx: documents.delete_document(tx, "state", state()))
    assert not store.write(lambda tx: documents.delete_document(tx, "state", state()))


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("state", state(registration=REGISTRATION)),
        ("state", state("other")),
        ("state", state(agent=ifi("ben"))),
        ("state", state(activity=activity("close"))),
        ("agent_profile", DocumentQuery(agent=ifi("ana"), id="place")),
        ("activity_profile", DocumentQuery(activity=activity("hold"), id="place")),
    ],
)
def test_documents_of_another_place_are_others(store: Store, kind: Any, query: DocumentQuery) -> None:
    save(store, state(), b"mine")
    save(store, query, b"another", kind)
    found = store.read(lambda tx: documents.document(tx, "state", state()))
    assert found is not None
    assert found.body == b"mine"
    other = store.read(lambda tx: documents.document(tx, kind, query))
    assert other is not None
    assert other.body == b"another"


def test_ids_are_listed_by_context_by_registration_and_since(store: Store) -> None:
    long = "x" * 4000
    for n, query in enumerate(
        (
            state("b"),
            state("a"),
            state(long, registration=REGISTRATION),
            state("a", registration=REGISTRATION),
        )
    ):
        save(store, query, at=NOW + n)
    save(store, state("z", agent=ifi("ben")))

    def listed(**more: Any) -> list[str]:
        return store.read(lambda tx: documents.document_ids(tx, "state", state(None, **more)))[0]

    assert listed() == ["a", "b", long]
    assert listed(registration=REGISTRATION) == ["a", long]
    assert listed(since_ms=NOW) == ["a", long]
    assert listed(since_ms=NOW + 3) == []
    assert store.read(lambda tx: documents.document_ids(tx, "state", state(None)))[1] == NOW + 3
    assert (
        store.read(lambda tx: documents.document_ids(tx, "state", state(None, since_ms=NOW + 3)))[1] is None
    )
    delete = state(None, registration=REGISTRATION)
    assert store.write(lambda tx: documents.delete_documents(tx, "state", delete)) == 2
    assert listed() == ["a", "b"]
    assert store.write(lambda tx: documents.delete_documents(tx, "state", state(None))) == 2
    assert listed() == []


def part(letter: str, body: bytes = b"\x00\xffbytes") -> Part:
    return Part("application/pdf", body, letter * 64)


def attached(*letters: str) -> dict[str, Any]:
    some = [
        {"usageType": "https://a.example/x", "display": {"en": "x"}, "contentType": "application/pdf", "length": 7, "sha2": letter * 64}
        for letter in letters
    ]  # fmt: skip
    return statement(attachments=some)


def test_attachments_are_kept_once_and_found_by_statement_and_by_hash(store: Store) -> None:
    def put(tx: Any) -> list[int]:
        attachments.save(tx, [part("a"), part("b")])
        attachments.save(tx, [part("a")])
        added = statements.add_statements(
            tx, rows(attached("a", "b"), attached("a", "c"), statement()), now_ms=NOW
        )
        return [one.seq for one in added]

    first, second, third = store.write(put)
    assert store.read(lambda tx: attachments.of(tx, [first, second, third])) == [part("a"), part("b")]
    assert store.read(lambda tx: attachments.of(tx, [second])) == [part("a")]
    assert store.read(lambda tx: attachments.of(tx, [third])) == []
    assert store.read(lambda tx: attachments.load(tx, "b" * 64)) == part("b")
    assert store.read(lambda tx: attachments.load(tx, "c" * 64)) is None
