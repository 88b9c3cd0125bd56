"""`midflow record`: what leaves the record, seen from the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from midflow.flow.record import record
from midflow.store import forwarders, keys, statements
from midflow.store.sqlite import Store
from tests.flow.statements import batch, says

ANA = '{"mbox": "mailto:ana@example.org"}'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    store = Store.open(tmp_path / "events.db")
    named = says(3, who="ben", context={"instructor": {"mbox": "mailto:ana@example.org", "name": "Ana"}})
    store.write(lambda tx: record(tx, [batch(says(1), says(2, who="ben"), named)], now_ms=1000))
    store.close()
    return tmp_path


def run(data: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "midflow", *arguments, "--data", str(data)]
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, timeout=60, check=False, env={**os.environ}
    )


def ids(data: Path) -> list[str]:
    store = Store.open(data / "events.db")
    found = [row.id for row in store.read(lambda tx: statements.statements_after(tx, 0, 100))]
    store.close()
    return found


def test_an_export_says_how_many_statements_it_wrote(data: Path) -> None:
    done = run(data, "record", "export", str(data / "ana.csv"), "--agent", ANA)
    assert done.stdout == f"1 statements in {data / 'ana.csv'}.\n"
    assert len((data / "ana.csv").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "x.xlsx"), "name a file that ends in .csv, .ndjson, .parquet"),
        (("export", "x.csv", "--agent", "ana"), "--agent: agent: must be JSON"),
        (("export", "x.csv", "--since", "yesterday"), "--since: 'yesterday' is no RFC 3339 timestamp"),
        (("export", "/nowhere/x.csv"), "cannot be written"),
        (("erase", "--agent", '{"name": "Ana"}'), "--agent: agent"),
        (("forward", "add", "--name", "x", "--url", "lrs.example"), "must begin with https://"),
        (("forward", "add", "--name", "x", "--url", "https://lrs.example"), "nothing came"),
    ],
)
def test_a_mistake_is_one_line(data: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(data, "record", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_erasing_an_agent_is_tried_first_and_then_leaves_no_trace_of_it(data: Path) -> None:
    dry = run(data, "record", "erase", "--agent", ANA, "--dry-run")
    assert dry.stdout == "Would go: 1 statements, 1 mentions in statements of others, 0 documents.\n"
    assert len(ids(data)) == 3
    done = run(data, "record", "erase", "--agent", ANA)
    assert done.stdout.startswith("Erased: 1 statements, 1 mentions in statements of others, 0 documents.")
    assert ids(data) == [says(2)["id"], says(3)["id"]]
    left = b"".join(path.read_bytes() for path in data.glob("events.db*"))
    assert b"ana@example.org" not in left
    assert "1 statements" in run(data, "record", "erasures").stdout


def test_old_statements_go_when_they_are_not_to_be_kept(data: Path) -> None:
    assert run(data, "record", "retain", "--days", "1", "--dry-run").stdout == "Would go: 3 statements.\n"
    assert run(data, "record", "retain", "--days", "1").stdout == "Removed: 3 statements.\n"
    assert ids(data) == []


def test_a_receiver_is_added_paused_listed_and_removed_and_its_password_never_shown(data: Path) -> None:
    receiver = ("--name", "lrs")
    added = run(
        data, "record", "forward", "add", *receiver, "--url", "https://lrs.example/xapi", "--user", "m",
        "--from-now", typed="hush\n",
    )  # fmt: skip
    assert added.stdout == "'lrs' gets what is stored from now on.\n"
    store = Store.open(data / "events.db")
    found = store.read(lambda tx: forwarders.forwarder(tx, "lrs"))
    store.close()
    assert found is not None
    assert (found.reached, found.auth) == (3, "Basic bTpodXNo")
    assert run(data, "record", "forward", "pause", *receiver).stdout == "'lrs' is paused.\n"
    listed = run(data, "record", "forward", "list").stdout
    assert "lrs\thttps://lrs.example/xapi\tup to 3 of 3\t0 sent, 0 refused\tpaused" in listed
    assert "hush" not in listed + added.stdout
    assert run(data, "record", "forward", "resume", *receiver).returncode == 0
    assert run(data, "record", "forward", "remove", *receiver).returncode == 0
    assert run(data, "record", "forward", "remove", *receiver).returncode == 1


def test_a_key_is_bound_to_an_agent_a_registration_and_a_time(data: Path) -> None:
    registration = "7f3c1f0a-5e0e-4a52-8f2e-0a4a43a0f6a5"
    made = run(
        data, "key", "create", "--name", "launch", "--scope", "xapi:state", "--actor", ANA,
        "--registration", registration, "--hours", "2",
    )  # fmt: skip
    assert made.stdout.startswith("mf_")
    store = Store.open(data / "events.db")
    (key,) = store.read(keys.keys)
    store.close()
    assert (key.actor, key.registration) == ("mbox:mailto:ana@example.org", registration)
    assert key.expires == pytest.approx(key.created + 7200)
    assert (
        "no UUID"
        in run(data, "key", "create", "--name", "x", "--scope", "xapi:all", "--registration", "1").stderr
    )
