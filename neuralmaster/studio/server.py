"""Serves the studio alone, on this computer."""

from __future__ import annotations

import errno
import socket
import sys
import webbrowser
from collections.abc import Collection
from typing import Any

import uvicorn
from fastapi import FastAPI

from neuralmaster.studio import gradios, routes
from neuralmaster.studio.gate import LOCAL, Gate

HOST = "127.0.0.1"
FIRST_PORT, PORTS = 7860, 100


def app(page: Any, hosts: Collection[str] = ()) -> Gate:
    """The page and our own route behind the gate. hosts: names besides this computer's own."""
    served = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    routes.add(served)
    gradios.mount(served, page)
    return Gate(served, LOCAL | {name.lower() for name in hosts})


def serve(page: Any, port: int | None, *, browser: bool, hosts: Collection[str]) -> None:
    """Serves until it is stopped. See neuralmaster.studio.launch."""
    listening = _listening(port)
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    sys.stdout.write(f"The studio is at {url}; Ctrl+C stops it.\n")
    sys.stdout.flush()
    # gradio 4 and later keep a connection for as long as a page is open: not waited for
    config = uvicorn.Config(
        app(page, hosts), log_level="warning", ws="none", timeout_graceful_shutdown=1
    )
    if browser:
        webbrowser.open(url)  # the socket listens already
    uvicorn.Server(config).run([listening])


def _listening(port: int | None) -> socket.socket:
    if port is not None:
        if not 0 <= port <= 65535:
            raise ValueError(f"port: expected 0 to 65535, got {port}")
        return socket.create_server((HOST, port))
    for free in range(FIRST_PORT, FIRST_PORT + PORTS):
        try:
            return socket.create_server((HOST, free))
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise OSError(f"no port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1} is free; choose one")
