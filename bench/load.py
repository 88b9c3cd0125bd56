"""A load client that costs little: prepared requests over plain sockets, one thread a connection."""

import multiprocessing
import socket
import time
from collections.abc import Callable
from threading import Thread

Make = Callable[[int, int], bytes]


def request(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def run(port: int, connections: int, seconds: float, make: Make) -> dict[str, float]:
    """Send from a process of its own and return requests, requests/s and latencies in ms."""
    context = multiprocessing.get_context("fork")
    parent, child = context.Pipe()
    process = context.Process(target=_process, args=(child, port, connections, seconds, make))
    process.start()
    times, elapsed, errors = parent.recv()
    process.join()
    times.sort()
    if errors:
        raise RuntimeError(f"{errors} requests were not answered with success")
    return {
        "requests": len(times),
        "per_second": len(times) / elapsed,
        "p50_ms": 1000 * times[len(times) // 2],
        "p99_ms": 1000 * times[int(len(times) * 0.99)],
    }


def _process(pipe, port: int, connections: int, seconds: float, make: Make) -> None:
    times: list[list[float]] = [[] for _ in range(connections)]
    errors = [0] * connections
    started = time.perf_counter()
    until = started + seconds
    threads = [
        Thread(target=_connection, args=(port, n, until, make, times[n], errors)) for n in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send(([t for one in times for t in one], time.perf_counter() - started, sum(errors)))


def _connection(
    port: int, number: int, until: float, make: Make, times: list[float], errors: list[int]
) -> None:
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        count = 0
        while (before := time.perf_counter()) < until:
            line.sendall(make(number, count))
            if not _answered(line):
                errors[number] += 1
            times.append(time.perf_counter() - before)
            count += 1


def _answered(line: socket.socket) -> bool:
    data = line.recv(65536)
    while b"\r\n\r\n" not in data:
        data += line.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += line.recv(65536)
    return head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 202"))
