"""What was seen before is taken as it was then, and nothing else is taken for it."""

import json
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.record import checked
from midflow.core.record.checked import Checked, check_batch
from midflow.core.record.jsontext import DEPTH, decode_batch, encode
from midflow.core.record.prepare import Prepared, prepare, prepare_checked
from midflow.core.record.problem import RecordError
from midflow.core.record.validate import check_statement
from midflow.core.record.values import Version
from tests.core.record.sample import ANA, AUTHORITY, BEN, full, nested, newer, small
from tests.core.record.test_fuzz import FAST, ID, anything, mutants, versions

SPACINGS = [(",", ":"), (", ", ": "), (" ,\n", "\t:")]


def plainly(body: bytes, version: Version) -> list[tuple[bytes, Any]] | str:
    """What becomes of a body without any memory: its statements, or the error."""
    try:
        every = decode_batch(body)
        for place, (_, decoded) in enumerate(every):
            where = f"$[{place}]" if body.lstrip()[:1] == b"[" else "$"
            check_statement(decoded, version=version, where=where)
    except RecordError as error:
        return str(error)
    return every


def with_memory(body: bytes, version: Version) -> list[Checked] | str:
    try:
        return check_batch(body, version=version)
    except RecordError as error:
        return str(error)


def prepared_both_ways(body: bytes, version: Version) -> None:
    """Whatever comes is taken or refused as it would be without memory, the first time and the second."""
    plain = plainly(body, version)
    for _ in range(2):
        made = with_memory(body, version)
        if isinstance(made, str) or isinstance(plain, str):
            assert made == plain
            continue
        assert [(one.raw, one.decoded) for one in made] == plain
        for one, (raw, decoded) in zip(made, plain, strict=True):
            assert encode(one.decoded) == encode(decoded)  # == would take 1 for true
            assert ready(one, version) == prepare(raw, decoded, id=ID, authority=AUTHORITY, version=version)


def ready(one: Checked, version: Version, authority: dict[str, Any] = AUTHORITY) -> Prepared:
    return prepare_checked(one, id=ID, authority=authority, version=version)


@FAST
@given(mutants(), versions, st.sampled_from(SPACINGS))
def test_a_mutant_is_taken_or_refused_as_without_memory(
    statement: dict[str, Any], version: Version, spacing: tuple[str, str]
) -> None:
    prepared_both_ways(json.dumps(statement, separators=spacing).encode(), version)


@FAST
@given(st.lists(mutants(), max_size=3), versions)
def test_a_batch_is_taken_or_refused_as_without_memory(some: list[dict[str, Any]], version: Version) -> None:
    prepared_both_ways(encode(some), version)


@FAST
@given(anything, versions)
def test_any_json_is_taken_or_refused_as_without_memory(value: Any, version: Version) -> None:
    prepared_both_ways(encode(value), version)


@FAST
@given(st.data(), versions)
def test_a_text_cut_or_written_over_is_taken_or_refused_as_without_memory(
    data: st.DataObject, version: Version
) -> None:
    raw = bytearray(encode(data.draw(st.sampled_from([small(), full(), nested(), newer()]))))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    prepared_both_ways(bytes(raw), version)


@pytest.mark.parametrize(
    "find",
    [
        b'"actor":',
        b'"mbox":"mailto:ana@example.org"',
        b'"registration":',
        b'"en":"A question"',
        b'"scaled":0.5',
    ],
)
@pytest.mark.parametrize("blank", [b"", b" "])
def test_a_member_given_twice_is_refused_wherever_it_is(find: bytes, blank: bytes) -> None:
    raw = encode(full())
    name, _, _ = find.partition(b":")
    at = raw.index(find)
    end = json.JSONDecoder().raw_decode(raw[at + len(name) + 1 :].decode())[1] + at + len(name) + 1
    twice = raw[:at] + name + blank + raw[at + len(name) : end] + b"," + raw[at:]
    check_batch(raw, version="1.0.3")
    with pytest.raises(RecordError, match="more than once"):
        check_batch(twice, version="1.0.3")


def test_what_one_version_allows_the_other_still_refuses() -> None:
    raw = encode(newer())
    assert check_batch(raw, version="2.0.0")
    with pytest.raises(RecordError, match="contextAgents"):
        check_batch(raw, version="1.0.3")
    assert check_batch(raw, version="2.0.0")


def test_what_is_refused_once_is_refused_again() -> None:
    raw = encode(full() | {"actor": ANA | {"mbox": "ana"}})
    for _ in range(3):
        with pytest.raises(RecordError, match=r"\$\.actor\.mbox"):
            check_batch(raw, version="1.0.3")


def test_the_same_bytes_under_two_keys_are_each_their_own_keys_statement() -> None:
    raw = encode(full())
    other = AUTHORITY | {"account": {"homePage": "https://record.example.org", "name": "key-2"}}
    mine, theirs = (ready(*check_batch(raw, version="1.0.3"), "1.0.3", who) for who in (AUTHORITY, other))
    assert mine.authority != theirs.authority
    assert b"key-2" not in mine.body
    assert b"key-1" not in theirs.body
    assert set(mine.related_agents) ^ set(theirs.related_agents) == {mine.authority, theirs.authority}


def test_the_same_agent_as_actor_and_as_instructor_is_found_as_each() -> None:
    one = small() | {"actor": ANA, "context": {"instructor": BEN}}
    other = small() | {"actor": BEN, "context": {"instructor": ANA}}
    made = [ready(*check_batch(encode(item), version="1.0.3"), "1.0.3") for item in (one, other, one)]
    assert made[0] == made[2]
    assert made[0].agents == ("mbox:mailto:ana@example.org",)
    assert made[1].agents == ("account:https://example.org|ben",)


def test_a_depth_that_only_the_whole_reaches_is_refused() -> None:
    deep: Any = 1
    for _ in range(DEPTH - 4):
        deep = [deep]
    statement = small() | {"context": {"extensions": {"https://example.org/x": deep}}}
    prepared_both_ways(encode(statement), "1.0.3")
    prepared_both_ways(encode([statement]), "1.0.3")
    prepared_both_ways(encode([[statement]]), "1.0.3")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    caches = [
        cell.cell_contents
        for read in _reads()
        for cell in getattr(read, "__closure__", None) or ()
        if hasattr(cell.cell_contents, "cache_info")
    ]
    assert len(caches) >= 2 * 10
    for place in range(checked.MOST_PARTS + 10):
        actor = {"mbox": f"mailto:{place}@example.org"}
        check_batch(encode(small() | {"actor": actor}), version="1.0.3")
    long = {"mbox": "mailto:long@example.org", "name": "x" * checked.LONGEST_PART}
    before = [cache.cache_info() for cache in caches]
    check_batch(encode(small() | {"actor": long}), version="1.0.3")
    after = [cache.cache_info() for cache in caches]
    assert max(info.currsize for info in after) == checked.MOST_PARTS
    assert all(info.maxsize == checked.MOST_PARTS for info in after)
    assert sum(info.misses for info in after) == sum(info.misses for info in before)  # it was not remembered


def _reads() -> list[Any]:
    found: list[Any] = []
    for members in checked._STATEMENTS.values():
        found += [*members._reads.values(), *members._reads["context"]._reads.values()]
    return found


def test_recursion_in_the_body_is_an_error_and_no_crash() -> None:
    with pytest.raises(RecordError):
        check_batch(b"[" * (sys.getrecursionlimit() * 20), version="1.0.3")
