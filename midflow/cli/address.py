"""Where the edge listens: whether it can, and whether it answers there."""

import http.client
import socket
from urllib.parse import urlsplit

from midflow.config import ConfigError

ANSWER_SECONDS = 5.0


def check_address(host: str, port: int) -> None:
    """Raise ConfigError in one line where nobody can listen on host and port."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ConfigError(
            f"{host}:{port} cannot be listened on: {error.strerror}. Name another with --host or --port."
        ) from None


def status_of(url: str) -> int:
    """Return the status of an answer to GET, 0 where nobody answers.

    With the standard library's client: whoever only asks this needs no pool of connections in memory.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
