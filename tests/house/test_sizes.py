"""Files, functions and names that one person can hold in the head."""

from pathlib import Path

from tests.house.tree import ROOT, banned_names, long_functions, missing_twins, sources, too_long

MIDFLOW = ROOT / "midflow"
WEB = ROOT / "web"


def test_no_file_is_longer_than_400_lines() -> None:
    found = too_long(sources(MIDFLOW, ".py") + sources(WEB, ".ts", ".tsx", ".mjs"))
    assert not found, "split it along its subject:\n" + "\n".join(found)


def test_no_function_is_longer_than_60_lines() -> None:
    found = [line for path in sources(MIDFLOW, ".py") for line in long_functions(path)]
    assert not found, "\n".join(found)


def test_no_file_is_named_for_leftovers() -> None:
    found = banned_names(sources(MIDFLOW, ".py") + sources(WEB, ".ts", ".tsx"))
    assert not found, "name it for what it does:\n" + "\n".join(found)


def test_every_block_has_a_python_file_and_a_typescript_twin() -> None:
    python = {p.stem for p in (MIDFLOW / "core/content/blocks").glob("*.py")} - {"__init__"}
    typescript = {p.stem for p in (WEB / "blocks").glob("*.ts") if not p.name.endswith((".test.ts", ".d.ts"))}
    assert python
    assert missing_twins(python, typescript - {"block", "index"}) == []


def test_a_long_file_a_long_function_and_a_bad_name_are_found(tmp_path: Path) -> None:
    long = tmp_path / "long.py"
    long.write_text("def story():\n" + "    pass\n" * 60 + "\n" * 340, encoding="utf-8")
    nested = tmp_path / "utils" / "text.py"
    nested.parent.mkdir()
    nested.write_text("x = 1\n", encoding="utf-8")
    typed = tmp_path / "helpers.ts"
    typed.write_text("\n" * 401, encoding="utf-8")
    assert [line.rsplit("/")[-1] for line in too_long(sources(tmp_path, ".py", ".ts"))] == [
        "helpers.ts: 401 lines, at most 400",
        "long.py: 401 lines, at most 400",
    ]
    assert len(long_functions(long)) == 1
    assert banned_names(sources(tmp_path, ".py", ".ts")) == [str(typed), str(nested)]


def test_a_function_of_sixty_lines_is_still_taken(tmp_path: Path) -> None:
    file = tmp_path / "story.py"
    file.write_text("async def story():\n" + "    pass\n" * 59, encoding="utf-8")
    assert long_functions(file) == []


def test_a_block_without_its_twin_is_named_on_either_side() -> None:
    assert missing_twins({"text", "poll"}, {"text", "quiz"}) == [
        "web/blocks/poll.ts is missing",
        "midflow/core/content/blocks/quiz.py is missing",
    ]
