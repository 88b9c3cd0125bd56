"""Many at once: one wins, and everybody is told the truth (Communication 2.1.2, 3.1)."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2

from tests.edge.xapi.made import account, activity, iri, new_id, refers, statement, voids
from tests.edge.xapi.record import STATEMENTS, At, good, texts

RACERS = 8
STATE = "/xapi/activities/state"


def race(runs: Sequence[Callable[[], httpx2.Response]]) -> list[httpx2.Response]:
    with ThreadPoolExecutor(len(runs)) as pool:
        return [future.result() for future in [pool.submit(run) for run in runs]]


def statuses(answers: Sequence[httpx2.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_of_different_statements_with_one_id_one_is_stored(at: At) -> None:
    id = new_id()
    sent = [statement(id=id) for _ in range(RACERS)]
    answers = race([lambda one=one: at.post([statement(), one]) for one in sent])
    assert statuses(answers) == {200: 1, 409: RACERS - 1}
    (won,) = [one for one, answer in zip(sent, answers, strict=True) if answer.status_code == 200]
    assert at.one(id)["actor"] == won["actor"]


def test_the_same_batch_sent_by_many_is_stored_once(at: At) -> None:
    did = {"id": iri("verbs")}
    batch = [statement(verb=did) for _ in range(5)]
    assert statuses(race([lambda: at.post(batch)] * RACERS)) == {200: RACERS}
    assert at.found(verb=did["id"], ascending=True) == [one["id"] for one in batch]


def test_batches_that_say_things_of_the_same_activities_in_any_order_are_all_stored(at: At) -> None:
    did = {"id": iri("verbs")}
    ids = [iri("activities") for _ in range(6)]
    batches = [
        [
            statement(verb=did, object=activity(id, name={f"x-{n}": "name"}))
            for id in (ids if n % 2 else ids[::-1])
        ]
        for n in range(RACERS)
    ]
    assert statuses(race([lambda batch=batch: at.post(batch) for batch in batches])) == {200: RACERS}
    assert len(at.found(verb=did["id"])) == RACERS * len(ids)
    for id in ids:
        definition = good(at.get("/xapi/activities", activityId=id)).json()["definition"]
        assert len(definition["name"]) == RACERS


def test_references_and_voiding_sent_at_once_are_connected(at: At) -> None:
    made = statement(verb={"id": iri("verbs")})
    others = [refers(made["id"]) for _ in range(RACERS - 2)]
    runs = [lambda one=one: at.post(one) for one in [*others[:3], made, voids(made["id"]), *others[3:]]]
    assert statuses(race(runs)) == {200: RACERS}
    assert len(at.found(verb=made["verb"]["id"])) == RACERS - 1
    assert at.get(statementId=made["id"]).status_code == 404
    assert good(at.get(voidedStatementId=made["id"])).json()["id"] == made["id"]


def place() -> dict[str, str]:
    return texts({"activityId": iri(), "agent": account(), "stateId": "x"}) or {}


def put(at: At, params: dict[str, str], body: Any, **headers: str) -> httpx2.Response:
    return at.ask(
        "PUT", STATE, params=params, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def test_of_many_first_documents_one_is_stored(at: At) -> None:
    """Communication 3.1"""
    params = place()
    answers = race([lambda n=n: put(at, params, {"n": n}, if_none_match="*") for n in range(RACERS)])
    assert statuses(answers) == {204: 1, 412: RACERS - 1}
    won = [answer.status_code for answer in answers].index(204)
    assert good(at.ask("GET", STATE, params=params)).json() == {"n": won}


def test_nobody_overwrites_what_another_has_just_changed(at: At) -> None:
    """Communication 3.1"""
    params = place()
    put(at, params, {"n": -1})
    tag = good(at.ask("GET", STATE, params=params)).headers["etag"]
    answers = race([lambda n=n: put(at, params, {"n": n}, if_match=tag) for n in range(RACERS)])
    assert statuses(answers) == {204: 1, 412: RACERS - 1}


def test_what_many_post_is_merged_without_a_loss(at: At) -> None:
    """Communication 2.2"""
    params = place()
    runs = [lambda n=n: at.ask("POST", STATE, params=params, json={str(n): n}) for n in range(RACERS)]
    assert statuses(race(runs)) == {204: RACERS}
    assert good(at.ask("GET", STATE, params=params)).json() == {str(n): n for n in range(RACERS)}


def test_whoever_reads_up_to_what_is_consistent_misses_nothing(at: At) -> None:
    """Communication 2.1.3: X-Experience-API-Consistent-Through"""
    did = iri("verbs")
    with ThreadPoolExecutor(4) as pool:
        writing = [pool.submit(at.post, [statement(verb={"id": did}) for _ in range(3)]) for _ in range(40)]
        seen: list[str] = []
        since = "2020-01-01T00:00:00Z"
        while True:
            ended = all(future.done() for future in writing)
            through = at.ask("HEAD", STATEMENTS, params={"limit": "1"}).headers[
                "x-experience-api-consistent-through"
            ]
            seen += at.found(verb=did, since=since, until=through, ascending=True)
            since = through
            if ended:
                break
    seen += at.found(verb=did, since=since, ascending=True)
    assert seen == at.found(verb=did, ascending=True)
    assert len(seen) == 120
