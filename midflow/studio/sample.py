"""The sample organisation: its packs, people and sign-ins. Run it twice and nothing changes."""

import time
from importlib.resources import files
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import msgspec
import yaml
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from midflow import plugs
from midflow.core.content.release import decode
from midflow.core.decide import TaskRate
from midflow.core.events import format_time
from midflow.flow.respond import Report, respond
from midflow.flow.rulebook import prepare
from midflow.store.learners import save_task_rates, task_rate
from midflow.store.people import Person, add_account, person, save_person, save_team
from midflow.store.releases import current_release
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
        for made, accounts in people:
            save_person(tx, made, now=now)
            for source, name in {**accounts, SOURCE: made.email}.items():
                add_account(tx, source, name, made.id, now=now)
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
    _answer(sample["answers"], now)
    units = sum(one.added + one.changed + one.same for one in done)
    return f"Sample organisation: {len(done)} packs with {units} things, {len(people)} people, {len(sample['signins'])} sign-ins."


def _answer(answers, now: float) -> None:
    """Have sample people answer checks in the past, by the way that every answer goes; each once."""
    kinds = plugs.block_kinds()

    def write(tx: Tx) -> None:
        current = current_release(tx)
        if current is None:
            return
        book = prepare(decode(current[1], kinds), kinds)
        for id, given in answers.items():
            found = person(tx, id)
            outcomes = tuple(_outcome(id, one, book, now) for one in given)
            if found is not None:
                report = Report(person=found, outcomes=outcomes, received=now)
                respond(tx, [report], book=book, home=settings.BASE_URL, now_ms=round(now * 1000))

    store().write(write)


def _outcome(id: str, one, book, now: float):
    unit, _, block = one["check"].partition("#")
    body = next(found.body for found in book.units[unit].unit.blocks if found.id == block)
    chosen = [n for n, option in enumerate(body.options) if option.correct == one["right"]]
    answer = chosen if one["right"] else chosen[:1]
    when = format_time(now - one["days_ago"] * 86_400)
    return {
        "id": str(uuid5(NAMESPACE_URL, f"sample:{id}:{one['check']}:{one['days_ago']}")),
        "verb": "answered", "time": when, "unit": unit, "block": block, "result": {"answer": answer, "seconds": 20},
    }  # fmt: skip


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
