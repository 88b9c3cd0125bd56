"""Imports point downward only, and the core imports almost nothing."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.house.tree import ROOT

LINT_IMPORTS = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]

PURE = frozenset({
    "__future__", "abc", "ast", "base64", "bisect", "collections", "contextlib", "copy", "dataclasses",
    "datetime", "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "html", "itertools",
    "json", "math", "operator", "re", "statistics", "string", "struct", "textwrap", "types", "typing",
    "unicodedata", "zlib",
    "msgspec",
})  # fmt: skip
"""What any module of the core may import besides the core itself."""

MORE: dict[str, frozenset[str]] = {
    "midflow.core.match": frozenset({"cel"}),  # rule conditions, in a language made for untrusted text
    "midflow.core.content.packs": frozenset({"yaml"}),  # text in, values out: packs are Markdown and YAML
    "midflow.core.content.decode": frozenset({"yaml"}),
    "midflow.core.learner.fit": frozenset(
        {"numpy"}
    ),  # matrices: fitting is for jobs and back-tests, never the edge
    "midflow.core.learner.prequential": frozenset({"numpy"}),  # the same
    "midflow.core.learner.bulk": frozenset(
        {"numpy"}
    ),  # many rows at once; no entry point of the edge imports it
    "midflow.core.learner.memories": frozenset({"numpy"}),  # the same
    "midflow.core.record.signatures": frozenset({"cryptography"}),  # a signature against its certificate
}


def allowed(module: str) -> frozenset[str]:
    return PURE.union(*(more for prefix, more in MORE.items() if f"{module}.".startswith(f"{prefix}.")))


def strangers(graph: grimp.ImportGraph, core: str) -> list[str]:
    """Return each import by a module under `core` that is not on the list."""
    found: list[str] = []
    for module in sorted({core} | graph.find_descendants(core)):
        for other in sorted(graph.find_modules_directly_imported_by(module)):
            ours = other == core or other.startswith(f"{core}.")
            if not ours and other.split(".")[0] not in allowed(module):
                found.append(f"{module} imports {other}")
    return found


def lint_imports(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LINT_IMPORTS, "--config", str(config)],
        cwd=folder, env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_every_import_contract_is_kept() -> None:
    run = lint_imports(ROOT, ROOT / "pyproject.toml")
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_package_has_its_place_in_the_layers() -> None:
    empty = [
        folder.relative_to(ROOT)
        for folder in (ROOT / "midflow").rglob("*")
        if (folder / "__init__.py").is_file()
        and not (folder / "__init__.py").read_text(encoding="utf-8").strip()
        and not any(p for p in folder.rglob("*.py") if p.name != "__init__.py")
    ]
    assert not empty, "a package without content is a promise nobody keeps: write it or remove it"


@pytest.mark.parametrize(
    ("offender", "line", "complaint"),
    [
        ("core/events.py", "import midflow.store.log", "midflow.core"),
        ("core/content/unit.py", "import midflow.core.decide", "midflow.core.decide"),
        ("flow/decide.py", "import midflow.connect.sources.github", "midflow.connect"),
        ("store/log.py", "import django.db", "django"),
        ("edge/app.py", "def later():\n    import scipy", "scipy"),
        ("connect/sources/github.py", "import midflow.connect.sources.jira", "sources"),
        ("core/leftovers.py", "", "leftovers"),
        ("leftovers/__init__.py", "", "leftovers"),
    ],
)
def test_a_planted_import_breaks_a_contract(tmp_path: Path, offender: str, line: str, complaint: str) -> None:
    plant_house(tmp_path)
    clean = lint_imports(tmp_path, tmp_path / "pyproject.toml")
    assert clean.returncode == 0, clean.stdout + clean.stderr
    file = tmp_path / "midflow" / offender
    file.parent.mkdir(exist_ok=True)
    file.write_text(line + "\n", encoding="utf-8")
    run = lint_imports(tmp_path, tmp_path / "pyproject.toml")
    assert run.returncode != 0
    assert complaint in run.stdout + run.stderr


def plant_house(folder: Path) -> None:
    """Make a small house with the real contracts: every layer a package or a module."""
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    packages = (
        "", "cli", "edge", "studio", "jobs", "evaluate", "flow", "insight", "store", "connect", "connect/sources", "core",
        "core/content", "core/content/blocks", "core/match", "core/learner", "core/decide", "core/record",
    )  # fmt: skip
    modules = (
        "plugs", "config", "logs", "flow/decide", "store/log", "edge/app", "core/deliver", "core/events",
        "connect/sources/github", "connect/sources/jira", "core/content/unit", "core/content/blocks/text",
    )  # fmt: skip
    for package in packages:
        path = folder / "midflow" / package
        path.mkdir(parents=True, exist_ok=True)
        (path / "__init__.py").touch()
    for module in modules:
        (folder / "midflow" / f"{module}.py").touch()


def test_the_core_imports_what_is_on_the_list_and_nothing_else() -> None:
    graph = grimp.build_graph("midflow", include_external_packages=True, cache_dir=None)
    assert strangers(graph, "midflow.core") == []


def test_a_clock_in_the_core_is_a_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    core = tmp_path / "planted_house" / "core"
    core.mkdir(parents=True)
    (core.parent / "__init__.py").touch()
    (core / "__init__.py").touch()
    (core / "rhythm.py").write_text(
        "import math\ndef now():\n    import time\n    return time\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    graph = grimp.build_graph("planted_house", include_external_packages=True, cache_dir=None)
    assert strangers(graph, "planted_house.core") == ["planted_house.core.rhythm imports time"]


BLOCKED = ("django", "wagtail", "allauth", "httpx2", "granian", "structlog", "prometheus_client")

IMPORT_ALL = f"""
import importlib, pkgutil, sys
from importlib.abc import MetaPathFinder

class Blocked(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {BLOCKED!r}:
            raise ImportError(f"{{name}} is blocked here")

sys.meta_path.insert(0, Blocked())
package = importlib.import_module(sys.argv[1])
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(found.name)
    print(found.name)
"""


def import_all(package: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(path)!r})\n{IMPORT_ALL}", package],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_the_core_is_a_library_that_imports_without_a_server() -> None:
    run = import_all("midflow.core", ROOT)
    assert run.returncode == 0, run.stderr
    assert "midflow.core.decide.policy" in run.stdout.split()


def test_a_server_in_the_core_would_be_noticed(tmp_path: Path) -> None:
    package = tmp_path / "planted_core"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "speak.py").write_text("import granian\n", encoding="utf-8")
    run = import_all("planted_core", tmp_path)
    assert run.returncode != 0
    assert "granian is blocked here" in run.stderr
