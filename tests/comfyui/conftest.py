"""One ComfyUI for all tests, and its row in the README's table (tests/webui/compatibility.py)."""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest

from tests.comfyui.host import ComfyUI
from tests.pictures import ROOT
from tests.webui import compatibility

outcomes: Counter[str] = Counter()
seen: list[str] = []  # the version of the ComfyUI that the tests ran in


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    of_suite = "test_real_comfyui" in report.nodeid
    if of_suite and (report.when == "call" or report.outcome != "passed"):
        outcomes[report.outcome] += 1


def pytest_sessionfinish() -> None:
    file = os.environ.get("NM_COMPATIBILITY")
    if not file or not seen:
        return
    name = os.environ.get("COMFYUI_NAME", "ComfyUI")
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    row = f"| {name} | {seen[0]} | none | {told} | {date.today().isoformat()} |\n"
    page = ROOT / file
    page.write_text(compatibility.written(page.read_text(), row))


@pytest.fixture(scope="session")
def comfyui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComfyUI]:
    """A real ComfyUI with the nodes."""
    with ComfyUI(tmp_path_factory.mktemp("comfyui")) as running:
        seen.append(running.stats["system"]["comfyui_version"])
        yield running
