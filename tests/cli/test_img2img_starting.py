"""The command `img2img` and a WebUI that has just started: its page is there before our routes."""

import pytest

from neuralmaster import __version__
from tests.cli.jobs import NOT_FOUND, img2img
from tests.fake_webui import INFO, PROPS


@pytest.mark.parametrize("late", [1, 3])
def test_a_webui_whose_routes_come_late_is_asked_again(webui, job, late):
    def info(_):
        return NOT_FOUND if webui.paths.count(INFO) <= late else (200, {"version": __version__})

    webui.routes.update({INFO: info, PROPS: NOT_FOUND})
    assert img2img(webui) == 0
    assert webui.paths.count(INFO) == late + 1
    assert webui.paths.count(PROPS) == late
    assert len(webui.jobs) == 1


def test_one_that_never_has_them_is_given_up(webui, job, capsys):
    webui.routes.update({INFO: NOT_FOUND, PROPS: NOT_FOUND})
    assert img2img(webui) == 3
    assert webui.paths.count(INFO) == 4
    assert "has no NeuralMaster: install the extension there" in capsys.readouterr().err
    assert webui.jobs == []


def test_an_older_neuralmaster_is_told_at_once(webui, job):
    webui.routes.update({INFO: NOT_FOUND, PROPS: (200, {"version": "0.9.0"})})
    assert img2img(webui) == 3
    assert webui.paths.count(INFO) == 1
