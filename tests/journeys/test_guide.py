"""A guide inside a host tool that is late, draws anew, hides things and forbids much; and keeps working itself."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.hostile import ANCHOR, CONFIRM, begin, unit, visit
from tests.journeys.pages import violations
from tests.processes.conftest import Up


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    assert wrong == []
    assert opened.evaluate("window.violations ?? []") == []
    context.close()


def ring(page: Page) -> Locator:
    return page.locator("midflow-widget .ring")


def marks(page: Page, target: Locator) -> None:
    """Assert that the ring lies around the element."""
    expect(ring(page)).to_be_visible(timeout=3000)
    page.wait_for_timeout(300)
    inner, outer = target.bounding_box(), ring(page).bounding_box()
    assert inner is not None
    assert outer is not None
    assert outer["x"] <= inner["x"]
    assert outer["y"] <= inner["y"]
    assert outer["x"] + outer["width"] >= inner["x"] + inner["width"]
    assert outer["y"] + outer["height"] >= inner["y"] + inner["height"]
    assert outer["width"] < inner["width"] + 40


def step(page: Page, words: str) -> None:
    expect(page.locator("midflow-widget .guide h2")).to_have_text(words)


def put(page: Page, html: str) -> None:
    """Draw the spot anew, as the host's own code would (without Trusted Types there is no other way than parts)."""
    page.evaluate(
        """(html) => { const made = new DOMParser().parseFromString(
             (window.plain ??= trustedTypes.createPolicy('host', { createHTML: (text) => text })).createHTML(html), 'text/html');
           document.querySelector('#spot').replaceChildren(...made.body.childNodes); }""",
        html,
    )


def test_the_next_step_comes_when_the_host_was_really_clicked(page: Page, sample: Up) -> None:
    visit(page, sample, spot=CONFIRM)
    begin(page)
    step(page, "Confirm the deal")
    target = page.get_by_role("button", name="Confirm", exact=True)
    marks(page, target)
    assert violations(page) == []
    target.click()
    step(page, "Tell the customer")
    assert page.evaluate("window.clicks") == ["gen-4711"]
    page.locator("midflow-widget").get_by_role("button", name="Done").click()
    expect(page.locator("midflow-widget .player")).to_be_visible()
    expect(page.locator("midflow-widget .player h2").first).to_be_focused()


def test_an_element_that_comes_late_is_marked_when_it_is_there(page: Page, sample: Up) -> None:
    visit(page, sample)
    begin(page)
    expect(page.locator("midflow-widget .guide .hint")).to_contain_text("not to be seen", timeout=3000)
    expect(page.locator("midflow-widget .guide")).to_have_class("guide card docked")
    put(page, CONFIRM)
    marks(page, page.get_by_role("button", name="Confirm", exact=True))


def test_an_element_that_the_host_draws_anew_stays_marked(page: Page, sample: Up) -> None:
    visit(page, sample, spot=CONFIRM)
    begin(page)
    marks(page, page.get_by_role("button", name="Confirm", exact=True))
    put(page, "<p>Some more</p>" + CONFIRM.replace("gen-4711", "gen-9").replace("css-1", "css-2"))
    marks(page, page.get_by_role("button", name="Confirm", exact=True))
    page.get_by_role("button", name="Confirm", exact=True).click()
    step(page, "Tell the customer")


def test_an_element_in_a_shadow_root_is_found(page: Page, sample: Up) -> None:
    host = {"tag": "x-deal", "path": ["x-deal 1/1"], "attributes": [{"name": "name", "value": "deal"}]}
    visit(page, sample, guided=unit(ANCHOR | {"page": [], "within": [host]}))
    page.evaluate(
        """() => { const host = document.createElement('x-deal'); host.setAttribute('name', 'deal');
           const button = document.createElement('button'); button.textContent = 'Confirm';
           host.attachShadow({ mode: 'open' }).append(button); document.querySelector('#spot').append(host); }"""
    )
    begin(page)
    marks(page, page.locator("x-deal button"))
    page.locator("x-deal button").click()
    step(page, "Tell the customer")


def test_an_element_in_a_frame_of_the_same_origin_is_found_where_it_is_seen(page: Page, sample: Up) -> None:
    frame = {"tag": "iframe", "attributes": [{"name": "name", "value": "form"}]}
    guided = unit(ANCHOR | {"within": [frame]}, done="value")
    guided["blocks"][0]["steps"][0]["anchor"] |= {
        "tag": "input",
        "role": "textbox",
        "name": "Sum",
        "page": [],
    }
    visit(page, sample, guided=guided)
    page.evaluate(
        """async () => { const frame = document.createElement('iframe'); frame.name = 'form'; frame.src = 'about:blank';
           document.querySelector('#spot').append(frame);
           const label = frame.contentDocument.createElement('label'); label.append('Sum', frame.contentDocument.createElement('input'));
           frame.contentDocument.body.append(label); }"""
    )
    begin(page)
    field = page.frame_locator("iframe").get_by_label("Sum")
    marks(page, field)
    field.fill("12")
    field.blur()
    step(page, "Tell the customer")


def test_the_card_stays_usable_over_a_modal_dialog_of_the_host(page: Page, sample: Up) -> None:
    visit(page, sample, spot=CONFIRM)
    begin(page)
    page.evaluate(
        """() => { const dialog = document.createElement('dialog'); dialog.textContent = 'Are you sure?';
           document.body.append(dialog); dialog.showModal(); }"""
    )
    page.locator("midflow-widget").get_by_role("button", name="Skip").click()
    step(page, "Tell the customer")


def test_an_element_inside_a_scrolled_box_is_brought_into_view_and_followed(page: Page, sample: Up) -> None:
    visit(page, sample, spot='<div id="box"></div>')
    page.evaluate(
        """() => { const box = document.querySelector('#box'); Object.assign(box.style, { height: '300px', overflow: 'auto' });
           for (let n = 0; n < 60; n++) box.append(Object.assign(document.createElement('p'), { textContent: 'Row ' + n }));
           box.append(Object.assign(document.createElement('button'), { textContent: 'Confirm' })); }"""
    )
    begin(page)
    marks(page, page.get_by_role("button", name="Confirm", exact=True))
    page.locator("#box").evaluate("box => box.scrollBy(0, -60)")
    marks(page, page.get_by_role("button", name="Confirm", exact=True))


def test_a_step_ends_when_a_single_page_tool_comes_to_its_address(page: Page, sample: Up) -> None:
    visit(page, sample, spot=CONFIRM, guided=unit(done="navigation", value="/deals/"))
    begin(page)
    page.evaluate("history.pushState({}, '', '/hostile/deals/7')")
    step(page, "Tell the customer")


def test_what_is_hidden_is_not_marked_until_it_is_seen(page: Page, sample: Up) -> None:
    visit(page, sample, spot=f'<div id="tab" hidden>{CONFIRM}</div>')
    begin(page)
    page.wait_for_timeout(600)
    expect(ring(page)).to_be_hidden()
    page.evaluate("document.querySelector('#tab').hidden = false")
    marks(page, page.get_by_role("button", name="Confirm", exact=True))


def test_a_host_that_removes_our_element_gets_no_error_and_the_person_their_guide_back(
    page: Page, sample: Up
) -> None:
    visit(page, sample, spot=CONFIRM)
    begin(page)
    page.evaluate("document.querySelector('midflow-widget').remove()")
    expect(page.locator("midflow-widget .guide")).to_be_visible(timeout=3000)
    page.get_by_role("button", name="Confirm", exact=True).click()
    step(page, "Tell the customer")


def test_escape_ends_the_guide_and_gives_the_unit_back(page: Page, sample: Up) -> None:
    visit(page, sample, spot=CONFIRM)
    begin(page)
    page.keyboard.press("Escape")
    expect(page.locator("midflow-widget .player")).to_be_visible()
    expect(ring(page)).to_be_hidden()


def test_on_a_page_of_ten_thousand_elements_a_change_costs_the_host_little(page: Page, sample: Up) -> None:
    visit(page, sample, spot=CONFIRM)
    page.evaluate(
        """() => { for (let n = 0; n < 2500; n++) { const row = document.createElement('div');
           for (const text of ['Edit', 'Close', 'More']) row.append(Object.assign(document.createElement('button'), { textContent: text + ' ' + n }));
           document.querySelector('main').append(row); } }"""
    )
    begin(page)
    marks(page, page.get_by_role("button", name="Confirm", exact=True))
    page.evaluate(
        """() => { window.long = []; new PerformanceObserver((list) => window.long.push(...list.getEntries().map((one) => one.duration)))
           .observe({ type: 'longtask' }); }"""
    )
    for n in range(20):
        page.evaluate(
            "(n) => document.querySelector('main').append(Object.assign(document.createElement('p'), { textContent: n }))",
            n,
        )
    page.wait_for_timeout(500)
    assert page.evaluate("window.long") == []
