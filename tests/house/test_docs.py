"""What exists is documented, and what is documented leads somewhere."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from midflow.cli import COMMANDS
from midflow.config import SIMPLE, Settings
from midflow.core.decide.silence import SILENCES
from midflow.edge.app import routes
from tests.house.tree import ROOT, broken_links, links, other_words, unnamed

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def plugs(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / "midflow" / folder).glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(path: Path) -> None:
    assert broken_links(path) == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        here = ahead.pop()
        if here in reached or here.suffix != ".md":
            continue
        reached.add(here)
        ahead += [(here.parent / target.split("#")[0]).resolve() for target in links(here)]
    assert [str(p.relative_to(ROOT)) for p in DOCS.rglob("*.md") if p not in reached] == []


def test_every_silence_is_in_the_glossary_and_none_is_invented() -> None:
    table = page("glossary.md").split("## Silences")[1]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(SILENCES)


def test_every_source_is_documented() -> None:
    text = page("how-to/add-a-source.md") + page("how-to/connect-a-tool.md") + page("api.md")
    assert unnamed(plugs("connect/sources"), text) == []


def test_every_block_kind_is_documented() -> None:
    kinds = plugs("core/content/blocks")
    assert kinds
    assert unnamed(kinds, page("how-to/add-a-block.md")) == []


def test_every_pack_is_documented() -> None:
    packs = {path.parent.name for path in (ROOT / "midflow/packs").glob("*/pack.yaml")}
    assert packs
    assert unnamed(packs, page("how-to/packs.md")) == []


def test_every_decision_record_has_its_four_parts_and_is_listed() -> None:
    records = sorted((DOCS / "adr").glob("[0-9]*.md"))
    assert [path.name[:4] for path in records] == [f"{n:04}" for n in range(1, len(records) + 1)]
    for path in records:
        parts = re.findall(r"^## (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert parts == ["Context", "Decision", "Consequences", "Downsides"], path
        assert f"({path.name})" in page("adr/README.md")


def test_every_file_that_the_architecture_names_is_there() -> None:
    text = page("ARCHITECTURE.md")
    named = set(re.findall(r"`((?:midflow|tests|docs|web)/[\w./-]+)`", text))
    assert len(named) > 10
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_a_link_to_nowhere_and_a_missing_word_are_found(tmp_path: Path) -> None:
    there = tmp_path / "there.md"
    there.write_text("Here.\n", encoding="utf-8")
    here = tmp_path / "here.md"
    here.write_text(
        "[a](there.md#part) [b](nowhere.md) [c](https://example.org) ![d](picture.svg)\n"
        "```\n[e](in-a-fence.md)\n```\n",
        encoding="utf-8",
    )
    assert broken_links(here) == [f"{here}: nowhere.md", f"{here}: picture.svg"]
    assert unnamed({"github", "jira"}, "There is `github`, and jira without its quotes.") == ["jira"]


def undocumented_routes(routes: list[tuple[str, str]], text: str) -> list[str]:
    """Return the endpoints whose method and path do not stand in the text as one piece of code."""
    named = {re.sub(r"<[^>]+>", "{}", path) for path in re.findall(r"`([A-Z]+ /[^`\s]*)`", text)}
    return sorted(f"{method} {path}" for method, path in routes if f"{method} {path}" not in named)


def test_every_endpoint_is_documented() -> None:
    assert undocumented_routes(routes(), page("api.md")) == []


def test_no_endpoint_is_invented() -> None:
    named = set(re.findall(r"`([A-Z]+) (/(?:v1|hooks|demo)[^`\s]*)`", page("api.md")))
    real = {(method, path.replace("{}", "")) for method, path in routes()}
    pages = {("GET", "/demo/"), ("POST", "/hooks/github")}
    assert {(m, re.sub(r"<[^>]+>", "", p)) for m, p in named} - pages <= real


def test_an_endpoint_without_a_line_is_found() -> None:
    text = "### `GET /v1/units/<id>` and POST /v1/events without its quotes"
    wanted = [("GET", "/v1/units/{}"), ("POST", "/v1/events")]
    assert undocumented_routes(wanted, text) == ["POST /v1/events"]


def test_every_setting_is_documented_with_its_variable_and_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (`\w+` \| .+?) \|", page("how-to/configure.md"), re.MULTILINE))
    assert rows.keys() == {item.name for item in fields(Settings)}
    for name, item in SIMPLE.items():
        shown = str(item.default).lower() if isinstance(item.default, bool) else f"{item.default:}"
        assert rows[name].startswith(f"`MIDFLOW_{name.upper()}` | "), name
        assert not shown or f"`{shown.removesuffix('.0')}`" in rows[name], name


def test_every_command_is_documented_and_none_is_invented() -> None:
    named = set(re.findall(r"^\| `midflow (\w+)` \|", page("cli.md"), re.MULTILINE))
    assert named == set(COMMANDS)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_uses_the_words_of_the_glossary(path: Path) -> None:
    assert other_words(path) == []


def test_a_word_that_the_glossary_replaces_is_found(tmp_path: Path) -> None:
    there = tmp_path / "page.md"
    there.write_text("A Quiz ends each unit.\n", encoding="utf-8")
    assert other_words(there) == [f"{there}: say 'check', not 'quiz'"]
