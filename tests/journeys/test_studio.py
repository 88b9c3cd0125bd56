"""What an author does in the studio until people see it, and where each sign-in leads."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.pages import arrive, card, enter, looks_right
from tests.processes.conftest import Up

WITHIN_TWO_SECONDS = 4000  # milliseconds, with room for a machine that runs other tests too
CONTENT = "/studio/snippets/authoring"


@pytest.mark.parametrize(
    ("role", "place"), [("learner", "/app/"), ("author", "/studio/"), ("manager", "/boards/")]
)
def test_each_sign_in_of_the_sample_leads_to_its_place(page: Page, sample: Up, role: str, place: str) -> None:
    page.goto(f"{sample.url}/accounts/login/")
    looks_right(page)
    page.get_by_role("button", name=f"Enter as {role}").click()
    page.wait_for_url(f"**{place}")
    page.get_by_role("heading", level=1).wait_for()
    looks_right(page)


def test_a_wrong_password_is_said_in_plain_words(page: Page, sample: Up) -> None:
    page.goto(f"{sample.url}/accounts/login/")
    page.get_by_label("Email").fill("learner@northlight.example")
    page.get_by_label("Password").fill("guessed")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("That address and password do not belong together.")).to_be_visible()
    looks_right(page)


@pytest.fixture
def visitor(browser: Browser, sample: Up) -> Page:
    """Somebody else, with the sample's helpdesk open."""
    opened = browser.new_context().new_page()
    arrive(opened, sample)
    return opened


def press_publish(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()


def publish(page: Page) -> None:
    """Publish; a draft that was saved by itself meanwhile is updated, not created."""
    press_publish(page)
    expect(page.get_by_text(re.compile("(created|updated) and published"))).to_be_visible(timeout=15_000)


def insert(page: Page, place: int, kind: str, **fields: str) -> None:
    """Add a block at the end and fill its fields, `a__0__b` for b of the first of a."""
    page.get_by_role("button", name="Insert a block").last.click()
    page.get_by_role("option", name=kind, exact=True).click()
    for name, text in fields.items():
        page.locator(f"[name='body-{place}-value-{name.replace('__', '-')}']").fill(text)


def test_a_unit_of_every_kind_of_block_is_played_in_a_page_that_was_open_before(
    desk: Page, visitor: Page, sample: Up
) -> None:
    page = desk
    enter(page, sample, "author")
    page.goto(f"{sample.url}{CONTENT}/unit/add/")
    page.locator("#id_title").fill("Say goodbye")
    page.locator("#id_objective").fill("End a call so that the customer would call again")
    page.locator("#id_task").select_option(label="Close a ticket")
    insert(page, 0, "Text", markdown="Last words **stay**.")
    insert(page, 1, "Steps", steps__0__value__do="Say thanks")
    insert(page, 2, "Checklist", items__0__value__text="The name was used")
    insert(
        page, 3, "Video", title="A call", src="/a.mp4", length_seconds="40", transcript="Thank you. Goodbye."
    )
    insert(page, 4, "Check", question="What comes last?", options__0__value__text="Thanks")
    page.locator("[name='body-4-value-options-0-value-correct']").check()
    more = page.locator("[name='body-4-value-options-count']").locator("xpath=..")
    more.get_by_role("button", name="Add").last.click()
    page.locator("[name='body-4-value-options-1-value-text']").fill("The next customer")
    publish(page)
    visitor.wait_for_timeout(2000)
    visitor.evaluate("Midflow.start('say-goodbye')")
    for said in ("Last words stay.", "Say thanks", "The name was used", "Transcript", "What comes last?"):
        expect(visitor.locator("midflow-widget .stage")).to_contain_text(said)
        looks_right(visitor)
        visitor.locator("midflow-widget .foot button").last.click()
    expect(visitor.get_by_role("heading", name="Done")).to_be_visible()


def test_a_change_and_a_new_rule_reach_an_open_helpdesk(desk: Page, visitor: Page, sample: Up) -> None:
    page = desk
    enter(page, sample, "author")
    page.goto(f"{sample.url}{CONTENT}/unit/?q=hold")
    page.get_by_role("link", name="Put a ticket on hold so that it comes back").first.click()
    page.locator("#id_title").fill("On hold, and back again")
    publish(page)
    page.goto(f"{sample.url}{CONTENT}/rule/add/")
    page.locator("#id_slug").fill("paused-for-an-upgrade")
    page.locator("#id_task").select_option(label="Put a ticket on hold")
    page.locator("#id_events").fill("helpdesk.require-upgrade")
    publish(page)
    visitor.wait_for_timeout(2000)
    visitor.get_by_role("button", name="Ask for an upgrade").click()
    expect(visitor.locator(".trace")).to_contain_text("paused-for-an-upgrade", timeout=WITHIN_TWO_SECONDS)
    visitor.get_by_role("button", name="Start over as a new person").click()
    time.sleep(1)
    visitor.get_by_role("button", name="Put on hold").click()
    expect(card(visitor)).to_contain_text("On hold, and back again")


def test_a_half_written_unit_stays_a_draft_and_says_what_is_missing(page: Page, sample: Up) -> None:
    enter(page, sample, "author")
    page.goto(f"{sample.url}{CONTENT}/unit/add/")
    title = f"Half a thought {time.time_ns()}"
    page.locator("#id_title").fill(title)
    page.locator("#id_objective").fill("Begin")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/edit/**")
    press_publish(page)
    told = page.locator(".messages")
    expect(told).to_contain_text("A training unit needs a task. Name its task, or make it a reference unit.")
    expect(told).to_contain_text("The unit is empty. Write at least one block.")
    looks_right(page)
    page.goto(f"{sample.url}/studio/")
    page.get_by_role("link", name=title).click()
    expect(page.locator("#id_objective")).to_have_value("Begin")


def test_a_condition_that_cannot_be_read_is_said_at_its_field(page: Page, sample: Up) -> None:
    enter(page, sample, "author")
    page.goto(f"{sample.url}{CONTENT}/rule/?q=held")
    looks_right(page)
    page.locator(".listing td.title a").first.click()
    page.get_by_label("Write CEL").check()
    page.locator("#id_when").fill("data.status = 'held'")
    expect(page.get_by_text("it cannot be read at character 13").first).to_be_visible()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("it cannot be read at character 13. Compare with ==").first).to_be_visible()
    looks_right(page)


def test_every_page_of_the_studio_looks_right(page: Page, sample: Up) -> None:
    enter(page, sample, "author")
    page.wait_for_url("**/studio/")
    for place in ("/studio/releases/", f"{CONTENT}/unit/", f"{CONTENT}/unit/edit/1/", "/studio/account/"):
        page.goto(sample.url + place)
        looks_right(page)


def test_a_learner_is_told_which_pages_are_not_theirs(page: Page, sample: Up) -> None:
    enter(page, sample, "learner")
    page.wait_for_url("**/app/")
    for place in ("/studio/", "/boards/"):
        page.goto(sample.url + place)
        expect(page.get_by_text("that sign-in does not open this page")).to_be_visible()
        looks_right(page)
    page.goto(f"{sample.url}/accounts/2fa/")
    looks_right(page)
