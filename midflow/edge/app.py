"""The front door: one ASGI program, its routes in one table."""

import re
from collections.abc import Awaitable, Callable
from time import perf_counter

import structlog

from midflow.config import Settings, networks
from midflow.edge import (
    decisions,
    demo,
    description,
    events,
    health,
    hooks,
    learn,
    me,
    observe,
    offers,
    pull,
    rules,
)
from midflow.edge.away import AWAY, problem_of
from midflow.edge.cors import allow, preflight
from midflow.edge.desk import Desk
from midflow.edge.http import ClientGone, Problem, Receive, Request, Response, Scope, Send, Stream
from midflow.edge.proxy import Proxy
from midflow.edge.statics import Statics
from midflow.edge.xapi import door

Handler = Callable[[Desk, Request], Awaitable[Response | Stream]]

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "/v1/events", events.post_events),
    ("POST", "/hooks/{}", hooks.post_hook),
    ("GET", "/v1/offers", offers.get_offers),
    ("GET", "/v1/stream", offers.get_stream),
    ("POST", "/v1/outcomes", learn.post_outcomes),
    ("GET", "/v1/units/{}", learn.get_unit),
    ("GET", "/v1/today", learn.get_today),
    ("GET", "/v1/reviews", learn.get_reviews),
    ("GET", "/v1/decisions/{}", decisions.get_decision),
    ("GET", "/v1/me", me.get_me),
    ("GET", "/v1/me/skills", me.get_skills),
    ("POST", "/v1/me/tests", me.post_test),
    ("POST", "/v1/me/tests/{}/answers", me.post_test_answer),
    ("PUT", "/v1/me/preferences", me.put_preferences),
    ("GET", "/v1/me/export", me.get_export),
    ("POST", "/v1/observations", observe.post_observation),
    ("GET", "/v1/statements", pull.get_statements),
    ("POST", "/v1/rules/try", rules.post_try),
    ("GET", "/healthz", health.get_health),
    ("GET", "/readyz", health.get_ready),
    ("GET", "/metrics", health.get_metrics),
    ("GET", "/openapi.json", description.get_description),
)
"""Every endpoint but those of the record, which has a door of its own."""

STUDIO = ("/studio", "/accounts", "/boards")
"""What is passed to the studio process."""

logger = structlog.get_logger("midflow.edge")


class App:
    """The ASGI program. `startup` and `shutdown` are awaited by whoever serves it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.desk = Desk(settings)
        self.statics = Statics(demo=settings.demo)
        self.proxy = Proxy(
            settings.data / "run" / "studio.sock",
            trusted=networks(settings.trusted_proxies),
            https=settings.base_url.startswith("https://"),
        )
        routes = [*ROUTES]
        if settings.demo:
            routes += demo.ROUTES
        self._exact = {
            (method, path): (path, handler) for method, path, handler in routes if "{}" not in path
        }
        self._paths = {path for _, path, _ in routes}
        self._patterns = [
            (method, path, re.compile(path.replace("{}", "([^/]+)")), handler)
            for method, path, handler in routes
            if "{}" in path
        ]

    async def startup(self) -> None:
        """Begin to take work."""
        self.desk.start()

    async def shutdown(self) -> None:
        """End streams and commit what was acknowledged."""
        await self.desk.close()
        await self.proxy.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """For other ASGI servers, which say themselves when to start and end."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.startup()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.shutdown()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith(STUDIO) and path.split("/", 2)[1] in ("studio", "accounts", "boards"):
            await self.proxy(scope, receive, send)
            return
        request = Request(scope, receive)
        began = perf_counter()
        route, answer = await self._answer(request, path)
        if answer is None:
            return
        allow(self.desk, request, answer)
        self.desk.metrics.answered(route, answer.status, perf_counter() - began)
        await answer.send(send, head=scope["method"] == "HEAD")

    async def _answer(self, request: Request, path: str) -> tuple[str, Response | Stream | None]:
        route = "other"
        try:
            if path.startswith(door.PREFIX):
                return await door.answer(self.desk, request)
            method = "GET" if request.scope["method"] == "HEAD" else request.scope["method"]
            if method == "OPTIONS":
                return "preflight", preflight(self.desk, request)
            route, handler = self._find(method, path, request)
            if handler is not None:
                return route, await handler(self.desk, request)
            return "static", self.statics.answer(request, path)
        except Problem as problem:
            return route, problem.response()
        except ClientGone:
            return route, None
        except AWAY as error:
            return route, problem_of(error).response()
        except Exception:
            logger.exception("a request failed", route=route, path=path)
            return route, Problem(500, "The request failed here; it is in the log.").response()

    def _find(self, method: str, path: str, request: Request) -> tuple[str, Handler | None]:
        found = self._exact.get((method, path))
        if found is not None:
            return found
        for its_method, route, pattern, handler in self._patterns:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if its_method != method:
                raise Problem(
                    405, f"{method} is not answered here.", headers=[(b"allow", its_method.encode())]
                )
            request.path_args = match.groups()
            return route, handler
        if path in self._paths:
            allowed = ", ".join(sorted(m for m, p in self._exact if p == path))
            raise Problem(405, f"{method} is not answered here.", headers=[(b"allow", allowed.encode())])
        return "static", None


def build(settings: Settings) -> App:
    """Return the edge for these settings: the one place where it is put together."""
    return App(settings)


def routes() -> list[tuple[str, str]]:
    """Return every endpoint (method, path): what the documentation must name."""
    return [(method, path) for method, path, *_ in (*ROUTES, *demo.ROUTES, *door.ROUTES)]
