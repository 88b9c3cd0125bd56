"""What a learner does on their own pages: today, review, skills, contest, test, settings, prompts paused, what is held."""

import json
import time

import pytest
from playwright.sync_api import Page, Route, expect

from midflow.flow.preferences import change
from midflow.store import people
from midflow.store.open import open_store
from tests.journeys.pages import card, enter, looks_right
from tests.journeys.test_app import press_until
from tests.processes.conftest import Up


def tell(sample: Up, **fields: object) -> None:
    """Settle something for Ana behind the page's back."""
    store = open_store(sample.data, "")
    store.write(lambda tx: change(tx, "ana", fields, now=time.time()))
    store.close()


def settled(sample: Up) -> people.Person:
    store = open_store(sample.data, "")
    found = store.read(lambda tx: people.person(tx, "ana"))
    store.close()
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def plain(sample: Up) -> None:
    tell(
        sample, channels=["widget", "app"], work_from=None, work_until=None, quiet_from=None, quiet_until=None,
        daily_minutes=0, reviews=True, digest=True, paused_until=None, opted_out=False, measured=True,
    )  # fmt: skip


def visit(page: Page, sample: Up, name: str) -> None:
    enter(page, sample, "learner", "/app/")
    expect(page.get_by_role("heading", name="Today, Ana")).to_be_visible()
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("navigation").get_by_role("link", name=name, exact=True)).to_have_attribute(
        "aria-current", "page"
    )


def test_a_day_names_a_gap_with_its_reason_and_keeps_the_rest_one_tap_away(page: Page, sample: Up) -> None:
    def fuller(route: Route) -> None:
        found = route.fetch()
        more = [{"id": f"u{n}", "title": f"Another {n}", "minutes": 2, "reason": "Why"} for n in range(3)]
        route.fulfill(response=found, json={**found.json(), "units": more})

    page.route("**/v1/today", fuller)
    enter(page, sample, "learner", "/app/")
    gap = page.locator("button.thing", has_text="Set the seriousness from impact")
    expect(gap).to_contain_text("Below what your work asks for")
    expect(gap).to_contain_text("right on Judging urgency")
    assert page.locator("main > ul.things > li").count() <= 3
    page.locator("details.more summary").click()
    expect(page.locator("details.more button.thing").first).to_be_visible()
    looks_right(page)


def test_skills_say_how_sure_they_are_and_what_they_rest_on(page: Page, sample: Up) -> None:
    visit(page, sample, "Skills")
    skill = page.get_by_role("listitem", name="Judging urgency")
    expect(skill.get_by_text("Below what your work asks for.")).to_be_visible()
    expect(skill.locator("figcaption")).to_contain_text("Your work asks for 85%")
    skill.get_by_text("What this rests on").click()
    expect(skill.locator(".evidence")).to_contain_text("right on Judging urgency, last seen")
    expect(page.get_by_role("listitem", name="Reporting defects")).to_contain_text(
        "recall has fallen to about"
    )
    expect(page.get_by_role("heading", name="Ready for your tasks?")).to_be_visible()
    looks_right(page)


def test_an_estimate_is_contested_by_answering(page: Page, sample: Up) -> None:
    visit(page, sample, "Skills")
    skill = page.get_by_role("listitem", name="Reporting defects")
    skill.get_by_text("What this rests on").click()
    with page.expect_response(lambda answer: answer.url.endswith("/v1/me/tests")) as begun:
        skill.get_by_role("button", name="That is not right").click()
    text = begun.value.text()
    assert begun.value.status in (201, 409)
    if begun.value.status == 409:  # the other window answered every check of it today
        expect(page.get_by_text("Try again tomorrow")).to_be_visible()
        return
    assert "correct" not in json.dumps(json.loads(text))
    expect(page.get_by_text("at most 8")).to_be_visible()  # the other window may have begun it
    looks_right(page)
    page.locator(".option input").first.check()
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".verdict")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("heading", name="Your skills")).to_be_visible()


def test_a_test_ends_with_a_kind_word_and_a_way_back(page: Page, sample: Up) -> None:
    """All answers are wrong on purpose, so that it ends soon, whichever window comes first."""
    visit(page, sample, "Skills")
    name = (
        "Difficult conversations"
        if page.viewport_size == {"width": 390, "height": 844}
        else "Writing so that it can be used"
    )
    page.get_by_role("listitem", name=name).get_by_role("button", name="Prove it in a minute").click()
    wrong = 0
    while page.get_by_text("at most 8").is_visible() or wrong == 0:
        expect(page.get_by_text(f"check {wrong + 1}, at most 8")).to_be_visible()
        page.locator(".option input").last.check()
        page.get_by_role("button", name="Answer", exact=True).click()
        page.get_by_role("button", name="Next").or_(page.get_by_role("button", name="See the result")).click()
        wrong += 1
    expect(page.locator(".calm h2")).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("heading", name="Your skills")).to_be_visible()


def test_a_setting_is_saved_at_once_and_taken_back_with_one_press(page: Page, sample: Up) -> None:
    visit(page, sample, "Settings")
    looks_right(page)
    page.get_by_label("Only what is mandatory").check()
    expect(page.get_by_role("status").get_by_text("Saved.")).to_be_visible()
    assert settled(sample).opted_out
    looks_right(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("As it was.")).to_be_visible()
    expect(page.get_by_label("Only what is mandatory")).not_to_be_checked()
    assert not settled(sample).opted_out
    page.get_by_role("switch", name="Working hours").check()
    page.get_by_label("until").fill("16:15")
    page.get_by_label("until").blur()
    expect(page.get_by_text("Saved.")).to_be_visible()
    until = time.monotonic() + 5
    while settled(sample).preferences.work_until != 16 * 60 + 15:
        assert time.monotonic() < until
        time.sleep(0.05)
    looks_right(page)


def test_settings_work_with_the_keyboard_alone(page: Page, sample: Up) -> None:
    visit(page, sample, "Settings")
    press_until(page, "[data-name=pause]")
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.name") == "opted_out":
            break
    page.keyboard.press("Space")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.name") == "opted_out"
    page.keyboard.press("Space")
    expect(page.get_by_label("Only what is mandatory")).not_to_be_checked()


def test_a_setting_that_cannot_be_saved_says_so_and_stays_as_it_was(page: Page, sample: Up) -> None:
    visit(page, sample, "Settings")
    page.route("**/v1/me/preferences", lambda route: route.abort())
    page.get_by_label("Count me in").click()
    expect(page.get_by_text("Not saved. Midflow cannot be reached right now.")).to_be_visible()
    expect(page.get_by_label("Count me in")).to_be_checked()
    looks_right(page)


def test_prompts_are_paused_from_the_page_and_come_back(page: Page, sample: Up) -> None:
    visit(page, sample, "Settings")
    page.get_by_role("button", name="For an hour").click()
    expect(page.get_by_text("Paused until")).to_be_visible()
    assert settled(sample).preferences.paused_until > time.time() + 3500
    looks_right(page)
    page.get_by_role("button", name="Let prompts through again").click()
    expect(page.get_by_role("button", name="For an hour")).to_be_visible()
    assert settled(sample).preferences.paused_until == 0.0


def test_what_is_known_is_all_there_and_can_be_taken_away(page: Page, sample: Up) -> None:
    visit(page, sample, "About me")
    for name in ("What is held", "Decisions about you", "Who looked", "Take it with you"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_text("Checks remembered")).to_be_visible()
    looks_right(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download my data").click()
    mine = json.loads(taken.value.path().read_text(encoding="utf-8"))
    assert mine["person"]["id"] == "ana"
    assert len(mine["statements"]) >= 16
    expect(page.get_by_text("Saved as")).to_be_visible()


def test_where_prompts_are_switched_off_no_page_renders_one_or_speaks_of_any(page: Page, sample: Up) -> None:
    """The edge answers none then (its own tests); here the pages are given such an organisation."""

    def off(route: Route) -> None:
        found = route.fetch()
        body = found.json()
        if "organisation" in body:
            body["organisation"] = {**body["organisation"], "prompts": False}
        else:
            body["offers"] = []
        route.fulfill(response=found, json=body)

    page.route("**/v1/today", off)
    page.route("**/v1/me", off)
    enter(page, sample, "learner", "/app/")
    expect(page.get_by_role("heading", name="Today, Ana")).to_be_visible()
    assert page.locator(".thing.offer").count() == 0
    page.get_by_role("navigation").get_by_role("link", name="Settings").click()
    expect(page.get_by_text("Your organisation has switched prompts off")).to_be_visible()
    expect(page.get_by_role("button", name="For an hour")).to_have_count(0)
    expect(page.get_by_label("In the tools you work in")).to_have_count(0)
    looks_right(page)
    assert card(page).count() == 0


def test_no_page_counts_days_in_a_row_or_makes_anybody_feel_guilty(page: Page, sample: Up) -> None:
    enter(page, sample, "learner", "/app/")
    for name in ("Today", "Skills", "Settings", "About me"):
        page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
        page.wait_for_timeout(400)
        text = page.locator("main").inner_text().lower()
        assert not any(
            word in text
            for word in ("streak", "missed", "behind schedule", "overdue", "don't lose", "level up", "badge")
        )
