"""Bodies of requests: how long each may be and may take, and how much may wait in all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect

COUNT = 8  # that may be on their way or wait for their turn
TOGETHER = 2  # times what one may have: one is worked on while the next arrives
SECONDS = 60.0  # until a body has to be there: 128 MB at 17 Mbit/s
MEGABYTE = 1 << 20


class RefusedError(Exception):
    """A body that is not read to its end. headers: for the answer."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.status, self.headers = status, headers


class Bodies:
    """Those of one server, in its event loop."""

    def __init__(self, count: int = COUNT, seconds: float = SECONDS) -> None:
        self._most, self._seconds = count, seconds
        self.count, self.bytes = 0, 0  # that wait now

    @asynccontextmanager
    async def read(self, request: Request, megabytes: float) -> AsyncIterator[bytearray]:
        """The body of a request, of so many megabytes at most; freed in the end.

        Raises RefusedError with status 413 for a longer one, 408 for one that does not come, 503 if
        too many wait already, and 400 if the client has gone.
        """
        if self.count >= self._most:
            raise _busy(f"{self._most} requests")
        body = bytearray()
        self.count += 1
        try:
            await asyncio.wait_for(self._fill(body, request, megabytes), self._seconds)
            yield body
        except asyncio.TimeoutError as error:
            said = f"expected the whole request within {self._seconds:g} seconds, got a part of it"
            raise RefusedError(408, said, connection="close") from error
        except ClientDisconnect as error:
            raise RefusedError(400, "expected a whole request, got a part of it") from error
        finally:
            self.count -= 1
            self.bytes -= len(body)
            body.clear()  # a server keeps the frames of its last request

    async def _fill(self, body: bytearray, request: Request, megabytes: float) -> None:
        limit = megabytes * MEGABYTE
        long = RefusedError(
            413, f"expected at most {megabytes:g} MB, got more; scale the image down"
        )
        announced = request.headers.get("content-length", "0")
        if not announced.isdigit() or int(announced) > limit:
            raise long
        async for chunk in request.stream():
            if len(body) + len(chunk) > limit:
                raise long
            if self.bytes + len(chunk) > TOGETHER * limit:
                raise _busy(f"{TOGETHER * megabytes:g} MB of requests")
            self.bytes += len(chunk)
            body += chunk


def _busy(waiting: str) -> RefusedError:
    said = f"expected fewer requests at a time, {waiting} are waiting already; try again later"
    return RefusedError(503, said, **{"retry-after": "5"})
