"""The studio over a real database, fresh for each test, and the people who work in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from midflow.studio import template

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).parent / "tiny"
PASSWORD = "a-long-enough-word"


def run_task(data: Path, *task: str) -> "subprocess.CompletedProcess[str]":
    """Run a task of the studio in a process of its own."""
    code = "import sys; from midflow.studio.tasks import run; sys.exit(run(*sys.argv[1:]))"
    environment = {**os.environ, "MIDFLOW_DATA": str(data), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code, *task],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not template.path().is_file():
        done = run_task(tmp_path_factory.mktemp("template"), "template")
        assert done.returncode == 0, done.stderr
    return template.path()


@pytest.fixture(scope="session")
def django_over(template_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set Django up once; return the data folder it is bound to."""
    data = tmp_path_factory.mktemp("studio")
    set_before = {
        name: os.environ.get(name) for name in ("MIDFLOW_DATA", "MIDFLOW_BASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    os.environ |= {
        "MIDFLOW_DATA": str(data),
        "MIDFLOW_BASE_URL": "http://testserver",
        "DJANGO_SETTINGS_MODULE": "midflow.studio.settings",
    }
    import django

    django.setup()
    for name, value in set_before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return data


@pytest.fixture
def data(django_over: Path, template_database: Path) -> Iterator[Path]:
    """A data folder as after a first start."""
    from django.core.cache import cache
    from django.db import connection

    from midflow.studio.storage import store

    connection.close()
    for old in [*django_over.glob("app.db*"), *django_over.glob("events.db*")]:
        old.unlink()
    shutil.copyfile(template_database, django_over / "app.db")
    store.cache_clear()
    cache.clear()
    yield django_over
    store().close()
    connection.close()


@pytest.fixture
def desk(data: Path) -> Any:
    """The tiny pack is in and published."""
    from midflow.studio.authoring import exchange

    exchange.import_folder(TINY)
    return data


@pytest.fixture
def sign_in(data: Path) -> Callable[..., Any]:
    """Return a browser in which somebody of these groups is signed in."""

    def sign_in(email: str = "ines@desk.example", *groups: str) -> Any:
        from django.contrib.auth import get_user_model
        from django.contrib.auth.models import Group
        from django.test import Client

        user = get_user_model().objects.create_user(email, PASSWORD)
        user.groups.set(Group.objects.filter(name__in=groups))
        browser = Client()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return sign_in
