from collections.abc import Iterator
from typing import Any

import pytest

from tests.chromium import CHROMIUM, FLAGS


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = len(terminalreporter.stats.get("skipped", []))
    if skipped and not terminalreporter.hasopt("s"):
        terminalreporter.write_line(
            f"Not run: {skipped} that need a WebUI, ComfyUI, Chromium, torch or a real render; "
            "docs/development.md says how to run them, -rs what each needs."
        )
