"""A rule's condition in rows: what is sent becomes CEL, what rows cannot say stays as it was written."""

import html
import json

import pytest

from midflow.core.events import WorkEvent
from tests.studio.test_publishing import release

LISTENS = "/studio/rules/condition/"


def rule_form(**changes):
    """What a browser sends for the tiny pack's rule."""
    from midflow.studio.authoring.models import Task

    form = {
        "title": "", "slug": "on-wait", "task": str(Task.objects.get(slug="wait").pk), "phase": "starting",
        "events": "helpdesk.wait", "when": "true", "when-by": "rows", "when-rows": '{"join":"all","rows":[]}',
        "who": "actor", "because": "", "timing": "auto", "history-count": "0",
    }  # fmt: skip
    return {**form, **changes}


def row(field, op="is", *values, kind="text"):
    return {"field": field, "op": op, "kind": kind, "values": list(values)}


def rows(*found, join="all"):
    return json.dumps({"join": join, "rows": found})


@pytest.fixture
def author(desk, sign_in):
    return sign_in("ines@desk.example", "Authors")


@pytest.fixture
def place(author):
    from midflow.studio.authoring.models import Rule

    return f"/studio/snippets/authoring/rule/edit/{Rule.objects.get(slug='on-wait').pk}/"


def ask(browser, question):
    return browser.post(LISTENS, json.dumps(question), content_type="application/json").json()


def published():
    return next(rule for rule in release()[1]["rules"] if rule["id"] == "on-wait")


def test_rows_are_published_as_the_condition_that_they_say(author, place):
    sent = rows(
        row("status", "is", 'on "hold"'),
        row("hours", "more_than", "48"),
        row("vip", "is", "yes", kind="yes_no"),
    )
    answer = author.post(place, rule_form(**{"when-rows": sent, "action-publish": "action-publish"}))
    assert answer.status_code == 302, answer.content.decode()
    assert published()["when"] == 'data.status == "on \\"hold\\"" && data.hours > 48 && data.vip == true'


def test_the_line_of_cel_counts_where_somebody_writes_by_hand(author, place):
    sent = {"when-by": "hand", "when": "size(data.labels) > 2", "when-rows": rows(row("status", "is", "x"))}
    assert author.post(place, rule_form(**sent, **{"action-publish": "action-publish"})).status_code == 302
    assert published()["when"] == "size(data.labels) > 2"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (rows(row("status", "is", "a"), row("", "is", "b")), "Row 2: Name a field."),
        (rows(row("hours", "less_than", "many")), "Row 1: Write a number."),
        (rows(row("hours", "is_one_of", "1", "x", kind="number")), "Row 1: Write a number."),
        ("{", "The rows could not be read."),
        ('{"rows":[{"field":"a","op":"drop"}]}', "The rows could not be read."),
        (rows(row("status", "is", "x" * 500)), "at most 500 are allowed"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_written_are_refused_at_the_condition_and_come_back_as_they_were(
    author, place, sent, said
):
    answer = author.post(place, rule_form(**{"when-rows": sent}))
    page = answer.content.decode()
    assert answer.status_code == 200
    errors = page.partition('id="panel-child-when-errors"')[2].partition("</div>")[0]
    assert said in errors
    assert sent.replace('"', "&quot;") in page


def test_the_editor_opens_with_the_rows_of_a_condition_that_rows_can_say(author, place):
    from midflow.studio.authoring.models import Rule

    rule = Rule.objects.get(slug="on-wait")
    for when, by in (("data.status in ['a', 'b']", "rows"), ("size(data.labels) > 2", "hand")):
        rule.when = when
        rule.save_revision().publish()
        page = author.get(place).content.decode()
        assert f'value="{by}" checked' in page
    assert ask(author, {"when": "data.status in ['a', 'b']"})["rows"] == {
        "join": "all", "rows": [row("status", "is_one_of", "a", "b")],
    }  # fmt: skip


def test_what_was_written_comes_back_as_the_rows_that_were_sent(author):
    sent = {
        "join": "any",
        "rows": [
            row("ticket-type", "is_not", "it's \\ “odd”"), row("n", "is", "1.5", kind="number"),
            row("before.by_me", "is", "no", kind="yes_no"), row("labels", "has_item", "urgent"), row("case", "exists"),
        ],
    }  # fmt: skip
    when = ask(author, {"rows": sent})["when"]
    assert ask(author, {"when": when})["rows"] == sent


@pytest.mark.parametrize(
    "when", ['data.a == "x\\ny"', 'data.a in ["1", 1]', "data.a == 1 && (data.b == 2)", "data.a =="]
)
def test_what_the_rows_of_the_page_cannot_hold_is_left_to_whoever_wrote_it(author, when):
    assert ask(author, {"when": when})["rows"] is None


def test_what_the_gate_says_comes_with_the_row_where_it_is_one_of_them(author):
    wrong = ask(author, {"rows": {"rows": [row("a", "is", "x"), row("b", "contains", "")]}})
    assert wrong == {"when": None, "problem": "Row 2: Write the text to look for.", "place": 1}
    said = ask(author, {"when": "data.a == other"})
    assert said["problem"].startswith("Unknown name: other.")
    assert said["place"] is None
    assert author.post(LISTENS, "[", content_type="application/json").status_code == 400


def test_only_whoever_writes_rules_is_answered(desk, sign_in):
    manager = sign_in("chloe@desk.example", "Managers")
    for answer in (
        manager.get("/studio/rules/seen/"),
        manager.post(LISTENS, "{}", content_type="application/json"),
    ):
        assert answer.status_code in (302, 403)


def test_event_types_seen_lately_are_suggested_with_counts_and_the_fields_that_they_had(author):
    import time

    from midflow.store import log
    from midflow.studio.storage import store

    now = time.time()
    made = [
        log.EventRow(
            seq, WorkEvent(source="desk", id=str(seq), type=f"desk.{'close' if seq > 3 else 'wait'}", time=at, person=who, data={"status": status}),
            at, None, 0, None,
        )
        for seq, at, who, status in (
            (1, now - 40 * 86_400, "ana", "old"), (2, now, "ana", "held"), (3, now, "ben", "held"), (4, now, "ana", "only one"),
        )
    ]  # fmt: skip
    store().write(lambda tx: log.add_events(tx, made))
    found = author.get("/studio/rules/seen/").json()
    assert found["types"] == [["desk.wait", 2], ["desk.close", 1]]
    status = next(field for field in found["fields"] if field["name"] == "status")
    assert status == {
        "name": "status",
        "kind": "text",
        "values": ["held"],
        "types": ["desk.close", "desk.wait"],
    }
    assert {"case", "before.by_me", "person.roles"} <= {field["name"] for field in found["fields"]}


def test_the_history_is_edited_in_plain_words_and_published(author, place):
    history = {
        "history-count": "2",
        "history-0-deleted": "", "history-0-order": "0", "history-0-type": "times", "history-0-id": "",
        "history-0-value-at_least": "0", "history-0-value-at_most": "0",
        "history-1-deleted": "", "history-1-order": "1", "history-1-type": "after", "history-1-id": "",
        "history-1-value-events-count": "1", "history-1-value-events-0-deleted": "",
        "history-1-value-events-0-order": "0", "history-1-value-events-0-id": "",
        "history-1-value-events-0-value": "helpdesk.close", "history-1-value-within_hours": "48",
        "history-1-value-activity": "", "history-1-value-status": "", "history-1-value-by": "me",
        "history-1-value-where": "case",
    }  # fmt: skip
    answer = author.post(place, rule_form(**history, timing="badge", **{"action-publish": "action-publish"}))
    assert answer.status_code == 302, answer.content.decode()
    assert published()["history"] == [
        {"kind": "times", "at_least": 0, "at_most": 0},
        {"kind": "after", "events": ["helpdesk.close"], "within_hours": 48.0, "activity": "", "status": "", "by": "me", "where": "case"},
    ]  # fmt: skip
    assert published()["timing"] == "badge"


def test_a_history_that_asks_for_nothing_is_refused_at_the_history(author, place):
    history = {
        "history-count": "1", "history-0-deleted": "", "history-0-order": "0", "history-0-type": "times", "history-0-id": "",
        "history-0-value-at_least": "0", "history-0-value-at_most": "",
    }  # fmt: skip
    answer = author.post(place, rule_form(**history, **{"action-publish": "action-publish"}))
    assert answer.status_code == 200
    page = html.unescape(answer.content.decode())
    said = "A “How often done before” term asks for nothing. Give it “At least” or “At most”."
    assert f'{{"messages": [{json.dumps(said)}]}}' in page


def came_in(*events):
    """Events of the tiny pack's helpdesk, in the log as they came: (seconds ago, account, type, status)."""
    import time

    from midflow.store import log, people
    from midflow.studio.storage import store

    now = time.time()
    made = [
        log.EventRow(
            seq, WorkEvent(source="desk", id=str(seq), type=type_, time=now - ago, person=who, case=f"T-{seq}", data={"status": status}),
            now - ago, who, 0, None,
        )
        for seq, (ago, who, type_, status) in enumerate(events, 1)
    ]  # fmt: skip

    def save(tx):
        for who in sorted({row.person for row in made}):
            people.save_person(
                tx, people.Person(id=who, name=f"{who.title()} Rivers", roles=("agent",)), now=now
            )
        log.add_events(tx, made)

    store().write(save)


def test_a_rule_that_is_not_saved_is_tried_on_last_weeks_events_and_nobody_is_named(author, place):
    from midflow.studio.authoring.models import Rule

    came_in(
        (9 * 86_400, "ana", "helpdesk.wait", "held"), (86_400, "ana", "helpdesk.wait", "held"),
        (3600, "ben", "helpdesk.wait", "held"), (60, "ben", "helpdesk.wait", "open"), (30, "ben", "other", "held"),
    )  # fmt: skip
    sent = rule_form(**{"when-rows": rows(row("status", "is", "held")), "days": "7"})
    page = author.post("/studio/rules/try/?rule=1", sent).content.decode()
    assert "2 moments of 2 people" in page
    assert "T-2" in page
    assert "T-3" in page
    assert not {"T-1", "T-4", "T-5"} & set(page.replace("<", " ").replace(">", " ").split())
    assert "Rivers" not in page
    assert "ana" not in page
    wider = author.post(
        "/studio/rules/try/", {**sent, "slug": "not-there-yet", "days": "30"}
    ).content.decode()
    assert "3 moments of 2 people" in wider
    assert Rule.objects.get(slug="on-wait").when == 'data.status == "open"'
    assert not Rule.objects.filter(slug="not-there-yet").exists()


def test_a_try_that_finds_nothing_says_what_to_do(author):
    page = author.post("/studio/rules/try/?rule=1", rule_form(days="7")).content.decode()
    assert "No event came in within the last 7 days. Send one, or widen the window." in page
    came_in((60, "ana", "other", "held"))
    page = author.post("/studio/rules/try/?rule=1", rule_form(days="1")).content.decode()
    assert "No event of helpdesk.wait matched in the last 1 day, of 1 looked at." in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"events": ""}, "Event types: This field is required."),
        ({"when-by": "hand", "when": "data.a =="}, "it cannot be read at character"),
        ({"task": ""}, "This field is required."),
        ({"when-rows": rows(row("", "is", "x"))}, "Row 1: Name a field."),
    ],
)
def test_a_rule_that_cannot_be_tried_yet_says_why(author, changes, said):
    page = html.unescape(author.post("/studio/rules/try/?rule=1", rule_form(**changes)).content.decode())
    assert "It cannot be tried yet." in page
    assert said in page


def test_a_form_without_its_fields_is_told_so(author):
    assert "Reload the page" in author.post("/studio/rules/try/", {"slug": "x"}).content.decode()
