"""What a visitor of the sample does, from a changed ticket to the next review."""

import time

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from midflow.store import learners, log
from midflow.store.outcomes import statements_of
from midflow.store.sqlite import Store
from tests.journeys.pages import answer, arrive, card, looks_right
from tests.processes.conftest import Up

WITHIN_A_SECOND = 1500  # milliseconds, with room for a machine that runs other tests too


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
    a_test_is_offered_once(page, sample)
    store = Store.open(sample.data / "events.db")
    assert store.read(lambda tx: learners.learner(tx, person)).units["hold-with-a-next-step"].known
    store.close()


def a_test_is_offered_once(page: Page, sample: Up) -> None:
    """The way to it leads into the app, in another window; Escape or the button end it for good."""
    asked = page.locator("midflow-widget .proof")
    link = asked.get_by_role("link", name="Prove it")
    expect(link).to_have_attribute("href", f"{sample.url}/app/#prove=hold-with-a-next-step")
    expect(link).to_have_attribute("target", "_blank")
    looks_right(page)
    page.keyboard.press("Escape")
    expect(asked).not_to_be_attached()
    page.get_by_role("button", name="Resolve").click()
    expect(page.locator(".trace ol")).to_have_count(2)
    expect(asked).not_to_be_attached()


def test_no_other_dismissal_asks_for_a_proof(page: Page, sample: Up) -> None:
    arrive(page, sample)
    page.get_by_role("button", name="Put on hold").click()
    card(page).get_by_role("button", name="Not now …").click()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(lambda answer: answer.url.endswith("/v1/outcomes")):
        card(page).get_by_role("button", name="Not now", exact=True).click()
    page.wait_for_timeout(300)
    expect(page.locator("midflow-widget .proof")).not_to_be_attached()
    assert not [url for url in asked if "/v1/units/" in url]


def test_the_way_to_a_proof_leads_through_the_sign_in_to_the_test_of_that_unit(
    page: Page, sample: Up
) -> None:
    page.goto(f"{sample.url}/app/#prove=hold-with-a-next-step")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Enter as learner").click()
    expect(page.get_by_role("heading", name="Put a ticket on hold so that it comes back")).to_be_visible()
    looks_right(page)
    with page.expect_response(lambda answer: answer.url.endswith("/v1/me/tests")) as begun:
        page.get_by_role("button", name="Prove it in a minute").click()
    assert begun.value.json()["unit"] == "hold-with-a-next-step"
    expect(page.locator(".check legend")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()


def test_each_decision_opens_into_its_reasons_with_the_keyboard_and_stays_open(
    page: Page, sample: Up
) -> None:
    arrive(page, sample)
    page.get_by_role("button", name="Put on hold").click()
    expect(card(page)).to_be_visible()
    summary = page.locator(".trace summary").first
    summary.focus()
    page.keyboard.press("Enter")
    reasons = page.locator(".trace .reasons")
    for said in ("chosen", "Another unit comes first.", "effect", "Threshold", "0 of 2 in 24 hours", "Shown with probability",
                 "It did not wait.", "it comes out the same"):  # fmt: skip
        expect(reasons).to_contain_text(said)
    looks_right(page)
    card(page).get_by_role("button", name="Close, not now").click()
    summary.focus()
    expect(page.locator(".trace")).to_contain_text("Dismissed")
    expect(reasons).to_be_visible()
    assert page.evaluate("document.activeElement.textContent") == "How it was decided"
    page.keyboard.press("Enter")
    expect(reasons).not_to_be_visible()


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


STATES = ("page", "prompt", "reasons", "unit", "ticked", "wrong", "right", "finish", "away", "silence")


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible_and_fits_the_window(page: Page, sample: Up, state: str) -> None:
    arrive(page, sample)
    reach(page, state)
    looks_right(page)


def reach(page: Page, state: str) -> None:
    """Go on from a fresh page until `state` is in sight."""
    if state == "page":
        return
    page.get_by_role("button", name="Put on hold").click()
    expect(card(page)).to_be_visible()
    if state == "prompt":
        card(page).get_by_text("Why am I seeing this?").click()
    elif state == "reasons":
        card(page).get_by_role("button", name="Not now …").click()
    elif state == "silence":
        card(page).get_by_role("button", name="Close, not now").click()
        page.get_by_role("button", name="Put on hold").click()
        expect(page.locator(".trace .silence").first).to_be_visible()
        page.get_by_text("Sign in to the rest of the sample").click()
    elif state == "away":
        page.route("**/v1/units/**", lambda route: route.abort())
        page.get_by_role("button", name="Start ·").click()
        expect(page.get_by_text("Your work is not affected.")).to_be_visible()
    else:
        play(page, state)


def play(page: Page, state: str) -> None:
    """Open the unit and go on in it until `state` is in sight."""
    page.get_by_role("button", name="Start ·").click()
    expect(page.locator("midflow-widget .player")).to_be_visible()
    if state == "unit":
        return
    page.get_by_role("button", name="Next").click()
    page.get_by_label("It says whose move it is").check()
    if state == "ticked":
        return
    page.get_by_role("button", name="Next").click()
    answer(page, "Put it on hold until tomorrow" if state == "wrong" else "Leave it open")
    if state == "finish":
        page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Skip").click()
        expect(page.get_by_text("The question you answered comes back")).to_be_visible()
        page.get_by_text("Something is wrong here").click()


@pytest.mark.parametrize(
    "window",
    [
        pytest.param({"viewport": {"width": 320, "height": 568}}, id="320 pixels"),
        pytest.param({"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}, id="200 %"),
        pytest.param({"viewport": {"width": 1280, "height": 800}, "forced_colors": "active"}, id="forced colours"),
        pytest.param({"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}, id="reduced motion"),
    ],
)  # fmt: skip
def test_a_prompt_and_its_reasons_stay_in_every_kind_of_window(
    browser: Browser, sample: Up, window: dict[str, object]
) -> None:
    context = browser.new_context(**window)  # type: ignore[arg-type]
    page = context.new_page()
    arrive(page, sample)
    reach(page, "prompt")
    looks_right(page)
    place, size = card(page).bounding_box(), page.viewport_size
    assert place and size
    assert place["x"] >= 0
    assert place["y"] >= 0
    assert place["y"] + place["height"] <= size["height"]
    if "reduced_motion" in window:
        assert card(page).evaluate("card => getComputedStyle(card).animationName") == "none"
    page.get_by_role("button", name="Start ·").click()
    looks_right(page)
    context.close()


def test_in_a_page_from_right_to_left_the_prompt_stands_at_the_left(page: Page, sample: Up) -> None:
    arrive(page, sample)
    page.evaluate("document.documentElement.dir = 'rtl'")
    reach(page, "prompt")
    place = card(page).bounding_box()
    assert place
    assert place["x"] <= 16
    closing = card(page).get_by_role("button", name="Close, not now").bounding_box()
    assert closing
    assert closing["x"] < place["x"] + place["width"] / 2


def test_what_is_touched_is_large_enough_for_a_finger(page: Page, sample: Up) -> None:
    arrive(page, sample)
    reach(page, "finish")
    small = """
        const root = document.querySelector('midflow-widget').shadowRoot;
        const all = [...document.querySelectorAll('button, select, summary'), ...root.querySelectorAll('button, summary, label, a')];
        return all.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5).map((one) => one.outerHTML.slice(0, 90));
    """
    found = page.evaluate(f"(() => {{ {small} }})()")
    assert [one for one in found if "What is wrong?" not in one] == []
