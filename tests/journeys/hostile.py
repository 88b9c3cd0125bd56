"""A host page that does what real tools do to whatever is put into them, and a unit whose guide leads through it."""

from typing import Any

from playwright.sync_api import Page, Route

from tests.processes.conftest import Up

POLICY = "script-src 'self'; style-src 'self'; require-trusted-types-for 'script'"

SCRIPT = """
addEventListener('securitypolicyviolation', (event) => (window.violations = [...(window.violations ?? []), event.violatedDirective]));
const token = async () => {
  window.visitor ??= await (await fetch('/demo/visitor', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json();
  return window.visitor;
};
document.addEventListener('click', (event) => (window.clicks = [...(window.clicks ?? []), event.composedPath()[0].id]));
Midflow.init({ token });
"""

BODY = """<!doctype html><html lang="en"><head><title>Host</title><link rel="stylesheet" href="host.css"></head><body>
<nav><a href="#a">Deals</a><a href="#b">People</a></nav><main><h1>Deal</h1><div id="spot">{spot}</div></main>
<script src="/embed.js"></script><script src="host.js"></script></body></html>"""

CONFIRM = '<button id="gen-4711" class="css-1">Confirm</button>'
ANCHOR = {"tag": "button", "role": "button", "name": "Confirm", "page": ["Deals", "People"]}


def unit(anchor: dict[str, Any] = ANCHOR, **step: Any) -> dict[str, Any]:
    """Return a unit as the edge would send it: one guide of two steps."""
    full = {
        "role": "",
        "name": "",
        "attributes": [],
        "near": [],
        "page": [],
        "path": [],
        "within": [],
    } | anchor
    steps = [
        {"do": "Confirm the deal", "detail": "It is there.", "anchor": full, "done": "click", "value": ""}
        | step,
        {"do": "Tell the customer", "detail": "", "anchor": None, "done": "next", "value": ""},
    ]
    return {
        "id": "guided", "title": "Confirm a deal", "objective": "Confirm it", "minutes": 2, "task": None, "risk": "normal",
        "locale": "en", "blocks": [{"id": "way", "kind": "guide", "title": "", "steps": steps}], "sources": [],
        "deep_dive": None, "release": 1, "lease_until": "2030-01-01T00:00:00Z",
    }  # fmt: skip


def visit(
    page: Page, sample: Up, *, spot: str = "", guided: dict[str, Any] | None = None, mark: str = ""
) -> None:
    """Open the host page, signed in, with `spot` as the place where things happen; `mark` ends its address."""

    def host(route: Route) -> None:
        if route.request.url.endswith("host.js"):
            route.fulfill(body=SCRIPT, content_type="text/javascript")
        elif route.request.url.endswith("host.css"):
            route.fulfill(
                body="body { font: 16px sans-serif } #spot { margin: 2rem }", content_type="text/css"
            )
        else:
            headers = {"content-security-policy": POLICY}
            route.fulfill(body=BODY.format(spot=spot), content_type="text/html", headers=headers)

    page.route("**/hostile/**", host)
    page.route("**/v1/units/guided", lambda route: route.fulfill(json=guided or unit()))
    with page.expect_response(lambda answer: answer.url.endswith("/v1/stream")):
        page.goto(f"{sample.url}/hostile/page{mark}")


def begin(page: Page) -> None:
    """Start the unit and its guide, as a person does."""
    page.evaluate("Midflow.start('guided')")
    page.get_by_role("button", name="Show me, step by step").click()
    page.locator("midflow-widget .guide").wait_for()
