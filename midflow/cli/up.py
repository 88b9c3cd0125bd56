"""`midflow up`: edge, studio and jobs on one port, watched."""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflow.config import Settings

USABLE_SECONDS = 60.0


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from midflow.cli.folder import add_settings

    parser = commands.add_parser("up", help="edge, studio and jobs on one port")
    add_settings(parser)
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from midflow.cli.folder import loaded, lock_folder, prepare_folder
    from midflow.cli.supervisor import Supervisor
    from midflow.edge.serve import check_address

    settings = loaded(args).settings
    prepare_folder(settings.data)
    with lock_folder(settings.data):
        check_address(settings.host, settings.port)
        _prepare_data(settings, args)
        options = _options(settings, args)
        supervisor = Supervisor({name: _command(name, options) for name in ("edge", "studio", "jobs")})
        return supervisor.run(on_started=lambda: _announce_when_usable(settings, supervisor.ending))


def _options(settings: "Settings", args: argparse.Namespace) -> list[str]:
    """The children read the same sources; only what the command line said is passed on."""
    given = {
        name: getattr(args, name) for name in ("config", "host", "port") if getattr(args, name) is not None
    }
    options = ["--data", str(settings.data), *(f"--{name}={value}" for name, value in given.items())]
    return [*options, "--demo"] if settings.demo else options


def _command(name: str, options: list[str]) -> list[str]:
    return [sys.executable, "-m", "midflow", name, *options]


def _prepare_data(settings: "Settings", args: argparse.Namespace) -> None:
    """What must be there before the first request: the secret, both databases, and the sample if it is wanted."""
    from midflow.cli.folder import open_store
    from midflow.config import ConfigError
    from midflow.flow.identity import IdentityError, read_secret
    from midflow.store import releases

    try:
        read_secret(settings.data / "secret.key")
    except IdentityError as error:
        raise ConfigError(str(error)) from None
    store = open_store(args)
    empty = store.read(releases.current_number) == 0
    store.close()
    options = _options(settings, args)
    _task(["prepare"], options)
    if settings.demo and empty:
        _task(["seed-demo"], options)


def _task(task: list[str], options: list[str]) -> None:
    from midflow.config import ConfigError

    done = subprocess.run([*_command("studio", options), "task", *task], check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise ConfigError(f"`midflow studio task {' '.join(task)}` failed; what it said stands above.")


def _announce_when_usable(settings: "Settings", ending: Callable[[], bool]) -> None:
    """Wait until edge and studio answer, then say where to look."""
    import httpx2

    at = f"http://{'127.0.0.1' if settings.host in ('0.0.0.0', '::') else settings.host}:{settings.port}"  # noqa: S104 - compared
    until = time.monotonic() + USABLE_SECONDS
    with httpx2.Client(trust_env=False) as client:
        for path in ("/readyz", "/accounts/login/"):
            while not ending() and not _answers(client, at + path):
                if time.monotonic() > until:
                    print(f"midflow: {path} does not answer yet; see the messages above.", file=sys.stderr)
                    return
                time.sleep(0.1)
    if not ending():
        print(_banner(settings), flush=True)


def _answers(client: object, url: str) -> bool:
    import httpx2

    assert isinstance(client, httpx2.Client)  # noqa: S101 - narrows the type
    try:
        return client.get(url, timeout=5.0).status_code == 200
    except httpx2.HTTPError:
        return False


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
    from importlib.resources import files

    import yaml

    text = (files("midflow") / "packs" / "sample-organisation.yaml").read_text(encoding="utf-8")
    return [
        f"  {who['role']:<16} {who['email']}  {who['password']}" for who in yaml.safe_load(text)["signins"]
    ]
