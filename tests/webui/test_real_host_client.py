"""`python -m neuralmaster img2img` and a real WebUI: jobs, interrupts, logins, other WebUIs."""

from __future__ import annotations

import io
import re
import signal
import sys

import numpy as np
import pytest
from PIL import Image

from neuralmaster import __version__
from neuralmaster.cli import batch
from tests.webui.client import IMAGE, MASK, img2img, progress, started, until
from tests.webui.real_host import (
    PASTES_BY_TWICE,
    STANDIN,
    WebUI,
    by_name,
    needs_named_jobs,
    needs_webui,
    same,
    same_result,
)

pytestmark = needs_webui


@pytest.fixture(autouse=True)
def job(tmp_path, monkeypatch):
    """image.png and mask.png in the working directory."""
    monkeypatch.chdir(tmp_path)
    IMAGE.save("image.png")
    MASK.save("mask.png")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_job_gives_the_picture_that_the_api_gives(webui, monkeypatch, capsys):
    expected = webui.img2img(IMAGE, MASK, **by_name(method="mean"))
    assert img2img(webui, "--method", "mean") == 0
    made = Image.open("out.png")
    assert same_result(made, expected.images[0])
    assert made.info["parameters"] == expected.infotext
    assert "NeuralMaster method: mean" in made.info["parameters"]
    out, err = capsys.readouterr()
    assert re.fullmatch(r"out\.png: made in [\d.]+ s\n", out)
    assert err == ""


def test_a_bar_with_the_time_to_go_is_shown(webui, monkeypatch):
    """How often the host can be asked is a matter of its speed; what it says is shown."""
    shown = []
    show = batch.Bar.show

    def listen(bar, done, text, seconds=None):
        shown.append((done, seconds))
        show(bar, done, text, seconds)

    monkeypatch.setattr(batch.Bar, "show", listen)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    status = img2img(webui, steps=150, n_iter=3, denoising_strength=1)
    assert status == 0, terminal.getvalue()
    bars = re.findall(r"\[[#.]+\] (\d+%(?:, \d+ s left)?)", terminal.getvalue())
    expected = [
        f"{share:.0%}" + (f", {seconds:.0f} s left" if seconds else "") for share, seconds in shown
    ]
    assert bars == expected
    assert [share for share, _ in shown] == sorted(share for share, _ in shown)


def test_prepared_here_it_gives_the_same_picture(webui, capsys):
    """Which is not matched: that is done where the picture is sampled.

    Where the host pastes some of its init image over what is filled, that is the fill.
    """
    assert img2img(webui, "--match", "off") == 0
    assert img2img(webui, "--local", out="local.png") == 0
    out, local = (np.asarray(Image.open(name)).astype(int) for name in ("out.png", "local.png"))
    where = np.isin(MASK.getchannel("R"), (0, 255)) | PASTES_BY_TWICE
    assert abs(out - local)[where].max() <= STANDIN.levels


def test_two_results_and_an_ignored_field(webui, capsys):
    assert img2img(webui, batch_size=2, steeps=3) == 0
    assert not same(Image.open("out.png"), Image.open("out-2.png"))
    assert capsys.readouterr().err == (
        "neuralmaster: warning: the WebUI does not know the field steeps and ignored it\n"
    )


def test_settings_and_fallbacks_go_both_ways(webui, capsys):
    override = {"override_settings.neuralmaster_method": "classic"}
    assert img2img(webui, **override) == 0
    with Image.open("out.png") as made:
        assert "NeuralMaster method: classic" in made.info["parameters"]
    MASK.getchannel("R").save("mask.png")
    assert img2img(webui, "--strict") == 1
    assert "warning: Original is used: the mask's red and green" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"script_name": "none"}, "refused the job: Script 'none' not found"),
        ({"steps": "many"}, "refused the job: steps: [^\n]*valid integer[^\n]*"),  # pydantic's
        (
            {"override_settings.neuralmaster_feather": -1},
            "refused the job: NeuralMaster: feather: expected a number from 0 to 512, got -1",
        ),
    ],
)
def test_a_refused_job_is_one_line(webui, capsys, settings, message):
    assert img2img(webui, **settings) == 3
    assert re.fullmatch(f"neuralmaster: {webui.url} {message}\n", capsys.readouterr().err)


@needs_named_jobs
def test_ctrl_c_stops_the_job_there(webui, tmp_path):
    before = len(webui.runs())
    running = started(webui, steps=140, denoising_strength=1)
    until(lambda: len(webui.runs()) > before and progress(webui) > 0.05)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "neuralmaster: stopped\n")
    assert webui.get("/sdapi/v1/progress")["state"]["interrupted"]
    until(lambda: progress(webui) == 0, seconds=20)
    assert not (tmp_path / "out.png").exists()


def test_a_job_interrupted_by_somebody_else_has_no_result(webui, tmp_path):
    before = len(webui.runs())
    running = started(webui, steps=140, denoising_strength=1)
    until(lambda: len(webui.runs()) > before and progress(webui) > 0.05)
    assert webui.post("/sdapi/v1/interrupt", {})[0] == 200
    _, err = running.communicate(timeout=60)
    assert running.returncode == 3
    assert "the job was interrupted at" in err
    assert not (tmp_path / "out.png").exists()


# --- WebUIs of another kind -------------------------------------------------------------------


def test_a_login_is_wanted_and_never_shown(tmp_path, capfd, monkeypatch):
    (tmp_path / "data").mkdir()
    with WebUI(tmp_path / "data", "--api-auth", "ann:s3cret") as webui:
        assert img2img(webui) == 3
        assert f"{webui.url} wants a login: give its user:password" in capfd.readouterr().err
        assert img2img(webui, "--auth", "ann:wr0ng") == 3
        assert f"{webui.url} did not accept the login" in capfd.readouterr().err
        assert img2img(webui, "--auth", "ann:s3cret") == 0
        monkeypatch.setenv("NEURALMASTER_AUTH", "ann:s3cret")
        assert img2img(webui, "--json") == 0
        assert "s3cret" not in "".join(capfd.readouterr())


def test_without_the_extension_it_says_so_and_local_works(tmp_path, capsys):
    (tmp_path / "data").mkdir()
    with WebUI(tmp_path / "data", folder="") as webui:
        assert img2img(webui) == 3
        assert f"{webui.url} has no NeuralMaster: install" in capsys.readouterr().err
        assert img2img(webui, "--local") == 0
        with Image.open("out.png") as local:
            assert local.size == IMAGE.size
            assert "NeuralMaster" not in local.info["parameters"]


@pytest.mark.parametrize("flags", [(), ("--nowebui",)])
def test_without_the_api_it_says_so(tmp_path, capsys, flags):
    (tmp_path / "data").mkdir()
    if flags:  # --nowebui is the API alone
        with WebUI(tmp_path / "data", *flags) as webui:
            assert img2img(webui) == 0
        return
    with WebUI(tmp_path / "data", api=False) as webui:
        assert img2img(webui) == 3
        err = capsys.readouterr().err
        assert err == f"neuralmaster: {webui.url} does not offer its API: start it with --api\n"


def test_an_older_extension_is_named(tmp_path, capsys):
    """NeuralMaster 0.9 answers get_props alone; here stands a script that does no more."""
    (tmp_path / "data").mkdir()
    with WebUI(tmp_path / "data", folder="", beside=("props_of_0_9",)) as webui:
        assert img2img(webui) == 3
        assert "has NeuralMaster 0.9.0, which is too old" in capsys.readouterr().err
    assert __version__ != "0.9.0"
