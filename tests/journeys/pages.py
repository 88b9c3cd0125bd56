"""What every page of the sample is held to, and the ways into it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.processes.conftest import Up


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page once what moves has come to rest, of any impact."""
    said: list[str] = []
    for rest in (
        300,
        700,
        1500,
    ):  # milliseconds: a message that fades in has too little contrast until it is there
        page.wait_for_timeout(rest)
        found: dict[str, Any] = Axe().run(page).response
        said = [f"{v['impact']} {v['id']}: {v['nodes'][0]['html'][:120]}" for v in found["violations"]]
        if not said:
            break
    return said


def looks_right(page: Page) -> None:
    """Assert what holds for every page: no violation, nothing beside the window, and that it says what it is."""
    assert violations(page) == []
    beside = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(beside) <= 0
    expect(page.get_by_text("This is a sample").first).to_be_visible()


def enter(page: Page, sample: Up, role: str, to: str = "") -> None:
    """Sign in with the sample's own button, as a visitor does."""
    page.goto(f"{sample.url}/accounts/login/" + (f"?next={to}" if to else ""))
    page.get_by_role("button", name=f"Enter as {role}").click()


def arrive(page: Page, sample: Up) -> str:
    """Open the sample's helpdesk and return the visitor's account, once Midflow has signed them in."""
    with page.expect_response(lambda answer: answer.url.endswith("/v1/stream")):
        page.goto(f"{sample.url}/demo/")
    account = page.evaluate("sessionStorage.getItem('midflow-demo-account')")
    assert account.startswith("visitor-")
    return str(account)


def card(page: Page) -> Locator:
    return page.locator("midflow-widget .card")


def answer(page: Page, text: str) -> None:
    page.locator(".option", has_text=text).locator("input").check()
    page.get_by_role("button", name="Answer", exact=True).click()
