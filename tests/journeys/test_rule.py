"""An author makes a rule without CEL, sees the CEL, and tries it on what happened."""

import time
from datetime import UTC, datetime

import httpx2
import pytest
from playwright.sync_api import Page, expect

from midflow.core.events import format_time
from midflow.flow.identity import new_key
from midflow.store.keys import add_key
from midflow.store.open import open_store
from tests.journeys.pages import enter, looks_right
from tests.journeys.test_studio import CONTENT, publish
from tests.processes.conftest import Up

TYPE = "helpdesk.hand-over"


@pytest.fixture(scope="module")
def handed_over(sample: Up) -> None:
    """Eight events of a type that no rule listens to yet, of four people, over the last days."""
    store = open_store(sample.data, "")
    key, hash = new_key()
    store.write(lambda tx: add_key(tx, hash=hash, name="events", scopes=("events:write",), now=time.time()))
    store.close()
    now = datetime.now(UTC).timestamp()
    made = [
        {
            "specversion": "1.0", "id": f"hand-over-{n}", "source": "demo-helpdesk", "type": TYPE,
            "time": format_time(now - n * 11 * 3600 - 60), "person": ("ana", "tomas", "maya", "omar")[n % 4],
            "case": f"T-{n}", "data": {"status": "waiting", "customer_tier": ("gold", "silver")[n % 2], "hours_open": n * 9},
        }
        for n in range(8)
    ]  # fmt: skip
    kind = {"authorization": f"Bearer {key}", "content-type": "application/cloudevents-batch+json"}
    answer = httpx2.post(f"{sample.url}/v1/events", json=made, headers=kind, trust_env=False)
    assert answer.json()["accepted"] == 8


def test_a_rule_is_built_tried_and_published_by_keyboard_alone(
    page: Page, sample: Up, handed_over: None
) -> None:
    enter(page, sample, "author")
    page.goto(f"{sample.url}{CONTENT}/rule/add/")
    chip = page.get_by_role("button", name=f"{TYPE} 8")
    chip.press("Enter")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#id_events")).to_have_value(TYPE)
    expect(page.get_by_text("Every event of these types counts.")).to_be_visible()
    page.get_by_role("button", name="Add a row").press("Enter")
    expect(page.get_by_label("Field of row 1")).to_be_focused()
    page.keyboard.type("customer_tier")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type('go"ld')
    expect(page.locator("[data-written] code")).to_have_text('data.customer_tier == "go\\"ld"')
    page.get_by_label("Value of row 1").first.fill("gold")
    page.get_by_role("button", name="Add a row").press("Enter")
    page.keyboard.type("hours_open")
    page.get_by_label("Comparison of row 2").select_option("more_than")
    expect(page.get_by_text("Row 2: Write a number.")).to_be_visible()
    looks_right(page)
    page.get_by_label("Value of row 2").first.fill("20")
    expect(page.locator("[data-written] code")).to_have_text(
        'data.customer_tier == "gold" && data.hours_open > 20'
    )
    page.locator("#id_task").select_option(label="Close a ticket")
    page.get_by_role("button", name="Try it").press("Enter")
    expect(page.get_by_text("2 moments of 2 people")).to_be_visible()
    rows = page.get_by_role("region", name="Events that would have matched").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("T-4")
    looks_right(page)
    page.locator("#id_slug").fill(f"handed-over-{time.time_ns()}")
    publish(page)


def test_a_condition_goes_from_rows_to_the_hand_and_back_where_rows_can_say_it(
    page: Page, sample: Up
) -> None:
    enter(page, sample, "author")
    page.goto(f"{sample.url}{CONTENT}/rule/add/")
    page.get_by_label("Write CEL").check()
    page.locator("#id_when").fill('before.type == "helpdesk.closed"')
    page.get_by_label("Choose from fields").click()
    expect(page.get_by_label("Field of row 1")).to_have_value("before.type")
    looks_right(page)
    page.get_by_label("Write CEL").check()
    expect(page.locator("#id_when")).to_have_value('before.type == "helpdesk.closed"')
    page.locator("#id_when").fill("size(data.labels) > 2")
    page.get_by_label("Choose from fields").click()
    expect(page.get_by_text("This condition says more than rows can")).to_be_visible()
    expect(page.get_by_label("Write CEL")).to_be_checked()
    looks_right(page)
    page.locator("#id_when").fill('before.type in ["a", "b"] || data.upset')
    page.get_by_label("Choose from fields").click()
    expect(page.get_by_label("Values, one a line of row 1")).to_have_value("a\nb")
    expect(page.get_by_label("How many rows must hold")).to_have_value("any")
    page.get_by_role("button", name="Remove row 1").press("Enter")
    expect(page.locator("[data-written] code")).to_have_text("data.upset == true")
    expect(page.get_by_role("button", name="Remove row 1")).to_be_focused()
    looks_right(page)


def test_a_try_without_such_events_says_what_to_do(page: Page, sample: Up) -> None:
    enter(page, sample, "author")
    page.goto(f"{sample.url}{CONTENT}/rule/add/")
    page.locator("#id_events").fill("nobody.sends-this")
    page.locator("#id_task").select_option(label="Close a ticket")
    page.get_by_role("button", name="Try it").click()
    expect(
        page.get_by_text("Send one, or widen the window.").or_(page.get_by_text("Loosen the condition"))
    ).to_be_visible()
    looks_right(page)
