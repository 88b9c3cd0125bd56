"""Frameworks come in whole, or every line that is wrong is named."""

from hypothesis import given
from hypothesis import strategies as st

from midflow import plugs
from midflow.core.content.frameworks import ESSENTIAL, OPTIONAL, Line, from_esco, from_table, slug_of
from midflow.core.content.packs import parse_pack, write_pack


def table(*rows: dict[str, str]) -> list[Line]:
    return [Line("skills.csv", n, row) for n, row in enumerate(rows, 2)]


def test_a_table_becomes_skills_and_roles_with_levels() -> None:
    pack, problems = from_table(
        table(
            {
                "Title": "Judging urgency",
                "Description": "By impact.",
                "Role": "Support agent",
                "Level": "85%",
            },
            {"Title": "Judging urgency", "Description": "By impact.", "Role": "Team lead", "Level": "0.95"},
            {"Title": "Handing over", "Description": "", "Role": "", "Level": ""},
        ),
        id="ours",
        title="Ours",
    )
    assert problems == []
    assert pack is not None
    assert [(s.id, s.title) for s in pack.skills] == [
        ("judging-urgency", "Judging urgency"),
        ("handing-over", "Handing over"),
    ]
    assert {r.id: r.levels for r in pack.roles} == {
        "support-agent": {"judging-urgency": 0.85}, "team-lead": {"judging-urgency": 0.95},
    }  # fmt: skip


def test_each_line_that_is_wrong_is_named_and_nothing_comes_in() -> None:
    pack, problems = from_table(
        table(
            {"title": ""},
            {"title": "A", "id": "Not an id"},
            {"title": "B", "role": "Agent", "level": "often"},
            {"title": "C", "role": "Agent"},
            {"title": "D", "id": "same"},
            {"title": "E", "id": "same"},
            {"title": "F", "role": "Agent", "level": "0.5"},
            {"title": "F", "role": "Agent", "level": "0.6"},
            {"title": "G", "role": "Agent", "level": "140"},
        ),
        id="ours",
        title="Ours",
    )
    assert pack is None
    assert [problem.line for problem in problems] == [2, 3, 4, 5, 7, 9, 10]
    assert all(problem.where == "skills.csv" and problem.remedy for problem in problems)


def test_an_empty_table_is_said_to_be_empty() -> None:
    assert "no skill" in from_table([], id="x", title="X")[1][0].message


SKILL = "http://data.europa.eu/esco/skill/"
WORK = "http://data.europa.eu/esco/occupation/"


def skill(n: int, label: str, **more: str) -> Line:
    cells = {"conceptType": "KnowledgeSkillCompetence", "conceptUri": f"{SKILL}{n}", "preferredLabel": label}
    return Line("skills_en.csv", n + 1, {**cells, "altLabels": "", "description": f"About {label}.", **more})


def occupation(n: int, label: str, also: str = "") -> Line:
    cells = {
        "conceptType": "Occupation",
        "conceptUri": f"{WORK}{n}",
        "iscoGroup": "4222",
        "preferredLabel": label,
    }
    return Line("occupations_en.csv", n + 1, {**cells, "altLabels": also, "description": ""})


def relation(n: int, work: int, of: int, kind: str) -> Line:
    cells = {
        "occupationUri": f"{WORK}{work}",
        "relationType": kind,
        "skillType": "skill/competence",
        "skillUri": f"{SKILL}{of}",
    }
    return Line("occupationSkillRelations_en.csv", n, cells)


ESCO = [
    skill(1, "answer incoming calls", altLabels="answer phone\ntake calls"),
    skill(2, "type texts"),
    skill(3, "shear sheep"),
    skill(4, "answer incoming calls"),
    occupation(1, "call centre agent", "help desk worker\nphone agent"),
    occupation(2, "shepherd"),
    relation(2, 1, 1, "essential"),
    relation(3, 1, 2, "optional"),
    relation(4, 2, 3, "essential"),
]


def test_escos_tables_become_skills_and_roles_in_whatever_order_they_come() -> None:
    pack, problems = from_esco(ESCO, id="esco", title="ESCO")
    assert problems == []
    assert pack is not None
    assert [s.id for s in pack.skills] == [
        "answer-incoming-calls",
        "type-texts",
        "shear-sheep",
        "answer-incoming-calls-2",
    ]
    assert (
        pack.skills[0].description
        == f"About answer incoming calls.\nAlso: answer phone, take calls.\n{SKILL}1"
    )
    assert {r.id: r.levels for r in pack.roles} == {
        "call-centre-agent": {"answer-incoming-calls": ESSENTIAL, "type-texts": OPTIONAL},
        "shepherd": {"shear-sheep": ESSENTIAL},
    }
    backwards, _ = from_esco([*reversed(ESCO)], id="esco", title="ESCO")
    assert backwards is not None
    assert {s.title for s in backwards.skills} == {s.title for s in pack.skills}


def test_of_esco_only_the_occupations_asked_for_come_in_found_by_other_labels_too() -> None:
    pack, _ = from_esco(ESCO, id="esco", title="ESCO", occupations=["Help Desk"])
    assert pack is not None
    assert [r.id for r in pack.roles] == ["call-centre-agent"]
    assert [s.id for s in pack.skills] == ["answer-incoming-calls", "type-texts"]
    nothing, problems = from_esco(ESCO, id="esco", title="ESCO", occupations=["astronaut"])
    assert nothing is None
    assert "astronaut" in problems[0].message


def test_what_does_not_fit_together_is_named_by_file_and_line() -> None:
    broken = [
        *ESCO,
        relation(5, 1, 9, "essential"),
        relation(6, 9, 1, "essential"),
        relation(7, 1, 1, "maybe"),
        skill(1, "again"),
    ]
    pack, problems = from_esco(broken, id="esco", title="ESCO")
    assert pack is None
    assert [(p.where.split("_")[0], p.line) for p in problems] == [
        ("skills", 2), ("occupationSkillRelations", 5), ("occupationSkillRelations", 6), ("occupationSkillRelations", 7),
    ]  # fmt: skip


def test_a_table_of_something_else_is_no_esco() -> None:
    assert from_esco(table({"name": "x"}), id="e", title="E")[1][0].line == 2


def test_what_comes_in_is_a_pack_that_can_be_written_and_read_again() -> None:
    pack, _ = from_esco(ESCO, id="esco", title="ESCO")
    assert pack is not None
    again, problems = parse_pack(write_pack(pack), plugs.block_kinds())
    assert problems == []
    assert again == pack


@given(st.lists(st.text(max_size=130), min_size=1, max_size=6))
def test_any_titles_make_a_pack_or_a_problem_and_ids_are_never_alike(titles: list[str]) -> None:
    lines = [skill(n, title) for n, title in enumerate(titles, 1)]
    pack, problems = from_esco(lines, id="esco", title="ESCO")
    assert (pack is None) == bool(problems)
    if pack is not None:
        ids = [one.id for one in pack.skills]
        assert len(set(ids)) == len(ids)
        assert all(
            slug_of(id) == id and id and len(one.title) <= 120
            for id, one in zip(ids, pack.skills, strict=True)
        )
