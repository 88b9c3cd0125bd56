"""Many statements: pages, order and times (Communication 2.1.3, Data 2.5)."""

import base64
import time
from typing import Any

import msgspec
import pytest

from tests.edge.xapi.made import attached, iri, mixed, part, parted, refers, statement, voids
from tests.edge.xapi.record import STATEMENTS, THROUGH, At, good, moment, refused


def many(at: At, number: int = 7, **members: Any) -> tuple[str, list[str]]:
    """Store statements of a verb of their own; return it, and their ids, the oldest first."""
    did = iri("verbs")
    batch = [statement(verb={"id": did}, **members) for _ in range(number)]
    return did, good(at.post(batch)).json()


@pytest.mark.parametrize("limit", [1, 3, 7, 8, 0, 10**17])
@pytest.mark.parametrize("ascending", [False, True])
def test_pages_give_every_statement_once_and_in_order(at: At, limit: int, ascending: bool) -> None:
    did, ids = many(at)
    wanted = ids if ascending else ids[::-1]
    page = good(at.get(verb=did, limit=limit, ascending=ascending)).json()
    assert page.keys() == {"statements", "more"}
    sizes, found = [], []
    while True:
        sizes.append(len(page["statements"]))
        found += [one["id"] for one in page["statements"]]
        if not page["more"]:
            break
        assert page["more"].startswith(f"{STATEMENTS}?")
        page = good(at.get(page["more"])).json()
    assert found == wanted
    assert all(size == limit for size in sizes[:-1])
    assert sizes[-1] > 0


@pytest.mark.parametrize("ascending", [False, True])
def test_statements_that_come_meanwhile_neither_shift_nor_repeat_a_page(at: At, ascending: bool) -> None:
    did, ids = many(at)
    page = good(at.get(verb=did, limit=2, ascending=ascending)).json()
    found = [one["id"] for one in page["statements"]]
    new: list[str] = []
    while page["more"]:
        if len(new) < 3:
            new += at.store(statement(verb={"id": did}))
        page = good(at.get(page["more"])).json()
        found += [one["id"] for one in page["statements"]]
    assert found == (ids + new if ascending else ids[::-1])


def test_a_statement_that_is_voided_meanwhile_is_left_out_of_the_pages_to_come(at: At) -> None:
    did, ids = many(at, 5)
    page = good(at.get(verb=did, limit=2)).json()
    at.store(voids(ids[1]))
    rest = good(at.get(page["more"])).json()
    assert [one["id"] for one in rest["statements"]] == [ids[2], ids[0]]


def test_more_keeps_format_attachments_and_filters(at: At) -> None:
    """Data 2.5"""
    did = iri("verbs")
    batch = [
        statement(verb={"id": did, "display": {"en": "did", "de": "tat"}}, attachments=[attached(body)])
        for body in (b"one", b"two", b"three")
    ]
    body, kind = mixed(batch, part(b"one"), part(b"two"), part(b"three"))
    good(at.raw(body, kind))
    answer = good(at.get(verb=did, limit=2, format="ids", attachments=True))
    page, parts = parted(answer.headers["content-type"], answer.content)
    assert {content for _, content in parts.values()} == {b"two", b"three"}
    assert page["statements"][0]["verb"] == {"id": did}
    answer = good(at.get(page["more"]))
    page, parts = parted(answer.headers["content-type"], answer.content)
    assert [content for _, content in parts.values()] == [b"one"]
    assert page["statements"][0]["verb"] == {"id": did}
    assert page["more"] == ""


def test_more_asks_for_the_version_and_the_key_like_any_request(at: At) -> None:
    """Data 2.5"""
    did, _ = many(at)
    more = good(at.get(verb=did, limit=2)).json()["more"]
    refused(at.ask("GET", more, headers={"authorization": None}), 401)
    refused(at.ask("GET", more, headers={"x-experience-api-version": None}, served="0.9"), 400)
    assert at.ask("HEAD", more).status_code == 200


def test_more_of_another_key_shows_what_that_key_may_read(at: At) -> None:
    """Communication 4.2"""
    did, _ = many(at)
    more = good(at.get(verb=did, limit=2)).json()["more"]
    mine = at.with_key("xapi:statements/read/mine", "xapi:statements/write")
    assert good(mine.get(more)).json()["statements"] == []


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(value)).decode().rstrip("=")


CURSORS = {
    "no base64": "%%%", "no msgpack": "AAAA", "text": "ü", "nothing": "", "another shape": cursor([1]),
    "a number of another size": cursor({"params": {}, "goes_on": 2**64 - 1}),
    "a number of another size, upwards": cursor({"params": {"ascending": "true"}, "goes_on": 2**64 - 1}),
    "below nothing": cursor({"params": {}, "goes_on": -(2**63)}),
    "below nothing, upwards": cursor({"params": {"ascending": "true"}, "goes_on": -(2**63)}),
    "a filter of its own": cursor({"params": {"foo": "bar"}}),
    "a cursor in it": cursor({"params": {"cursor": "x"}}),
}  # fmt: skip


@pytest.mark.parametrize("text", CURSORS.values(), ids=CURSORS)
def test_a_cursor_that_was_not_given_here_is_refused_or_finds_something(at: At, text: str) -> None:
    answer = at.get(cursor=text)
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        refused(answer)


def test_a_cursor_stands_alone(at: At) -> None:
    did, _ = many(at)
    more = good(at.get(verb=did, limit=2)).json()["more"]
    refused(at.get(more + "&limit=1"), where="cursor")


def test_since_is_exclusive_and_until_inclusive(at: At) -> None:
    did = iri("verbs")
    times: list[str] = []
    ids: list[str] = []
    for _ in range(3):
        time.sleep(0.003)
        (id,) = at.store(statement(verb={"id": did}))
        ids.append(id)
        times.append(at.one(id)["stored"])
    for place, moment_ in enumerate(times):
        assert at.found(verb=did, since=moment_, ascending=True) == ids[place + 1 :]
        assert at.found(verb=did, until=moment_, ascending=True) == ids[: place + 1]
    assert at.found(verb=did, since=times[0], until=times[1]) == [ids[1]]
    assert at.found(verb=did, since=times[1], until=times[0]) == []
    offset = times[0].replace("Z", "+00:00")
    assert at.found(verb=did, since=offset) == ids[:0:-1]


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999+23:59", "2012-02-29T24:00:00Z"]
)
def test_times_may_be_as_far_away_as_they_like(at: At, name: str, text: str) -> None:
    did, ids = many(at, 1)
    there = (name == "since") == (text < "2020")
    assert at.found(verb=did, **{name: text}) == ids * there


def test_times_and_limit_are_of_the_statement_that_refers(at: At) -> None:
    """Communication 2.1.3, Filter Conditions for StatementRefs"""
    did = iri("verbs")
    (id,) = at.store(statement(verb={"id": did}))
    stored = at.one(id)["stored"]
    time.sleep(0.003)
    (referring,) = at.store(refers(id))
    assert at.found(verb=did, since=stored) == [referring]
    assert at.found(verb=did, until=stored) == [id]
    assert [one["id"] for one in at.get(verb=did, limit=1).json()["statements"]] == [referring]


def test_all_statements_are_asked_for_without_a_filter(at: At) -> None:
    (id,) = at.store(statement())
    page = good(at.get()).json()
    assert page["statements"][0]["id"] == id
    stored = [one["stored"] for one in page["statements"]]
    assert stored == sorted(stored, reverse=True)
    oldest = [one["stored"] for one in good(at.get(ascending=True)).json()["statements"]]
    assert oldest == sorted(oldest)


def test_what_was_acknowledged_is_within_what_is_consistent(at: At) -> None:
    """Communication 2.1.3"""
    made = statement()
    before = moment(good(at.post(made)).headers[THROUGH])
    answer = good(at.get(statementId=made["id"]))
    assert before <= moment(answer.json()["stored"]) <= moment(answer.headers[THROUGH])


def test_consistent_through_is_on_every_answer_about_statements(at: At) -> None:
    """Communication 2.1.3; `ask` checks each"""
    (id,) = at.store(made := statement())
    statuses = [
        at.get(statementId=id).status_code, at.head().status_code, at.get(foo="bar").status_code,
        at.put(made, statementId=id).status_code, at.post({}).status_code,
        at.post(made | {"verb": {"id": "x:y"}}).status_code, at.get(statementId=voids(id)["id"]).status_code,
        at.ask("DELETE", STATEMENTS).status_code,
        at.ask("GET", STATEMENTS, headers={"authorization": None}).status_code,
        at.ask("GET", STATEMENTS, headers={"x-experience-api-version": None}, served="0.9").status_code,
        at.with_key("xapi:state").get().status_code,
    ]  # fmt: skip
    assert statuses == [200, 200, 400, 204, 400, 409, 404, 405, 401, 400, 403]
