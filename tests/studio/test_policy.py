"""The policy's page: every setting within its bounds, and each of them in the release."""

import time

import msgspec
import pytest

from midflow.core.content.release import Limits, Policy
from tests.studio.test_publishing import release

PLACE = "/studio/settings/authoring/attention/"
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]


def policy_form(**changes):
    """What a browser sends for the policy as it is from the start."""
    form = {
        "nudges": "on", "digest": "on",
        "per_day": "2", "per_week": "5", "gap_minutes": "60", "cooldown_days": "7", "max_showings": "4",
        "max_ignored": "3", "interruption_cost": "2", "retention_low": "85", "desired_retention": "90",
        "retention_safety_critical": "95", "review_minutes": "3", "probe_share": "5",
        "working_days": [*DAYS, "saturday", "sunday"], "day_start": "", "day_end": "",
    }  # fmt: skip
    return {**form, **changes}


@pytest.fixture
def operator(desk, sign_in):
    return sign_in("omar@desk.example", "Operators")


def place_of(browser):
    return browser.get(PLACE, follow=True).redirect_chain[-1][0]


def test_every_setting_of_the_policy_is_on_the_page(operator):
    from midflow.studio.authoring.policy_words import LABELS, SECTIONS

    settings = {*Limits.__struct_fields__, *Policy.__struct_fields__} - {"limits"}
    assert set(LABELS) == settings
    assert {name for _, _, rows in SECTIONS for row in rows for name in row} == settings
    page = operator.get(PLACE, follow=True).content.decode()
    for name, (label, _) in LABELS.items():
        assert f'name="{name}"' in page, name
        assert label in page


def test_a_policy_saved_as_it_is_from_the_start_is_the_policy_of_the_core(operator):
    assert operator.post(place_of(operator), policy_form()).status_code == 302
    assert msgspec.convert(release()[1]["policy"], Policy) == Policy()


def test_every_setting_travels_in_the_release(operator):
    form = policy_form(
        per_day="1", per_week="3", gap_minutes="90", cooldown_days="10", max_showings="2", max_ignored="1",
        interruption_cost="4.5", retention_low="75", desired_retention="88", retention_safety_critical="97",
        review_minutes="6", probe_share="12.5", working_days=[*reversed(DAYS)], day_start="22:00", day_end="06:30",
        trial="on",
    )  # fmt: skip
    del form["nudges"], form["digest"]
    assert operator.post(place_of(operator), form).status_code == 302
    assert msgspec.convert(release()[1]["policy"], Policy) == Policy(
        limits=Limits(
            per_day=1, per_week=3, gap_minutes=90, cooldown_days=10, max_showings=2, max_ignored=1
        ),
        trial=True, interruption_cost=0.045, retention_low=0.75, desired_retention=0.88,
        retention_safety_critical=0.97, nudges=False, digest=False, review_minutes=6, probe_share=0.125,
        working_days=tuple(DAYS), day_start=1320, day_end=390,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"per_day": "7"}, "less than or equal to 6"),
        ({"gap_minutes": "14"}, "greater than or equal to 15"),
        ({"probe_share": "20.5"}, "less than or equal to 20"),
        ({"review_minutes": "0"}, "greater than or equal to 1"),
        ({"desired_retention": "100"}, "less than or equal to 99"),
        ({"working_days": []}, "This field is required"),
        ({"day_start": "08:00"}, "Give the start and the end of the day, or neither."),
        ({"day_start": "08:00", "day_end": "08:00"}, "A day that ends when it starts has no hours."),
    ],
)
def test_what_is_beyond_a_bound_is_refused_at_its_field_and_nothing_is_published(operator, wrong, said):
    before = release()[0].number
    answer = operator.post(place_of(operator), policy_form(**wrong))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert release()[0].number == before


def test_the_page_of_releases_says_which_settings_changed(operator):
    operator.post(place_of(operator), policy_form())
    operator.post(place_of(operator), policy_form(per_day="1", day_start="08:00", day_end="17:00"))
    page = operator.get("/studio/releases/").content.decode()
    for said in ("Prompts in 24 hours: 2, now 1", "The day starts: not set, now 08:00"):
        assert said in page


def test_a_release_of_before_a_setting_existed_is_not_said_to_have_had_another(operator):
    from midflow.store import releases
    from midflow.studio.authoring import history
    from midflow.studio.storage import store

    row, body = release()
    older = {**body, "policy": {"limits": {}, "trial": False}}
    rule = {key: value for key, value in body["rules"][0].items() if key not in ("history", "timing")}
    older["rules"] = [rule, *body["rules"][1:]]

    def save(tx):
        for number, content in ((2, older), (3, body)):
            releases.save_release(
                tx,
                number,
                msgspec.json.encode(content),
                hash=str(number),
                created=row.created,
                published_by="",
            )

    store().write(save)
    newest = history.changes()[0]
    assert (newest.number, newest.policy, newest.otherwise, newest.changed) == (3, [], [], [])


TRY = "/studio/policy/try/"


def decided(policy, **changes):
    """Decisions of the last weeks under a policy, as `tests/flow` makes them, up to now."""
    from midflow.studio.storage import store
    from tests.flow import test_policy_try

    test_policy_try.decided(store(), policy, now=time.time(), **changes)


def test_a_policy_that_is_not_saved_is_held_against_what_was_decided(operator):
    before = release()[0].number
    decided(Policy())
    page = operator.post(TRY, policy_form(trial="on")).content.decode()
    for said in (
        "in 100 moments",
        "With these settings",
        "1,500 decisions",
        "of 25 people",
        "doubly robust",
        "SNIPS",
    ):
        assert said in page, said
    assert "no figure" not in page
    assert release()[0].number == before


def test_where_too_little_is_known_the_page_says_so_and_gives_no_figure(operator):
    page = operator.post(TRY, policy_form()).content.decode()
    assert "There is no decision to hold it against yet." in page
    decided(Policy(), moments=100)
    page = operator.post(TRY, policy_form(per_day="1")).content.decode()
    assert "No figure can be given yet" in page
    assert "no figure" in page


def test_a_policy_that_cannot_be_saved_is_not_tried(operator):
    page = operator.post(TRY, policy_form(per_day="9")).content.decode()
    assert "It cannot be tried yet." in page
    assert "less than or equal to 6" in page


def test_only_whoever_may_change_the_policy_may_try_one(desk, sign_in):
    author = sign_in("ines@desk.example", "Authors")
    assert author.post(TRY, policy_form()).status_code in (302, 403)
