"""The database a first start copies, instead of migrating for a quarter of a minute. Without Django.

A template is right for one set of migrations. Released versions of the packages
that bring some never change theirs, so their versions, the apps installed and our own
files make the key; a database remembers its key in SQLite's `user_version`.
"""

import hashlib
import shutil
import sqlite3
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "template"
WITH_MIGRATIONS = ("django", "wagtail", "django-allauth", "django-taggit")


def key() -> int:
    """Return the key of the migrations that are installed now: 31 bits, never 0."""
    digest = hashlib.sha256()
    for name in WITH_MIGRATIONS:
        digest.update(f"{name} {version(name)}\n".encode())
    digest.update(
        (HERE / "settings.py")
        .read_text(encoding="utf-8")
        .partition("INSTALLED_APPS")[2]
        .partition("]")[0]
        .encode()
    )
    for path in sorted(HERE.glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:4], "big") >> 1 | 1


def path() -> Path:
    """Return where the template for the present migrations lies, whether or not it is built."""
    return FOLDER / f"app-{key():08x}.db"


def key_of(database: Path) -> int:
    """Return the key that a database was last migrated to, 0 for an unknown one."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def mark(database: Path) -> None:
    """Write down that the database is migrated to the present key."""
    connection = sqlite3.connect(database)
    try:
        connection.execute(f"PRAGMA user_version={key()}")
        connection.commit()
    finally:
        connection.close()


def copy_to(database: Path) -> bool:
    """Copy the template to `database`, whole or not at all; False where none is built."""
    if not path().is_file():
        return False
    database.parent.mkdir(parents=True, exist_ok=True)
    partial = database.with_suffix(".partial")
    shutil.copyfile(path(), partial)
    partial.chmod(0o600)
    partial.replace(database)
    return True
