"""Documents: state, agent profiles and activity profiles (Communication 2.2, 2.3, 2.6, 2.7, 3.1; IEEE 9274.1.1, 4.1.4)."""

import hashlib
import json
import time
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx2
import pytest

from tests.edge.xapi.made import account, agent, iri, new_id
from tests.edge.xapi.record import At, good, refused

KINDS = {
    "state": ("/xapi/activities/state", "stateId", ("activityId", "agent")),
    "agent profile": ("/xapi/agents/profile", "profileId", ("agent",)),
    "activity profile": ("/xapi/activities/profile", "profileId", ("activityId",)),
}
METHODS = ("GET", "PUT", "POST", "DELETE")
OWNERS = {"activityId": iri, "agent": account}


class Place(NamedTuple):
    """One document's place: the resource, and all parameters that name it."""

    at: At
    path: str
    name: str
    owner: dict[str, Any]
    id: str

    @property
    def whole(self) -> dict[str, Any]:
        return self.owner | {self.name: self.id}

    def send(
        self, method: str, body: Any = None, kind: str | None = "application/json", **headers: str
    ) -> httpx2.Response:
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {**more, "content-type": kind} if content is not None else more
        params = {k: v if isinstance(v, str) else json.dumps(v) for k, v in self.whole.items()}
        return self.at.ask(method, self.path, params=params, content=content, headers=sent)

    def put(self, body: Any, kind: str = "application/json", **headers: str) -> None:
        asked = headers or ({} if self.name == "stateId" else {"If_None_Match": "*"})
        answer = self.send("PUT", body, kind, **asked)
        assert answer.status_code == 204, answer.text

    def post(self, body: Any) -> None:
        answer = self.send("POST", body)
        assert answer.status_code == 204, answer.text

    def get(self) -> httpx2.Response:
        return good(self.send("GET"))

    def list(self, **more: Any) -> list[str]:
        return good(self.at.get(self.path, **self.owner, **more)).json()

    def another(self, **owner: Any) -> "Place":
        return self._replace(id=new_id(), owner=self.owner | owner)


@pytest.fixture(params=KINDS)
def place(at: At, request: pytest.FixtureRequest) -> Place:
    path, name, owners = KINDS[request.param]
    return Place(at, path, name, {owner: OWNERS[owner]() for owner in owners}, new_id())


@pytest.fixture
def state(at: At) -> Place:
    path, name, owners = KINDS["state"]
    return Place(at, path, name, {owner: OWNERS[owner]() for owner in owners}, new_id())


BODIES = {
    "JSON": (b'{ "a" : 1 }', "application/json; charset=utf-8"),
    "JSON that is none": (b"{", "application/json"),
    "bytes": (bytes(range(256)), "application/octet-stream"),
    "text": ("é".encode(), "text/plain;charset=UTF-8"),
    "nothing": (b"", "text/plain"),
    "a form": (b"1", "application/x-www-form-urlencoded"),
    "an odd type": (b"x", "not/json"),
}


@pytest.mark.parametrize(("body", "kind"), BODIES.values(), ids=BODIES)
def test_a_document_comes_back_as_it_was_put(place: Place, body: bytes, kind: str) -> None:
    place.put(body, kind)
    answer = place.get()
    assert answer.content == body
    assert answer.headers["content-type"] == kind
    assert answer.headers["etag"] == f'"{hashlib.sha1(body).hexdigest()}"'
    age = time.time() - parsedate_to_datetime(answer.headers["last-modified"]).timestamp()
    assert -1 < age < 60


def test_a_document_without_a_type_is_bytes(place: Place) -> None:
    assert place.send("PUT", b"x", None, if_none_match="*").status_code == 204
    assert place.get().headers["content-type"] == "application/octet-stream"


def test_what_is_not_there_is_not_found_and_deleted_all_the_same(place: Place) -> None:
    refused(place.send("GET"), 404)
    assert place.send("HEAD").status_code == 404
    assert place.send("DELETE").status_code == 204


def test_a_deleted_document_is_gone(place: Place) -> None:
    place.put({"a": 1})
    assert place.send("DELETE").status_code == 204
    refused(place.send("GET"), 404)
    assert place.list() == []


@pytest.mark.parametrize("header", ["if_none_match", "if_match"])
def test_a_new_profile_is_put_in_1_0_3_by_who_says_that_it_is_new(place: Place, header: str) -> None:
    """Communication 3.1, 2.6, 2.7: a PUT of a profile has one of the two headers"""
    if place.at.version == "2.0.0" or place.name == "stateId":
        assert place.send("PUT", {"a": 1}).status_code == 204
        return
    refused(place.send("PUT", {"a": 1}), 400, where="If-None-Match")
    refused(place.send("GET"), 404)
    place.put({"a": 1})
    if header == "if_match":
        place.put({"a": 2}, If_Match=place.get().headers["etag"])
    else:
        refused(place.send("PUT", {"a": 2}, if_none_match="*"), 412, where="If-None-Match")


@pytest.mark.parametrize("first", ["PUT", "POST"])
def test_posted_json_is_merged_at_its_top_level_only(place: Place, first: str) -> None:
    """Communication 2.2"""
    assert (
        place.send(
            first, {"car": {"make": "Ford", "model": "Escape"}, "driver": "Dale"}, if_none_match="*"
        ).status_code
        == 204
    )
    place.post({"car": {"make": "Dodge"}, "ü": None})
    assert place.get().json() == {"car": {"make": "Dodge"}, "driver": "Dale", "ü": None}
    assert place.get().headers["content-type"] == "application/json"


UNMERGED = {
    "another type is posted": ({"a": 1}, "application/json", b"abc", "not/json"),
    "a form is posted": ({"a": 1}, "application/json", b"abc", "application/x-www-form-urlencoded"),
    "another type is there": (b"/ asdf", "application/octet-stream", {"a": 1}, "application/json"),
    "JSON that is none is posted": ({"a": 1}, "application/json", b'{"b":1}{', "application/json"),
    "an array is posted": ({"a": 1}, "application/json", b"[1]", "application/json"),
    "an array is there": ([1], "application/json", {"a": 1}, "application/json"),
    "JSON that is none is there": (b"{", "application/json", {"a": 1}, "application/json"),
}


@pytest.mark.parametrize(("old", "kind", "new", "new_kind"), UNMERGED.values(), ids=UNMERGED)
def test_what_cannot_be_merged_is_refused_and_changes_nothing(
    place: Place, old: Any, kind: str, new: Any, new_kind: str
) -> None:
    """Communication 2.2"""
    place.put(old, kind)
    before = place.get()
    refused(place.send("POST", new, new_kind), where="$")
    after = place.get()
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert after.headers["content-type"] == kind


@pytest.mark.parametrize(("body", "kind", "status"), [
    (b'{"a":1}[', "application/json", 400), (b"1", "application/x-www-form-urlencoded", 204), (b"[1]", "application/json", 204),
    (b"true", "text/plain", 204), ({}, "application/json", 204),
])  # fmt: skip
def test_the_first_post_takes_what_a_put_takes_but_no_broken_json(
    place: Place, body: Any, kind: str, status: int
) -> None:
    assert place.send("POST", body, kind).status_code == status
    assert place.send("GET").status_code == (200 if status == 204 else 404)


def test_another_etag_changes_nothing(place: Place) -> None:
    """Communication 3.1"""
    place.post({"a": 1})
    for method, body in (("PUT", {"b": 2}), ("POST", {"b": 2}), ("DELETE", None)):
        for tag in ('"1234"', f'"{"1" * 40}"', "1234"):
            refused(place.send(method, body, if_match=tag), 412, where="If-Match")
    assert place.get().json() == {"a": 1}


@pytest.mark.parametrize("write", ["{}", '"0", {}', "W/{}", "*"])
def test_the_right_etag_lets_a_change_through(place: Place, write: str) -> None:
    """Communication 3.1"""
    place.post({"a": 1})
    for method, after in (("POST", {"a": 1, "b": 2}), ("PUT", {"b": 2})):
        tag = write.format(place.get().headers["etag"])
        assert place.send(method, {"b": 2}, if_match=tag).status_code == 204
        assert place.get().json() == after
    tag = write.format(place.get().headers["etag"])
    assert place.send("DELETE", if_match=tag).status_code == 204
    refused(place.send("GET"), 404)


def test_if_match_of_nothing_is_not_fulfilled(place: Place) -> None:
    """Communication 3.1"""
    refused(place.send("PUT", {"a": 1}, if_match="*"), 412, where="If-Match")
    refused(place.send("GET"), 404)


def test_if_none_match_lets_only_the_first_one_in(place: Place) -> None:
    """Communication 3.1"""
    place.put({"a": 1}, if_none_match="*")
    refused(place.send("PUT", {"a": 2}, if_none_match="*"), 412, where="If-None-Match")
    refused(place.send("POST", {"a": 2}, if_none_match="*"), 412, where="If-None-Match")
    assert place.get().json() == {"a": 1}


def test_a_put_without_either_header_replaces_state_in_the_older_version_only(place: Place) -> None:
    """Communication 3.1; IEEE 9274.1.1, 4.1.4"""
    place.put({"a": 1})
    if place.name == "stateId" and place.at.version == "1.0.3":
        place.put({"a": 2})
        assert place.get().json() == {"a": 2}
    else:
        problem = refused(place.send("PUT", {"a": 2}), 409, where="If-Match")
        assert "ETag" in problem["detail"]
        assert place.get().json() == {"a": 1}


def test_ids_are_listed_those_after_a_time_too(place: Place) -> None:
    place.post({"a": 1})
    assert place.list() == [place.id]
    since = time.time_ns() // 1_000_000
    time.sleep(0.003)
    other = place.another()
    other.post({"b": 1})
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(since / 1000)) + f".{since % 1000:03}Z"
    assert place.list() == sorted([place.id, other.id])
    assert place.list(since=text) == [other.id]
    assert place.list(since="2012-06-01T19:09:13+01:00") == sorted([place.id, other.id])
    answer = good(place.at.get(place.path, **place.owner))
    assert answer.headers["etag"] == f'"{hashlib.sha1(answer.content).hexdigest()}"'
    assert answer.headers["last-modified"]
    place.another(**{name: OWNERS[name]() for name in place.owner}).post({"c": 1})
    assert place.list() == sorted([place.id, other.id])


def test_last_modified_and_etag_follow_a_change(state: Place) -> None:
    """IEEE 9274.1.1, 4.1.6.2"""
    state.post({"a": 1})
    before = state.get().headers
    time.sleep(1.01)
    state.post({"a": 2})
    after = state.get().headers
    assert before["etag"] != after["etag"]
    assert parsedate_to_datetime(before["last-modified"]) < parsedate_to_datetime(after["last-modified"])


def test_head_has_the_headers_of_get(place: Place) -> None:
    """Communication 1.1"""
    place.put({"a": 1})
    for params in (place.whole, place.owner):
        get, head = place.at.get(place.path, **params), place.at.head(place.path, **params)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("etag", "last-modified", "content-type", "content-length"):
            assert head.headers[name] == get.headers[name]


def test_a_registration_makes_another_document(state: Place) -> None:
    """Communication 2.3"""
    one, other = new_id(), new_id()
    places = [
        state._replace(owner=state.owner | more)
        for more in ({}, {"registration": one}, {"registration": other})
    ]
    for number, place in enumerate(places):
        place.put({"number": number})
    assert [place.get().json()["number"] for place in places] == [0, 1, 2]
    assert places[1]._replace(owner=state.owner | {"registration": one.upper()}).get().json() == {"number": 1}
    assert places[0].send("DELETE").status_code == 204
    assert places[1].get().json() == {"number": 1}


def test_deleting_without_an_id_removes_all_of_a_context(state: Place) -> None:
    """Communication 2.3"""
    registration = new_id()
    bound = state._replace(owner=state.owner | {"registration": registration})
    elsewhere = state.another(activityId=iri())
    for place in (state, bound, bound.another(), elsewhere):
        place.put({"a": 1})
    assert state.at.ask("DELETE", state.path, params=texts(bound.owner)).status_code == 204
    assert bound.list() == []
    assert state.list() == [state.id]
    assert state.at.ask("DELETE", state.path, params=texts(state.owner)).status_code == 204
    assert state.list() == []
    assert elsewhere.list() == [elsewhere.id]


def texts(params: dict[str, Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in params.items()}


def test_an_agent_is_the_same_however_it_is_written(state: Place) -> None:
    """Data 2.4.2.3"""
    who = agent("Ana." + new_id())
    one = state._replace(owner=state.owner | {"agent": who})
    one.put({"a": 1})
    same = {"name": "Ana", "mbox": who["mbox"].replace("example.org", "EXAMPLE.org")}
    assert one._replace(owner=state.owner | {"agent": same}).get().json() == {"a": 1}


WRONG: dict[str, dict[str, Any]] = {
    "agent": {"agent": "not JSON"}, "agent ": {"agent": "true"}, "agent  ": {"agent": {"objectType": "Group", "member": [agent()]}},
    "activityId": {"activityId": "no iri"}, "registration": {"registration": "true"}, "since": {"since": "yesterday"},
    "foo": {"foo": "bar"}, "StateId": {"StateId": "x"}, "ProfileId": {"ProfileId": "x"},
}  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_parameter_is_named(place: Place, method: str) -> None:
    for wrong, value in WRONG.items():
        asked = place._replace(owner=place.owner | value)
        problem = refused(asked.send(method, b"{}" if method in ("PUT", "POST") else None))
        assert problem["where"].startswith(wrong.strip())


@pytest.mark.parametrize("method", METHODS)
def test_a_parameter_that_is_missing_is_named(place: Place, method: str) -> None:
    needed = [*place.owner]
    if method in ("PUT", "POST") or (method == "DELETE" and place.name == "profileId"):
        needed.append(place.name)
    for name in needed:
        params = texts({key: value for key, value in place.whole.items() if key != name})
        content = b"{}" if method in ("PUT", "POST") else None
        refused(place.at.ask(method, place.path, params=params, content=content), where=name)


ODD = ["", " ", "a/b?c=d&e", "ü\U0001f389", "x" * 5000, "a\nb", "%", "'; DROP TABLE document"]


def test_ids_may_be_any_text(place: Place) -> None:
    for id in ODD:
        named = place._replace(id=id)
        named.put({"id": id})
        assert named.get().json() == {"id": id}
    assert place.list() == sorted(ODD)


def test_a_nul_in_an_id_is_refused_on_every_store(place: Place) -> None:
    named = place._replace(id="a\0b")
    for method in METHODS:
        refused(named.send(method, b"{}" if method in ("PUT", "POST") else None), where=place.name)


def test_an_account_may_have_a_nul_in_its_name(state: Place) -> None:
    who = account("a\0" + new_id())
    one = state._replace(owner=state.owner | {"agent": who})
    one.put({"a": 1})
    assert one.get().json() == {"a": 1}
