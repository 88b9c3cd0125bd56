"""The pages in a real browser."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from tests.studio.conftest import PASSWORD

pytestmark = pytest.mark.needs("chromium")
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address(desk: Path) -> Iterator[str]:
    from midflow.studio.wsgi import application

    server = make_server("127.0.0.1", 0, application, Threads, Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, from which Django would refuse to touch the database;
    # it ends with this module, because other tests run loops of their own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=options)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def page_of(browser: Any, size: str, scheme: str = "light") -> Any:
    width, height = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme).new_page()
    page.wrong = []
    page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    return page


def log_in(page: Any, address: str, email: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_login_and_boards_are_accessible_and_fit_the_screen(address, browser, sign_in, size, scheme):
    from axe_playwright_python.sync_playwright import Axe

    sign_in("chloe@desk.example", "Managers")
    page = page_of(browser, size, scheme)
    page.goto(f"{address}/accounts/login/")
    found = [Axe().run(page).generate_report()] if Axe().run(page).violations_count else []
    log_in(page, address, "chloe@desk.example")
    assert page.url == f"{address}/boards/"
    if (report := Axe().run(page)).violations_count:
        found.append(report.generate_report())
    assert not found, "\n".join(found)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.wrong == []
    page.context.close()


def test_an_author_writes_a_unit_in_the_browser_and_publishes_it(address, browser, sign_in):
    from midflow.studio.authoring.history import changes
    from midflow.studio.authoring.models import Unit

    sign_in("ines@desk.example", "Authors")
    page = page_of(browser, "desktop")
    log_in(page, address, "ines@desk.example")
    page.get_by_role("link", name="Write a unit").click()
    page.fill("#id_title", "Hand a ticket over so that nothing is lost")
    page.fill("#id_objective", "Hand a ticket over in one message")
    page.locator("#id_task").select_option(label="Put a ticket on hold")
    page.get_by_role("button", name="Insert a block").first.click()
    page.get_by_role("option", name="Text").click()
    page.locator("#body-0-value-markdown").fill(
        "Say what you tried, what you found, and what should happen next."
    )
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/unit/")
    unit = Unit.objects.get(slug="hand-a-ticket-over-so-that-nothing-is-lost")
    assert unit.live
    assert [(block.kind, block.id) for block in unit.value().blocks] == [("text", "text-1")]
    assert changes()[0].added == [unit.slug]
    assert changes()[0].by == "ines@desk.example"
    page.context.close()
