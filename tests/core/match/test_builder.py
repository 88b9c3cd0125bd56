"""Rows and CEL: what is written means what the rows say, and is read back as the same rows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.match import Condition, gate
from midflow.core.match.builder import Row, RowError, Rows, name_of, path_of, read, write
from midflow.core.match.conditions import context

AWKWARD = [
    "", '"', "'", "\\", '\\"', "a\nb", "\r\n", "\t", "\x00", "\x7f", "\u2028", "é", "名前", "🙂", "&&", "||", "//",
    '" || true || "', "{{x}}", "</script>", "true", "5", "in", "${a}",
]  # fmt: skip
texts = st.sampled_from(AWKWARD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
scalars = texts | numbers | st.booleans()
parts = (
    st.sampled_from(["status", "in", "null", "true", "contains", "has", "ticket-type", "a.b", "if", "a b", "data", "case"])
    | texts
)  # fmt: skip
paths = st.just(("case",)) | st.builds(
    lambda root, rest: (root, *rest),
    st.sampled_from(["data", "event", "before", "person"]),
    st.lists(parts, min_size=1, max_size=3),
)
one_row = st.one_of(
    st.builds(lambda p, op, v: Row(path=p, op=op, values=(v,)), paths, st.sampled_from(["is", "is_not", "has_item"]), scalars),
    st.builds(lambda p, op, v: Row(path=p, op=op, values=(v,)), paths, st.sampled_from(["more_than", "less_than"]), numbers),
    st.builds(lambda p, v: Row(path=p, op="contains", values=(v,)), paths, texts.filter(bool)),
    st.builds(lambda p, v: Row(path=p, op="is_one_of", values=tuple(v)), paths, st.lists(scalars, min_size=1, max_size=4)),
    st.builds(lambda p: Row(path=p, op="exists"), paths),
)  # fmt: skip
many = st.builds(
    lambda join, found: Rows(join=join if len(found) > 1 else "all", rows=tuple(found)),
    st.sampled_from(["all", "any"]),
    st.lists(one_row, max_size=4),
)


def plain(rows: Rows) -> Rows:
    """What cannot be told apart once written: a case that is not empty, and a case that exists."""
    found = tuple(
        Row(path=row.path, op="exists") if (row.path, row.op, row.values) == (("case",), "is_not", ("",)) else row
        for row in rows.rows
    )  # fmt: skip
    return Rows(join=rows.join, rows=found)


@given(many)
def test_rows_that_were_written_are_read_as_the_same_rows(rows: Rows) -> None:
    back = read(write(rows))
    assert back == plain(rows)
    assert back is not None
    assert [type(v) for row in back.rows for v in row.values] == [
        type(v) for row in plain(rows).rows for v in row.values
    ]


@given(many)
def test_whatever_is_written_passes_the_gate_unless_it_is_too_long(rows: Rows) -> None:
    text = write(rows)
    assert gate(text) is None or len(text) > 500


def holds(rows: Rows, **variables: Any) -> bool:
    return Condition(write(rows)).holds(context(variables))


@given(part=parts, value=scalars, other=scalars)
def test_a_field_is_its_own_value_and_no_other(part: str, value: Any, other: Any) -> None:
    row = Row(path=("data", part), op="is", values=(value,))
    assert holds(Rows(rows=(row,)), data={part: value})
    same = value == other and isinstance(value, bool) == isinstance(other, bool)
    assert holds(Rows(rows=(row,)), data={part: other}) == same


@given(part=parts, text=texts, around=texts)
def test_a_text_is_found_within_a_longer_one(part: str, text: str, around: str) -> None:
    row = Row(path=("data", part), op="contains", values=(text or "x",))
    assert holds(Rows(rows=(row,)), data={part: around + (text or "x") + around})


@pytest.mark.parametrize(
    ("row", "data", "expected"),
    [
        (Row(path=("data", "n"), op="more_than", values=(4.5,)), {"n": 5}, True),
        (Row(path=("data", "n"), op="less_than", values=(5,)), {"n": 5}, False),
        (Row(path=("data", "n"), op="is_one_of", values=(1, "a")), {"n": "a"}, True),
        (Row(path=("data", "l"), op="has_item", values=("urgent",)), {"l": ["urgent"]}, True),
        (Row(path=("data", "l"), op="has_item", values=("urgent",)), {"l": []}, False),
        (Row(path=("data", "x-y"), op="exists"), {"x-y": 0}, True),
        (Row(path=("data", "x-y"), op="exists"), {}, False),
        (Row(path=("data", "x"), op="exists"), {"x": ""}, True),
        (Row(path=("data", "x"), op="is_not", values=("a",)), {}, False),
        (Row(path=("data", "o", "k"), op="is", values=(True,)), {"o": {"k": True}}, True),
    ],
)
def test_rows_mean_what_they_say(row: Row, data: dict[str, Any], expected: bool) -> None:
    assert holds(Rows(rows=(row,)), data=data) is expected


@pytest.mark.parametrize("value", [True, False, "true", 1, None, []])
@pytest.mark.parametrize("text", ["data.a", "!data.a", "has(data.a) && !data.a", "data.a || data.b == 1"])
def test_a_field_that_stands_alone_is_read_as_yes_and_after_a_not_as_no(text: str, value: Any) -> None:
    rows = read(text)
    assert rows is not None
    for data in ({"a": value}, {}, {"a": value, "b": 1}):
        assert holds(rows, data=data) == Condition(text).holds(context({"data": data}))


def test_rows_that_all_must_hold_and_rows_of_which_any_may() -> None:
    pair = (Row(path=("data", "a"), values=(1,)), Row(path=("data", "b"), values=(2,)))
    assert not holds(Rows(join="all", rows=pair), data={"b": 2})
    assert holds(Rows(join="any", rows=pair), data={"b": 2})
    assert holds(Rows(join="all", rows=pair), data={"a": 1, "b": 2})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", Rows()),
        ("  data.a=='x'&&data.b  in [ 1,'z' ] ", Rows(rows=(Row(path=("data", "a"), values=("x",)), Row(path=("data", "b"), op="is_one_of", values=(1, "z"))))),
        ("has(data.a) && data.a", Rows(rows=(Row(path=("data", "a"), op="exists"), Row(path=("data", "a"), values=(True,))))),
        ("!data.a", Rows(rows=(Row(path=("data", "a"), values=(False,)),))),
        ('case != ""', Rows(rows=(Row(path=("case",), op="exists"),))),
        ("before.by_me == true", Rows(rows=(Row(path=("before", "by_me"), values=(True,)),))),
        ('"agent" in person.roles', Rows(rows=(Row(path=("person", "roles"), op="has_item", values=("agent",)),))),
    ],
)  # fmt: skip
def test_what_a_hand_writes_in_the_same_manner_is_read(text: str, expected: Rows) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "false", "data", "!(data.a == 1)", "!data", "!!data.a", "!data.a == true", "data.a == 1 && data.b == 2 || data.c == 3", "(data.a == 1)",
        "data.a == data.b", "data.a + 1 > 2", "data.a >= 1", "data.l.exists(x, x == 1)", "size(data.l) > 2", "1 == data.a",
        "data.a == 1 &&", "data.a > 'b'", "other.a == 1", "data.a == 1 data.b == 2", "data.a == 1.", "case.x == 1",
        r'data.a == "\x41"', 'r"a" in data.l', "data.a == 1u", "data.a in []", "case in ['a'] ? true : false", "data[0] == 1",
        "data.in == 1", "data.a.contains('')", "has(data)", "data.a == 0x1F", "data.a == null", '"data" in data', r'data.a == "\U00110000"',
    ],
)  # fmt: skip
def test_what_rows_cannot_say_is_left_to_the_hand_that_wrote_it(text: str) -> None:
    assert read(text) is None


@given(st.text("datwhscn.&|=!<>()[],\"' \\1ue0-", max_size=40))
def test_any_text_is_read_or_left_alone_and_what_is_read_means_the_same(text: str) -> None:
    rows = read(text)
    if rows is not None:
        assert read(write(rows)) == rows
        assert gate(text) is None or "Unknown name" in str(gate(text))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row(path=(), values=("a",)), "Name a field."),
        (Row(path=("data",), values=("a",)), "Name a field."),
        (Row(path=("case", "x"), values=("a",)), "Name a field."),
        (Row(path=("data", "a")), "Give one value."),
        (Row(path=("data", "a"), op="is_one_of"), "Give at least one value."),
        (Row(path=("data", "a"), op="more_than", values=("5",)), "Write a number."),
        (Row(path=("data", "a"), op="less_than", values=(True,)), "Write a number."),
        (Row(path=("data", "a"), op="contains", values=("",)), "Write the text to look for."),
        (Row(path=("data", "a"), values=(float("nan"),)), "Write a number that is not endless."),
        (Row(path=("data", "a"), values=(2**63,)), "The number is too large."),
        (Row(path=("data", "a"), values=("\ud83d",)), "Half a character cannot be compared with."),
        (Row(path=("data", "a"), op="exists", values=("x",)), "To exist takes no value."),
    ],
)
def test_a_row_that_cannot_be_written_says_what_to_do(row: Row, said: str) -> None:
    with pytest.raises(RowError) as caught:
        write(Rows(rows=(Row(path=("case",), op="exists"), row)))
    assert (caught.value.place, str(caught.value)) == (1, said)


@given(paths)
def test_a_field_named_as_an_author_reads_it_leads_back_to_it(path: tuple[str, ...]) -> None:
    assert path_of(name_of(path)) == path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("status", ("data", "status")),
        (" ticket-type ", ("data", "ticket-type")),
        ("issue.state", ("data", "issue", "state")),
        ("data.status", ("data", "status")),
        ("before.status", ("before", "status")),
        ("case", ("case",)),
        ("before", ("data", "before")),
        ('data["a.b"]', ("data", "a.b")),
        ("", ()),
        ("a..b", ()),
        ('data["', ()),
        ("data[1]", ()),
    ],
)
def test_a_field_may_be_named_by_its_short_name(name: str, path: tuple[str, ...]) -> None:
    assert path_of(name) == path
