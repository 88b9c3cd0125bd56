"""The sample organisation: its packs, people and sign-ins. Run it twice and nothing changes."""

import time
from importlib.resources import files
from pathlib import Path

import msgspec
import yaml
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from midflow.core.decide import TaskRate
from midflow.store.learners import save_task_rates, task_rate
from midflow.store.people import Person, add_account, save_person, save_team
from midflow.store.tx import Tx
from midflow.studio.accounts.person import SOURCE
from midflow.studio.authoring.exchange import import_folders
from midflow.studio.storage import store

PACKS = Path(str(files("midflow") / "packs"))


def read_sample():
    """Return the sample organisation as it is written down."""
    return yaml.safe_load((PACKS / "sample-organisation.yaml").read_text(encoding="utf-8"))


def pack_folders() -> list[Path]:
    """Return the packs that come with the product."""
    return sorted(path.parent for path in PACKS.glob("*/pack.yaml"))


def seed() -> str:
    """Load the sample organisation and say what it holds."""
    sample = read_sample()
    people = [_person(entry) for entry in sample["people"]]
    now = time.time()

    def save(tx: Tx) -> None:
        for team in sample["teams"]:
            save_team(tx, team["id"], team["title"])
        for person, accounts in people:
            save_person(tx, person, now=now)
            for source, name in {**accounts, SOURCE: person.email}.items():
                add_account(tx, source, name, person.id, now=now)
        known = {task: task_rate(tx, task) for task in sample["history"]}
        planted = {
            task: TaskRate(**counts) for task, counts in sample["history"].items() if not known[task].begun
        }
        save_task_rates(tx, planted)

    store().write(save)
    with transaction.atomic():
        for signin in sample["signins"]:
            _sign_in(signin)
    done = import_folders(pack_folders(), by="sample organisation")
    units = sum(one.added + one.changed + one.same for one in done)
    return f"Sample organisation: {len(done)} packs with {units} things, {len(people)} people, {len(sample['signins'])} sign-ins."


def _person(entry) -> tuple[Person, dict[str, str]]:
    accounts = entry.pop("accounts", {})
    return msgspec.convert(entry, Person), accounts


def _sign_in(signin) -> None:
    users = get_user_model().objects
    user = users.filter(email=signin["email"]).first()
    if user is None:
        user = users.create_user(
            signin["email"], signin["password"], first_name=signin["role"], last_name="(sample)"
        )
    user.groups.set(Group.objects.filter(name=signin["group"]))
