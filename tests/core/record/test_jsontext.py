"""JSON as it comes: nothing twice, nothing endless, any number."""

from decimal import Decimal

import pytest

from midflow.core.record.jsontext import DEPTH, decode, decode_batch, encode, members
from midflow.core.record.problem import RecordError


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"b":{"c":[{"d":1,"d" :2}]}}',
        b'{"a" :1,"a":2}',
        b'{"a"\n:1,"a"\t:2,"b":{}}',
        b'{"a":1,"\\u0061":2}',
        b'{"x":"\\":","a":1,"a":2}',
        b'[{"a":1},{"b":1,"b":2}]',
    ],
)
def test_a_member_given_twice_is_refused(raw: bytes) -> None:
    with pytest.raises(RecordError, match="more than once") as caught:
        decode(raw)
    assert (caught.value.where, caught.value.section) == ("$", "Data 2.2")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"\\":","b":"\\" :"}',
        b'{"a":{"a":{"a":1}}}',
        b'[{"a":1},{"a":1}]',
        b' {"a" : 1 , "b"\r\n: [ ] } ',
        b'{"":"","\\"":"\\"","::":":"}',
        '{"schlüssel":"ключ"}'.encode(),
    ],
)
def test_what_only_looks_like_a_member_given_twice_is_taken(raw: bytes) -> None:
    decode(raw)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"nonsense", b"{'a':1}", b'{"a":1}}', b'{"a":NaN}', b'{"a":Infinity}', b'"\xff"', b'"\\ud800"', b"\xef\xbb\xbf{}",
     b'{"a":1,}', b'{"a":' + b"9" * 5000 + b",}", '{"a":1}'.encode("utf-16"), b'{"a":01}', b'{"a":NaN,"b":' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_what_is_no_json_in_utf_8_is_refused(raw: bytes) -> None:
    with pytest.raises(RecordError, match="must be JSON in UTF-8"):
        decode(raw)


@pytest.mark.parametrize("depth", [DEPTH + 1, 900, 5000, 200_000])
@pytest.mark.parametrize(("before", "after"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_too_deep_nesting_is_refused_and_overflows_nothing(depth: int, before: bytes, after: bytes) -> None:
    for inside in (b"1", b"1e999"):
        with pytest.raises(RecordError, match="must not nest deeper"):
            decode(before * depth + inside + after * depth)


def test_nesting_as_deep_as_allowed_is_taken() -> None:
    decode(b"[" * DEPTH + b"]" * DEPTH)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"1e400", Decimal("1e400")),
        (b"-1e400", Decimal("-1e400")),
        (b"-1e9999999999999999999999", Decimal("-1e999999999999999999")),
        (b"9" * 5000, Decimal("9" * 5000)),
        (b"0.5", 0.5),
    ],
)
def test_a_number_has_any_size(raw: bytes, value: object) -> None:
    assert decode(b'{"n":' + raw + b"}") == {"n": value}


def test_one_huge_number_changes_no_other() -> None:
    value = decode(b'{"length":27,"raw":0.5,"n":1e400}')
    assert (type(value["length"]), type(value["raw"])) == (int, float)


def test_a_number_beyond_floats_is_written_as_a_number_again() -> None:
    assert encode(decode(b'{"n":1e400}')) == b'{"n":1E+400}'


def test_a_batch_gives_each_statement_with_its_bytes() -> None:
    assert decode_batch(b'[ {"a": 1} ,{"b":2}]') == [(b'{"a": 1}', {"a": 1}), (b'{"b":2}', {"b": 2})]
    assert decode_batch(b'{"a": 1}') == [(b'{"a": 1}', {"a": 1})]
    assert decode_batch(b"[]") == []


def test_members_keep_their_bytes() -> None:
    found = members(b'{"a" : 1.0 , "\\u0062":{"c" :[ ]}}')
    assert {name: bytes(raw) for name, raw in found.items()} == {"a": b"1.0", "b": b'{"c" :[ ]}'}


def test_an_error_names_what_was_read() -> None:
    with pytest.raises(RecordError) as caught:
        decode(b"nonsense", where="agent")
    assert caught.value.where == "agent"
