"""The report: one page that needs nothing else, and says in words and tables what it shows in pictures."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from midflow.evaluate.page import bars_figure, number, page, percent, reliability_figure, table


def whole() -> str:
    return page(
        "Title <1>",
        "Lead & more",
        [
            table("A caption", ("one", "two"), {"Midflow": ["1", "2"]}),
            bars_figure("Bars", [("Midflow", 0.5, "50%"), ("never", 0.0, "0%")], {"Midflow": [0.3, 0.7]}),
            reliability_figure("Dots", [(0.1, 0.2, 0.9)], [(0.3, 0.1, 0.1)], "base rate"),
        ],
    )


def test_a_report_fetches_nothing_and_runs_nothing() -> None:
    text = whole()
    assert not re.search(r"<script|<link|https?://|src=|@import|url\(", text)


def test_a_report_has_a_language_a_heading_and_words_for_each_picture() -> None:
    text = whole()
    assert '<html lang="en">' in text
    assert "<h1>Title &lt;1&gt;</h1>" in text
    assert text.count("<svg ") == text.count('role="img" aria-label="') == text.count("<figcaption>") == 2
    assert '<th scope="row">Midflow</th>' in text
    assert "prefers-color-scheme: dark" in text


def test_nothing_to_draw_draws_nothing_wrong() -> None:
    assert "nan" not in bars_figure("Nothing", [("never", 0.0, "0")], {})
    assert "<figure>" in reliability_figure("Nothing", [], [], "base rate")


@pytest.mark.parametrize(("value", "said"), [(None, "–"), (0.1234, "12.3%")])
def test_what_is_not_known_is_a_dash(value: float | None, said: str) -> None:
    assert percent(value) == said
    assert (number(value) == "–") == (value is None)


def test_the_command_writes_the_report(tmp_path: Path) -> None:
    log, report = tmp_path / "desk.csv", tmp_path / "report.html"
    lines = [
        f"2026-0{1 + n // 28}-{1 + n % 28:02}T09:00:00Z,P{p},Task {n % (2 + p)},C-{n}-{p}"
        for n in range(60)
        for p in range(3)
    ]
    log.write_text("\n".join(["time,person,activity,case", *lines]) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "midflow", "evaluate", "rhythm", str(log), "--report", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "In the next 24 hours" in done.stdout
    assert "<h1>Rhythm on your history</h1>" in report.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_one_line_before_any_work(tmp_path: Path) -> None:
    report = str(tmp_path / "nowhere" / "report.html")
    command = [sys.executable, "-m", "midflow", "evaluate", "rhythm", "none.csv", "--report", report]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2
    assert "there is no folder" in done.stderr
    assert "Traceback" not in done.stderr
