"""The watch over the core sees what it should, and the door to skipping is shut in CI."""

import sys
from pathlib import Path

import pytest

from tests.conftest import CoreWatch, in_ci, miss

PLANTED = """
import json
def read(path):
    with open(path) as file:
        return file.read()
def call():
    import subprocess, sys
    subprocess.run([sys.executable, "-c", ""])
def listen():
    import socket
    socket.socket().close()
def learn_late():
    import colorsys
    return json.dumps(colorsys.rgb_to_hsv(0, 0, 0))
"""


@pytest.fixture
def planted(tmp_path: Path) -> tuple[CoreWatch, dict[str, object]]:
    """Give a watch over a planted core, and the functions of that core."""
    watch = CoreWatch(str(tmp_path))
    names: dict[str, object] = {}
    exec(compile(PLANTED, str(tmp_path / "core.py"), "exec"), names)
    sys.addaudithook(watch)
    return watch, names


@pytest.mark.parametrize(("name", "event"), [("call", "subprocess.Popen"), ("listen", "socket.__new__")])
def test_a_process_or_a_socket_of_the_core_is_seen(
    planted: tuple[CoreWatch, dict[str, object]], name: str, event: str
) -> None:
    watch, names = planted
    watch.on = True
    names[name]()
    watch.on = False
    assert any(seen.startswith(event) for seen in watch.seen)


def test_a_file_that_the_core_opens_is_seen(
    planted: tuple[CoreWatch, dict[str, object]], tmp_path: Path
) -> None:
    watch, names = planted
    watch.on = True
    Path(tmp_path / "note").write_text("kept", encoding="utf-8")
    mine = list(watch.seen)
    names["read"](tmp_path / "note")
    watch.on = False
    assert mine == []
    assert [seen.startswith("open") for seen in watch.seen] == [True]


def test_an_import_inside_the_core_is_no_offence(planted: tuple[CoreWatch, dict[str, object]]) -> None:
    watch, names = planted
    sys.modules.pop("colorsys", None)
    watch.on = True
    names["learn_late"]()
    watch.on = False
    assert watch.seen == []


def test_a_missing_program_skips_at_home() -> None:
    with pytest.raises(pytest.skip.Exception, match="needs chromium: apt-get install chromium"):
        miss("chromium", "apt-get install chromium", ci=False)


def test_a_missing_program_fails_in_ci() -> None:
    with pytest.raises(pytest.fail.Exception, match="CI must have it"):
        miss("chromium", "apt-get install chromium", ci=True)


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("", False), ("false", False)])
def test_ci_is_known_by_its_variable(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("CI", value)
    assert in_ci() is expected
