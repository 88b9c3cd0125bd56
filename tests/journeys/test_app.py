"""What a learner does on the app page, and an author in the studio, until people see it."""

import time

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from midflow.core.learner.evidence import Answered, apply
from midflow.store import learners
from midflow.store.sqlite import Store
from midflow.store.tx import Tx
from tests.processes.conftest import Up

DAY = 86_400.0


def sign_in(page: Page, sample: Up, role: str) -> None:
    page.goto(
        f"{sample.url}/accounts/login/?next=/app/" if role == "learner" else f"{sample.url}/accounts/login/"
    )
    page.get_by_label("Email").fill(f"{role}@northlight.example")
    page.get_by_label("Password").fill(f"sample-{role}-1")
    page.get_by_role("button", name="Sign in").click()


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")
    ]


def test_somebody_signed_out_is_asked_to_sign_in(page: Page, sample: Up) -> None:
    page.goto(f"{sample.url}/app/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    assert serious(page) == []
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("Email")).to_be_visible()


def test_a_learner_sees_at_most_three_things_and_plays_one(page: Page, sample: Up) -> None:
    sign_in(page, sample, "learner")
    expect(page.get_by_role("heading", name="Today, Ana")).to_be_visible()
    things = page.locator("button.thing")
    expect(things.first).to_be_visible()
    assert things.count() <= 3
    assert serious(page) == []
    things.first.click()
    expect(page.locator(".player h2")).to_be_focused()
    assert serious(page) == []
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="Today, Ana")).to_be_visible()


def test_a_due_check_comes_back_as_a_review_and_moves_on(page: Page, sample: Up) -> None:
    check = "seriousness-from-impact#shouting"
    store = Store.open(sample.data / "events.db")

    def remember(tx: Tx) -> None:
        seen = Answered(check=check, grade=3, time=time.time() - 30 * DAY)
        state = learners.learner(tx, "ana")
        state.memories.pop(check, None)
        learners.save_learners(tx, {"ana": apply(state, seen)})

    store.write(remember)
    sign_in(page, sample, "learner")
    page.get_by_role("button", name="Review").click()
    expect(page.get_by_text("Review 1 of")).to_be_visible()
    page.locator(".option", has_text="Low, with a quick and friendly answer").locator("input").check()
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".verdict")).to_have_text("Right.")
    assert serious(page) == []
    until = time.monotonic() + 5
    while store.read(lambda tx: learners.learner(tx, "ana")).memories[check].reviews < 2:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert store.read(lambda tx: learners.learner(tx, "ana")).memories[check].due > time.time() + DAY
    store.close()
