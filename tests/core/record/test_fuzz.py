"""Whatever comes: it is accepted, or refused with the place and the rule, and nothing else happens."""

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from midflow.core.record.compare import same
from midflow.core.record.formats import canonical, ids_only
from midflow.core.record.jsontext import decode, encode
from midflow.core.record.prepare import finished, prepare
from midflow.core.record.problem import RecordError
from midflow.core.record.query import parse_document, parse_query
from midflow.core.record.signatures import check_signature
from midflow.core.record.validate import check_statement
from midflow.core.record.values import Version
from tests.core.record.sample import AUTHORITY, full, nested, newer, small

ID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"
STORED = "2026-05-18T05:32:35.123Z"
WORDS = [
    "", "x", "en", "Agent", "Group", "Activity", "StatementRef", "SubStatement", "https://example.org/x", "choice",
    "mailto:ana@example.org", "2026-05-18T05:32:34Z", "2026-05-18T07:32:34+02:00", "PT1S", "1.0.0", ID, "a" * 64, "\x00",
    "http://adlnet.gov/expapi/verbs/voided",
]  # fmt: skip
KEYS = [
    "id",
    "objectType",
    "mbox",
    "account",
    "member",
    "name",
    "definition",
    "extensions",
    "verb",
    "object",
    "score",
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(WORDS)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
versions: st.SearchStrategy[Version] = st.sampled_from(["1.0.3", "2.0.0"])
FAST = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place of a value: the object or array, and the key or index in it."""
    found: list[tuple[Any, Any]] = []
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        found += [(value, key), *places(item)]
    return found


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """A good statement with up to three of its values replaced, removed, or moved elsewhere."""
    statement = copy.deepcopy(draw(st.sampled_from([small(), full(), nested(), newer()])))
    for _ in range(draw(st.integers(0, 3))):
        holder, key = draw(st.sampled_from(places(statement) or [({}, "x")]))
        action = draw(st.sampled_from(["replace", "remove", "copy", "rename"]))
        if action == "replace":
            holder[key] = draw(anything)
        elif action == "remove" and isinstance(holder, dict):
            holder.pop(key, None)
        elif action == "copy":
            source, at = draw(st.sampled_from(places(statement)))
            holder[key] = copy.deepcopy(source[at])
        elif isinstance(holder, dict):
            holder[draw(st.sampled_from(KEYS) | st.text(max_size=4))] = holder.pop(key)
        if not statement:
            break
    return statement


def accepted(statement: Any, version: Version) -> bool:
    try:
        check_statement(statement, version=version)
    except RecordError as error:
        assert error.where.startswith("$")
        assert error.message
        assert error.section.startswith("Data ")
        return False
    return True


@FAST
@given(anything, versions)
def test_any_json_is_accepted_or_refused(value: Any, version: Version) -> None:
    accepted(value, version)


@FAST
@given(mutants(), versions)
def test_any_mutant_is_refused_or_goes_all_the_way(statement: dict[str, Any], version: Version) -> None:
    if not accepted(statement, version):
        return
    raw = encode(statement)
    made = prepare(raw, statement, id=ID, authority=AUTHORITY, version=version)
    back = json.loads(finished(made, STORED))
    assert accepted(back, version)
    assert same(statement, back)
    for name, item in statement.items():
        if name not in ("stored", "authority", "timestamp", "context", "object"):
            assert back[name] == item
    assert back.keys() - statement.keys() <= {"id", "timestamp", "stored", "version", "authority"}
    for form in (ids_only(back), canonical(back, ("de", "en"), lambda _: None)):
        assert accepted(form, version)
        assert same(form, form)
    assert set(made.agents) <= set(made.related_agents)
    assert set(made.activities) <= set(made.related_activities)


@FAST
@given(mutants(), mutants())
def test_comparison_has_no_direction(one: dict[str, Any], other: dict[str, Any]) -> None:
    if accepted(one, "2.0.0") and accepted(other, "2.0.0"):
        assert same(one, one)
        assert same(one, other) == same(other, one)


@FAST
@given(mutants() | anything)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert decode(encode(value)) == value
    assert decode(json.dumps(value, indent=1).encode()) == value


@FAST
@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_refused(raw: bytes) -> None:
    for text in (raw, b'{"a":' + raw + b"}", b'{"' + raw + b'":1}'):
        try:
            decode(text)
        except RecordError as error:
            assert error.where == "$"


@FAST
@given(
    st.dictionaries(
        st.sampled_from(["agent", "verb", "since", "limit", "format", "stateId", "activityId"]),
        st.text(max_size=30) | anything.map(json.dumps),
    )
)
def test_any_parameters_are_read_or_refused(params: dict[str, str]) -> None:
    for read in (parse_query, lambda given: parse_document(given, kind="state", method="GET")):
        try:
            read(params)
        except RecordError as error:
            assert error.where
            assert error.status == 400


@FAST
@given(st.binary(max_size=80), st.binary(max_size=20))
def test_any_signature_is_checked_or_refused(one: bytes, two: bytes) -> None:
    for signature in (one, one + b"." + two + b".", b"eyJhbGciOiJSUzI1NiJ9." + one + b".eA"):
        try:
            check_signature(signature, small())
        except RecordError as error:
            assert error.section == "Data 2.6"
