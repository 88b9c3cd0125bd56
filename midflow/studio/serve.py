"""The studio's server: granian over WSGI on a Unix socket that only the edge speaks to."""

import os
import signal
import threading
import time
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from midflow.config import Settings

THREADS = 4
END_SECONDS = 4
LOOK_SECONDS = 1.0
LOGS = {"loggers": {"_granian": {"handlers": [], "propagate": True}}}
"""What granian has to say goes where everything goes, in the same shape."""


def run(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT."""
    socket = settings.data / "run" / "studio.sock"
    # A process that was killed leaves its socket behind.
    socket.unlink(missing_ok=True)
    Granian(
        "midflow.studio.wsgi", uds=socket, uds_permissions=0o600, interface=Interfaces.WSGI, workers=1,
        blocking_threads=THREADS, websockets=False, log_level=LogLevels.warning, log_dictconfig=LOGS,
        workers_kill_timeout=END_SECONDS,
    ).serve(target_loader=load, wrap_loader=False)  # fmt: skip
    return 0


def load() -> Any:
    """Return the WSGI program, in the worker that serves it."""
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    from midflow.studio.wsgi import application

    return application


def _end_with_parent(parent: int) -> None:
    """Where granian's first process was killed its worker would stay behind."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
