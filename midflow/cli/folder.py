"""The data folder and its store, as commands open them."""

import argparse
import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from midflow.config import ConfigError, Loaded, load
from midflow.store import open as opening
from midflow.store.tx import Store, StoreError

LONGEST_SOCKET = 103
"""The shortest bound of the systems we run on: macOS has 103 bytes, Linux 107."""


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Declare the options that stand for settings."""
    parser.add_argument("--data", help="data folder")
    parser.add_argument("--config", help="configuration file (TOML); DATA/midflow.toml otherwise")
    parser.add_argument("--host", help="address to listen on")
    parser.add_argument("--port", help="port to listen on")
    parser.add_argument("--demo", action="store_const", const=True, help="with the sample organisation")


def loaded(args: argparse.Namespace) -> Loaded:
    """Return the settings of a command line."""
    return load(vars(args))


def prepare_folder(path: Path) -> None:
    """Make the data folder, for its owner only; ConfigError in one line where it cannot be used."""
    socket = path / "run" / "studio.sock"
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        raise ConfigError(
            f"{path} is too long: the path of a socket in it may have {LONGEST_SOCKET} bytes, and {socket.name} would have "
            f"{len(os.fsencode(socket))}. Name a shorter one with --data."
        )
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "run").mkdir(exist_ok=True)
        probe = path / "run" / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be used as data folder: {error.strerror}. Name another with --data."
        ) from None


def open_store(args: argparse.Namespace) -> Store:
    """Return the installation's store, making it and the data folder where they are not there."""
    settings = loaded(args).settings
    prepare_folder(settings.data)
    try:
        return opening.open_store(settings.data, settings.database_url)
    except StoreError as error:
        raise ConfigError(str(error)) from None


@contextmanager
def lock_folder(path: Path) -> Generator[None]:
    """Hold the data folder for this process; ConfigError where another `midflow up` holds it."""
    with (path / "run" / "up.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(
                f"{path} is in use by another `midflow up`. End it, or name another folder with --data."
            ) from None
        yield
