"""The studio in Chromium, served by this Python's own gradio, without any network."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.person import Person
from tests.chromium import CHROMIUM
from tests.pictures import ROOT

START_SECONDS = 90


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    missing = _missing()
    if missing:
        skip = pytest.mark.skip(reason=f"needs {missing}")
        for item in items:
            if here in item.path.parents:
                item.add_marker(skip)


def _missing() -> str:
    if not CHROMIUM.is_file():
        return str(CHROMIUM)
    for package in ("gradio", "playwright"):
        # asked in another process: importing gradio warns, and the other tests need none of it
        asked = [sys.executable, "-c", f"import importlib.metadata as m; m.version('{package}')"]
        if subprocess.run(asked, capture_output=True, check=False).returncode:
            return f"the package {package}"
    return ""


@pytest.fixture(scope="session")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the studio is served, as the command line serves it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("studio") / "log"
    command = [sys.executable, "-m", "neuralmaster", "studio", "--port", str(port), "--no-browser"]
    offline = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with log.open("w") as file:
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=file, stderr=file, env={**os.environ, **offline}
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server, log)
        yield address
    finally:
        server.terminate()
        server.wait(30)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"the studio did not start:\n{log.read_text()}")


@pytest.fixture
def person(browser: Any, url: str) -> Iterator[Person]:
    visitor = Person(browser, url)
    yield visitor
    visitor.context.close()
    assert not visitor.errors
    # gradio 3 and 4 ask for a script that resizes frames; all else has to be at home
    assert not [asked for asked in visitor.outside if "iframe-resizer" not in asked]
