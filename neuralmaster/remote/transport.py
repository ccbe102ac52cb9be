"""HTTP with an untrusted server: limits on how long a response may take and how large it is."""

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
_PIECE = 1 << 16  # bytes read at a time; larger exceeds the size limit by more


class TooLongError(Exception):
    """A response is longer than its limit."""


class TooSlowError(TimeoutError):
    """A response without a time limit has begun, but did not end in time."""


@dataclass(frozen=True)
class Limits:
    """Limits on a response, its headers included.

    seconds: from the start of the request to the end of the response. waits: the response may
    begin at any time; the limit then applies to sending the request, and again from the
    response's first byte to its end. megabytes: of 10**6 bytes.
    """

    seconds: float
    megabytes: float
    waits: bool = False


@dataclass(frozen=True)
class Answer:
    """A response. status, reason: HTTP's. location: the header, or ""."""

    status: int
    reason: str
    location: str
    body: bytes


def ask(request: urllib.request.Request, limits: Limits) -> Answer:
    """Sends a request and reads the response, whatever its status.

    Raises one of LOST if there is no response in time, TooLongError, and TooSlowError, which is a
    subclass of one of LOST. Redirects are not followed: a login is meant for one server.
    """
    handlers: list[Any] = [_NoRedirect, _plain(limits), _encrypted(limits)]
    if urllib.parse.urlsplit(request.full_url).hostname in LOOPBACK:
        handlers.append(urllib.request.ProxyHandler({}))  # a proxy has a loopback of its own
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
    if response.length:  # which read(size) does not check
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(body)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
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
    """Reads a socket within the limits. end: by time.monotonic; None if not yet known."""

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
