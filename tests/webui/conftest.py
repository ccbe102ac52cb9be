import importlib
import logging
import sys
import warnings
from collections import Counter

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its own, at import; not ours to mend
    import fastapi  # noqa: F401

from tests.webui import compatibility
from tests.webui.fake_host import Host, Radio
from tests.webui.fake_job import Processing, run
from tests.webui.person import Person
from tests.webui.real_host import CommandLine, WebUI

outcomes: Counter[str] = Counter()


def pytest_runtest_logreport(report):
    of_suite = compatibility.SUITE in report.nodeid
    if of_suite and (report.when == "call" or report.outcome != "passed"):
        outcomes[report.outcome] += 1


def pytest_deselected(items):
    outcomes["not run"] += sum(compatibility.SUITE in item.nodeid for item in items)


def pytest_sessionfinish():
    compatibility.report(outcomes)


@pytest.fixture
def host(monkeypatch):
    """A fake WebUI in which the extension has been loaded, with the page's radio."""
    monkeypatch.setattr(logging.getLogger("neuralmaster"), "handlers", [logging.NullHandler()])
    for name in [n for n in sys.modules if n.startswith("neuralmaster.webui")]:
        monkeypatch.delitem(sys.modules, name)
    host = Host(monkeypatch)
    host.load()
    host.add(Radio())
    return host


@pytest.fixture
def probed(host):
    """Loads the extension once more; gives what it has probed then."""

    def load():
        host.load()
        return importlib.import_module("neuralmaster.webui.hosts").current()

    return load


@pytest.fixture
def process(host):
    """Runs one img2img job on the fake host: `p`, or its fields; gives (p, finished pictures)."""

    def go(p=None, **fields):
        p = p or Processing(**fields)
        return p, run(host, p, host.script)

    return go


@pytest.fixture(scope="module")
def webui(tmp_path_factory):
    """A real WebUI, as people have it."""
    with WebUI(tmp_path_factory.mktemp("webui")) as running:
        yield running


@pytest.fixture
def soft_latents(webui):
    if not webui.host["latent_rounding"]:
        pytest.skip("this host always makes the latent mask hard; A1111 from 1.8 on")


@pytest.fixture
def hard_latents(webui):
    if webui.host["latent_rounding"]:
        pytest.skip("this host can keep the gradient; A1111 from 1.8 on")


@pytest.fixture(scope="module")
def command_line(tmp_path_factory):
    return CommandLine(tmp_path_factory.mktemp("command_line"))


@pytest.fixture
def person(browser, webui):
    page = browser.new_page(viewport={"width": 1290, "height": 2600})
    yield Person(page, webui)
    page.close()
