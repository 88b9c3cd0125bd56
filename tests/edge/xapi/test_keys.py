"""Who may do what: keys, their scopes, and what they are bound to (Communication 4)."""

import base64
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from midflow.core.record.actors import ifi
from midflow.store import keys
from tests.edge.xapi.made import (
    account,
    activity,
    agent,
    attached,
    iri,
    mixed,
    new_id,
    part,
    refers,
    statement,
    voids,
)
from tests.edge.xapi.record import STATEMENTS, At, good, refused

STATE = "/xapi/activities/state"
PROFILES = ("/xapi/agents/profile", "/xapi/activities/profile")


def basic(name: str, key: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()


def test_a_key_is_a_password_for_any_name_or_a_bearers(at: At) -> None:
    """Communication 4.1"""
    for authorization in (
        basic("anybody", at.key), basic("", at.key), basic("é", at.key), f"Bearer {at.key}", f"bearer   {at.key}",
        basic("x", at.key).replace("Basic", "BASIC"),
    ):  # fmt: skip
        good(at.ask("GET", STATEMENTS, headers={"authorization": authorization}))


STRANGERS = {
    "nothing": None, "a word": "Basic", "no base64": "Basic:Um9iOm5vdA", "letters": "Basic é", "a stranger": basic("foo", "bar"),
    "no colon": "Basic " + base64.b64encode(b"foo").decode(), "no UTF-8": "Basic " + base64.b64encode(b"\xff:\xff").decode(),
    "no bearer": "Bearer", "another bearer": "Bearer é", "another way": "Digest x", "a NUL": basic("a", "\0"),
}  # fmt: skip


@pytest.mark.parametrize("authorization", STRANGERS.values(), ids=STRANGERS)
def test_who_shows_no_good_key_is_asked_for_one(at: At, authorization: str | None) -> None:
    """Communication 3.2, 4.1"""
    made = statement()
    for method, params in (("GET", {}), ("PUT", {"statementId": made["id"]}), ("POST", {})):
        body = {} if method == "GET" else {"json": made}
        answer = at.ask(method, STATEMENTS, params=params, headers={"authorization": authorization}, **body)
        refused(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Basic realm=")
    assert at.get(statementId=made["id"]).status_code == 404


def test_a_key_ends_when_it_is_revoked_or_its_time_is_over(at: At) -> None:
    over = at.with_key("xapi:all", expires=time.time() - 1)
    assert "expired" in refused(over.get(), 401)["detail"]
    soon = at.with_key("xapi:all", expires=time.time() + 3600)
    good(soon.get())
    other = at.with_key("xapi:all", name=(name := f"gone-{new_id()}"))
    good(other.get())
    at.record.edge.store.write(lambda tx: keys.revoke_keys(tx, name, time.time()))
    until = time.monotonic() + 5
    while other.get().status_code != 401:
        assert time.monotonic() < until, "a revoked key still works"
        time.sleep(0.05)


def ways(at: At) -> dict[str, Callable[[], httpx2.Response]]:
    """Everything that one may do, each as a request."""
    who, what = account(), activity()["id"]
    state = {"activityId": what, "agent": who, "stateId": "x"}
    agent_profile, activity_profile = {"agent": who, "profileId": "x"}, {"activityId": what, "profileId": "x"}
    return {
        "send": lambda: at.post(statement()),
        "send by id": lambda: at.put(made := statement(), statementId=made["id"]),
        "read all": lambda: at.get(),
        "change state": lambda: at.put({"a": 1}, STATE, **state),
        "read state": lambda: at.get(STATE, activityId=what, agent=who),
        "change a profile": lambda: at.post({"a": 1}, PROFILES[0], **agent_profile),
        "read a profile": lambda: at.get(PROFILES[1], activityId=what),
        "remove a profile": lambda: at.ask("DELETE", PROFILES[1], params=activity_profile),
        "ask about an agent": lambda: at.get("/xapi/agents", agent=who),
        "ask about an activity": lambda: at.get("/xapi/activities", activityId=what),
    }


ASKS = {"ask about an agent", "ask about an activity"}
READS = {"read all", "read state", "read a profile"} | ASKS
SCOPES = {
    "xapi:all": {
        "send", "send by id", "read all", "change state", "read state", "change a profile", "read a profile",
        "remove a profile", *ASKS,
    },
    "xapi:all/read": READS,
    "xapi:statements/write": {"send", "send by id"},
    "xapi:statements/read": {"read all"} | ASKS,
    "xapi:statements/read/mine": {"read all"} | ASKS,
    "xapi:state": {"change state", "read state"} | ASKS,
    "xapi:profile": {"change a profile", "read a profile", "remove a profile"} | ASKS,
    "xapi:define": set(),
    "events:write": set(),
}  # fmt: skip


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_lets_a_key_do_what_it_says_and_no_more(at: At, scope: str) -> None:
    """Communication 4.2"""
    mine = at.with_key(scope)
    for way, ask in ways(mine).items():
        answer = ask()
        assert (answer.status_code < 300) == (way in SCOPES[scope]), (way, answer.text)
        if way not in SCOPES[scope]:
            refused(answer, 403)


def test_who_may_read_its_own_statements_reads_no_others(at: At) -> None:
    """Communication 4.2: statements/read/mine"""
    mine = at.with_key("xapi:statements/write", "xapi:statements/read/mine")
    other = at.with_key("xapi:statements/write", "xapi:statements/read/mine")
    did = {"id": iri("verbs")}
    ours, theirs = statement(verb=did), statement(verb=did)
    mine.store(ours)
    other.store(theirs)
    assert mine.one(ours["id"])["id"] == ours["id"]
    refused(mine.get(statementId=theirs["id"]), 404)
    assert mine.found() == [ours["id"]]
    assert mine.found(verb=did["id"]) == [ours["id"]]
    assert at.found(verb=did["id"]) == [theirs["id"], ours["id"]]
    assert at.with_key("xapi:statements/read").found(verb=did["id"]) == [theirs["id"], ours["id"]]


def test_a_reference_to_ones_statement_does_not_make_it_ones_own(at: At) -> None:
    """Communication 2.1.3, 4.2"""
    mine = at.with_key("xapi:statements/write", "xapi:statements/read/mine")
    ours = statement()
    early = refers(ours["id"])
    at.store(early)
    mine.store(ours)
    late = refers(ours["id"])
    at.store(late, voids(new_id()))
    assert mine.found() == [ours["id"]]
    assert mine.found(activity=ours["object"]["id"]) == [ours["id"]]
    refused(mine.get(statementId=late["id"]), 404)
    refused(mine.get(statementId=early["id"]), 404)


def test_a_voided_statement_is_still_ones_own(at: At) -> None:
    mine = at.with_key("xapi:statements/write", "xapi:statements/read/mine")
    ours = statement()
    mine.store(ours)
    at.store(voiding := voids(ours["id"]))
    assert good(mine.get(voidedStatementId=ours["id"])).json()["id"] == ours["id"]
    assert mine.found() == []
    refused(mine.get(statementId=voiding["id"]), 404)


def test_a_hash_alone_does_not_fetch_what_somebody_else_has_attached(at: At) -> None:
    """Communication 4.2"""
    secret = new_id().encode()
    good(at.raw(*mixed(statement(attachments=[attached(secret)]), part(secret))))
    mine = at.with_key("xapi:statements/write", "xapi:statements/read/mine")
    claimed = statement(attachments=[attached(secret, fileUrl="https://example.org/x")])
    mine.store(claimed)
    assert secret not in good(mine.get(statementId=claimed["id"], attachments=True)).content


def test_the_authority_is_the_key_whoever_a_statement_names(at: At) -> None:
    """Data 2.4.9"""
    mine = at.with_key("xapi:statements/write", name=(name := f"simulator-{new_id()}"))
    made = statement(authority=agent())
    mine.store(made)
    authority = at.one(made["id"])["authority"]
    assert authority["name"] == name
    assert authority["account"]["name"] == f"key:{name}"


def bound(at: At, **to: Any) -> At:
    return at.with_key("xapi:statements/write", "xapi:statements/read", "xapi:state", "xapi:profile", **to)


def test_a_key_of_one_person_sends_and_reads_nobody_elses(at: At) -> None:
    ana, ben = agent(), agent()
    mine = bound(at, actor=ifi(ana))
    ours, theirs = statement(actor=ana), statement(actor=ben)
    mine.store(ours)
    refused(mine.post([ours, theirs]), 403)
    refused(mine.put(theirs, statementId=theirs["id"]), 403)
    assert at.get(statementId=theirs["id"]).status_code == 404
    at.store(theirs)
    assert mine.found() == [ours["id"]]
    refused(mine.get(statementId=theirs["id"]), 404)
    refused(mine.post(statement(actor={"objectType": "Group", "member": [ana]})), 403)


def test_a_key_of_one_person_reaches_only_its_documents(at: At) -> None:
    ana, ben = agent(), agent()
    mine = bound(at, actor=ifi(ana))
    for path, params in ((STATE, {"activityId": iri(), "stateId": "x"}), (PROFILES[0], {"profileId": "x"})):
        assert mine.post({"a": 1}, path, agent=ana, **params).status_code == 204
        good(mine.get(path, agent=ana, **params))
        refused(mine.post({"a": 1}, path, agent=ben, **params), 403)
        refused(mine.get(path, agent=ben, **params), 403)
        refused(mine.ask("DELETE", path, params={"agent": f'{{"mbox":"{ben["mbox"]}"}}', **params}), 403)
    good(mine.get("/xapi/agents", agent=ana))
    refused(mine.get("/xapi/agents", agent=ben), 403)


def test_a_key_of_one_registration_stays_within_it(at: At) -> None:
    registration = new_id()
    mine = bound(at, registration=registration)
    ours = statement(context={"registration": registration.upper()})
    mine.store(ours)
    for other in (statement(), statement(context={"registration": new_id()})):
        refused(mine.post(other), 403)
        at.store(other)
        refused(mine.get(statementId=other["id"]), 404)
    assert mine.found() == [ours["id"]]
    state = {"activityId": iri(), "agent": account(), "stateId": "x"}
    assert mine.post({"a": 1}, STATE, registration=registration, **state).status_code == 204
    refused(mine.post({"a": 1}, STATE, **state), 403)
    refused(mine.get(STATE, registration=new_id(), **state), 403)


def test_only_who_may_define_says_what_an_activity_is_called(at: At) -> None:
    """Communication 4.2: define"""
    id = iri("activities")
    made = statement(object=activity(id, name={"en": "Mine"}))
    at.with_key("xapi:statements/write").store(made)
    assert "definition" not in good(at.get("/xapi/activities", activityId=id)).json()
    assert at.one(made["id"])["object"] == made["object"]
    at.with_key("xapi:statements/write", "xapi:define").store(
        statement(object=activity(id, name={"en": "Ours"}))
    )
    assert good(at.get("/xapi/activities", activityId=id)).json()["definition"] == {"name": {"en": "Ours"}}
