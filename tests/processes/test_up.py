"""Three processes on one port: they start, are watched, and end together."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from midflow.flow.identity import issue, read_secret
from midflow.store.people import Person, save_person
from midflow.store.sqlite import Store
from tests.processes.conftest import Up


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "midflow", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **environment}
    )


def test_edge_and_studio_answer_on_one_port_and_say_where(up: Up) -> None:
    up.wait_for(lambda: "Midflow is up." in up.text())
    assert up.answers("/app/") == 200
    assert httpx2.get(f"{up.url}/studio/", trust_env=False).status_code == 302
    assert httpx2.get(f"{up.url}/accounts/token", trust_env=False).status_code == 401
    assert f"localhost:{up.port}/app/" in up.text()
    assert set(up.children()) == {"edge", "studio", "jobs"}


@pytest.mark.parametrize("name", ["edge", "studio", "jobs"])
def test_a_killed_child_is_started_again_and_the_reason_is_said(up: Up, name: str) -> None:
    before = up.children()[name]
    os.kill(before, signal.SIGKILL)
    up.wait_for(lambda: up.children().get(name, before) != before)
    assert f"{name} ended (killed by SIGKILL); starting it again" in up.text()
    up.usable()


def test_a_second_up_on_the_same_folder_is_refused_in_one_line(up: Up) -> None:
    second = run("up", "--data", str(up.data), "--port", "1")
    assert second.returncode == 2
    assert "is in use by another `midflow up`" in second.stderr
    assert second.stderr.count("\n") == 1


def test_check_says_that_all_is_well_and_what_is_not(up: Up) -> None:
    up.wait_for(lambda: "jobs run" in up.text())
    done = run("check", "--data", str(up.data), "--port", str(up.port))
    assert "ok    edge answers" in done.stdout
    assert "ok    studio answers" in done.stdout
    assert "WRONG no release -> publish something" in done.stdout
    assert done.returncode == 1


def test_the_proxy_carries_forms_cookies_and_redirects(up: Up) -> None:
    with httpx2.Client(base_url=up.url, trust_env=False) as client:
        page = client.get("/accounts/login/")
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"csrfmiddlewaretoken": token, "login": "nobody@example.org", "password": "wrong"}
        answer = client.post("/accounts/login/", data=form, headers={"referer": f"{up.url}/accounts/login/"})
        assert answer.status_code == 200
        assert "do not belong together" in answer.text


def test_ctrl_c_ends_all_within_five_seconds_with_an_open_stream(tmp_path: Path) -> None:
    up = Up(tmp_path).usable()
    try:
        store = Store.open(tmp_path / "events.db")
        store.write(lambda tx: save_person(tx, Person(id="ana", name="Ana"), now=time.time()))
        store.close()
        token = issue(read_secret(tmp_path / "secret.key"), person_id="ana", now=time.time()).token
        children = up.children()
        with (
            httpx2.Client(trust_env=False, timeout=20) as client,
            client.stream(
                "GET", f"{up.url}/v1/stream", headers={"authorization": f"Bearer {token}"}
            ) as stream,
        ):
            next(stream.iter_lines())
            assert up.end() < 5
        assert up.process.returncode == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in children.values())
    finally:
        up.close()


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    up = Up(tmp_path).usable()
    children = up.children()
    up.end(signal.SIGKILL)
    until = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in children.values()):
        assert time.monotonic() < until, children
        time.sleep(0.1)


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("up", "--data", str(tmp_path), "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot be listened on" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_data_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = run("up", "--data", str(tmp_path / "file"))
    assert done.returncode == 2
    assert "cannot be used as data folder" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"MIDFLOW_PORT": "eighty"}, "port must be a whole number"),
        ({"MIDFLOW_PROT": "80"}, "Did you mean 'port'?"),
        ({"MIDFLOW_LOG_LEVEL": "loud"}, "must be one of debug, info"),
        ({"MIDFLOW_BASE_URL": "midflow.example"}, "must begin with http"),
        ({"MIDFLOW_PORT": "99999"}, "no port"),
    ],
)
def test_a_wrong_setting_is_one_clear_line(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    done = run("edge", "--data", str(tmp_path), **environment)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_wrong_configuration_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "midflow.toml").write_text("potr = 1\n")
    assert "Did you mean 'port'?" in run("check", "--data", str(tmp_path)).stderr
    (tmp_path / "midflow.toml").write_text("port = \n")
    assert "midflow.toml cannot be read" in run("check", "--data", str(tmp_path)).stderr


def test_a_damaged_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "events.db").write_bytes(b"not a database" * 100)
    done = run("key", "list", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "cannot be opened as a store" in done.stderr


def test_keys_are_printed_once_listed_without_and_revoked(tmp_path: Path) -> None:
    made = run("key", "create", "--scope", "events:write", "--name", "crm", "--data", str(tmp_path))
    key = made.stdout.strip()
    assert key.startswith("mf_")
    assert key.encode() not in (tmp_path / "events.db").read_bytes()
    assert "crm\tevents:write" in run("key", "list", "--data", str(tmp_path)).stdout
    assert run("key", "revoke", "--name", "crm", "--data", str(tmp_path)).returncode == 0
    assert "revoked" in run("key", "list", "--data", str(tmp_path)).stdout
    wrong = run("key", "create", "--scope", "all", "--name", "x", "--data", str(tmp_path))
    assert "There is no scope 'all'" in wrong.stderr


def test_hosts_are_made_with_a_secret_shown_once_listed_and_removed(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    made = run("host", "create", "--name", "desk", "--origin", "https://desk.example", *data)
    assert len(made.stdout.strip()) == 43
    assert run("host", "list", *data).stdout == "desk\thttps://desk.example\n"
    assert "no origin" in run("host", "create", "--name", "x", "--origin", "desk.example/path", *data).stderr
    assert "own name" in run("host", "create", "--name", "midflow", *data).stderr
    assert run("host", "remove", "--name", "desk", *data).returncode == 0
    assert run("host", "remove", "--name", "desk", *data).returncode == 1


def test_fields_of_a_source_are_declared_and_listed(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    assert "are kept: tier" in run("source", "declare", "--name", "crm", "--field", "tier", *data).stdout
    assert run("source", "list", *data).stdout == "crm\ttier\n"
