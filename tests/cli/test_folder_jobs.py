"""Folders of images, for the command `img2img`."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from neuralmaster import files
from neuralmaster.cli import main
from neuralmaster.remote import client
from tests.cli.folders import NAMES, listed, made
from tests.fake_webui import IMG2IMG, INFO, FakeWebUI
from tests.pictures import ROOT, pixels


@pytest.fixture
def webui(monkeypatch):
    monkeypatch.setattr(client, "POLL", 0.05)
    monkeypatch.setattr(client.WebUI, "_waits", lambda self: iter([0.01, 0.01, None]))
    with FakeWebUI() as fake:
        yield fake


# --- jobs for a WebUI -------------------------------------------------------------------------


def img2img(webui, *arguments):
    return main(["img2img", "images", "masks", "--url", webui.url, "-o", "out", *arguments])


def test_every_image_is_a_job(folders, webui, capsys):
    assert img2img(webui, "--prompt", "an apple") == 0
    assert [job["prompt"] for job in webui.jobs] == ["an apple"] * 3
    for name, (image, _) in folders.items():  # the fake gives back what it was sent
        assert np.array_equal(pixels(files.read(f"out/{name}.png")), pixels(image))
    assert capsys.readouterr() == ("3 written, 0 skipped, 0 failed\n", "")
    assert webui.paths.count(INFO) == 1


def test_one_refused_job_does_not_stop_the_rest(folders, webui, capsys):
    of_b = files.in_base64(folders["b"][0])

    def refuse_b(job):
        return (422, {"detail": "no"}) if job["init_images"] == [of_b] else webui.img2img(job)

    webui.routes[IMG2IMG] = refuse_b
    assert img2img(webui) == 3
    out, err = capsys.readouterr()
    assert out == "2 written, 0 skipped, 1 failed\n"
    assert err == f"neuralmaster: images/b.png: {webui.url} refused the job: no\n"
    webui.routes[IMG2IMG] = webui.img2img
    assert img2img(webui, "--resume") == 0
    assert listed() == ["a.png", "b.png", "c.png"]
    assert len(webui.jobs) == 4


def test_a_webui_that_is_gone_ends_it_and_resume_goes_on(folders, webui, capsys):
    webui.routes[IMG2IMG] = lambda job: webui.img2img(job) if len(webui.jobs) < 2 else None
    assert img2img(webui) == 3
    out, err = capsys.readouterr()
    assert out == "1 written, 0 skipped, 0 failed, 2 left\n"
    assert "cannot be reached" in err.splitlines()[-1]
    webui.routes[IMG2IMG] = webui.img2img
    assert img2img(webui, "--resume") == 0
    assert capsys.readouterr().out == "2 written, 1 skipped, 0 failed\n"


def test_without_the_extension_nothing_is_begun(folders, webui):
    webui.routes[INFO] = (404, {"detail": "Not Found"})
    assert img2img(webui) == 3
    assert webui.jobs == []
    assert not Path("out").exists()


def test_results_of_two_jobs_never_take_one_name(tmp_path, monkeypatch, webui, capsys):
    monkeypatch.chdir(tmp_path)
    made(["a", "a-2"])
    webui.pictures = 2
    assert img2img(webui) == 3
    assert listed() == ["a-2-2.png", "a-2.png"]
    assert "out/a-2.png: is an input or another's result" in capsys.readouterr().err


def test_a_dry_run_prints_every_job(folders, webui, capsys):
    assert img2img(webui, "--dry-run") == 0
    jobs = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    sent = [base64.b64decode(job["init_images"][0]) for job in jobs]
    for content, name in zip(sent, NAMES, strict=True):
        assert np.array_equal(pixels(files.decoded(content, name)), pixels(folders[name][0]))
    assert webui.paths == []
    assert not Path("out").exists()


def test_killed_in_the_middle_and_resumed_nothing_is_lost_doubled_or_half_written(
    tmp_path, monkeypatch, webui
):
    monkeypatch.chdir(tmp_path)
    pairs = made([f"{number:02}" for number in range(12)])
    over = threading.Event()
    webui.routes[IMG2IMG] = lambda job: (
        webui.img2img(job) if len(webui.jobs) < 6 else over.wait(20) and None
    )
    arguments = ["images", "masks", "-o", "out"]
    running = subprocess.Popen(
        [sys.executable, "-m", "neuralmaster", "img2img", *arguments, "--url", webui.url],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    end = time.monotonic() + 30
    while len(webui.jobs) < 6 and time.monotonic() < end:
        time.sleep(0.02)
    running.kill()
    running.wait()
    over.set()
    assert len(listed()) == 5
    before = {name: Path("out", name).stat().st_mtime_ns for name in listed()}
    webui.routes[IMG2IMG] = webui.img2img
    assert img2img(webui, "--resume") == 0
    assert listed() == [f"{name}.png" for name in pairs]
    for name, when in before.items():
        assert Path("out", name).stat().st_mtime_ns == when
    for name, (image, _) in pairs.items():
        assert np.array_equal(pixels(files.read(f"out/{name}.png")), pixels(image))
    assert len(webui.jobs) == 13
