"""The record: what is put in is found by what it says, in its order, with what refers to it."""

import itertools
import threading
from typing import Any

import msgspec
import pytest

from midflow.store import activities, agents, statements, terms
from midflow.store.outcomes import OutcomeRow, add_outcomes, statements_of
from midflow.store.selection import select
from midflow.store.tx import Store
from tests.conftest import Opens
from tests.store.statements import activity, agent, check_terms, ifi, new_id, rows, statement, verb

pytestmark = pytest.mark.usefixtures("waits")

NOW = 1_790_000_000_000
Made = dict[str, Any]


def put(store: Store, *some: Made, at: int = NOW) -> list[statements.Added]:
    return store.write(lambda tx: statements.add_statements(tx, rows(*some), now_ms=at))


def found(store: Store, *wanted: terms.Term, limit: int = 100, **more: Any) -> list[str]:
    hits = store.read(lambda tx: select(tx, wanted, limit=limit, **more))
    return [msgspec.json.decode(hit.raw)["id"] for hit in hits]


def ids(*some: Made) -> list[str]:
    return [one["id"] for one in some]


def test_a_statement_comes_back_with_the_time_it_was_stored(store: Store) -> None:
    made = statement()
    (added,) = put(store, made)
    assert added == (1, NOW)
    row = store.read(lambda tx: statements.find(tx, made["id"]))
    assert row is not None
    assert (row.seq, row.id, row.stored, row.voided, row.voiding) == (1, made["id"], NOW, False, False)
    said = msgspec.json.decode(row.raw)
    assert said.pop("stored") == "2026-09-21T14:13:20.000Z"
    assert made.items() <= said.items()
    assert store.read(lambda tx: statements.find(tx, new_id())) is None


def test_which_of_many_ids_are_known_is_told_with_what_is_stored(store: Store) -> None:
    some = [statement() for _ in range(150)]
    put(store, *some)
    asked = [*ids(*some), new_id()]
    known = store.read(lambda tx: statements.known(tx, asked))
    assert list(known) == ids(*some) or set(known) == set(ids(*some))
    assert all(b'"stored"' in raw for raw in known.values())
    assert store.read(lambda tx: statements.known(tx, [])) == {}


def test_an_id_is_stored_once(store: Store) -> None:
    made = statement()
    put(store, made)
    with pytest.raises(Exception, match=r"(?i)unique"):
        put(store, statement(), made)
    assert store.read(statements.end) == (1, NOW, 1)


def test_stored_never_falls_even_when_the_clock_does(store: Store) -> None:
    assert [one.stored for one in put(store, statement(), statement(), at=NOW)] == [NOW, NOW]
    assert [one.stored for one in put(store, statement(), at=NOW - 5000)] == [NOW]
    assert [one.seq for one in put(store, statement(), at=NOW + 1)] == [4]


@pytest.mark.parametrize(
    ("term", "places"),
    [
        (("agent", ifi("ana")), [0, 1]),
        (("agent", ifi("chloe")), []),
        (("related_agent", ifi("chloe")), [1]),
        (("related_agent", ifi("key")), [0, 1, 2]),
        (("verb", verb("passed")), [1, 2]),
        (("activity", activity("hold")), [0, 2]),
        (("related_activity", activity("course")), [1]),
        (("registration", "7a3c60a1-3a5c-4a52-9c06-1b27c3bb1111"), [1]),
        (("agent", activity("hold")), []),
        (("agent", "nobody"), []),
    ],
)
def test_each_filter_finds_what_it_names(store: Store, term: terms.Term, places: list[int]) -> None:
    context = {
        "registration": "7A3C60A1-3A5C-4A52-9C06-1B27C3BB1111",
        "instructor": agent("chloe"),
        "contextActivities": {"parent": [{"id": activity("course")}]},
    }
    some = [
        statement("ana", "tried", "hold"),
        statement("ana", "passed", "close", context=context),
        statement("ben", "passed", "hold"),
    ]
    put(store, *some)
    assert found(store, term, ascending=True) == [some[n]["id"] for n in places]
    assert found(store, term) == [some[n]["id"] for n in reversed(places)]


def test_filters_together_find_what_meets_all_of_them(store: Store) -> None:
    some = [
        statement(who, did, what)
        for who, did, what in itertools.product(("ana", "ben"), ("tried", "passed"), ("hold", "close"))
    ]
    put(store, *some)
    both = (("agent", ifi("ana")), ("verb", verb("passed")))
    assert found(store, *both, ascending=True) == ids(some[2], some[3])
    assert found(store, *both, ("activity", activity("close"))) == ids(some[3])
    assert found(store, *both, ("registration", new_id())) == []


def test_a_time_is_after_since_and_not_after_until(store: Store) -> None:
    some = [statement() for _ in range(5)]
    for n, one in enumerate(some):
        put(store, one, at=NOW + 10 * n)
    every = ids(*some)
    term = ("agent", ifi("ana"))
    for wanted in ([], [term]):
        look = {"ascending": True}
        assert found(store, *wanted, since_ms=NOW + 10, **look) == every[2:]
        assert found(store, *wanted, until_ms=NOW + 10, **look) == every[:2]
        assert found(store, *wanted, since_ms=NOW, until_ms=NOW + 25, **look) == every[1:3]
        assert found(store, *wanted, since_ms=NOW + 40, **look) == []
        assert found(store, *wanted, until_ms=NOW - 1, **look) == []
        assert found(store, *wanted, since_ms=NOW + 30, until_ms=NOW + 20, **look) == []


@pytest.mark.parametrize("ascending", [True, False])
def test_pages_hold_every_statement_once_whatever_comes_meanwhile(store: Store, ascending: bool) -> None:
    some = [statement("ana" if n % 2 else "ben") for n in range(40)]
    put(store, *some)
    got: list[str] = []
    edge: dict[str, int] = {}
    while True:
        look = {"limit": 7, "ascending": ascending, "until_ms": NOW, **edge}
        hits = store.read(lambda tx, look=look: select(tx, [("agent", ifi("ana"))], **look))
        if not hits:
            break
        got += [msgspec.json.decode(hit.raw)["id"] for hit in hits]
        edge = {"after" if ascending else "before": hits[-1].seq}
        put(store, statement("ana"), at=NOW + 1)
    assert got == (ids(*some[1::2]) if ascending else ids(*some[1::2])[::-1])


def test_the_rarest_term_leads_whatever_the_order_of_the_filters(store: Store) -> None:
    put(store, *(statement("ana", "tried", "hold") for _ in range(200)))
    rare = statement("ana", "passed", "hold")
    put(store, rare)
    put(store, *(statement("ana", "tried", "hold") for _ in range(200)))
    wanted = [("agent", ifi("ana")), ("verb", verb("passed")), ("activity", activity("hold"))]
    for some in itertools.permutations(wanted):
        assert found(store, *some) == ids(rare)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("together", [True, False])
def test_what_refers_to_a_statement_is_found_by_its_conditions_in_any_order_of_arrival(
    store: Store, order: tuple[int, ...], together: bool
) -> None:
    passed = statement("ben", "passed", "explosives")
    confirmed = statement("chloe", "confirmed", refers=passed["id"])
    noted = statement("ana", "noted", refers=confirmed["id"])
    chain = [passed, confirmed, noted]
    if together:
        put(store, *(chain[n] for n in order))
    else:
        for n in order:
            put(store, chain[n])
    for term in (("agent", ifi("ben")), ("verb", verb("passed")), ("activity", activity("explosives"))):
        assert set(found(store, term)) == set(ids(*chain))
        assert store.read(lambda tx, term=term: terms.uses(tx, term)) == 3
    assert set(found(store, ("agent", ifi("chloe")))) == set(ids(confirmed, noted))
    assert found(store, ("agent", ifi("ana"))) == ids(noted)
    assert set(found(store, ("agent", ifi("ben")), ("verb", verb("noted")))) == set(ids(noted))
    uses = dict(store.read(lambda tx: terms.most_used(tx, "verb")))
    assert uses == {verb("passed"): 3, verb("confirmed"): 2, verb("noted"): 1}
    both = [("agent", ifi("chloe")), ("verb", verb("passed"))]
    assert set(found(store, *both)) == set(ids(confirmed, noted))
    assert found(store, ("agent", ifi("chloe")), ("verb", verb("noted")), ("agent", ifi("ana"))) == ids(noted)
    check_terms(store)


@pytest.mark.parametrize("together", [True, False])
def test_statements_that_refer_to_each_other_in_a_circle_end(store: Store, together: bool) -> None:
    one, two, three = new_id(), new_id(), new_id()
    circle = [
        statement("ana", "a", refers=two, id=one),
        statement("ben", "b", refers=three, id=two),
        statement("chloe", "c", refers=one, id=three),
        statement("dan", "d", refers=one),
    ]
    for some in [circle] if together else [[made] for made in circle]:
        put(store, *some)
    for who in ("ana", "ben", "chloe"):
        assert set(found(store, ("agent", ifi(who)))) == set(ids(*circle))
    own = statement("eve", "e", refers=(self := new_id()), id=self)
    put(store, own)
    assert found(store, ("agent", ifi("eve"))) == [self]
    assert set(found(store, ("agent", ifi("ben")), ("verb", verb("c")))) == set(ids(*circle))
    check_terms(store)


@pytest.mark.parametrize("later", [True, False])
@pytest.mark.parametrize("together", [True, False])
def test_a_voided_statement_is_left_out_and_what_voids_it_is_not(
    store: Store, later: bool, together: bool
) -> None:
    made = statement("ana", "tried")
    voiding = statement("chloe", voids=made["id"])
    pair = [made, voiding] if later else [voiding, made]
    for some in [pair] if together else [[one] for one in pair]:
        put(store, *some)
    assert found(store) == ids(voiding)
    # It targets what Ana did, so it meets the conditions that this meets.
    assert found(store, ("agent", ifi("ana"))) == ids(voiding)
    row = store.read(lambda tx: statements.find(tx, made["id"]))
    assert row is not None
    assert row.voided
    assert not row.voiding
    after = store.read(lambda tx: statements.statements_after(tx, 0, 10))
    assert {(one.id, one.voided, one.voiding) for one in after} == {
        (made["id"], True, False), (voiding["id"], False, True),
    }  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_what_voids_cannot_be_voided(store: Store, order: tuple[int, ...]) -> None:
    made = statement("ana")
    voiding = statement("chloe", voids=made["id"])
    again = statement("ben", voids=voiding["id"])
    some = [made, voiding, again]
    for n in order:
        put(store, some[n])
    assert set(found(store)) == set(ids(voiding, again))


def test_the_rest_is_read_on_from_a_number(store: Store) -> None:
    some = [statement() for _ in range(10)]
    put(store, *some)
    first = store.read(lambda tx: statements.statements_after(tx, 0, 6))
    rest = store.read(lambda tx: statements.statements_after(tx, first[-1].seq, 6))
    assert [one.id for one in first + rest] == ids(*some)
    assert (first[0].seq, rest[-1].seq) == (1, 10)


def test_values_too_long_for_an_index_or_with_a_zero_in_them_are_found_all_the_same(store: Store) -> None:
    long = "https://desk.example/" + "x" * 9000
    odd = agent("an\0a", name="An\0a")
    made = statement(actor=odd, object={"id": long, "definition": {"name": {"en": "Long"}}})
    put(store, made, statement())
    assert found(store, ("activity", long)) == ids(made)
    assert found(store, ("agent", ifi("an\0a"))) == ids(made)
    assert found(store, ("agent", ifi("an\0a")), ("verb", verb("tried"))) == ids(made)
    assert store.read(lambda tx: activities.definition(tx, long)) == {"name": {"en": "Long"}}
    assert store.read(lambda tx: agents.names(tx, ifi("an\0a"))) == []


def test_a_definition_grows_with_what_statements_say_of_it(store: Store) -> None:
    def define(**definition: Any) -> None:
        put(store, statement(object={"id": activity("hold"), "definition": definition}))

    define(name={"en": "Hold"}, type="https://a.example/task", extensions={"https://a.example/x": 1})
    define(name={"de": "Warten"}, type="https://a.example/check")
    define()
    put(store, statement())
    assert store.read(lambda tx: activities.definition(tx, activity("hold"))) == {
        "name": {"en": "Hold", "de": "Warten"},
        "type": "https://a.example/check",
        "extensions": {"https://a.example/x": 1},
    }
    assert store.read(lambda tx: activities.definition(tx, activity("close"))) is None


def test_a_definition_said_twice_in_one_batch_is_written_once_with_both(store: Store) -> None:
    two = [{"name": {"en": "Hold"}}, {"name": {"de": "Warten"}}]
    put(store, *(statement(object={"id": activity("hold"), "definition": one}) for one in two))
    assert store.read(lambda tx: activities.definitions(tx, [activity("hold"), activity("close")])) == {
        activity("hold"): {"name": {"en": "Hold", "de": "Warten"}}
    }


def test_an_agents_names_are_kept_once_each(store: Store) -> None:
    for name in ("Ana", "Ana B.", "Ana"):
        put(store, statement(actor=agent("ana", name=name)))
    assert store.read(lambda tx: agents.names(tx, ifi("ana"))) == ["Ana", "Ana B."]


def test_how_many_statements_there_are_by_verb_and_by_day(store: Store) -> None:
    day = 86_400_000
    put(store, statement(did="tried"), statement(did="passed"), at=NOW)
    put(store, statement(did="tried"), at=NOW + day)
    assert store.read(lambda tx: terms.most_used(tx, "verb")) == [(verb("tried"), 2), (verb("passed"), 1)]
    assert store.read(lambda tx: terms.most_used(tx, "verb", 1)) == [(verb("tried"), 2)]
    assert store.read(lambda tx: statements.counts_by_day(tx, 0)) == [(NOW // day, 2), (NOW // day + 1, 1)]
    assert store.read(lambda tx: statements.counts_by_day(tx, NOW + 1)) == [(NOW // day + 1, 1)]
    assert store.read(statements.end) == (3, NOW + day, 3)


def test_our_own_view_of_a_statement_goes_when_it_is_voided(store: Store) -> None:
    made = statement()
    (added,) = put(store, made)
    row = OutcomeRow(added.seq, "ana", "answered", "hold", "why", 5.5, True, 7)
    store.write(lambda tx: add_outcomes(tx, [row]))
    (said,) = store.read(lambda tx: statements_of(tx, "ana"))
    assert (said.id, said.unit, said.time, said.stored) == (made["id"], "hold", 5.5, NOW / 1000)
    put(store, statement(voids=made["id"]))
    assert store.read(lambda tx: statements_of(tx, "ana")) == []


def test_batches_over_the_same_activities_from_many_threads_neither_lock_nor_lose(
    store: Store, opens: Opens
) -> None:
    other = opens()
    errors: list[BaseException] = []

    def work(which: Store, thread: int) -> None:
        try:
            for n in range(40):
                some = [
                    statement(
                        f"p{thread}", "tried",
                        object={"id": activity(str(m)), "definition": {"name": {f"x{thread}": str(n)}}},
                    )
                    for m in (range(8) if thread % 2 else range(7, -1, -1))
                ]  # fmt: skip
                put(which, *some)
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)

    threads = [threading.Thread(target=work, args=((store, other)[n % 2], n)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert store.read(statements.end)[2] == 8 * 40 * 8
    for n in range(8):
        made = store.read(lambda tx, n=n: activities.definition(tx, activity(str(n))))
        assert made == {"name": {f"x{thread}": "39" for thread in range(8)}}
        assert store.read(lambda tx, n=n: terms.uses(tx, ("agent", ifi(f"p{n}")))) == 320
    other.close()
