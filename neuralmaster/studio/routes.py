"""The page's requests: it starts a session, opens a picture, acts, and looks at what came of it.

The key of a session is the login of all that follows. Answers are JSON or a picture; errors are
{"detail": sentence}. 404 and 410 say that the session has no picture: the page then opens it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from neuralmaster import files
from neuralmaster.studio import acts, bodies, bundled, canvas, output, sessions, view
from neuralmaster.studio.desk import Desk
from neuralmaster.studio.sessions import LostError
from neuralmaster.studio.view import Wanted

START = "/neuralmaster/v1/studio"
FILE_MEGABYTES = 256  # of a picture's file
ACTS_MEGABYTES = 64  # of acts; a mask is one of them
SECONDS = 900.0  # a body may take: 25 MB at 0.25 Mbit/s
# Each JSON value takes some hundred bytes once it is parsed; a long stroke has a thousand of these.
MANY = 500_000
PNG_MEGAPIXELS = 16  # of a picture that the browser cannot read; a larger one goes as JPEG


def add(app: FastAPI, guards: Sequence[Any] = (), login: Sequence[Any] = ()) -> None:
    """Adds the routes. guards: dependencies of all of them; login: of the one that starts."""
    read = bodies.Bodies(seconds=SECONDS).read

    async def opened(key: str, request: Request, name: str = "", preset: str = "") -> Response:
        async def run(body: bytearray) -> Response:
            return await run_in_threadpool(_opened, key, name, preset, body)

        return await _with_body(request, FILE_MEGABYTES, run)

    async def act(key: str, request: Request) -> Response:
        async def run(body: bytearray) -> Response:
            return await run_in_threadpool(_acted, key, body)

        return await _with_body(request, ACTS_MEGABYTES, run)

    async def _with_body(request: Request, megabytes: float, run: Any) -> Response:
        try:
            sessions.HELD.find(request.path_params["key"])  # before anything is read
            async with read(request, megabytes) as body:
                return await run(body)
        except bodies.RefusedError as refused:
            return JSONResponse({"detail": str(refused)}, refused.status, refused.headers)
        except LostError as lost:
            return JSONResponse({"detail": str(lost)}, 404)

    key = f"{START}/{{key}}"
    for method, path, run in (
        ("POST", f"{key}/open", opened),
        ("POST", f"{key}/act", act),
        ("GET", f"{key}/example", _example),
        ("GET", f"{key}/picture", _picture),
        ("GET", f"{key}/filled", _filled),
        ("GET", f"{key}/part/{{what}}", _part),
        ("GET", f"{key}/saved", _saved),
        ("GET", f"{key}/file/{{what}}", _file),
        ("GET", f"{key}/{output.JOB}", _job),
        ("POST", sessions.LEASE, sessions.lease),
    ):
        app.add_api_route(path, run, methods=[method], dependencies=list(guards))
    app.add_api_route(START, _start, methods=["POST"], dependencies=[*guards, *login])


def _start() -> dict[str, str]:
    return {"key": sessions.HELD.start().key}


def _answer(desk: Desk, refused: str = "", wanted: Wanted | None = None) -> dict[str, Any]:
    """What the page shows after acts. refused: a sentence about one of them."""
    shown = view.overview(desk, wanted)
    if refused:
        shown |= {"said": refused, "kind": view.ERROR}
    return {
        "name": desk.opened.name,
        "number": desk.opened.number,
        "size": desk.size,
        "state": acts.state(desk),
        "refused": refused,
        **shown,
    }


def _opened(key: str, name: str, preset: str, body: bytearray) -> Response:
    def run() -> Response:
        session = sessions.HELD.find(key)
        image = canvas.opened(name, bytes(body))
        body.clear()
        desk = session.put(Desk.open(image, canvas.named(name), preset))
        answer = {"done": 0, **_answer(desk)}
        sessions.HELD.keep(session)
        return JSONResponse(answer)

    return _told(run)


def _acted(key: str, body: bytearray) -> Response:
    def run() -> Response:
        session = sessions.HELD.find(key)
        sent = _parsed(body)
        desk, refused = session.act(sent["first"], sent["acts"])
        answer = _answer(desk, refused, sent["view"])
        sessions.HELD.keep(session)
        return JSONResponse({"done": sent["first"] + len(sent["acts"]), **answer})

    return _told(run)


def _parsed(body: bytearray) -> dict[str, Any]:
    if body.count(b",") > MANY or body.count(b"[") > MANY or body.count(b"{") > MANY:
        raise ValueError("expected fewer acts at a time")
    try:
        sent = json.loads(body)
        first, listed, seen = sent["first"], sent["acts"], sent.get("view")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError("expected acts of the studio's page, got something else") from error
    if not isinstance(first, int) or first < 0 or not isinstance(listed, list):
        raise ValueError("expected acts of the studio's page, got something else")
    return {"first": first, "acts": listed, "view": _wanted(seen) if seen else None}


def _wanted(seen: Any) -> Wanted:
    try:
        left, upper, right, lower = map(int, seen["box"])
        width, height = map(int, seen["size"])
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise ValueError("expected a part of the picture, got something else") from error
    return Wanted((left, upper, right, lower), (width, height))


def _example(key: str) -> Response:
    def run() -> Response:
        sessions.HELD.find(key)
        return Response(bundled.path(bundled.EXAMPLE).read_bytes(), media_type="image/png")

    return _told(run)


def _picture(key: str) -> Response:
    """The picture itself, for a browser that cannot read its file."""

    def look(desk: Desk) -> Response:
        picture, kind = desk.opened.picture, "png"
        if picture.width * picture.height > PNG_MEGAPIXELS * 1e6:
            picture, kind = picture.convert("RGB"), "jpeg"
        content = files.encoded(picture, Path(f"picture.{kind}"))
        return Response(content, media_type=f"image/{kind}")

    return _told(lambda: sessions.HELD.find(key).view(look))


def _filled(key: str) -> Response:
    return _told(lambda: JSONResponse(sessions.HELD.find(key).follow(view.filled)))


def _part(key: str, what: str, box: str, size: str) -> Response:
    """A part of MASK, FILLED or HOST. box: left,upper,right,lower; size: width,height."""

    def run() -> Response:
        if what not in view.WHATS:
            raise ValueError(f"expected one of {', '.join(view.WHATS)}, got {what!r}")
        left, upper, right, lower = _numbers(box, 4)
        width, height = _numbers(size, 2)
        wanted = Wanted((left, upper, right, lower), (width, height))
        session = sessions.HELD.find(key)
        content = session.follow(lambda desk, goes_on: view.part(desk, what, wanted, goes_on))
        kind = "png" if what == view.MASK else "jpeg"
        return Response(content, media_type=f"image/{kind}")

    return _told(run)


def _numbers(text: str, count: int) -> list[int]:
    parts = text[:60].split(",")
    if len(parts) != count or not all(part.isdigit() for part in parts):
        raise ValueError(f"expected {count} whole numbers, got {text[:60]!r}")
    return [int(part) for part in parts]


def _saved(key: str) -> Response:
    def run() -> Response:
        session = sessions.HELD.find(key)
        done, act = session.view(lambda desk: (session.done, acts.saved(desk)))
        return JSONResponse({"done": done, "act": act})

    return _told(run)


def _file(key: str, what: str) -> Response:
    def run() -> Response:
        if what not in output.FILES:
            raise ValueError(f"expected one of {', '.join(output.FILES)}, got {what!r}")
        name, content = sessions.HELD.find(key).view(lambda desk: output.file(desk, what))
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(content, media_type="image/png", headers=headers)

    return _told(run)


def _job(key: str) -> Response:
    return _told(lambda: JSONResponse(sessions.HELD.find(key).view(output.api_call)))


def _told(run: Callable[[], Response]) -> Response:
    """Its answer, never to be kept by anybody; or one sentence that says what is wrong."""
    try:
        answer = run()
    except LostError as lost:
        answer = JSONResponse({"detail": str(lost)}, 410)
    except Exception as error:  # whatever it is, the person's work stays as it was
        answer = JSONResponse({"detail": acts.sentence(error)}, 422)
    answer.headers["Cache-Control"] = "no-store"
    return answer
