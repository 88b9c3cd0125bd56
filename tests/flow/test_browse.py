"""The record, looked at by an operator."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from midflow.core.record.jsontext import encode
from midflow.core.record.multipart import Part
from midflow.core.record.prepare import prepare
from midflow.flow import browse
from midflow.flow.browse import Filters, Reader
from midflow.store import attachments, forwarders, keys, statements
from midflow.store.people import Person, save_person
from midflow.store.privacy import AccessRow, accesses_of
from midflow.store.tx import Store
from tests.conftest import Opens
from tests.store.statements import HOME, activity, agent, ifi, rows, statement, verb

NOW = 1_790_000_000.0
DAY = 86_400
OMAR = Reader("omar@desk.example", NOW)
FILE = Part("text/html", b"<script>", "ab" * 32)


@pytest.fixture
def store(opens: Opens) -> Iterator[Store]:
    opened = opens()
    yield opened
    opened.close()


def put(store: Store, *made: dict, at: float = NOW) -> list[str]:
    store.write(lambda tx: statements.add_statements(tx, rows(*made), now_ms=int(at * 1000)))
    return [one["id"] for one in made]


def looks(store: Store, subject: str) -> list[AccessRow]:
    return store.read(lambda tx: accesses_of(tx, subject))


def ids(listed: browse.Listed) -> list[str]:
    return [one.id for one in listed.shown]


def test_an_empty_record_has_an_overview_too(store: Store) -> None:
    found = browse.read_overview(store, home=HOME, reader=OMAR)
    assert (found.count, found.first_ms, found.verbs, found.writers) == (0, None, (), ())
    assert [count for _, count in found.days] == [0] * 28


def test_the_overview_counts_by_day_by_verb_and_by_activity(store: Store) -> None:
    named = {"id": activity("hold"), "definition": {"name": {"en": "Put on hold"}}}
    put(store, statement(), at=NOW - 40 * DAY)
    put(store, statement(did="read"), at=NOW - DAY)
    put(store, statement(object=named, verb={"id": verb("tried"), "display": {"en": "has tried"}}))
    found = browse.read_overview(store, home=HOME, reader=OMAR)
    assert (found.count, found.first_ms, found.last_ms) == (3, int((NOW - 40 * DAY) * 1000), int(NOW * 1000))
    assert [count for _, count in found.days][-3:] == [0, 1, 1]
    assert [(one.name, one.uses) for one in found.verbs] == [("has tried", 2), ("read", 1)]
    assert found.activities == (browse.Used(activity("hold"), "Put on hold", 3),)


def test_the_overview_names_the_keys_that_write_and_where_it_is_sent_on_to(store: Store) -> None:
    def write(tx: browse.Tx) -> None:
        for name in ("simulator", "silent"):
            keys.add_key(tx, hash=name.encode(), name=name, scopes=("xapi:all",), now=NOW)
        forwarders.save_forwarder(tx, "warehouse", url="https://lrs.example/xapi", auth="Basic secret")

    store.write(write)
    made = statement()
    sent = prepare(encode(made), made, id=made["id"], authority=agent("key:simulator"), version="1.0.3")
    store.write(lambda tx: statements.add_statements(tx, [sent, *rows(statement())], now_ms=1))
    found = browse.read_overview(store, home=HOME, reader=OMAR)
    assert [(one.name, one.uses) for one in found.writers] == [("simulator", 1)]
    assert [one.name for one in found.receivers] == ["warehouse"]


def test_a_list_has_the_latest_first_and_leaves_out_what_is_voided(store: Store) -> None:
    first, second = put(store, statement(), statement())
    (voiding,) = put(store, statement(voids=first))
    assert ids(browse.read_list(store, Filters(), reader=OMAR)) == [voiding, second]


def test_each_filter_narrows_the_list(store: Store) -> None:
    registration = str(UUID(int=7))
    early, late = put(store, statement(), at=NOW - DAY), put(store, statement("ben", "read", "tag"))
    (mine,) = put(store, statement("chloe", context={"registration": registration}))
    for filters, found in (
        (Filters(agent=ifi("ben")), late),
        (Filters(verb=verb("read")), late),
        (Filters(activity=activity("tag")), late),
        (Filters(registration=registration), [mine]),
        (Filters(until_ms=int((NOW - DAY) * 1000)), early),
        (Filters(since_ms=int((NOW - DAY) * 1000)), [mine, *late]),
        (Filters(agent=ifi("ben"), verb=verb("tried")), []),
        (Filters(agent=ifi("nobody")), []),
    ):
        assert ids(browse.read_list(store, filters, reader=OMAR)) == found, filters


def test_pages_go_to_the_oldest_and_back_whatever_comes_in_meanwhile(store: Store) -> None:
    made = put(store, *(statement() for _ in range(60)))[::-1]
    first = browse.read_list(store, Filters(), reader=OMAR)
    assert (ids(first), first.newer) == (made[:25], None)
    put(store, statement())
    second = browse.read_list(store, Filters(), before=first.older, reader=OMAR)
    third = browse.read_list(store, Filters(), before=second.older, reader=OMAR)
    assert ids(second) + ids(third) == made[25:]
    assert third.older is None
    back = browse.read_list(store, Filters(), after=third.newer, reader=OMAR)
    assert ids(back) == made[25:50]
    assert ids(browse.read_list(store, Filters(), after=back.newer, reader=OMAR)) == made[:25]


def test_going_back_to_less_than_a_page_shows_the_first_page_whole(store: Store) -> None:
    made = put(store, *(statement() for _ in range(30)))[::-1]
    back = browse.read_list(store, Filters(), after=10, reader=OMAR)
    assert (ids(back), back.newer) == (made[:25], None)


def test_whom_a_text_means_is_found_by_name_by_account_and_by_address(store: Store) -> None:
    crm = {"account": {"homePage": "https://crm.example", "name": "ana"}}
    put(
        store,
        statement(actor=agent("ana", name="Ana Silva")),
        statement(actor=crm),
        statement(actor={"mbox": "mailto:Ana@Desk.EXAMPLE"}),
    )
    put(store, statement("p-17"), statement("xana"))
    store.write(
        lambda tx: save_person(tx, Person(id="p-17", name="Ana P", email="ana.p@desk.example"), now=NOW)
    )

    def found(text: str) -> list[str]:
        return [one.id for one in browse.find_agents(store, text, home=HOME, reader=OMAR)]

    assert found("ana") == ["account:https://crm.example|ana", ifi("ana")]
    assert found("ANA silva") == [ifi("ana")]
    assert found("Ana@desk.example") == ["mbox:mailto:Ana@desk.example"]
    assert found("ana.p@desk.example") == [ifi("p-17")]
    assert found("zoe") == []


def test_one_statement_comes_with_what_it_refers_to_and_what_refers_to_it(store: Store) -> None:
    (target,) = put(store, statement())
    (comment,) = put(store, statement("ben", refers=target, context={"statement": ref(target)}))
    (voiding,) = put(store, statement("chloe", voids=target))
    found = browse.read_one(store, target, reader=OMAR)
    assert found is not None
    assert (found.voided, [one.id for one in found.referring], found.refers) == (True, [voiding, comment], [])
    other = browse.read_one(store, comment, reader=OMAR)
    assert other is not None
    assert [one.id for one in other.refers] == [target]
    assert browse.read_one(store, str(UUID(int=1)), reader=OMAR) is None


def ref(id: str) -> dict:
    return {"objectType": "StatementRef", "id": id}


def test_an_attachment_is_given_with_its_own_statement_only(store: Store) -> None:
    about = {"usageType": verb("x"), "display": {"en": "Film"}, "contentType": "text/html", "length": 8}
    store.write(lambda tx: attachments.save(tx, [FILE]))
    other, own = put(
        store, statement(), statement(attachments=[about | {"sha2": "AB" * 32}, about | {"sha2": "cd" * 32}])
    )
    found = browse.read_one(store, own, reader=OMAR)
    assert found is not None
    assert [(one.sha2, one.size) for one in found.files] == [("ab" * 32, 8), ("cd" * 32, None)]
    assert browse.read_file(store, own, "ab" * 32, reader=OMAR) == FILE
    assert browse.read_file(store, other, "ab" * 32, reader=OMAR) is None
    assert browse.read_file(store, own, "cd" * 32, reader=OMAR) is None
    assert browse.read_file(store, str(UUID(int=1)), "ab" * 32, reader=OMAR) is None


def test_each_look_is_written_down_with_whose_it_was(store: Store) -> None:
    (target,) = put(store, statement())
    (comment,) = put(store, statement("ben", refers=target))
    browse.read_overview(store, home=HOME, reader=OMAR)
    browse.read_list(store, Filters(), reader=OMAR)
    browse.find_agents(store, "ana", home=HOME, reader=OMAR)
    assert [look.what for look in looks(store, "everybody")] == [
        "search for a person in the record",
        "list of statements of the record",
        "overview of the record: counts",
    ]
    browse.read_list(store, Filters(agent=ifi("ana")), reader=OMAR)
    browse.read_one(store, comment, reader=OMAR)
    assert [look.what for look in looks(store, ifi("ana"))] == [
        f"statement {comment}",
        "list of statements of the record",
    ]
    assert looks(store, ifi("ben")) == [
        AccessRow(NOW, "omar@desk.example", "operations", ifi("ben"), f"statement {comment}")
    ]
