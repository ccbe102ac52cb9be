from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from neuralmaster.making.finders import models
from tests import onnx_models
from tests.chromium import CHROMIUM, FLAGS


@pytest.fixture(autouse=True)
def no_model(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on a model that somebody may have."""
    monkeypatch.delenv(models.ENVIRONMENT, raising=False)
    monkeypatch.setenv("U2NET_HOME", str(tmp_path_factory.getbasetemp() / "no-models"))
    monkeypatch.setattr(models, "_named", [])
    monkeypatch.setattr(models, "_folders", [])


@pytest.fixture(scope="session")
def red_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saliency model's file, which finds what is red."""
    path = tmp_path_factory.mktemp("models") / "red.onnx"
    path.write_bytes(onnx_models.model())
    return path


@pytest.fixture
def finds_red(red_model: Path) -> None:
    """That model in use."""
    models.use(red_model)


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
            f"Not run: {skipped} that need a WebUI, ComfyUI, Blender, Chromium, torch or a real "
            "render; docs/development.md says how to run them, -rs what each needs."
        )
