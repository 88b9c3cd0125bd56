"""`midflow up`: edge, studio and jobs on one port, watched."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midflow.config import Settings
    from midflow.store.tx import Tx

USABLE_SECONDS = 60.0


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from midflow.cli.folder import add_settings

    parser = commands.add_parser("up", help="edge, studio and jobs on one port")
    add_settings(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from midflow.cli.address import check_address
    from midflow.cli.folder import loaded, lock_folder, prepare_folder
    from midflow.cli.supervisor import Supervisor

    settings = loaded(args).settings
    prepare_folder(settings.data)
    with lock_folder(settings.data):
        check_address(settings.host, settings.port)
        if settings.log_format == "auto" and sys.stderr.isatty():
            # The children speak into a pipe, and what comes out of it is still read by somebody at a terminal.
            os.environ["MIDFLOW_LOG_FORMAT"] = "text"
        options = _options(settings, args)
        _prepare_data(settings, options)
        supervisor = Supervisor({name: _command(name, options) for name in ("edge", "studio", "jobs")})
        return supervisor.run(on_started=lambda: _announce_when_usable(settings, supervisor.ending))


def _options(settings: "Settings", args: argparse.Namespace) -> list[str]:
    """The children read the same sources; only what the command line said is passed on."""
    given = {
        name: getattr(args, name) for name in ("config", "host", "port") if getattr(args, name) is not None
    }
    options = ["--data", str(settings.data), "--parent", str(os.getpid())]
    options += [f"--{name}={value}" for name, value in given.items()]
    return [*options, "--demo"] if settings.demo else options


def _command(name: str, options: list[str]) -> list[str]:
    return [sys.executable, "-m", "midflow", name, *options]


def _prepare_data(settings: "Settings", options: list[str]) -> None:
    """What must be there before the first request: the secret, both databases, and the sample if it is wanted."""
    from midflow.config import ConfigError
    from midflow.flow.identity import IdentityError, read_secret
    from midflow.store.open import open_store

    try:
        read_secret(settings.data / "secret.key")
    except IdentityError as error:
        raise ConfigError(str(error)) from None
    store = open_store(settings.data, settings.database_url)
    seeding = settings.demo and store.read(lambda tx: _wants_sample(tx, settings.data))
    store.close()
    _task(["prepare"], options)
    if seeding:
        _task(["seed-demo"], options)


def _wants_sample(tx: "Tx", data: Path) -> bool:
    """Whether the sample is still to be loaded. Its passwords are public: never beside people who exist."""
    from midflow.config import ConfigError
    from midflow.store import people, releases

    sample = {entry["id"]: entry["email"] for entry in _sample()["people"]}
    here = people.people(tx)
    published = releases.current_number(tx) > 0
    if any(sample.get(person.id) == person.email for person in here):
        return not published
    if here or published:
        raise ConfigError(
            f"{data} holds an organisation of its own, and the sample is never mixed with one. Leave out --demo, "
            "or name another folder with --data."
        )
    return True


def _task(task: list[str], options: list[str]) -> None:
    from midflow.config import ConfigError

    done = subprocess.run([*_command("studio", options), "task", *task], check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise ConfigError(f"`midflow studio task {' '.join(task)}` failed; what it said stands above.")


def _announce_when_usable(settings: "Settings", ending: Callable[[], bool]) -> None:
    """Wait until edge and studio answer, then say where to look."""
    from midflow.cli.address import status_of

    until = time.monotonic() + USABLE_SECONDS
    for path in ("/readyz", "/accounts/login/"):
        while not ending() and status_of(settings.local_url + path) != HTTPStatus.OK:
            if time.monotonic() > until:
                print(f"midflow: {path} does not answer yet; see the messages above.", file=sys.stderr)
                return
            time.sleep(0.1)
    if not ending():
        print(_banner(settings), flush=True)


def _banner(settings: "Settings") -> str:
    rows = [("Today", "/app/"), ("Studio", "/studio/"), ("Boards", "/boards/")]
    if settings.demo:
        rows.insert(0, ("Sample helpdesk", "/demo/"))
    lines = ["", "Midflow is up.", *(f"  {name:<16} {settings.base_url}{path}" for name, path in rows)]
    lines.append(f"  {'Data':<16} {settings.data}")
    if settings.demo:
        lines += ["", "This is a sample organisation. Sign-ins (sample only):", *_signins()]
    return "\n".join([*lines, "", "Ctrl-C ends it."])


def _signins() -> list[str]:
    return [f"  {who['role']:<16} {who['email']}  {who['password']}" for who in _sample()["signins"]]


def _sample() -> dict[str, Any]:
    from importlib.resources import files

    import yaml

    text = (files("midflow") / "packs" / "sample-organisation.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
