"""The extension's own HTTP routes, behind the login that the host was started with."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterable
from secrets import compare_digest
from typing import Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from modules import shared

from neuralmaster import __version__, files
from neuralmaster.studio import bodies, gate
from neuralmaster.studio import routes as studio_routes
from neuralmaster.webui import arguments, hosts, masked_content, settings
from neuralmaster.webui.refusal import LONGEST

GET_PROPS = "/neuralmaster_inpainter/get_props"  # the path that the Blender addon asks
INFO = "/neuralmaster/v1/info"
PREVIEW = "/neuralmaster/v1/preview"
# A request is two pictures and a few parameters. Each JSON value takes some hundred bytes once
# it is parsed, so a body with more of these characters than MANY is refused before that.
SIGNS, MANY = (b'"', b"[", b"{", b",", b":"), 1000
# What a request holds; None must be given.
FIELDS: dict[str, Any] = {"image": None, "mask": None, "params": {}, "invert": False, "seed": 0}


def add(app: FastAPI) -> None:
    """Called by the host when its server has started, also without a page (--nowebui)."""
    guarded = [Depends(_own_origin), Depends(_guard(app))]
    app.state.neuralmaster_turn = asyncio.Lock()
    app.state.neuralmaster_bodies = bodies.Bodies()
    app.add_api_route(GET_PROPS, get_props, methods=["GET"])
    app.add_api_route(INFO, info, methods=["GET"], dependencies=guarded)
    app.add_api_route(PREVIEW, preview, methods=["POST"], dependencies=guarded)
    studio_routes.add(app, [Depends(_own_origin)], [Depends(_guard_of_page(app))])


def get_props() -> dict[str, Any]:
    """The version, and the index of the choice in Masked content, for clients that send it."""
    return {
        "version": __version__,
        "menu_item_name": masked_content.NAME,
        "menu_item_index": masked_content.index(),
    }


def info() -> dict[str, Any]:
    """What a client needs to know to send jobs: version, index, parameters, limits."""
    return {
        "version": __version__,
        "name": masked_content.NAME,
        "index": masked_content.index(),
        "parameters": arguments.schema(settings.defaults({})),
        "limits": {
            "megapixels": shared.cmd_opts.neuralmaster_max_megapixels,
            "request_megabytes": shared.cmd_opts.neuralmaster_max_request_mb,
        },
    }


async def preview(request: Request) -> JSONResponse:
    """The prepared image of a job, without generating: {image, mask, …} -> {image, mask, …}

    Pictures are PNG in base64. `image` and `mask` of the answer can be sent to any WebUI as
    init image and mask with Masked content at original.
    """
    state, limit = request.app.state, shared.cmd_opts.neuralmaster_max_request_mb
    try:
        async with (
            state.neuralmaster_bodies.read(request, limit) as body,
            state.neuralmaster_turn,  # one at a time: a picture can be large
        ):
            return await run_in_threadpool(_respond, body)
    except bodies.RefusedError as refused:
        return _refusal(refused.status, str(refused), refused.headers)


def _refusal(status: int, sentence: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": sentence[:LONGEST]}, status, headers)


def _respond(body: bytearray) -> JSONResponse:
    try:
        asked = _parsed(body)
    except (ValueError, RecursionError) as error:
        return _refusal(400, f"expected a JSON object of {', '.join(FIELDS)}; {error}")
    try:
        return JSONResponse(_answer(**asked))
    except ValueError as error:
        return _refusal(422, str(error))
    except MemoryError:
        return _refusal(422, "there is not enough memory for this picture; scale it down")


def _parsed(body: bytearray) -> dict[str, Any]:
    if sum(body.count(sign) for sign in SIGNS) > MANY:
        raise ValueError("got far more values than that")
    sent = json.loads(body)
    if not isinstance(sent, dict):
        raise ValueError(f"got {type(sent).__name__}")
    wrong = [repr(name) for name in sent if name not in FIELDS]
    fields = {**FIELDS, **sent}
    wrong += [f"no {name}" for name in FIELDS if fields[name] is None]
    if wrong:
        raise ValueError(f"got {', '.join(wrong)}")
    return fields


def _answer(image: Any, mask: Any, params: Any, invert: Any, seed: Any) -> dict[str, Any]:
    if not isinstance(params, dict):
        raise ValueError(f"params: expected an object, got {type(params).__name__}")
    if not isinstance(invert, bool):
        raise ValueError(f"invert: expected true or false, got {invert!r}")
    if not isinstance(seed, int):
        raise ValueError(f"seed: expected a whole number, got {seed!r}")
    megapixels = shared.cmd_opts.neuralmaster_max_megapixels
    asked = arguments.parse([params], settings.defaults({}), megapixels)
    given = arguments.picture(image, "image", megapixels)
    marks = arguments.picture(mask, "mask", megapixels)
    start = time.perf_counter()
    prepared = asked.prepare(given, marks, invert=invert, seed=seed)
    seconds = time.perf_counter() - start
    return {
        "image": files.in_base64(prepared.image),
        "mask": files.in_base64(prepared.inpaint_mask),
        "applied": prepared.applied,
        "reason": prepared.reason,
        "notes": list(prepared.notes),
        "statistics": {
            "width": given.width,
            "height": given.height,
            "useful": prepared.useful,
            "mean": list(prepared.mean),
            "milliseconds": round(seconds * 1000, 1),
        },
    }


async def _own_origin(request: Request) -> None:
    """Keeps out the pages of other sites, but for those that the host was told to let in.

    Programs send no Origin. A server in between may have changed the Host.
    """
    origin = request.headers.get("Origin")
    hosts = (request.headers.get(name, "") for name in ("Host", "X-Forwarded-Host"))
    if origin is None or any(gate.is_own(origin, host) for host in hosts):
        return
    allowed = getattr(shared.cmd_opts, "cors_allow_origins", None) or ""
    pattern = getattr(shared.cmd_opts, "cors_allow_origins_regex", None)
    is_named = {"*", origin} & set(allowed.split(","))
    if not is_named and not (pattern and re.fullmatch(pattern, origin)):
        raise HTTPException(
            403,
            "expected a request of this WebUI's own page, or of a site in --cors-allow-origins, "
            "got one of another site",
        )


def _guard(app: FastAPI) -> Callable[[Request], Awaitable[None]]:
    """Lets requests through as the host would: all, or those with the login it was given.

    With --api-auth that is HTTP Basic, as for the host's own API. With a login for the page
    alone, it is the cookie of that login, or Basic with its user and password.
    """
    of_api, of_page = hosts.logins()
    return _guarded(app, of_api or of_page, by_cookie=not of_api)


def _guard_of_page(app: FastAPI) -> Callable[[Request], Awaitable[None]]:
    """Lets requests through as the host would let them to its page."""
    return _guarded(app, hosts.logins()[1], by_cookie=True)


def _guarded(
    app: FastAPI, users: Iterable[str], *, by_cookie: bool
) -> Callable[[Request], Awaitable[None]]:
    known = [user.encode() for user in users]

    async def guard(request: Request) -> None:
        if not known or (by_cookie and _has_logged_in(app, request)):
            return
        sent = _sent_login(request)
        if sum(compare_digest(sent, user) for user in known):  # all of them: it takes one time
            return
        raise HTTPException(
            401,
            "expected the user and password that this WebUI was started with, by HTTP Basic",
            {"WWW-Authenticate": "Basic"},
        )

    return guard


def _sent_login(request: Request) -> bytes:
    scheme, _, login = request.headers.get("Authorization", "").partition(" ")
    try:
        return base64.b64decode(login, validate=True) if scheme.lower() == "basic" else b""
    except ValueError:
        return b""


def _has_logged_in(app: FastAPI, request: Request) -> bool:
    """By gradio's own reading of its cookie."""
    routes = (route for route in app.routes if isinstance(route, APIRoute))
    return any(r.endpoint(request) is not None for r in routes if r.path == "/user")
