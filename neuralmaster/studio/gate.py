"""Who may talk to the studio that is served alone: its own page, on this computer.

Whatever else a browser has open can reach a server on this computer as well: by requests from
another site, and by a name of that site's that leads to 127.0.0.1 (DNS rebinding). And gradio has
many more routes than the page needs, among them some that give out files.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Send = Callable[[Scope], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]

LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
ALLOW = "--allow-host"
# What a path may begin with: what the pages of gradio 3.41 to 6.31 ask for, and our own route.
PATHS = frozenset({
    "", "assets", "config", "favicon.ico", "heartbeat", "info", "manifest.json", "neuralmaster",
    "queue", "reset", "run", "startup-events", "static", "theme.css",
})  # fmt: skip
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d+)?")


def is_own(origin: str, host: str) -> bool:
    """Whether a page of that Origin was served under that Host."""
    return bool(host) and origin.lower() in (f"http://{host}".lower(), f"https://{host}".lower())


class Gate:
    """An ASGI application around another. hosts: names it may be called by, in lower case."""

    def __init__(self, app: App, hosts: Collection[str] = LOCAL) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Passes a request on, or refuses it."""
        status, said = (0, "") if scope["type"] == "lifespan" else self._refusal(scope)
        if not status:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            kind = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": status, "headers": kind})
            await send({"type": "http.response.body", "body": said.encode()})

    def _refusal(self, scope: Scope) -> tuple[int, str]:
        """Status and sentence; 0 for what may pass."""
        sent: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            sent.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        (host, *more) = sent.get("host", [""])
        match = _HOST.fullmatch(host.lower())
        if more or not match or match[1] not in self._hosts:
            names = ", ".join(sorted(self._hosts))
            return 403, f"expected Host to be one of {names}; name others by {ALLOW}"
        is_own_origin = all(is_own(origin, host) for origin in sent.get("origin", []))
        if not is_own_origin or not _is_of_page(scope, sent):
            return 403, "expected a request of the studio's own page, got one of another site"
        path = scope["path"].removeprefix("/gradio_api").removeprefix("/")
        if path.partition("/")[0] not in PATHS:
            return 404, "expected a path of the studio's page"
        return 0, ""


def _is_of_page(scope: Scope, sent: dict[str, list[str]]) -> bool:
    """By what newer browsers say of a request, also where they send no Origin."""

    def says(name: str) -> str:
        return sent.get(f"sec-fetch-{name}", [""])[0]

    if says("site") not in ("cross-site", "same-site"):
        return True
    # a link from elsewhere to the studio, opened in a tab of its own
    is_opened = says("mode") == "navigate" and says("dest") == "document"
    return is_opened and scope.get("method") == "GET" and scope["path"] == "/"
