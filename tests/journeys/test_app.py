"""What a learner does on the app page."""

import time

import msgspec
from playwright.sync_api import Page, Route, expect

from midflow.core.learner.evidence import Answered, apply
from midflow.store import learners
from midflow.store.sqlite import Store
from midflow.store.tx import Tx
from tests.journeys.pages import answer, enter, looks_right
from tests.processes.conftest import Up

DAY = 86_400.0


def test_somebody_signed_out_is_asked_to_sign_in(page: Page, sample: Up) -> None:
    page.goto(f"{sample.url}/app/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("Email")).to_be_visible()


def test_a_learner_sees_at_most_three_things_and_plays_one(page: Page, sample: Up) -> None:
    enter(page, sample, "learner", "/app/")
    expect(page.get_by_role("heading", name="Today, Ana")).to_be_visible()
    things = page.locator("main > ul.things button.thing")
    expect(things.first).to_be_visible()
    assert things.count() <= 3
    looks_right(page)
    page.locator("main > ul.things button.thing:not(.review)").first.click()
    expect(page.locator(".player h2")).to_be_focused()
    looks_right(page)
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="Today, Ana")).to_be_visible()


def test_a_due_check_comes_back_as_a_review_and_moves_on(page: Page, sample: Up) -> None:
    check = "when-a-ticket-comes-back#reopened-reply"
    store = Store.open(sample.data / "events.db")

    before = store.read(lambda tx: learners.learner(tx, "ana"))

    def remember(tx: Tx) -> None:
        seen = Answered(
            check=check,
            grade=3,
            time=time.time() - 30 * DAY,
            skill="difficult-talk",
            expected=0.6,
            without_item=0.6,
        )
        state = msgspec.structs.replace(before, checks={})
        learners.save_learners(tx, {"ana": apply(state, seen)})

    store.write(remember)
    enter(page, sample, "learner", "/app/")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("Review 1 of")).to_be_visible()
    answer(page, "Sorry that my answer did not solve it.")
    expect(page.locator(".verdict")).to_have_text("Right.")
    looks_right(page)
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_text("That was it for now")).to_be_visible()
    looks_right(page)
    until = time.monotonic() + 5
    while store.read(lambda tx: learners.learner(tx, "ana")).memories[check].reviews < 2:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert store.read(lambda tx: learners.learner(tx, "ana")).memories[check].due > time.time() + DAY
    store.write(lambda tx: learners.save_learners(tx, {"ana": before}))
    store.close()


def without_skills(route: Route) -> None:
    found = route.fetch()
    route.fulfill(response=found, json={**found.json(), "skills": []})


def without_reviews(route: Route) -> None:
    found = route.fetch()
    route.fulfill(response=found, json={**found.json(), "reviews": {"due": 0, "minutes": 0}})


def test_a_day_with_nothing_in_it_says_so(page: Page, sample: Up) -> None:
    def nothing(route: Route) -> None:
        found = route.fetch()
        day = {**found.json(), "offers": [], "units": [], "inbox": [], "reviews": {"due": 0, "minutes": 0}}
        route.fulfill(response=found, json=day)

    page.route("**/v1/today", nothing)
    page.route("**/v1/me/skills", without_skills)
    enter(page, sample, "learner", "/app/")
    expect(page.get_by_text("Nothing needs you now")).to_be_visible()
    looks_right(page)


def test_without_the_server_the_page_offers_another_try(page: Page, sample: Up) -> None:
    enter(page, sample, "learner", "/app/")
    expect(page.locator("button.thing").first).to_be_visible()
    page.route("**/v1/**", lambda route: route.abort())
    page.locator("button.thing").first.click()
    expect(page.get_by_text("Midflow cannot be reached right now.")).to_be_visible()
    looks_right(page)
    page.unroute("**/v1/**")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="Today, Ana")).to_be_visible()


def test_a_day_and_a_unit_work_with_the_keyboard_alone(page: Page, sample: Up) -> None:
    page.route("**/v1/today", without_reviews)
    page.route("**/v1/me/skills", without_skills)
    enter(page, sample, "learner", "/app/")
    expect(page.locator("button.thing").first).to_be_visible()
    press_until(page, "button.thing")
    page.keyboard.press("Enter")
    expect(page.locator(".player h2")).to_be_focused()
    press_until(page, ".foot button.primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Back")).to_be_visible()
    press_until(page, "[aria-label=Close]", backwards=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Today, Ana")).to_be_visible()


def press_until(page: Page, selector: str, *, backwards: bool = False) -> None:
    """Press Tab until an element of `selector` has the focus, and see that it shows it."""
    for _ in range(12):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert ring != "none"
            return
    raise AssertionError(f"{selector} cannot be reached")
