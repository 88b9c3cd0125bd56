"""Who comes in, where they land, and the token for the edge."""

import time

import pytest

from tests.studio.conftest import PASSWORD, run_task


@pytest.fixture
def ana(data):
    """Ana is a person of the store and signs in by her address."""
    from midflow.store.people import Person, save_person
    from midflow.studio.accounts.person import link
    from midflow.studio.storage import store

    person = Person(id="ana", name="Ana", email="ana@desk.example")
    store().write(lambda tx: save_person(tx, person, now=1_790_000_000.0))
    link("Ana@Desk.example", "ana")
    return person


@pytest.mark.parametrize(
    ("group", "where"),
    [("", "/app/"), ("Authors", "/studio/"), ("Managers", "/boards/"), ("Operators", "/studio/")],
)
def test_after_sign_in_everybody_lands_where_their_work_is(data, sign_in, group, where):
    sign_in("chloe@desk.example", *([group] if group else []))
    from django.test import Client

    browser = Client()
    answer = browser.post("/accounts/login/", {"login": "Chloe@desk.example", "password": PASSWORD})
    assert answer["Location"] == "/accounts/"
    assert browser.get("/accounts/")["Location"] == where


def test_the_studio_sends_whoever_is_signed_out_to_the_login(data):
    from django.test import Client

    for address in ("/studio/", "/boards/", "/studio/people/", "/accounts/2fa/"):
        assert Client().get(address)["Location"] == f"/accounts/login/?next={address}"
    assert (
        Client().get("/studio/login/?next=/studio/people/")["Location"]
        == "/accounts/login/?next=/studio/people/"
    )


def test_a_signed_in_person_gets_a_token_that_the_edge_takes(ana, sign_in, data):
    from midflow.flow.identity import read_secret, verify
    from midflow.studio.storage import store

    answer = sign_in("ana@desk.example").get("/accounts/token")
    body = answer.json()
    assert (answer.status_code, body["person"]) == (200, {"id": "ana", "name": "Ana"})
    secret = read_secret(data / "secret.key")
    now = time.time()
    assert store().read(lambda tx: verify(tx, body["token"], secret=secret, now=now)).id == "ana"
    assert "no-store" in answer["Cache-Control"]
    assert body["expires"].endswith("Z")


def test_nobody_gets_a_token_without_signing_in_but_hears_where_to(data):
    from django.test import Client

    answer = Client().get("/accounts/token")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["login"] == "/accounts/login/?next=%2Fapp%2F"


def test_a_sign_in_that_belongs_to_no_person_is_told_who_can_mend_it(data, sign_in):
    answer = sign_in("ines@desk.example").get("/accounts/token")
    assert answer.status_code == 403
    assert "An operator can" in answer.json()["detail"]


def test_nobody_makes_an_account_by_themselves(data):
    from django.contrib.auth import get_user_model
    from django.test import Client

    form = {"email": "eve@desk.example", "password1": "a-long-enough-word", "password2": "a-long-enough-word"}
    assert "closed" in Client().post("/accounts/signup/", form).content.decode().lower()
    assert not get_user_model().objects.exists()


def test_after_many_wrong_passwords_the_right_one_has_to_wait_too(data, sign_in):
    sign_in("ana@desk.example")
    from django.test import Client

    browser = Client()
    for _ in range(6):
        browser.post("/accounts/login/", {"login": "ana@desk.example", "password": "not-this-one"})
    answer = browser.post("/accounts/login/", {"login": "ana@desk.example", "password": PASSWORD})
    assert answer.status_code == 200
    assert "Too many failed" in answer.content.decode()


def test_our_pages_allow_no_script_of_others_and_no_inline_style(data):
    from django.test import Client

    answer = Client().get("/accounts/login/")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    page = answer.content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert "<script" not in page


def test_two_step_sign_in_can_be_set_up(data, sign_in):
    browser = sign_in("ana@desk.example")
    assert "Authenticator" in browser.get("/accounts/2fa/").content.decode()
    assert browser.get("/accounts/2fa/totp/activate/").status_code in (200, 302)


def test_groups_may_do_what_their_name_says(data, sign_in):
    for group, right, wrong in (
        ("Authors", "authoring.publish_unit", "accounts.manage_people"),
        ("Managers", "accounts.see_boards", "wagtailadmin.access_admin"),
        ("Operators", "accounts.manage_people", "auth.change_permission"),
    ):
        email = f"{group}@desk.example"
        sign_in(email, group)
        from django.contrib.auth import get_user_model

        user = get_user_model().objects.get(email=email.lower())
        assert user.has_perm(right)
        assert not user.has_perm(wrong)


def test_an_operator_says_whose_an_account_is_and_the_look_is_written_down(ana, sign_in):
    from midflow.store.people import note_unknown, person_of, unknown_accounts
    from midflow.store.privacy import accesses_of
    from midflow.studio.storage import store

    store().write(
        lambda tx: note_unknown(
            tx, [("desk", "a.silva", 1_790_000_000.0, 3), ("desk", "b.ng", 1_790_000_000.0, 1)]
        )
    )
    browser = sign_in("omar@desk.example", "Operators")
    page = browser.get("/studio/people/").content.decode()
    assert "a.silva" in page
    browser.post("/studio/people/", {"source": "desk", "name": "a.silva", "person": "ana"})
    browser.post(
        "/studio/people/",
        {"source": "desk", "name": "b.ng", "new_name": "Ben Ng", "new_email": "ben@desk.example"},
    )
    assert store().read(lambda tx: [person_of(tx, "desk", name) for name in ("a.silva", "b.ng")]) == [
        "ana",
        "ben-ng",
    ]
    assert store().read(unknown_accounts) == []
    looks = store().read(lambda tx: accesses_of(tx, "ana"))
    assert {(look.reader, look.purpose) for look in looks} == {("omar@desk.example", "operations")}


def test_an_account_is_mapped_to_one_person_not_to_two(ana, sign_in):
    from midflow.store.people import note_unknown, unknown_accounts
    from midflow.studio.storage import store

    store().write(lambda tx: note_unknown(tx, [("desk", "a.silva", 1_790_000_000.0, 3)]))
    browser = sign_in("omar@desk.example", "Operators")
    for both in ({"person": "ana", "new_name": "Ana Silva"}, {}, {"person": "nobody"}):
        answer = browser.post("/studio/people/", {"source": "desk", "name": "a.silva", **both}, follow=True)
        assert answer.status_code == 200
    assert len(store().read(unknown_accounts)) == 1


def test_an_author_does_not_see_people(data, sign_in):
    assert sign_in("ines@desk.example", "Authors").get("/studio/people/").status_code in (302, 403)


def test_the_first_start_copies_the_template_without_django(template_database, tmp_path):
    code = (
        "import sys; from midflow.studio.tasks import run; code = run('prepare');"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('django', 'wagtail')]; sys.exit(code)"
    )
    import os
    import subprocess
    import sys

    for said in ("is new.", "is ready."):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "MIDFLOW_DATA": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.strip().endswith(said), done.stderr
    assert (tmp_path / "app.db").stat().st_mode & 0o077 == 0


def test_an_unknown_task_and_a_wrong_number_of_arguments_are_one_line(tmp_path):
    unknown = run_task(tmp_path, "polish")
    assert (unknown.returncode, unknown.stderr.count("\n")) == (1, 1)
    assert "Tasks: prepare" in unknown.stderr
    few = run_task(tmp_path, "pack-export", "tiny")
    assert "pack-export ID DIR" in few.stderr


def test_an_administrator_gets_a_password_once(template_database, tmp_path):
    assert run_task(tmp_path, "prepare").returncode == 0
    first, second = (run_task(tmp_path, "create-admin", "omar@desk.example") for _ in range(2))
    assert "Password, shown once: " in first.stdout
    assert (second.returncode, "can sign in already" in second.stderr) == (1, True)


def test_the_settings_pass_djangos_own_review_behind_https(template_database, tmp_path, monkeypatch):
    import os
    import subprocess
    import sys

    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)
    environment = {
        **os.environ, "MIDFLOW_DATA": str(tmp_path), "MIDFLOW_BASE_URL": "https://learn.desk.example",
        "DJANGO_SETTINGS_MODULE": "midflow.studio.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_nobody_changes_the_address_that_names_them(data, sign_in):
    browser = sign_in("eve@desk.example")
    for address in ("/accounts/email/", "/accounts/password/reset/", "/accounts/confirm-email/"):
        assert browser.get(address).status_code == 404
    assert browser.get("/accounts/password/change/").status_code == 200


def test_a_new_sign_in_without_a_person_is_put_before_the_operators(data, sign_in):
    sign_in("ines@desk.example").get("/accounts/token")
    page = sign_in("omar@desk.example", "Operators").get("/studio/people/").content.decode()
    assert "<strong>ines@desk.example</strong> signs in here" in page


def test_an_operator_makes_a_sign_in_for_somebody(data, sign_in):
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    browser = sign_in("omar@desk.example", "Operators")
    assert browser.get("/studio/users/new/").status_code == 200
    authors = Group.objects.get(name="Authors").pk
    form = {
        "email": "Ines@desk.example", "first_name": "Ines", "last_name": "Sousa", "is_active": "on",
        "password1": PASSWORD, "password2": PASSWORD, "groups": [str(authors)],
    }  # fmt: skip
    answer = browser.post("/studio/users/new/", form)
    assert answer.status_code == 302, answer.content.decode()
    made = get_user_model().objects.get(email="ines@desk.example")
    assert made.has_perm("authoring.publish_unit")
    assert not made.is_superuser


def test_a_learner_at_the_studios_door_is_told_that_it_is_not_for_them(data, sign_in):
    for groups in ((), ("Managers",)):
        answer = sign_in(f"ana{len(groups)}@desk.example", *groups).get("/studio/")
        assert answer.status_code == 403
        assert "This page is not for you" in answer.content.decode()


def test_signing_out_in_the_studio_ends_at_the_login(data, sign_in):
    browser = sign_in("ines@desk.example", "Authors")
    answer = browser.post("/studio/logout/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/"
    assert browser.get("/studio/").status_code == 302
