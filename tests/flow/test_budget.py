"""The budget holds with several processes on one store, events out of order, late and sent twice."""

from pathlib import Path

import pytest

from bench.budget import measure


@pytest.mark.slow
def test_no_draw_breaks_the_budget_and_no_two_prompts_are_open_whoever_decides(tmp_path: Path) -> None:
    found = measure(tmp_path, "", 4000, processes=3)
    assert found["events"] == 4000
    assert found["draws"] > 10  # type: ignore[operator]
    assert (found["budget_violations"], found["open_at_once"]) == (0, 0)
