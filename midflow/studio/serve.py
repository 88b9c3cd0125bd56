"""The studio's server: granian over WSGI on a Unix socket that only the edge speaks to."""

import os
import signal
import threading
import time
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from midflow.config import Settings

THREADS = 4


def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT."""
    socket = settings.data / "run" / "studio.sock"
    _remove_stale(socket)
    threading.Thread(target=_end_when_orphaned, args=(os.getppid(),), daemon=True).start()
    Granian(
        "midflow.studio.wsgi:application", uds=socket, uds_permissions=0o600, interface=Interfaces.WSGI, workers=1,
        blocking_threads=THREADS, websockets=False, log_enabled=True, log_level=LogLevels.warning, workers_kill_timeout=4,
    ).serve()  # fmt: skip
    return 0


def _remove_stale(socket: Path) -> None:
    """A process that was killed leaves its socket file behind."""
    socket.unlink(missing_ok=True)


def _end_when_orphaned(parent: int) -> None:
    """End when the process that started us is gone: it may have been killed."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os.kill(os.getpid(), signal.SIGTERM)
