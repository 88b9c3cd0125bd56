"""A load client that costs little: prepared requests over plain sockets, one thread a connection."""

import multiprocessing
import socket
import time
from collections.abc import Callable
from threading import Thread

Make = Callable[[int, int], bytes]
SUCCESS = (b"200", b"202", b"204")


def request(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def reading(port: int, target: str, headers: dict[str, str]) -> bytes:
    """A GET."""
    lines = [f"GET {target} HTTP/1.1", f"host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def run(
    port: int, connections: int, seconds: float, make: Make, *, each: int | None = None
) -> dict[str, float]:
    """Send from a process of its own and return requests, requests/s and latencies in ms.

    With `each` it ends when every connection has sent that many, or the seconds are over.
    """
    context = multiprocessing.get_context("fork")
    parent, child = context.Pipe()
    process = context.Process(target=_process, args=(child, port, connections, seconds, make, each))
    process.start()
    times, elapsed, errors = parent.recv()
    process.join()
    times.sort()
    if errors:
        raise RuntimeError(f"{len(errors)} requests were not answered with success, the first: {errors[0]!r}")
    return {
        "requests": len(times),
        "per_second": len(times) / elapsed,
        "p50_ms": 1000 * times[len(times) // 2],
        "p99_ms": 1000 * times[int(len(times) * 0.99)],
    }


def _process(pipe, port: int, connections: int, seconds: float, make: Make, each: int | None) -> None:
    times: list[list[float]] = [[] for _ in range(connections)]
    errors: list[bytes] = []
    started = time.perf_counter()
    until = started + seconds
    threads = [
        Thread(target=_connection, args=(port, n, until, make, times[n], errors, each))
        for n in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send(([t for one in times for t in one], time.perf_counter() - started, errors))


def _connection(
    port: int,
    number: int,
    until: float,
    make: Make,
    times: list[float],
    errors: list[bytes],
    each: int | None,
) -> None:
    buffer = bytearray(65536)
    try:
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            count = 0
            while count != each and (before := time.perf_counter()) < until:
                line.sendall(make(number, count))
                if failure := _failure(line, buffer):
                    errors.append(failure)
                times.append(time.perf_counter() - before)
                count += 1
    except OSError as error:
        errors.append(repr(error).encode())


def _failure(line: socket.socket, buffer: bytearray) -> bytes:
    """Read one answer; return what it says where it is no success."""
    view = memoryview(buffer)
    size = _read(line, view)
    while (end := buffer.find(b"\r\n\r\n", 0, size)) < 0:
        size += _read(line, view[size:])
    head = bytes(view[:end]).lower()
    said = b"" if head[9:12] in SUCCESS else bytes(view[:size])
    _, _, length = head.partition(b"\r\ncontent-length:")
    left = end + 4 + int(length.partition(b"\r\n")[0] or 0) - size
    while left > 0:
        left -= (more := _read(line, view))
        said += bytes(view[:more]) if said else b""  # what a success says is not looked at
    return said[:1000]


def _read(line: socket.socket, buffer: memoryview) -> int:
    size = line.recv_into(buffer)
    if not size:
        raise ConnectionError("the server closed the connection")
    return size
