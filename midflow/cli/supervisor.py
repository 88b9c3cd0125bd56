"""Keeps children running: restarts what fails, ends them all together."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import FrameType

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
HEALTHY_SECONDS = 60.0
"""After this long without a failure the next one waits the first wait again."""

END_SECONDS = 4.5
LAST_LINES = 5


@dataclass
class _Child:
    name: str
    command: list[str]
    process: "subprocess.Popen[str] | None" = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float = 0.0
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))


class Supervisor:
    """Runs commands, each in a process group of its own, until it is told to end."""

    def __init__(self, commands: Mapping[str, list[str]]) -> None:
        self._children = [_Child(name, command) for name, command in commands.items()]
        self._end = threading.Event()
        self._now = threading.Event()

    def ending(self) -> bool:
        """Return whether the end has begun."""
        return self._end.is_set()

    def run(self, *, on_started: Callable[[], None]) -> int:
        """Start all, watch until SIGINT or SIGTERM, end all. `on_started` runs beside, once."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._signalled)
        for child in self._children:
            self._start(child)
        threading.Thread(target=on_started, daemon=True).start()
        while not self._end.wait(0.1):
            for child in self._children:
                self._watch(child)
        self._stop_all()
        return 0

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        """The first signal asks, the second insists."""
        if self._end.is_set():
            self._now.set()
        self._end.set()

    def _start(self, child: _Child) -> None:
        child.lines.clear()
        child.process = subprocess.Popen(  # noqa: S603 - our own commands
            child.command, stderr=subprocess.PIPE, text=True, errors="replace", start_new_session=True
        )
        child.started = time.monotonic()
        threading.Thread(target=_pass_on, args=(child.process, child.lines), daemon=True).start()

    def _watch(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        # What it started itself must not outlive it: it may hold a socket.
        _kill_group(child.process)
        if now - child.started > HEALTHY_SECONDS:
            child.wait = FIRST_WAIT
        last = child.lines[-1].strip() if child.lines else "it said nothing"
        print(
            f"midflow: {child.name} ended ({_reason(code)}); starting it again in {child.wait:g} s. Last line: {last}",
            file=sys.stderr, flush=True,
        )  # fmt: skip
        child.process, child.due = None, now + child.wait
        child.wait = min(2 * child.wait, LONGEST_WAIT)

    def _stop_all(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + END_SECONDS
        while any(process.poll() is None for process in running):
            if time.monotonic() > until or self._now.is_set():
                break
            time.sleep(0.02)
        for process in running:
            _kill_group(process)
            process.wait()


def _pass_on(process: "subprocess.Popen[str]", lines: "deque[str]") -> None:
    assert process.stderr is not None  # noqa: S101 - it was opened as a pipe
    for line in process.stderr:
        lines.append(line)
        sys.stderr.write(line)
        sys.stderr.flush()


def _kill_group(process: "subprocess.Popen[str]") -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _reason(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
