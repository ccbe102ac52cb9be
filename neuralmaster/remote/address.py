"""The address of a WebUI: asking there, and what its answers mean."""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

LONGEST = 400  # characters of what a WebUI says
PATIENCE = 60.0  # seconds for an answer that takes no generating
LOST = (urllib.error.URLError, http.client.HTTPException, OSError)
NO_SUCH_ROUTE = ("Not Found", "Method Not Allowed")  # how FastAPI says it
NOT_READY = (502, 503, 504)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class WebUIError(Exception):
    """What a WebUI answered instead of a result, in one sentence."""


class UnreachableError(WebUIError):
    """Why no job at all can be done there, this one or another."""


class ConnectionLostError(UnreachableError):
    """The WebUI cannot be reached, or went away; worth another try."""


class AnsweredError(WebUIError):
    """A refusal. status: of HTTP. no_such_route: nobody is there to answer under this path."""

    def __init__(self, status: int, sentence: str, *, no_such_route: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.no_such_route = no_such_route


@dataclass(frozen=True)
class Address:
    """Where a WebUI is and how to get in.

    url: such as http://127.0.0.1:7860, without a login.
    login: "user:password" of its --api-auth, or "" for none. Never part of a message.
    """

    url: str
    login: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str, login: str = "") -> Address:
        """Takes a person's idea of an address; it may hold "user:password@".

        Raises ValueError for anything else, in a sentence that does not quote what may be one.
        """
        try:
            parts = urllib.parse.urlsplit(url if "//" in url else f"http://{url}")
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits or "@" in parts.path:  # a password with a slash would become a path
            raise ValueError("expected an address such as http://127.0.0.1:7860 for the WebUI")
        user, _, place = parts.netloc.rpartition("@")
        login = login or urllib.parse.unquote(user)
        if login and ":" not in login:
            raise ValueError("expected user:password for the login, got no colon in it")
        clean = urllib.parse.urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
        return cls(clean, login)

    def __str__(self) -> str:
        return self.url

    def ask(
        self, path: str, body: dict[str, Any] | None = None, patience: float | None = PATIENCE
    ) -> dict[str, Any]:
        """The JSON object that it answers to a GET, or with a body to a POST.

        patience: seconds to wait for it, None for as long as it takes. Raises ConnectionLostError
        if nobody is there, AnsweredError if it refuses, UnreachableError if it is no WebUI.
        """
        headers = {"Content-Type": "application/json"}
        if self.login:
            headers["Authorization"] = f"Basic {base64.b64encode(self.login.encode()).decode()}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with self._opener().open(request, timeout=patience) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise self._explained(error) from error
        except LOST as error:
            reason = getattr(error, "reason", error)
            raise ConnectionLostError(f"{self.url} cannot be reached: {reason}") from error
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise UnreachableError(f"{self.url} is no WebUI: it answered something else")
        return told

    def _opener(self) -> urllib.request.OpenerDirector:
        handlers: list[Any] = [_StayThere]
        if urllib.parse.urlsplit(self.url).hostname in LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))  # a proxy knows another loopback
        return urllib.request.build_opener(*handlers)

    def _explained(self, error: urllib.error.HTTPError) -> WebUIError:
        if error.code == 401:
            known = "did not accept the login" if self.login else "wants a login"
            return UnreachableError(
                f"{self.url} {known}: give its user:password by --auth or in NEURALMASTER_AUTH"
            )
        if error.code in NOT_READY:
            return ConnectionLostError(f"{self.url} is not ready ({error.code})")
        if error.code in (301, 302, 303, 307, 308):
            return UnreachableError(
                f"{self.url} sends its clients elsewhere, to {error.headers.get('Location')}: "
                "give that address"
            )
        detail = _detail(error)
        no_such_route = error.code in (404, 405) and detail in NO_SUCH_ROUTE
        return AnsweredError(
            error.code,
            f"{self.url} refused the job: {detail[:LONGEST]}",
            no_such_route=no_such_route,
        )


class _StayThere(urllib.request.HTTPRedirectHandler):
    """The login is for one place: it is not carried on to another."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _detail(error: urllib.error.HTTPError) -> str:
    """What an error's body says, in one line."""
    try:
        told = json.load(error)
    except (ValueError, *LOST):
        told = None
    if not isinstance(told, dict):
        return str(error.reason)
    said = told.get("detail") or told.get("errors") or told.get("error") or error.reason
    if isinstance(said, list):  # what a field must be: [{"loc": ["body", "steps"], "msg": …}]
        parts = [one for one in said if isinstance(one, dict)]
        said = "; ".join(f"{(one.get('loc') or [''])[-1]}: {one.get('msg')}" for one in parts)
    return " ".join(str(said).split())
