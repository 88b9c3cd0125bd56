"""What every test may ask for, and what no test may do."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from midflow.store.open import open_store
from midflow.store.tx import Store
from tests import postgres as postgres_server

# How long an example takes is the machine's affair, not a property of the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
CORE = str(ROOT / "midflow" / "core")
CORE_TESTS = ROOT / "tests" / "core"

PROGRAMS: dict[str, tuple[tuple[str, ...], str]] = {
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "apt-get install chromium"),
    "postgresql": (("postgres",), "apt-get install postgresql"),
    "nats-server": (("nats-server",), "apt-get install nats-server"),
    "node": (("node",), "apt-get install nodejs"),
}
"""Programs that tests run: the names they go by, and how to get them."""

DEBIAN_POSTGRES = Path("/usr/lib/postgresql")


def find_program(name: str) -> Path | None:
    """Return where the program is, or None. PostgreSQL's server lies outside PATH on Debian."""
    for spelling in PROGRAMS[name][0]:
        if found := shutil.which(spelling):
            return Path(found)
    if name == "postgresql":
        servers = sorted(DEBIAN_POSTGRES.glob("*/bin/postgres"))
        return servers[-1] if servers else None
    return None


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def miss(what: str, remedy: str, *, ci: bool) -> None:
    """Skip the running test; in CI fail it, because nobody reads skips there."""
    if ci:
        pytest.fail(f"needs {what}, and CI must have it: {remedy}", pytrace=False)
    pytest.skip(f"needs {what}: {remedy}")


@pytest.fixture(scope="session")
def needs() -> Callable[[str], Path]:
    """Give the path of a program that the test runs, or skip (fail in CI)."""

    def program(name: str) -> Path:
        found = find_program(name)
        if found is None:
            miss(name, PROGRAMS[name][1], ci=in_ci())
            raise AssertionError
        return found

    return program


@pytest.fixture(scope="session")
def postgres(needs: Callable[[str], Path]) -> Iterator[postgres_server.Server]:
    """One server for all tests of this process; `database()` gives a test one of its own."""
    with postgres_server.running(needs("postgresql").resolve().parent) as server:
        yield server


Opens = Callable[[], Store]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgresql"))])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Opens:
    """Open the test's own store, SQLite's and PostgreSQL's; each call as another process would."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").database()
    return lambda: open_store(tmp_path, url)


@pytest.fixture(scope="session")
def chromium(needs: Callable[[str], Path]) -> Path:
    return needs("chromium")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if find_program(name) is None:
                miss(name, PROGRAMS[name][1], ci=in_ci())


class CoreWatch:
    """Notes what code of the core does to the world while `on` (an audit hook cannot be taken out)."""

    OUTSIDE = ("open", "os.", "socket.", "subprocess.", "sqlite3.", "urllib.", "shutil.", "tempfile.")

    def __init__(self, core: str) -> None:
        self.core = core
        self.on = False
        self.seen: list[str] = []

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if self.on and event.startswith(self.OUTSIDE) and self._asked_by_core():
            self.seen.append(f"{event}({', '.join(repr(a) for a in args[:2])})")

    def _asked_by_core(self) -> bool:
        """Whether the nearest code of ours up the stack is the core's, and not an import at work."""
        frame = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith("<frozen importlib") or file.endswith("linecache.py"):
                return False
            if file.startswith(self.core):
                return True
            if file.startswith(str(ROOT)) and "site-packages" not in file:
                return False
            frame = frame.f_back
        return False


@pytest.fixture(scope="session")
def core_watch() -> CoreWatch:
    watch = CoreWatch(CORE)
    sys.addaudithook(watch)
    return watch


@pytest.fixture(autouse=True)
def the_core_touches_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    """In tests/core, fail a test in which the core opened a file, a socket or a process."""
    if CORE_TESTS not in request.path.parents:
        yield
        return
    watch: CoreWatch = request.getfixturevalue("core_watch")
    watch.seen.clear()
    watch.on = True
    try:
        yield
    finally:
        watch.on = False
    assert not watch.seen, f"the core touched the world: {watch.seen}"
