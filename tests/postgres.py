"""A PostgreSQL server of our own for the tests that want one: on a socket in a folder that goes away with it."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

START_SECONDS = 30.0
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # what is under test is what we say to it, not its disk
    "max_connections": "50",
    "shared_buffers": "64MB",
}


class Server:
    """A running server. Each call of `database` makes an empty database and returns its address."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder = programs, folder
        self.process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        # It refuses to run as root; Debian's package brings a user for it.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user, self._user)
        self._run(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "midflow",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        )

    def start(self) -> None:
        settings = SETTINGS | {"unix_socket_directories": str(self.folder)}
        command = [self.programs / "postgres", "-D", self.folder / "data"]
        command += [f"--{name}={value}" for name, value in settings.items()]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(command, stderr=log, stdout=log, user=self._user, group=self._user)
        log.close()
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """End it at once; connections are cut."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def database(self) -> str:
        name = f"d{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql://midflow@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.programs / program, *arguments], check=True, capture_output=True, user=self._user,
            group=self._user, cwd=self.folder, timeout=120,
        )  # fmt: skip


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server with its own folder, ended and removed afterwards."""
    # Not in pytest's folder, whose path is too long for a socket and closed to the server's user.
    folder = Path(tempfile.mkdtemp(prefix="midflow-pg-"))
    try:
        server = Server(programs, folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
