"""The address of a WebUI: sending requests to it, and the errors that its responses mean."""

from __future__ import annotations

import base64
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from neuralmaster.remote import answers, transport
from neuralmaster.remote.transport import Answer, Limits

# Limits on responses; larger ones let a faulty server take more time and memory.
TALK = Limits(seconds=60, megabytes=4)  # where nothing is generated
JOB = Limits(seconds=600, megabytes=512, waits=True)  # for results
NO_SUCH_ROUTE = ("Not Found", "Method Not Allowed")  # FastAPI's words
NOT_READY = (502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)


class WebUIError(Exception):
    """A job failed at the WebUI; the message is one sentence."""


class UnreachableError(WebUIError):
    """No job can run there, neither this one nor another."""


class ConnectionLostError(UnreachableError):
    """The WebUI cannot be reached, or the connection was lost; worth another try."""


class AnsweredError(WebUIError):
    """A refusal. status: the HTTP status. no_such_route: the server has no such path or method."""

    def __init__(self, status: int, sentence: str, *, no_such_route: bool = False) -> None:
        super().__init__(sentence)
        self.status = status
        self.no_such_route = no_such_route


@dataclass(frozen=True)
class Address:
    """The URL of a WebUI, and the login.

    url: such as http://127.0.0.1:7860, without a login.
    login: "user:password" of its --api-auth, or "" for none. Never part of a message.
    """

    url: str
    login: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str, login: str = "") -> Address:
        """Parses an address as typed: the scheme may be missing, and "user:password@" may be in it.

        Raises ValueError otherwise, in a sentence that does not quote it: it may hold a password.
        """
        try:
            parts = urllib.parse.urlsplit(url if "//" in url else f"http://{url}")
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        # a password with / ? or # would become a path, a query or a fragment
        if not fits or "@" in parts.path + parts.query + parts.fragment:
            raise ValueError(
                "expected an address such as http://127.0.0.1:7860 for the WebUI; in a password "
                "in it, write / as %2F, ? as %3F and # as %23"
            )
        user, _, place = parts.netloc.rpartition("@")
        if not (place.isprintable() and parts.path.isascii()) or " " in place + parts.path:
            raise ValueError("expected an address without spaces or control characters")
        login = login or urllib.parse.unquote(user)
        if login and ":" not in login:
            raise ValueError("expected user:password for the login, got no colon in it")
        clean = urllib.parse.urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
        return cls(clean, login)

    def __str__(self) -> str:
        return self.url

    def shown(self, text: object) -> str:
        """Text from the server in one line, without control characters and without the login."""
        return answers.shown(text, self.login)

    def ask(
        self, path: str, body: dict[str, Any] | None = None, limits: Limits = TALK
    ) -> dict[str, Any]:
        """The JSON object that a GET returns, or a POST if there is a body.

        Raises ConnectionLostError if there is no response in time, AnsweredError for a refusal,
        UnreachableError if it is not a WebUI, and WebUIError if the response is too long.
        """
        headers = {"Content-Type": "application/json"}
        if self.login:
            headers["Authorization"] = f"Basic {base64.b64encode(self.login.encode()).decode()}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            answer = transport.ask(request, limits)
        except transport.TooLongError as error:
            raise WebUIError(
                f"{self.url} answered with more than {limits.megabytes:g} MB, the most that is "
                "read; ask for fewer or smaller pictures at a time"
            ) from error
        except transport.TooSlowError as error:
            raise WebUIError(
                f"{self.url} took more than {limits.seconds:g} s to send its answer"
            ) from error
        except (*transport.LOST, ValueError) as error:  # ValueError: an invalid host name
            reason = self.shown(getattr(error, "reason", error))
            raise ConnectionLostError(f"{self.url} cannot be reached: {reason}") from error
        try:
            content = answers.parsed(answer.body)
        except ValueError:
            content = None
        if not 200 <= answer.status < 300:
            raise self._refusal(answer, content)
        if not isinstance(content, dict):
            raise UnreachableError(f"{self.url} is not a WebUI: it sent an unexpected answer")
        return content

    def _refusal(self, answer: Answer, content: Any) -> WebUIError:
        if answer.status == 401:
            problem = "did not accept the login" if self.login else "wants a login"
            return UnreachableError(
                f"{self.url} {problem}: give its user:password by --auth or in NEURALMASTER_AUTH"
            )
        if answer.status in NOT_READY:
            return ConnectionLostError(f"{self.url} is not ready ({answer.status})")
        if answer.status in REDIRECTS:
            return UnreachableError(
                f"{self.url} redirects to {self.shown(answer.location)}: use that address"
            )
        detail = self.shown(answers.detail(content, answer.reason))
        no_such_route = answer.status in (404, 405) and detail in NO_SUCH_ROUTE
        return AnsweredError(
            answer.status, f"{self.url} refused the job: {detail}", no_such_route=no_such_route
        )
