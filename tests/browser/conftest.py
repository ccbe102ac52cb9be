"""The studio in Chromium, served by this Python's own gradio, without any network."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.person import Person
from tests.browser.server import Server
from tests.chromium import CHROMIUM


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
    server = Server(tmp_path_factory.mktemp("studio") / "log")
    server.start()
    yield server.url
    server.stop()
    assert "Traceback" not in server.log.read_text(), server.log.read_text()


@pytest.fixture
def person(browser: Any, url: str) -> Iterator[Person]:
    visitor = Person(browser, url)
    yield visitor
    visitor.context.close()
    assert not visitor.errors
    # gradio 3 and 4 ask for a script that resizes frames; all else has to be at home
    assert not [asked for asked in visitor.outside if "iframe-resizer" not in asked]


@pytest.fixture
def painter(person: Person) -> Person:
    """Somebody who has opened the example."""
    person.load_the_example()
    person.is_idle()
    return person
