import pytest

from tests.webui.real_host import CommandLine, WebUI


@pytest.fixture(scope="package")
def webui(tmp_path_factory):
    """One WebUI for all modules here; what is in its log at the end is tested last of all."""
    with WebUI(tmp_path_factory.mktemp("webui")) as running:
        yield running


@pytest.fixture(scope="package")
def command_line(tmp_path_factory):
    return CommandLine(tmp_path_factory.mktemp("command_line"))
