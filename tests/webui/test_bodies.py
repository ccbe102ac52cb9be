"""Bodies of requests that come slowly, in great number, or not at all."""

import asyncio
from importlib import import_module

import pytest
from fastapi import FastAPI, Request

MEGABYTE = 1 << 20


@pytest.fixture
def room(host):
    return import_module("neuralmaster.studio.bodies")


def request(*chunks):
    """A request whose body is these chunks, and after them nothing more for ever."""
    waiting = list(chunks)

    async def receive():
        if not waiting:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def read(bodies, one, megabytes=1):
    async with bodies.read(one, megabytes):
        pytest.fail("a body without an end was read")


def test_a_body_that_does_not_come_is_given_up_and_forgotten(room):
    bodies = room.Bodies(seconds=0.05)
    with pytest.raises(room.RefusedError) as refused:
        asyncio.run(read(bodies, request(b"x" * 1000)))
    assert refused.value.status == 408
    sentence = "expected the whole request within 0.05 seconds, got a part of it"
    assert str(refused.value) == sentence
    assert (bodies.count, bodies.bytes) == (0, 0)


def test_unfinished_requests_wait_in_a_bounded_number(room):
    bodies = room.Bodies(count=2, seconds=5)

    async def several():
        waiting = [asyncio.create_task(read(bodies, request(b"x"))) for _ in range(2)]
        await asyncio.sleep(0.01)
        assert (bodies.count, bodies.bytes) == (2, 2)
        with pytest.raises(room.RefusedError) as refused:
            await read(bodies, request(b"x"))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return refused.value

    refused = asyncio.run(several())
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    assert (bodies.count, bodies.bytes) == (0, 0)


def test_unfinished_requests_hold_a_bounded_number_of_bytes(room):
    bodies = room.Bodies(seconds=5)

    async def several():
        large = (b"x" * MEGABYTE,)
        waiting = [asyncio.create_task(read(bodies, request(*large))) for _ in range(2)]
        await asyncio.sleep(0.05)
        assert bodies.bytes == 2 * MEGABYTE
        with pytest.raises(room.RefusedError) as refused:
            await read(bodies, request(b"x"))
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return refused.value.status

    assert asyncio.run(several()) == 503
    assert bodies.bytes == 0


def test_the_login_is_asked_for_before_the_body(host):
    host.parsed_flags.api_auth = "ann:s3cret"
    app = FastAPI()
    for callback in host.callbacks["app_started"]:
        callback(None, app)
    sent = []

    async def receive():
        pytest.fail("the body was read before the login was asked for")

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/neuralmaster/v1/preview",
        "raw_path": b"/neuralmaster/v1/preview",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1"), (b"content-length", b"100000000")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 401
