"""How the house is read by its own tests: files, functions, links."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FILE_LINES = 400
FUNCTION_LINES = 60
BANNED_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"})
NOT_OURS = frozenset(
    {"node_modules", "dist", "migrations", "web_assets", "template", ".venv", "test-results"}
)


def sources(folder: Path, *endings: str) -> list[Path]:
    """Return the files below `folder` with one of the endings that people write by hand."""
    found = (path for ending in endings for path in folder.rglob(f"*{ending}"))
    return sorted(path for path in found if not NOT_OURS & set(path.relative_to(folder).parts))


def too_long(paths: list[Path], limit: int = FILE_LINES) -> list[str]:
    counted = ((path, len(path.read_text(encoding="utf-8").splitlines())) for path in paths)
    return [f"{path}: {lines} lines, at most {limit}" for path, lines in counted if lines > limit]


def long_functions(path: Path, limit: int = FUNCTION_LINES) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        f"{path}:{node.lineno} {node.name}: {lines} lines, at most {limit}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > limit
    ]


def banned_names(paths: list[Path]) -> list[str]:
    return [str(p) for p in paths if BANNED_NAMES & {p.stem, *p.parent.parts[-1:]}]


def missing_twins(python: set[str], typescript: set[str]) -> list[str]:
    wanted = [f"web/blocks/{kind}.ts is missing" for kind in sorted(python - typescript)]
    return wanted + [f"midflow/core/content/blocks/{k}.py is missing" for k in sorted(typescript - python)]


LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
FENCE = re.compile(r"^(`{3,}|~{3,}).*?^\1", re.MULTILINE | re.DOTALL)


def links(page: Path) -> Iterator[str]:
    """Return the targets of the page's links that point into the project."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if "://" not in target and not target.startswith(("mailto:", "#")):
            yield target


def broken_links(page: Path) -> list[str]:
    return [
        f"{page}: {target}"
        for target in links(page)
        if not (page.parent / target.split("#")[0]).resolve().exists()
    ]


def unnamed(words: list[str] | set[str], text: str) -> list[str]:
    """Return the words that do not stand in the text as `code`."""
    return sorted(word for word in words if f"`{word}`" not in text)


OTHER_WORDS = {
    "nudge": "prompt", "nudges": "prompts", "quiz": "check", "quizzes": "checks", "lesson": "unit",
    "lessons": "units", "microlearning": "unit", "flashcard": "check", "suppression": "silence",
    "suppressed": "silence", "learnlet": "unit", "trainee": "person", "trainees": "people",
}  # fmt: skip
"""Words that others use for what the glossary names, and the glossary's."""


def other_words(page: Path) -> list[str]:
    """Return the words of the page for which the glossary has another."""
    used = {word.lower() for word in re.findall(r"[A-Za-z]+", page.read_text(encoding="utf-8"))}
    return [f"{page}: say '{OTHER_WORDS[word]}', not '{word}'" for word in sorted(used & OTHER_WORDS.keys())]
