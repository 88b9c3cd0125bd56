"""What a visitor of the sample does, from a changed ticket to the next review."""

import time
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from midflow.store import learners, log
from midflow.store.outcomes import statements_of
from midflow.store.sqlite import Store
from tests.processes.conftest import Up

WITHIN_A_SECOND = 1500  # milliseconds, with room for a machine that runs other tests too


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
    page.locator("midflow-widget .option", has_text=text).locator("input").check()
    page.get_by_role("button", name="Answer", exact=True).click()


def violations(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{v['id']}: {v['nodes'][0]['html'][:120]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ]


def test_a_visitor_changes_a_ticket_sees_the_prompt_finishes_it_and_sees_what_happened(
    page: Page, sample: Up
) -> None:
    person = arrive(page, sample)
    page.get_by_role("button", name="Put on hold").click()
    expect(card(page)).to_be_visible(timeout=WITHIN_A_SECOND)
    card(page).get_by_text("Why am I seeing this?").click()
    expect(card(page)).to_contain_text("You have not done “Put a ticket on hold” here before.")
    page.get_by_role("button", name="Start ·").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("It says whose move it is").check()
    page.get_by_role("button", name="Next").click()
    answer(page, "Put it on hold until tomorrow")
    expect(page.locator("midflow-widget .verdict")).to_have_text("Not quite.")
    page.get_by_role("button", name="Try again").click()
    answer(page, "Leave it open")
    page.get_by_role("button", name="Next").click()
    answer(page, "Customer sends the export file")
    page.get_by_role("button", name="Finish").click()
    page.locator("midflow-widget .scale input").last.check()
    page.get_by_role("button", name="Back to work").click()
    for stage in ("event", "moment", "need", "decision", "delivery", "outcome", "record", "review"):
        expect(page.locator(f".trace [data-stage={stage}]").first).to_be_attached()
    expect(page.locator(".trace")).to_contain_text("Completed")
    on_record(sample, person)
    second_event_is_silent(page)


def on_record(sample: Up, person: str) -> None:
    store = Store.open(sample.data / "events.db")
    try:
        until = time.monotonic() + 5
        while "rated" not in (
            verbs := [row.verb for row in store.read(lambda tx: statements_of(tx, person))]
        ):
            assert time.monotonic() < until, verbs
            time.sleep(0.05)
        assert verbs[:2] == ["prompted", "opened"]
        assert {"stepped", "ticked", "answered", "completed"} <= set(verbs)
        state = store.read(lambda tx: learners.learner(tx, person))
        assert len(state.charges) == 1
        assert state.open is None
        assert state.memories["hold-with-a-next-step#busy-day"].right == 0
        assert state.memories["hold-with-a-next-step#best-note"].right == 1
        assert state.memories["hold-with-a-next-step#best-note"].due > time.time()
        (event,) = store.read(lambda tx: log.events_of(tx, person, 5))
        assert "note" not in event.event.data
        assert event.dropped == 1
        (decision,) = store.read(lambda tx: log.decisions_of_event(tx, event.seq))
        assert decision.situation.seeded
        first = store.read(lambda tx: statements_of(tx, person))[0]
        assert msgspec.json.decode(first.raw)["actor"]["account"]["name"] == person
    finally:
        store.close()


def second_event_is_silent(page: Page) -> None:
    page.get_by_role("button", name="Put on hold").click()
    silence = page.locator(".trace ol").first.locator("[data-stage=decision].silence")
    # The first unit is in its cooldown; the one after it would be next, and waits for the budget.
    expect(silence).to_contain_text("over budget")
    expect(silence).to_contain_text("The person's attention budget is used up for now.")
    expect(card(page)).not_to_be_visible()


def test_the_whole_prompt_and_unit_work_with_the_keyboard_alone(page: Page, sample: Up) -> None:
    arrive(page, sample)
    page.get_by_role("button", name="Put on hold").focus()
    page.keyboard.press("Enter")
    expect(card(page)).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == "Put on hold", (
        "a prompt must not take the focus"
    )
    page.get_by_role("button", name="Start ·").focus()
    page.keyboard.press("Enter")
    expect(page.locator("midflow-widget h2")).to_be_focused()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") == "Next":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_label("It says whose move it is")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("midflow-widget .player")).not_to_be_attached()
    assert page.evaluate("document.activeElement.textContent") == "Put on hold"


def test_a_dismissal_with_a_reason_ends_the_prompt(page: Page, sample: Up) -> None:
    person = arrive(page, sample)
    page.get_by_role("button", name="Put on hold").click()
    card(page).get_by_role("button", name="Not now …").click()
    with page.expect_response(lambda answer: answer.url.endswith("/v1/outcomes")):
        card(page).get_by_role("button", name="I know this already").click()
    expect(card(page)).not_to_be_visible()
    store = Store.open(sample.data / "events.db")
    assert store.read(lambda tx: learners.learner(tx, person)).units["hold-with-a-next-step"].known
    store.close()


def test_a_prompt_stays_usable_while_the_host_shows_a_modal_dialog(page: Page, sample: Up) -> None:
    arrive(page, sample)
    page.get_by_role("button", name="Put on hold").click()
    expect(card(page)).to_be_visible()
    page.evaluate(
        "const d = document.createElement('dialog'); d.textContent = 'host'; document.body.append(d); d.showModal()"
    )
    page.get_by_role("button", name="Start ·").click(timeout=3000)
    expect(page.locator("midflow-widget .player")).to_be_visible()


def test_the_helpdesk_works_when_midflow_does_not(page: Page, sample: Up) -> None:
    arrive(page, sample)
    page.route("**/v1/**", lambda route: route.abort())
    page.route("**/demo/events", lambda route: route.abort())
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(".ticket .status")).to_have_text("resolved")
    expect(page.locator(".trace")).to_contain_text("The ticket changed all the same.")


@pytest.mark.parametrize("state", ["page", "prompt", "unit", "check", "finish"])
def test_no_state_has_serious_accessibility_violations(page: Page, sample: Up, state: str) -> None:
    arrive(page, sample)
    if state != "page":
        page.get_by_role("button", name="Put on hold").click()
        expect(card(page)).to_be_visible()
        card(page).get_by_text("Why am I seeing this?").click()
    if state in ("unit", "check", "finish"):
        page.get_by_role("button", name="Start ·").click()
        expect(page.locator("midflow-widget .player")).to_be_visible()
    if state in ("check", "finish"):
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Next").click()
        answer(page, "Leave it open")
    if state == "finish":
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Skip").click()
        expect(page.get_by_role("button", name="Back to work")).to_be_visible()
    page.wait_for_timeout(300)
    assert violations(page) == []
