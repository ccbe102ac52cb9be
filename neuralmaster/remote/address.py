"""The address of a WebUI: asking there, and what its answers mean."""

from __future__ import annotations

import base64
import json
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from neuralmaster.remote import answers, transport
from neuralmaster.remote.transport import Answer, Limits

TALK = Limits(seconds=60, megabytes=4)  # for what takes no generating
JOB = Limits(seconds=600, megabytes=512, waits=True)  # for results
NO_SUCH_ROUTE = ("Not Found", "Method Not Allowed")  # how FastAPI says it
NOT_READY = (502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)


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
        # a password with / ? or # would become a path, a query or a fragment
        if not fits or "@" in parts.path + parts.query + parts.fragment:
            raise ValueError(
                "expected an address such as http://127.0.0.1:7860 for the WebUI; in a password "
                "there, / is written as %2F, ? as %3F and # as %23"
            )
        user, _, place = parts.netloc.rpartition("@")
        if not (place.isprintable() and parts.path.isascii()) or " " in place + parts.path:
            raise ValueError("expected an address without spaces and control characters")
        login = login or urllib.parse.unquote(user)
        if login and ":" not in login:
            raise ValueError("expected user:password for the login, got no colon in it")
        clean = urllib.parse.urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
        return cls(clean, login)

    def __str__(self) -> str:
        return self.url

    def shown(self, text: object) -> str:
        """What was said there, in one line, without control characters and the login."""
        return answers.shown(text, self.login)

    def ask(
        self, path: str, body: dict[str, Any] | None = None, limits: Limits = TALK
    ) -> dict[str, Any]:
        """The JSON object that it answers to a GET, or with a body to a POST.

        Raises ConnectionLostError if nobody is there or does not answer in time, AnsweredError if
        it refuses, UnreachableError if it is no WebUI, and WebUIError for too long an answer.
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
        except (*transport.LOST, ValueError) as error:  # ValueError: a host's name that is none
            reason = self.shown(getattr(error, "reason", error))
            raise ConnectionLostError(f"{self.url} cannot be reached: {reason}") from error
        try:
            told = answers.parsed(answer.body)
        except ValueError:
            told = None
        if not 200 <= answer.status < 300:
            raise self._refusal(answer, told)
        if not isinstance(told, dict):
            raise UnreachableError(f"{self.url} is no WebUI: it answered something else")
        return told

    def _refusal(self, answer: Answer, told: Any) -> WebUIError:
        if answer.status == 401:
            known = "did not accept the login" if self.login else "wants a login"
            return UnreachableError(
                f"{self.url} {known}: give its user:password by --auth or in NEURALMASTER_AUTH"
            )
        if answer.status in NOT_READY:
            return ConnectionLostError(f"{self.url} is not ready ({answer.status})")
        if answer.status in REDIRECTS:
            return UnreachableError(
                f"{self.url} sends its clients elsewhere, to {self.shown(answer.location)}: "
                "give that address"
            )
        detail = self.shown(answers.detail(told, answer.reason))
        no_such_route = answer.status in (404, 405) and detail in NO_SUCH_ROUTE
        return AnsweredError(
            answer.status, f"{self.url} refused the job: {detail}", no_such_route=no_such_route
        )
