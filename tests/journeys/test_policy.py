"""An operator changes the policy, and asks first what it would have done."""

import time

import pytest
from playwright.sync_api import Page, expect

from midflow.core.content.release import Policy
from midflow.store.open import open_store
from tests.flow.test_policy_try import decided
from tests.journeys.pages import looks_right
from tests.processes.conftest import Up
from tests.studio.conftest import run_task

EMAIL = "omar@northlight.example"
PLACE = "/studio/settings/authoring/attention/"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A sample of its own, whose log begins with 1,500 decisions of the last weeks."""
    running = Up(tmp_path_factory.mktemp("policy"), "--demo").usable()
    store = open_store(running.data, "")
    decided(store, Policy(), now=time.time())
    store.close()
    yield running
    running.close()


@pytest.fixture(scope="module")
def password(own: Up) -> str:
    return run_task(own.data, "create-admin", EMAIL).stdout.split()[-1]


def test_an_operator_asks_what_a_policy_would_have_done_and_switches_it_on(
    page: Page, own: Up, password: str
) -> None:
    page.goto(f"{own.url}/accounts/login/?next={PLACE}")
    page.locator("#id_login").fill(EMAIL)
    page.locator("#id_password").fill(password)
    page.locator("#id_password").press("Enter")
    expect(page.get_by_role("heading", name="Policy", exact=True)).to_be_visible()
    looks_right(page)
    ask = page.get_by_role("button", name="What would this have done?").and_(page.locator("[data-try]"))
    page.locator("#id_trial").set_checked(checked=True)
    ask.press("Enter")
    expect(page.get_by_text("in 100 moments").first).to_be_visible()
    page.get_by_text("How this was worked out").press("Enter")
    expect(page.get_by_text("1,500 decisions")).to_be_visible()
    looks_right(page)
    page.locator("#id_trial").set_checked(checked=False)
    page.locator("#id_nudges").set_checked(checked=False)
    ask.press("Enter")
    expect(page.get_by_text("No figure can be given")).to_be_visible()
    looks_right(page)
    page.locator("#id_per_day").fill("7")
    ask.press("Enter")
    expect(page.get_by_text("It cannot be tried yet.")).to_be_visible()
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.locator("#id_per_day").fill("1" if width < 600 else "3")
    page.locator("#id_nudges").set_checked(checked=True)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Policy updated.")).to_be_visible()
    page.goto(f"{own.url}/studio/releases/")
    expect(
        page.get_by_text(f"Prompts in 24 hours: {'3, now 1' if width < 600 else '2, now 3'}")
    ).to_be_visible()
    looks_right(page)
