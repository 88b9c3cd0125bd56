"""The built pages and scripts, served from memory with their hash as ETag."""

import hashlib
import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from midflow.edge.http import Headers, Problem, Request, Response

ASSETS = files("midflow") / "web_assets"

PAGE_HEADERS: Headers = [
    (
        b"content-security-policy",
        (
            b"default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: https:;"
            b" media-src 'self' https:; frame-ancestors 'self'; base-uri 'none'; form-action 'self';"
            b" object-src 'none'; require-trusted-types-for 'script'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
]
SCRIPT_HEADERS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"x-content-type-options", b"nosniff"),
]


class _File(NamedTuple):
    source: Traversable
    type: str
    immutable: bool


class Statics:
    """What the web build left, by its address; the build's manifest is the table."""

    def __init__(self, *, demo: bool) -> None:
        self._files: dict[str, _File] = {}
        self._bodies: dict[str, tuple[bytes, bytes]] = {}
        manifest = ASSETS / "manifest.json"
        self.built = manifest.is_file()
        if self.built:
            for path, entry in json.loads(manifest.read_text(encoding="utf-8")).items():
                if demo or not path.startswith("/demo"):
                    self._files[path] = _File(
                        ASSETS.joinpath(entry["file"]), entry["type"], entry["immutable"]
                    )

    def answer(self, request: Request, path: str) -> Response:
        """Return the file at `path`, 304 where the client has it, a redirect to its folder, or Problem 404."""
        if path == "/":
            return Response(302, [(b"location", b"/demo/" if "/demo/" in self._files else b"/app/")])
        file = self._files.get(path)
        if file is None:
            if f"{path}/" in self._files:
                return Response(308, [(b"location", f"{path}/".encode())])
            raise Problem(404, _missing(self.built))
        if request.scope["method"] not in ("GET", "HEAD"):
            raise Problem(405, "Only GET is answered here.", headers=[(b"allow", b"GET, HEAD")])
        body, etag = self._load(path, file)
        headers = self._headers(file, etag)
        if request.headers.get(b"if-none-match") == etag:
            return Response(304, headers)
        return Response(200, [(b"content-type", file.type.encode()), *headers], body)

    def _load(self, path: str, file: _File) -> tuple[bytes, bytes]:
        if path not in self._bodies:
            body = file.source.read_bytes()
            self._bodies[path] = (body, b'"' + hashlib.sha256(body).hexdigest()[:24].encode() + b'"')
        return self._bodies[path]

    def _headers(self, file: _File, etag: bytes) -> Headers:
        cache = b"public, max-age=31536000, immutable" if file.immutable else b"no-cache"
        more = PAGE_HEADERS if file.type.startswith("text/html") else SCRIPT_HEADERS
        return [(b"cache-control", cache), (b"etag", etag), *more]


def _missing(built: bool) -> str:
    return "There is nothing at this address." if built else "The web assets are not built. Run `make setup`."
