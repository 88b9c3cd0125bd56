"""An author picks an element on the host's own page, by mouse or by keyboard, under a strict policy."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from midflow.core.content.blocks.guide import BLOCK, Guide
from midflow.core.content.decode import convert
from tests.journeys.hostile import CONFIRM, visit
from tests.journeys.pages import violations
from tests.processes.conftest import Up

FORM = (
    CONFIRM
    + '<label>Sum <input name="sum"></label><button id="gen-4801"></button><button id="gen-4802"></button>'
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    yield opened
    assert opened.evaluate("window.violations ?? []") == []
    context.close()


def pick(page: Page, sample: Up) -> Locator:
    """Open the host as the studio does, and return the picker's box."""
    visit(page, sample, spot=FORM, mark="#midflow-pick")
    box = page.locator("midflow-picker .box")
    expect(box).to_contain_text("Click what the step is about")
    return box


def test_a_click_gives_the_anchor_and_the_host_does_not_hear_of_it(page: Page, sample: Up) -> None:
    box = pick(page, sample)
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(box.locator("h2")).to_have_text("Confirm")
    expect(box.locator(".strength")).to_have_text("Fair")
    assert page.evaluate("window.clicks ?? []") == []
    assert [text for text in violations(page) if "gen-48" not in text] == []  # the host's own two
    anchor = json.loads(box.locator("textarea").input_value())
    assert "gen-4711" not in json.dumps(anchor)
    guide = convert({"steps": [{"do": "Confirm", "anchor": anchor, "done": "click"}]}, Guide, "")
    assert BLOCK.lint(guide, "") == []


def test_what_developers_wrote_makes_a_strong_anchor_and_place_alone_a_weak_one(
    page: Page, sample: Up
) -> None:
    box = pick(page, sample)
    page.locator("input[name=sum]").click()
    expect(box.locator(".strength")).to_have_text("Strong")
    box.get_by_role("button", name="Pick another").click()
    page.locator("#gen-4802").click(force=True)
    expect(box.locator(".strength")).to_have_text("Weak")


def test_the_keyboard_is_enough(page: Page, sample: Up) -> None:
    box = pick(page, sample)
    page.locator("#gen-4711").focus()
    page.keyboard.press("Enter")
    expect(box.locator("h2")).to_have_text("Confirm")
    expect(box.get_by_role("button", name="Copy")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("midflow-picker")).to_have_count(0)
    page.get_by_role("button", name="Confirm", exact=True).click()
    assert page.evaluate("window.clicks") == ["gen-4711"]
