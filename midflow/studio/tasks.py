"""What is done to the studio's data from outside of it: `midflow studio task NAME [ARGUMENT ...]`.

Django is imported only by the tasks that need it: a start with everything in
place is instant.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path


def run(name: str, *args: str) -> int:
    """Do one task and say in a line what was done; an expected error is a line too, and returns 1."""
    task = TASKS.get(name)
    if task is None:
        return _fail(f"There is no task '{name}'. Tasks: {', '.join(TASKS)}.")
    try:
        said = task(*args)
    except TypeError as error:
        if "positional argument" not in str(error) or "()" not in str(error):
            raise
        return _fail(f"`{name}` was given {len(args)} arguments. It is used so: {USAGE[name]}")
    except TaskError as error:
        return _fail(str(error))
    print(said)
    return 0


class TaskError(RuntimeError):
    """What a task cannot do, in words for whoever started it."""


def _fail(text: str) -> int:
    print(f"midflow studio: {text}", file=sys.stderr)
    return 1


def _data() -> Path:
    return Path(os.environ["MIDFLOW_DATA"])


def _django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "midflow.studio.settings")
    django.setup()


def _prepare() -> str:
    from midflow.studio import template

    database = _data() / "app.db"
    if database.is_file() and template.key_of(database) == template.key():
        return f"{database} is ready."
    if not database.is_file() and template.copy_to(database):
        return f"{database} is new."
    return _migrate()


def _migrate() -> str:
    from midflow.studio import template

    _django()
    from django.core.management import call_command

    from midflow.studio.accounts.groups import ensure_groups

    database = _data() / "app.db"
    database.parent.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)
    ensure_groups()
    template.mark(database)
    database.chmod(0o600)
    return f"{database} is migrated."


def _template() -> str:
    """Migrate an empty database in a folder of its own, and keep it beside the code."""
    from midflow.studio import template

    if template.path().is_file():
        return f"{template.path().name} is there already."
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MIDFLOW_DATA"] = folder
        _migrate()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("PRAGMA journal_mode=DELETE")
        connection.close()
        template.FOLDER.mkdir(exist_ok=True)
        template.mark(Path(folder) / "app.db")
        built = template.FOLDER / f"{os.getpid()}.partial"
        built.write_bytes((Path(folder) / "app.db").read_bytes())
        built.replace(template.path())
        for old in set(template.FOLDER.glob("app-*.db")) - {template.path()}:
            old.unlink(missing_ok=True)
    return f"{template.path().name} is built."


def _pack_import(folder: str) -> str:
    _django()
    from midflow.studio.authoring.exchange import ExchangeError, import_folder

    try:
        done = import_folder(Path(folder))
    except ExchangeError as error:
        raise TaskError(str(error)) from None
    return str(done)


def _pack_export(id: str, folder: str) -> str:
    _django()
    from midflow.studio.authoring.exchange import ExchangeError, export_folder

    try:
        count = export_folder(id, Path(folder))
    except ExchangeError as error:
        raise TaskError(str(error)) from None
    return f"Pack {id}: {count} files in {folder}."


def _seed_demo() -> str:
    _django()
    from midflow.studio.authoring.exchange import ExchangeError
    from midflow.studio.sample import seed

    try:
        return seed()
    except ExchangeError as error:
        raise TaskError(str(error)) from None


def _create_admin(email: str) -> str:
    _django()
    import secrets

    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    if users.filter(email__iexact=email).exists():
        raise TaskError(f"{email} can sign in already.")
    password = secrets.token_urlsafe(12)
    users.create_superuser(email=email, password=password)
    return f"{email} may do everything. Password, shown once: {password}"


USAGE = {
    "prepare": "prepare",
    "migrate": "migrate",
    "template": "template",
    "pack-import": "pack-import DIR",
    "pack-export": "pack-export ID DIR",
    "seed-demo": "seed-demo",
    "create-admin": "create-admin EMAIL",
}
TASKS: dict[str, Callable[..., str]] = {
    "prepare": _prepare,
    "migrate": _migrate,
    "template": _template,
    "pack-import": _pack_import,
    "pack-export": _pack_export,
    "seed-demo": _seed_demo,
    "create-admin": _create_admin,
}
