"""HTTP with a server that is not trusted: no answer is waited for or stored without end."""

from __future__ import annotations

import functools
import http.client
import io
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LOST = (urllib.error.URLError, http.client.HTTPException, OSError)  # worth another try
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PIECE = 1 << 16  # bytes read at a time


class TooLongError(Exception):
    """An answer has more bytes than its limit."""


class TooSlowError(TimeoutError):
    """An answer that was waited for has begun, and does not come to its end."""


@dataclass(frozen=True)
class Limits:
    """What an answer may take, its headers included.

    seconds: from the request to the end of the answer. waits: however long the answer takes to
    begin; the seconds then are for sending the request, and once more for the answer itself.
    megabytes: of the answer.
    """

    seconds: float
    megabytes: float
    waits: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back. status, reason: of HTTP."""

    status: int
    reason: str
    location: str
    body: bytes


def ask(request: urllib.request.Request, limits: Limits) -> Answer:
    """Sends a request, and reads the answer, whatever its status.

    Raises one of LOST if there is none or none in time, TooLongError, and TooSlowError, which
    is one of LOST as well. Redirects are not
    followed: a login is for one place.
    """
    handlers: list[Any] = [_StayThere, _plain(limits), _encrypted(limits)]
    if urllib.parse.urlsplit(request.full_url).hostname in LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))  # a proxy knows another loopback
    opener = urllib.request.build_opener(*handlers)
    try:
        answer: Any = opener.open(request, timeout=limits.seconds)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        location = answer.headers.get("Location") or ""
        return Answer(answer.status, str(answer.reason), location, _whole(answer))


def _whole(answer: Any) -> bytes:
    body = bytearray()
    while piece := answer.read(_PIECE):
        body += piece
    response: Any = answer.fp if isinstance(answer, urllib.error.HTTPError) else answer
    if response.length:  # what read() with a size does not look after
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(body)


class _StayThere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def _plain(limits: Limits) -> urllib.request.HTTPHandler:
    class Plain(urllib.request.HTTPHandler):
        def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(_connecting(http.client.HTTPConnection, limits), request)

    return Plain()


def _encrypted(limits: Limits) -> urllib.request.HTTPSHandler:
    class Encrypted(urllib.request.HTTPSHandler):
        def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(_connecting(http.client.HTTPSConnection, limits), request)

    return Encrypted()


def _connecting(kind: type[http.client.HTTPConnection], limits: Limits) -> Callable[..., Any]:
    end = None if limits.waits else time.monotonic() + limits.seconds

    def connect(host: str, **more: Any) -> http.client.HTTPConnection:
        connection = kind(host, **more)
        response = functools.partial(_BoundedResponse, limits=limits, end=end)
        connection.response_class = response  # type: ignore[assignment]
        return connection

    return connect


class _BoundedResponse(http.client.HTTPResponse):
    def __init__(
        self, connection: socket.socket, *rest: Any, limits: Limits, end: float | None, **more: Any
    ) -> None:
        super().__init__(connection, *rest, **more)
        raw = self.fp.detach()
        self.fp = io.BufferedReader(_Bounded(raw, connection, limits, end))


class _Bounded(io.RawIOBase):
    """What a socket receives, as far as the limits go. end: by `time.monotonic`, if it is known."""

    def __init__(
        self, raw: io.RawIOBase, connection: socket.socket, limits: Limits, end: float | None
    ) -> None:
        self._raw, self._socket, self._limits, self._end = raw, connection, limits, end
        self._left = round(limits.megabytes * 1e6)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            self._socket.settimeout(self._seconds_left())
            count = self._raw.readinto(buffer) or 0
        except TimeoutError as error:
            raise (TooSlowError if self._limits.waits else TimeoutError)("timed out") from error
        if self._end is None:
            self._end = time.monotonic() + self._limits.seconds
        self._left -= count
        if self._left < 0:
            raise TooLongError
        return count

    def _seconds_left(self) -> float | None:
        if self._end is None:
            return None
        if (seconds := self._end - time.monotonic()) <= 0:
            raise TimeoutError
        return seconds

    def close(self) -> None:
        self._raw.close()
        super().close()
