"""From the editor to a release."""

import time

import msgspec
import pytest


def release():
    """The current release as decoded JSON."""
    from midflow.store import releases
    from midflow.studio.storage import store

    row, body = store().read(releases.current_release)
    return row, msgspec.json.decode(body)


def unit_form(**changes):
    """What a browser sends for a whole unit with one check."""
    from midflow.studio.authoring.models import Task

    form = {
        "title": "Close a ticket so that it stays closed",
        "slug": "close-well",
        "objective": "Close a ticket without it coming back",
        "task": str(Task.objects.get(slug="wait").pk),
        "body-count": "1",
        "body-0-deleted": "", "body-0-order": "0", "body-0-type": "check", "body-0-id": "",
        "body-0-value-question": "When is a ticket\r\ndone?",
        "body-0-value-options-count": "2",
        "body-0-value-options-0-deleted": "", "body-0-value-options-0-order": "0", "body-0-value-options-0-id": "",
        "body-0-value-options-0-value-text": "When the customer says so.",
        "body-0-value-options-0-value-correct": "on",
        "body-0-value-options-0-value-feedback": "",
        "body-0-value-options-1-deleted": "", "body-0-value-options-1-order": "1", "body-0-value-options-1-id": "",
        "body-0-value-options-1-value-text": "When you are tired of it.",
        "body-0-value-options-1-value-feedback": "",
        "body-0-value-reason": "",
        "body-0-value-block_id": "",
        "roles": ["agent"], "teams": "service-desk\r\n second-line ", "sites": "", "locales": "", "jurisdictions": "",
        "kind": "training", "minutes": "2", "risk": "normal",
        "sources-count": "0", "deep_dive_title": "", "deep_dive_url": "",
        "expires": "", "locale": "en", "skills": ["say-why"], "prerequisites-count": "0",
    }  # fmt: skip
    return {**form, **changes}


ADD = "/studio/snippets/authoring/unit/add/"


def edit_of(unit):
    return f"/studio/snippets/authoring/unit/edit/{unit.pk}/"


def test_an_author_publishes_a_unit_and_within_a_second_it_is_in_the_release(desk, sign_in):
    browser = sign_in("ines@desk.example", "Authors")
    form = {**unit_form(), "action-publish": "action-publish"}
    began = time.perf_counter()
    answer = browser.post(ADD, form)
    assert time.perf_counter() - began < 1
    assert answer.status_code == 302, answer.content.decode()
    row, body = release()
    assert (row.number, row.published_by) == (2, "ines@desk.example")
    made = next(unit for unit in body["units"] if unit["id"] == "close-well")
    assert made["blocks"] == [
        {
            "kind": "check", "id": "check-1", "question": "When is a ticket\ndone?", "reason": "",
            "options": [
                {"text": "When the customer says so.", "correct": True, "feedback": ""},
                {"text": "When you are tired of it.", "correct": False, "feedback": ""},
            ],
        }
    ]  # fmt: skip
    assert made["audience"]["teams"] == ["service-desk", "second-line"]
    assert (made["task"], made["skills"], made["minutes"]) == ("wait", ["say-why"], 2)


def test_a_half_written_unit_is_kept_as_a_draft_and_reaches_nobody(desk, sign_in):
    from midflow.studio.authoring.models import Unit

    browser = sign_in("ines@desk.example", "Authors")
    form = unit_form(
        slug="",
        objective="",
        task="",
        **{"body-0-value-question": "", "body-0-value-options-0-value-text": ""},
    )
    assert browser.post(ADD, form).status_code == 302
    unit = Unit.objects.get(title="Close a ticket so that it stays closed")
    assert (unit.live, unit.slug) == (False, "close-a-ticket-so-that-it-stays-closed")
    assert release()[0].number == 1


def test_publishing_a_unit_that_does_not_compile_is_refused_at_the_form_with_the_remedy(desk, sign_in):
    from midflow.studio.authoring.models import Unit

    browser = sign_in("ines@desk.example", "Authors")
    form = {**unit_form(), "action-publish": "action-publish"}
    del form["body-0-value-options-0-value-correct"]
    answer = browser.post(ADD, form)
    assert answer.status_code == 200
    assert "No option is correct. Mark the right one" in answer.content.decode()
    assert not Unit.objects.filter(slug="close-well").exists()
    assert release()[0].number == 1


def test_a_live_unit_keeps_its_published_words_while_somebody_writes_on(desk, sign_in):
    from midflow.studio.authoring.models import Unit

    unit = Unit.objects.get(slug="hold-well")
    browser = sign_in("ines@desk.example", "Authors")
    assert browser.post(edit_of(unit), unit_form(title="Half a new title")).status_code == 302
    unit.refresh_from_db()
    assert (unit.live, unit.has_unpublished_changes) == (True, True)
    assert release()[1]["units"][0]["title"] == "Put a ticket on hold so that it comes back"
    assert "Fixed: people&#x27;s records name it." in browser.get(edit_of(unit)).content.decode()


def test_several_publishes_in_one_transaction_compile_once(desk, monkeypatch):
    from django.db import transaction

    from midflow.studio.authoring import publishing
    from midflow.studio.authoring.models import Skill

    compiled = []
    monkeypatch.setattr(publishing, "release", compiled.append)
    with transaction.atomic():
        for name in ("Listen", "Ask", "Wait"):
            skill = Skill(title=name)
            skill.save()
            skill.save_revision().publish()
    assert len(compiled) == 1


def test_withdrawing_a_task_that_units_need_is_refused_and_the_author_is_told(desk, sign_in):
    from midflow.studio.authoring.models import Task

    task = Task.objects.get(slug="wait")
    browser = sign_in("ines@desk.example", "Authors")
    answer = browser.post(f"/studio/snippets/authoring/task/unpublish/{task.pk}/", follow=True)
    page = answer.content.decode()
    assert "Nothing was changed" in page
    assert "There is no task &#x27;wait&#x27;" in page
    task.refresh_from_db()
    assert task.live
    assert release()[0].number == 1


def test_a_withdrawn_unit_leaves_the_release_with_the_path_that_is_changed_first(desk, sign_in):
    from midflow.studio.authoring.models import Path, Unit

    browser = sign_in("ines@desk.example", "Authors")
    for model, slug in ((Path, "first-week"), (Unit, "hold-well")):
        thing = model.objects.get(slug=slug)
        assert (
            browser.post(
                f"/studio/snippets/authoring/{model._meta.model_name}/unpublish/{thing.pk}/"
            ).status_code
            == 302
        )
    row, body = release()
    assert (row.number, body["units"], body["paths"]) == (3, [], [])


def test_a_condition_that_is_no_cel_is_refused_at_its_field(desk, sign_in):
    from midflow.studio.authoring.models import Rule

    rule = Rule.objects.get(slug="on-wait")
    browser = sign_in("ines@desk.example", "Authors")
    form = {
        "title": "", "slug": "on-wait", "task": str(rule.task_id), "phase": "starting", "events": "helpdesk.wait",
        "when": "data.status ==", "who": "actor", "because": "", "timing": "auto", "history-count": "0",
    }  # fmt: skip
    answer = browser.post(f"/studio/snippets/authoring/rule/edit/{rule.pk}/", form)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert page.index("Not a CEL expression") > page.index('id="panel-child-when-errors"')


def test_an_author_does_not_change_how_often_people_are_interrupted(desk, sign_in):
    browser = sign_in("ines@desk.example", "Authors")
    assert browser.get("/studio/settings/authoring/attention/").status_code == 302


def test_the_release_page_says_what_changed_and_who_did_it(desk, sign_in):
    browser = sign_in("ines@desk.example", "Authors")
    browser.post(ADD, {**unit_form(), "action-publish": "action-publish"})
    page = browser.get("/studio/releases/").content.decode()
    assert "ines@desk.example" in page
    assert "close-well" in page
    assert "pack import" in page


def test_the_preview_shows_the_unit_as_it_is_being_written(desk, sign_in):
    from midflow.studio.authoring.models import Unit

    unit = Unit.objects.get(slug="hold-well")
    browser = sign_in("ines@desk.example", "Authors")
    address = f"/studio/snippets/authoring/unit/preview/{unit.pk}/"
    assert browser.post(address, unit_form(title="A title under way")).json()["is_valid"]
    page = browser.get(address).content.decode()
    assert "A title under way" in page
    assert "When the customer says so." in page


@pytest.mark.parametrize("name", ["unit", "task", "skill", "rule", "role", "path", "eventsource"])
def test_every_list_and_every_editor_opens_and_can_be_searched(desk, sign_in, name):
    from midflow.studio.authoring.models import CONTENT

    browser = sign_in("ines@desk.example", "Authors")
    listing = f"/studio/snippets/authoring/{name}/"
    assert browser.get(listing).status_code == 200
    assert browser.get(listing, {"q": "ticket"}).status_code == 200
    model = next(model for model in CONTENT.values() if model._meta.model_name == name)
    assert browser.get(f"{listing}edit/{model.objects.first().pk}/").status_code == 200
    assert browser.get(f"{listing}add/").status_code == 200


def test_the_preview_of_a_half_written_unit_says_what_is_missing_in_an_authors_words(desk, sign_in):
    from midflow.studio.authoring.models import Unit

    unit = Unit.objects.get(slug="hold-well")
    browser = sign_in("ines@desk.example", "Authors")
    address = f"/studio/snippets/authoring/unit/preview/{unit.pk}/"
    browser.post(address, unit_form(objective=""))
    page = browser.get(address).content.decode()
    assert "“Objective” is empty." in page
    browser.post(address, unit_form(**{"body-0-value-options-0-value-correct": ""}))
    assert "Mark the right one" in browser.get(address).content.decode()
    browser.post(address, unit_form())
    assert "It takes about 0." in browser.get(address).content.decode()
