"""CloudEvents in: what is wrong is named by its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.events import (
    EventError,
    KeptFields,
    check_data,
    format_time,
    minimise,
    parse_cloud_event,
    parse_time,
)

GOOD = {"specversion": "1.0", "id": "1", "source": "desk", "type": "desk.wait"}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    ["specversion", "id", "source", "type", "time", "person", "case", "subject", "data", "data_base64"]
)


@given(st.dictionaries(names, json_values, max_size=10) | json_values)
def test_whatever_comes_in_is_an_event_or_a_named_error(raw: object) -> None:
    try:
        event = parse_cloud_event(raw, received=5.0)
    except EventError as error:
        assert error.where
        assert str(error).startswith(error.where)
    else:
        assert event.id
        assert event.source
        assert event.type


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "id"),
        ({"id": 7}, "id"),
        ({"source": None}, "source"),
        ({"type": "x" * 513}, "type"),
        ({"person": "a\x00b"}, "person"),
        ({"time": "2026-03-02T09:00:00"}, "time"),
        ({"time": 17}, "time"),
        ({"data": [1]}, "data"),
        ({"data_base64": "AA=="}, "data_base64"),
        ({"data": {"case": ["T"]}}, "data.case"),
    ],
)
def test_the_error_names_the_attribute(change: dict[str, object], where: str) -> None:
    with pytest.raises(EventError) as caught:
        parse_cloud_event({**GOOD, **change}, received=0.0)
    assert caught.value.where == where


def test_person_and_case_may_stand_in_the_data_and_numbers_are_names_there() -> None:
    event = parse_cloud_event({**GOOD, "data": {"person": "ana", "case": 17}}, received=5.0)
    assert (event.person, event.case, event.time) == ("ana", "17", 5.0)


def test_extensions_that_mean_nothing_to_us_are_let_pass() -> None:
    assert parse_cloud_event({**GOOD, "traceparent": "00-x", "custom": 3}, received=0.0).id == "1"


@given(st.floats(0, 4e9))
def test_a_time_written_and_read_is_the_same_to_the_millisecond(seconds: float) -> None:
    assert parse_time(format_time(seconds)) == pytest.approx(seconds, abs=0.001)


def test_offsets_are_understood() -> None:
    assert parse_time("2026-03-02T10:00:00+01:00") == parse_time("2026-03-02T09:00:00Z")


def test_the_longest_prefix_of_a_source_decides_what_is_kept() -> None:
    kept = KeptFields([("https://a/*", ["x"]), ("https://a/b/*", ["y"]), ("https://a/b/c", ["z"])])
    assert kept.of("https://a/q") >= {"x"}
    assert "y" in kept.of("https://a/b/q")
    assert "z" in kept.of("https://a/b/c")
    assert kept.of("elsewhere") == {"activity", "status"}


@given(
    st.dictionaries(st.text(max_size=5), json_values, max_size=6),
    st.frozensets(st.text(max_size=5), max_size=3),
)
def test_only_kept_fields_are_left_and_the_rest_is_counted(
    data: dict[str, object], kept: frozenset[str]
) -> None:
    event = parse_cloud_event(
        {**GOOD, "data": {k: v for k, v in data.items() if k not in ("person", "case")}}, received=0.0
    )
    left, dropped = minimise(event, kept)
    assert left.data.keys() <= kept
    assert dropped == len(event.data) - len(left.data)


def test_long_lists_are_refused_at_any_depth() -> None:
    check_data({"a": [[1] * 100]})
    with pytest.raises(EventError, match=r"data\.a: has 101 elements"):
        check_data({"a": {"b": [1] * 101}})
