"""An operator looks at what came in, finds one statement, and reads it."""

import time

import pytest
from playwright.sync_api import Page, expect

from midflow.store import statements
from midflow.store.open import open_store
from tests.journeys.pages import looks_right
from tests.processes.conftest import Up
from tests.store.statements import activity, rows, statement
from tests.studio.conftest import run_task

EMAIL = "omar@northlight.example"


@pytest.fixture(scope="module")
def password(sample: Up) -> str:
    """Omar may do everything, and three dozen statements are there to look at."""
    said = run_task(sample.data, "create-admin", EMAIL).stdout
    store = open_store(sample.data, "")
    named = {"id": activity("hold"), "definition": {"name": {"en": "Put on hold"}}}
    made = [statement("ana", object=named, result={"success": True, "score": {"scaled": 0.8}})]
    made += [statement("ana" if n % 2 else "ben", what=f"{'long-' * n}end") for n in range(35)]
    made.append(statement("chloe", refers=made[0]["id"]))
    store.write(lambda tx: statements.add_statements(tx, rows(*made), now_ms=int(time.time() * 1000)))
    store.close()
    return said.split()[-1]


def test_an_operator_goes_from_counts_to_a_list_to_one_statement(
    page: Page, sample: Up, password: str
) -> None:
    page.goto(f"{sample.url}/accounts/login/?next=/studio/record/")
    page.locator("#id_login").fill(EMAIL)
    page.locator("#id_password").fill(password)
    page.locator("#id_password").press("Enter")
    expect(page.get_by_role("heading", name="By verb")).to_be_visible()
    looks_right(page)
    page.get_by_text("Each day as a number").click()
    looks_right(page)
    page.get_by_role("link", name="tried", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(26)
    looks_right(page)
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_role("link", name="Newer")).to_be_visible()
    page.get_by_text("Activity, account, registration, days").click()
    page.get_by_label("Registration").fill("7")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Registration")).to_have_accessible_description(
        "Write a UUID, such as f47ac10b-58cc-4372-a567-0e02b2c3d479."
    )
    looks_right(page)
    page.get_by_role("link", name="Show all").click()
    page.get_by_label("Person").fill("chloe")
    page.get_by_label("Person").press("Enter")
    page.locator(".lines .when a").click()
    expect(page.get_by_text("As it is stored")).to_be_visible()
    looks_right(page)
    page.get_by_role("link", name="successful, 80%").click()
    expect(page.get_by_role("heading", name="What refers to it")).to_be_visible()
    looks_right(page)
