"""`midflow skills import` writes a pack that the product takes, or says what is wrong and writes nothing."""

import subprocess
import sys
from pathlib import Path

import pytest


def run(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "midflow", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_table_becomes_a_pack_without_fault(tmp_path: Path) -> None:
    table = tmp_path / "skills.csv"
    table.write_text(
        '\ufefftitle,role,level,description\nTriage,Agent,85%,"By impact,\nnot by tone"\nCare,,,\n',
        encoding="utf-8",
    )
    done = run("skills", "import", table, "--to", tmp_path / "our-skills")
    assert done.returncode == 0, done.stderr
    assert "2 skills and 1 roles" in done.stdout
    linted = run("pack", "lint", tmp_path / "our-skills")
    assert linted.returncode == 0, linted.stdout
    again = run("skills", "import", table, "--to", tmp_path / "our-skills")
    assert again.returncode == 2
    assert "holds something" in again.stderr


def test_a_wrong_line_is_named_as_the_file_counts_lines_and_nothing_is_written(tmp_path: Path) -> None:
    table = tmp_path / "skills.csv"
    table.write_text('title,role,level\n"Two\nlines",,\nTriage,Agent,often\n', encoding="utf-8")
    done = run("skills", "import", table, "--to", tmp_path / "out")
    assert done.returncode == 1
    assert f"{table}:4: error: 'often' is no level." in done.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ":1: the first line"),
        ("title,title\na,b\n", "each once"),
        ("title,role\na\n", ":2: the line has not as many cells"),
        ('title\n"open\n', "is no CSV file"),
    ],
)
def test_what_is_no_table_is_said_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    table = tmp_path / "skills.csv"
    table.write_text(text, encoding="utf-8")
    done = run("skills", "import", table, "--to", tmp_path / "out")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
