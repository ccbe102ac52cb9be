"""`python -m neuralmaster img2img` of folders with a real WebUI: stopped, resumed, restarted."""

from __future__ import annotations

import time

import pytest
from PIL import Image

from neuralmaster import files
from tests.pictures import textured_scene
from tests.webui.client import img2img, started, until
from tests.webui.real_host import by_name, needs_webui, same_result

pytestmark = needs_webui

MANY = [f"{number:02}" for number in range(20)]
SMALL = {"steps": 8, "denoising_strength": 0.5}


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    for seed, name in enumerate(MANY):
        image, mask = textured_scene(192, 192, seed)
        image.save(f"images/{name}.png")
        mask.save(f"masks/{name}.png")
    return {"of": ("images", "masks"), "out": "out", **SMALL}


def finished(tmp_path):
    return sorted(path.stem for path in tmp_path.glob("out/[0-9]*.png"))


def expect_every_picture_once(webui, tmp_path):
    """And each as it is made alone."""
    assert finished(tmp_path) == MANY
    assert [path.name for path in (tmp_path / "out").iterdir() if path.suffix != ".png"] == []
    for name in MANY:
        image, mask = files.read(f"images/{name}.png"), files.read(f"masks/{name}.png")
        alone = webui.img2img(image, mask, width=192, height=192, **SMALL, **by_name())
        assert same_result(Image.open(f"out/{name}.png"), alone.images[0])


def test_a_folder_whose_client_is_killed_is_resumed(webui, tmp_path, folders, capsys):
    before = len(webui.runs())
    running = started(webui, **folders)
    until(lambda: len(finished(tmp_path)) >= 7)
    running.kill()
    running.communicate()
    done = {path: path.stat().st_mtime_ns for path in tmp_path.glob("out/[0-9]*.png")}
    assert 7 <= len(done) < 20
    assert img2img(webui, "--resume", **folders) == 0
    skipped = len(done)
    out = f"{20 - skipped} written, {skipped} skipped, 0 failed\n"
    assert capsys.readouterr().out == out
    assert all(path.stat().st_mtime_ns == when for path, when in done.items())
    assert len(webui.runs()) - before <= 21  # the job that ran when it was killed ran again
    expect_every_picture_once(webui, tmp_path)


@pytest.mark.parametrize("how", ["killed", "asked to restart"])
def test_a_folder_goes_on_when_the_webui_is_restarted(webui, tmp_path, folders, how):
    running = started(webui, **folders)
    until(lambda: len(finished(tmp_path)) >= 5)
    if how == "killed":
        webui.kill()
    else:  # it interrupts its job then, and hands out what there is of it
        webui.post("/sdapi/v1/interrupt", {})
        webui.kill()
    time.sleep(2)
    webui.start()
    out, err = running.communicate(timeout=600)
    assert (running.returncode, out) == (0, "20 written, 0 skipped, 0 failed\n"), err
    assert "cannot be reached" in err
    assert "trying again in" in err
    expect_every_picture_once(webui, tmp_path)
