"""`midflow check`: is the configuration right, and is everything well."""

import argparse
import json
import re
import shutil
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from midflow.config import Loaded, Settings

LOW_DISK_BYTES = 500_000_000
BEAT_SECONDS = 30.0


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    from midflow.cli.folder import add_settings

    parser = commands.add_parser("check", help="is the configuration right, and is everything well")
    add_settings(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from midflow.cli.folder import loaded

    found = loaded(args)
    findings = [*_folder(found.settings), *_store(found.settings), *_running(found.settings)]
    if args.json:
        print(json.dumps({"settings": _settings(found), "findings": findings}))
    else:
        for name, row in _settings(found).items():
            print(f"{name:<28} {row['value']}  ({row['from']})")
        for finding in findings:
            print(
                f"{'ok   ' if finding['ok'] else 'WRONG'} {finding['what']}{finding['remedy'] and ' -> ' + finding['remedy']}"
            )
    return 0 if all(finding["ok"] for finding in findings) else 1


def _settings(found: "Loaded") -> dict[str, Any]:
    from midflow.config import SIMPLE

    rows = {
        name: {
            "value": _shown(name, str(getattr(found.settings, name))),
            "from": found.origins.get(name, "default"),
        }
        for name in SIMPLE
    }
    names = ", ".join(sorted(found.settings.source_secrets)) or "none"
    return {**rows, "source_secrets": {"value": f"set for: {names}", "from": "file and environment"}}


def _shown(name: str, value: str) -> str:
    """A setting as it may be printed: an address without its password."""
    hidden = r"(?<=://)([^/@:]*:)[^/@]*(?=@)|(?<=password)(=)[^&]*"
    return re.sub(hidden, r"\1\2...", value) if name == "database_url" else value


def _finding(ok: bool, what: str, remedy: str = "") -> dict[str, Any]:
    return {"ok": ok, "what": what, "remedy": "" if ok else remedy}


def _folder(settings: "Settings") -> list[dict[str, Any]]:
    if not settings.data.is_dir():
        return [_finding(False, f"data folder {settings.data} is not there", "`midflow up` makes it")]
    free = shutil.disk_usage(settings.data).free
    return [
        _finding(True, f"data folder {settings.data}"),
        _finding(free > LOW_DISK_BYTES, f"{free / 1e9:.1f} GB free on its disk", "free some space"),
        _finding(
            (settings.data / "app.db").is_file(), "studio database", "`midflow studio task prepare` makes it"
        ),
    ]


def _store(settings: "Settings") -> list[dict[str, Any]]:
    from midflow.store import people, releases
    from midflow.store.jobs import last_beat
    from midflow.store.open import FILE, open_store
    from midflow.store.tx import StoreError

    if not settings.database_url and not (settings.data / FILE).is_file():
        return [_finding(False, "event store", "`midflow up` makes it")]
    try:
        store = open_store(settings.data, settings.database_url)
    except StoreError as error:
        return [_finding(False, f"event store: {error}", "do what it says")]
    number = store.read(releases.current_number)
    unknown = len(store.read(people.unknown_accounts))
    beat = store.read(last_beat)
    store.close()
    words = f"release {number}" if number else "no release"
    return [
        _finding(True, "event store"),
        _finding(number > 0, words, "publish something in the studio, or import a pack"),
        _finding(True, f"{unknown} accounts to map to people"),
        _finding(
            beat is not None and time.time() - beat < BEAT_SECONDS, "jobs: " + ("never ran" if beat is None else f"last beat {time.time() - beat:.0f} s ago"),
            "start `midflow up` or `midflow jobs`",
        ),
    ]  # fmt: skip


def _running(settings: "Settings") -> list[dict[str, Any]]:
    import httpx2

    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    found: list[dict[str, Any]] = []
    with httpx2.Client(trust_env=False, timeout=5.0) as client:
        for name, path in (("edge", "/readyz"), ("studio", "/accounts/login/")):
            try:
                status = client.get(f"http://{host}:{settings.port}{path}").status_code
            except httpx2.HTTPError:
                status = 0
            words = (
                f"{name} answers"
                if status == 200
                else f"{name} does not answer" + (f" ({status})" if status else "")
            )
            found.append(_finding(status == 200, words, "start `midflow up`"))
    return found
