"""Memory after the start of `midflow up --demo`: proportional set sizes of each process."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from bench.place import end
from tests.edge.conftest import free_port


def run() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = [sys.executable, "-m", "midflow", "up", "--demo", "--data", folder, "--port", str(port)]
        started = time.monotonic()
        up = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            usable = wait(f"http://127.0.0.1:{port}", started)
            found = {name: round(size / 1024, 1) for name, size in sizes(up.pid).items()}
        finally:
            end(up)
    return {
        "first_start_to_usable_seconds": round(usable, 1), "pss_mb": found, "whole_mb": round(sum(found.values()), 1),
        "goals": "edge <= 100 MB, whole <= 450 MB, first start <= 15 s",
    }  # fmt: skip


def wait(url: str, started: float) -> float:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if all(
                httpx2.get(url + path, trust_env=False).status_code == 200
                for path in ("/readyz", "/accounts/login/", "/demo/")
            ):
                return time.monotonic() - started
        except httpx2.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError("midflow up was not usable within a minute")


def sizes(root: int) -> dict[str, float]:
    """PSS in kB by process, of `root` and all that descend from it."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return {f"{role(pid)} ({pid})": pss(pid) for pid in sorted(family)}


def role(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return next((name for name in ("edge", "studio", "jobs", "up") if name in words), "helper")


def pss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return float(line.split()[1])
    return 0.0
