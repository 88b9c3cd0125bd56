"""Packs are read and written without loss, and what is wrong in them is named by file and line."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from midflow.core.content.blocks.check import Check, Option
from midflow.core.content.blocks.checklist import Checklist, Item
from midflow.core.content.blocks.steps import Step, Steps
from midflow.core.content.blocks.text import Text
from midflow.core.content.blocks.video import Video
from midflow.core.content.model import (
    Absent,
    After,
    Audience,
    Block,
    Count,
    ErrorRate,
    Pack,
    Reference,
    Rule,
    Skill,
    Source,
    Task,
    Times,
    Unit,
    Unused,
)
from midflow.core.content.packs import parse_pack, parse_unit, write_pack, write_unit
from midflow.plugs import block_kinds

KINDS = block_kinds()

texts = st.text(st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=["Cs"]), max_size=60)
words = st.text("abcdefgh ÄöЖ漢'\":#-`~*[]{}&!|>%@\n", min_size=1, max_size=40)
lines = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\x00\r\n\x85\u2028\u2029", exclude_categories=["Cs", "Cc"]
    ),
    min_size=1,
    max_size=40,
)
slugs = st.from_regex(r"\A[a-z0-9]{1,6}(-[a-z0-9]{1,4})?\Z")
bodies = st.one_of(
    st.tuples(st.just("text"), st.builds(Text, markdown=words)),
    st.tuples(st.just("text"), st.builds(Text, markdown=texts)),
    st.tuples(st.just("check"), st.builds(Check, question=words, options=st.lists(st.builds(Option, text=words, correct=st.booleans(), feedback=texts), max_size=4).map(tuple), reason=texts)),
    st.tuples(st.just("steps"), st.builds(Steps, steps=st.lists(st.builds(Step, do=lines, detail=texts), max_size=3).map(tuple))),
    st.tuples(st.just("checklist"), st.builds(Checklist, items=st.lists(st.builds(Item, id=slugs, text=lines, required=st.booleans()), max_size=3).map(tuple), title=words)),
    st.tuples(st.just("video"), st.builds(Video, title=lines, src=words, length_seconds=st.floats(1, 600), transcript=words)),
)  # fmt: skip
blocks = st.lists(bodies, max_size=5).flatmap(
    lambda found: st.tuples(
        *(
            st.builds(
                Block, kind=st.just(kind), body=st.just(body), id=st.one_of(st.just(f"text-{n}"), slugs)
            )
            for n, (kind, body) in enumerate(found, 1)
        )
    )
)
units = st.builds(
    Unit, id=slugs, title=lines, objective=lines, blocks=blocks, kind=st.sampled_from(["training", "reference"]),
    task=st.none() | slugs, minutes=st.floats(0.5, 15), skills=st.lists(slugs, max_size=2).map(tuple),
    audience=st.builds(Audience, sites=st.lists(slugs, max_size=2).map(tuple)), mandatory=st.booleans(),
    expires=st.none() | st.just("2027-01-31"), sources=st.lists(st.builds(Reference, title=lines, url=lines), max_size=2).map(tuple),
    locale=st.sampled_from(["en", "no", "de-CH"]),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(units)
def test_a_unit_written_and_read_is_the_same_unit(unit: Unit) -> None:
    text = write_unit(unit)
    again, problems = parse_unit(f"units/{unit.id}.md", text, KINDS)
    assert again == unit, [str(p) for p in problems]
    assert write_unit(again) == text


PACK = Pack(
    id="desk", title="Desk", description="For Ana and her colleagues.", version="1.0.0",
    skills=(Skill(id="triage", title="Triage"),),
    tasks=(Task(id="hold", title="Put a ticket on hold", skills=("triage",)),),
    rules=(
        Rule(id="hold", task="hold", phase="starting", events=("desk.wait",), when='data.x == "a: b"'),
        Rule(
            id="waits", task="hold", phase="stuck", events=("desk.wait",), timing="at_break",
            history=(
                Times(at_most=0), Unused(days=30.0), ErrorRate(times_base=1.5),
                After(events=("desk.closed",), within_hours=48.0, status="done", by="me"),
                Count(events=("desk.wait",), at_least=3, within_hours=24.0, where="person"),
                Absent(events=("desk.reply", "desk.call"), within_hours=4.0),
            ),
        ),
    ),
    sources=(Source(name="desk", fields=("x",)),),
    units=(
        Unit(
            id="hold-it", title="Hold it", objective="Put a ticket on hold", task="hold",
            blocks=(
                Block(kind="text", id="text-1", body=Text(markdown="Say who acts next.\n\n```bash\nls\n```")),
                Block(kind="check", id="who", body=Check(question="Who?", options=(Option(text="You", correct=True), Option(text="Me")))),
            ),
        ),
    ),
)  # fmt: skip


def test_a_pack_written_and_read_is_the_same_pack() -> None:
    files = write_pack(PACK)
    again, problems = parse_pack(files, KINDS)
    assert again == PACK
    assert [p for p in problems if p.severity == "error"] == []
    assert write_pack(again) == files


def test_a_code_fence_stays_part_of_the_text() -> None:
    text = "---\nid: a\ntitle: A\nobjective: o\ntask: hold\n---\n\nRun this:\n\n```bash\nmake\n```\n\nThen stop.\n"
    unit, _ = parse_unit("units/a.md", text, KINDS)
    assert unit is not None
    assert [block.kind for block in unit.blocks] == ["text"]
    assert "make" in unit.blocks[0].body.markdown


def told(changed: str, before: str, after: str) -> list[tuple[str, int, str]]:
    files = write_pack(PACK)
    assert before in files[changed]
    files[changed] = files[changed].replace(before, after)
    pack, problems = parse_pack(files, KINDS)
    errors = [p for p in problems if p.severity == "error"]
    assert pack is None or errors == []
    return [(p.where, p.line, p.message) for p in errors]


def test_a_misspelt_field_of_a_unit_is_named_with_its_line() -> None:
    ((where, line, message),) = told("units/hold-it.md", "objective:", "objektive:")
    assert (where, line) == ("units/hold-it.md", 4)
    assert "objektive" in message


def test_a_misspelt_field_of_a_block_is_named_with_its_line() -> None:
    ((_, line, message),) = told("units/hold-it.md", "  correct: true", "  corect: true")
    assert "corect" in message
    assert (
        "corect"
        in write_pack(PACK)["units/hold-it.md"]
        .replace("  correct: true", "  corect: true")
        .splitlines()[line - 1]
    )


def test_broken_yaml_is_named_with_its_line() -> None:
    ((where, line, message),) = told("units/hold-it.md", "title: Hold it", "title: [Hold it")
    assert where == "units/hold-it.md"
    assert line in (3, 4, 5)
    assert "Not YAML" in message


def test_every_problem_of_a_pack_is_told_at_once() -> None:
    files = write_pack(PACK)
    files["units/hold-it.md"] = files["units/hold-it.md"].replace("question:", "qestion:")
    files["units/other.md"] = "no front matter"
    files["pack.yaml"] += "colour: red\n"
    pack, problems = parse_pack(files, KINDS)
    assert pack is None
    assert {p.where for p in problems if p.severity == "error"} == {
        "units/hold-it.md",
        "units/other.md",
        "pack.yaml",
    }
    assert all(p.remedy for p in problems)


def test_a_block_without_an_id_is_an_error() -> None:
    assert "has no id" in told("units/hold-it.md", "```check who", "```check")[0][2]


def test_a_file_named_unlike_its_unit_is_an_error() -> None:
    files = {"units/b.md": write_pack(PACK)["units/hold-it.md"], "pack.yaml": write_pack(PACK)["pack.yaml"]}
    _, problems = parse_pack(files, KINDS)
    assert "Call the file units/hold-it.md." in [p.remedy for p in problems]


def test_a_catalogue_that_is_missing_is_an_error() -> None:
    pack, problems = parse_pack({}, KINDS)
    assert pack is None
    assert [p.where for p in problems] == ["pack.yaml"]


def test_a_unit_survives_its_way_over_the_wire() -> None:
    from midflow.core.content.decode import decode_unit, encode_unit

    unit = PACK.units[0]
    assert decode_unit(msgspec.json.decode(msgspec.json.encode(encode_unit(unit))), KINDS) == unit
