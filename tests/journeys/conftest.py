"""The sample organisation, running, and a real Chromium to visit it with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.processes.conftest import Up

pytest.register_assert_rewrite("tests.journeys.pages")

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic",
)  # fmt: skip


# The browser itself says when an answer is a refusal (nobody is signed in, not theirs, a draft
# that does not hold together yet) and when a test has cut a request off.
SAID = ("status of 401", "status of 403", "status of 400", "net::ERR_FAILED")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    running = Up(tmp_path_factory.mktemp("sample"), "--demo").usable()
    yield running
    running.close()


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(chromium), args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(params=["desktop", "phone"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    phone = request.param == "phone"
    made = browser.new_context(
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
        color_scheme="dark" if phone else "light",
    )
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    yield opened
    assert [text for text in wrong if not any(said in text for said in SAID)] == []


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A page at a desk, for what takes long and looks the same everywhere."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
