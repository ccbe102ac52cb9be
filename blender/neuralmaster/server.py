"""Requests to a WebUI, and what its answers mean, in one sentence each."""

from __future__ import annotations

import base64
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

INFO = "/neuralmaster/v1/info"
PROPS = "/neuralmaster_inpainter/get_props"
SCRIPTS = "/sdapi/v1/scripts"
MODELS = "/controlnet/model_list"
TALK = 60.0  # seconds for an answer that needs no generating
_MOST = 512 * 10**6  # bytes of an answer; larger lets a faulty server fill the memory
_LONGEST = 300  # characters of a server's text in a message
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ServerError(Exception):
    """What a WebUI cannot do; the message is one sentence."""


class LostError(ServerError):
    """There is no connection, or no longer."""


class RefusedError(ServerError):
    """An answer that is a refusal. status: the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A login is meant for one server."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Server:
    """A WebUI. url: such as http://127.0.0.1:7860. login: "user:password", or "" for none."""

    url: str
    login: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str, login: str = "") -> Server:
        """From an address as typed. Raises ServerError for what is none."""
        try:
            parts = urllib.parse.urlsplit(url.strip() if "//" in url else f"http://{url.strip()}")
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits or "@" in parts.netloc:
            raise ServerError(
                "The WebUI's address in the preferences should look like http://127.0.0.1:7860, "
                "with the login in the field below it."
            )
        if login and ":" not in login:
            raise ServerError("The login in the preferences should look like user:password.")
        return cls(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}", login)

    def ask(self, path: str, body: Mapping[str, Any] | None = None, seconds: float = TALK) -> Any:
        """The JSON that a GET returns, or a POST if there is a body.

        Raises LostError without an answer, RefusedError for a refusal, else ServerError.
        """
        headers = {"Content-Type": "application/json"}
        if self.login:
            login = base64.b64encode(self.login.encode()).decode()
            headers["Authorization"] = f"Basic {login}"
        data = None if body is None else json.dumps(body).encode()
        handlers: list[Any] = [_NoRedirect]
        if urllib.parse.urlsplit(self.url).hostname in _LOOPBACK:
            handlers.append(urllib.request.ProxyHandler({}))
        try:
            request = urllib.request.Request(self.url + path, data, headers)
            opener = urllib.request.build_opener(*handlers)
            with opener.open(request, timeout=seconds) as answer:
                content = answer.read(_MOST)
        except urllib.error.HTTPError as error:
            with error:
                raise self._refusal(error) from error
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            reason = self.shown(getattr(error, "reason", error) or type(error).__name__)
            raise LostError(
                f"The WebUI at {self.url} cannot be reached ({reason}); start it with --api, or "
                "correct its address in the preferences."
            ) from error
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise ServerError(f"What is at {self.url} is not a WebUI: it sent no JSON.") from error

    def _refusal(self, error: urllib.error.HTTPError) -> ServerError:
        if error.code == 401:
            problem = "did not accept the login" if self.login else "wants a login"
            return RefusedError(
                401, f"The WebUI at {self.url} {problem}; set user:password in the preferences."
            )
        if 300 <= error.code < 400:
            return ServerError(f"{self.url} is another server's address now; set the new one.")
        if error.code in (502, 503, 504):
            return LostError(f"The WebUI at {self.url} is not ready ({error.code}); try again.")
        try:
            content = json.loads(error.read(_MOST))
            detail = content.get("detail") or content.get("errors") or error.reason
        except (AttributeError, OSError, ValueError, http.client.HTTPException):
            detail = error.reason
        return RefusedError(error.code, f"The WebUI refused: {self.shown(_sentence(detail))}")

    def shown(self, text: object) -> str:
        """A server's text in one line, without the login."""
        line = str(text)
        for secret in (self.login, self.login.partition(":")[2]):
            line = line.replace(secret, "***") if secret else line
        line = " ".join("".join(c if c.isprintable() else " " for c in line).split())
        return line if len(line) <= _LONGEST else line[:_LONGEST] + " …"

    def info(self) -> dict[str, Any]:
        """What the extension in the WebUI says of itself. Raises ServerError if it is missing."""
        try:
            info = self.ask(INFO)
        except RefusedError as error:
            if error.status != 404:
                raise
            raise ServerError(self._missing()) from error
        if not isinstance(info, dict) or not isinstance(info.get("version"), str):
            raise ServerError(f"What is at {self.url} is not a WebUI with NeuralMaster.")
        return info

    def _missing(self) -> str:
        try:
            self.ask(PROPS)
        except RefusedError:
            return f"The WebUI at {self.url} has no NeuralMaster; install the extension there."
        return f"NeuralMaster in the WebUI at {self.url} is too old; update it there."

    def control_models(self) -> list[str]:
        """The names of ControlNet's models; none if the WebUI does not list ControlNet."""
        try:
            scripts = self.ask(SCRIPTS)["img2img"]
            if "controlnet" not in [str(name).lower() for name in scripts]:
                return []
            return [str(name) for name in self.ask(MODELS)["model_list"]]
        except (LookupError, TypeError, RefusedError):
            return []


def _sentence(detail: object) -> str:
    """FastAPI's list of errors, or its sentence."""
    if not isinstance(detail, list):
        return str(detail)
    errors = [one for one in detail if isinstance(one, dict)]
    return "; ".join(f"{(one.get('loc') or ['?'])[-1]}: {one.get('msg')}" for one in errors)
