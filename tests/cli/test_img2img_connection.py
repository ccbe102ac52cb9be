"""The command `img2img`: logins, lost connections, interrupts."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from neuralmaster.cli import main
from neuralmaster.remote import client
from neuralmaster.remote.address import Address
from tests.cli.jobs import NOT_FOUND, SECRET, img2img
from tests.fake_webui import IMG2IMG, INFO, INTERRUPT, PROGRESS, TASK, FakeWebUI
from tests.pictures import ROOT

# Ctrl-C works, even if whoever runs the tests has it switched off, as a shell does with "&"
MAIN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from neuralmaster.remote.address import Address
from neuralmaster.cli import main
sys.exit(main(sys.argv[1:]))
"""
WAITS = list(client.WebUI(Address("http://host"))._waits())


# --- logins -----------------------------------------------------------------------------------


def with_login(webui, way, monkeypatch):
    host = webui.url.removeprefix("http://")
    if way == "option":
        return ["--url", webui.url, "--auth", SECRET]
    if way == "environment":
        monkeypatch.setenv("NEURALMASTER_AUTH", SECRET)
        return ["--url", webui.url]
    return ["--url", f"http://{SECRET}@{host}" if way == "url" else f"{SECRET}@{host}"]


@pytest.mark.parametrize("way", ["option", "environment", "url", "short url"])
def test_a_login_opens_and_is_never_shown(webui, job, capfd, monkeypatch, way):
    webui.login = SECRET
    arguments = ["img2img", "image.png", "mask.png", "-o", "out.png"]
    arguments += with_login(webui, way, monkeypatch)
    assert main(arguments) == 0
    webui.login = "ann:other"
    assert main(arguments) == 3
    webui.routes[IMG2IMG] = (500, {"detail": "no"})
    webui.login = ""
    assert main([*arguments, "--json"]) == 3
    out, err = capfd.readouterr()
    assert f"{webui.url} did not accept the login" in err
    assert "s3cret" not in out + err


def test_a_missing_login_is_reported(webui, job, capsys):
    webui.login = SECRET
    assert img2img(webui) == 3
    assert f"{webui.url} wants a login: give its user:password" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["img2img", "a", "b", "--url", "http://ann:s3cret"],
        ["img2img", "a", "b", "--url", "http://ann:s3c/s3cret@host:1"],
        ["img2img", "a", "b", "--url", "http://ann:80/s3cret@host:1"],
        ["img2img", "a", "b", "--url", "ftp://ann:s3cret@host"],
        ["img2img", "a", "b", "--auth", "s3cret"],
        ["fill", "a", "b", "-o", "c", "--auth", "ann:s3cret"],
        ["fill", "a", "b", "-o", "c", "--auth=ann:s3cret"],
        ["img2img", "a", "b", "ann:s3cret"],
    ],
)
def test_a_login_in_the_wrong_place_is_not_echoed(capsys, arguments):
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code
    assert status == 2
    assert "s3cret" not in "".join(capsys.readouterr())


def test_a_login_does_not_go_through_a_redirect_nor_to_a_proxy(webui, job, monkeypatch):
    with FakeWebUI() as other:
        monkeypatch.setenv("http_proxy", other.url)
        assert img2img(webui, "--auth", SECRET) == 0
        webui.routes[INFO] = (307, {}, {"Location": other.url + INFO})
        assert img2img(webui, "--auth", SECRET) == 3
        assert other.paths == []


def test_the_waits_grow_to_half_a_minute():
    assert WAITS == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, None]


def test_a_webui_in_a_message_shows_no_login():
    assert "s3cret" not in repr(Address.of(f"http://{SECRET}@host:1"))


# --- connection losses and interrupts ---------------------------------------------------------


def test_a_lost_connection_is_tried_again(webui, job, capsys):
    losses = iter([None, (503, {}), NOT_FOUND])
    webui.routes[IMG2IMG] = lambda job: next(losses) if len(webui.jobs) < 4 else webui.img2img(job)
    assert img2img(webui) == 0
    assert len({job["force_task_id"] for job in webui.jobs}) == 4
    err = capsys.readouterr().err
    assert err.count("; trying again in ") == 3
    assert webui.paths.count(INTERRUPT) == 3  # the fake says that the first still runs


def test_a_finished_or_unknown_task_is_not_interrupted_before_the_next_try(webui, job):
    webui.routes[IMG2IMG] = lambda job: webui.img2img(job) if len(webui.jobs) > 1 else None
    for state in ({"completed": True}, {"active": False, "queued": False}):
        webui.routes[TASK] = (200, state)
        webui.jobs.clear()
        assert img2img(webui) == 0
    assert INTERRUPT not in webui.paths


def test_a_connection_that_stays_lost_is_reported(webui, job, monkeypatch, capsys):
    monkeypatch.setattr(client.WebUI, "_waits", lambda self: iter([0.01, 0.02, None]))
    webui.routes[IMG2IMG] = None
    assert img2img(webui) == 3
    assert len(webui.jobs) == 3
    assert "cannot be reached" in capsys.readouterr().err.splitlines()[-1]


def test_a_webui_that_hangs_up_during_the_check_before_a_job_is_tried_again(webui, job):
    def progress(_):
        lost = len(webui.jobs) == 1 and TASK not in webui.paths
        return None if lost else (200, {"progress": 0, "eta_relative": 0})

    webui.routes[PROGRESS] = progress
    assert img2img(webui) == 0
    assert len(webui.jobs) == 2


def test_a_webui_that_falls_silent_is_given_up(webui, job, monkeypatch):
    monkeypatch.setattr(client, "SILENCE", 0.2)
    monkeypatch.setattr(client.WebUI, "_waits", lambda self: iter([None]))
    over = threading.Event()
    webui.routes[IMG2IMG] = lambda _: over.wait(20) and None
    webui.routes[PROGRESS] = None
    start = time.monotonic()
    assert img2img(webui) == 3
    assert time.monotonic() - start < 10
    over.set()


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_progress_is_shown_on_a_terminal_and_taken_away(webui, job, monkeypatch):
    def slow(job):
        time.sleep(0.4)
        return webui.img2img(job)

    webui.routes[IMG2IMG] = slow
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert img2img(webui) == 0
    assert "[############............] 50%, 3 s left" in terminal.getvalue()
    assert terminal.getvalue().rsplit("\r", 2)[1].strip() == ""


def started(*arguments):
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, "img2img", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("waits", [False, True])
def test_ctrl_c_interrupts_the_job_there(webui, job, waits):
    """Also one that waits behind somebody else's: that is left alone, ours is stopped then."""
    webui.routes[IMG2IMG] = lambda job: webui.interrupted.wait(20) and webui.img2img(job)
    looks = []

    def task(sent_job):
        looks.append(sent_job["id_task"])
        active = not waits or len(looks) > 2
        return 200, {"active": active, "queued": not active, "completed": False}

    webui.routes[TASK] = task
    running = started("image.png", "mask.png", "--url", webui.url, "-o", "out.png")
    end = time.monotonic() + 20
    while not webui.jobs and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.2)
    assert not webui.interrupted.is_set()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (130, "", "neuralmaster: stopped\n")
    assert webui.interrupted.is_set()
    assert looks == [webui.jobs[0]["force_task_id"]] * (3 if waits else 1)
    assert not Path("out.png").exists()


def test_ctrl_c_ends_it_also_when_the_webui_is_gone(webui, job, monkeypatch, capsys):
    def interrupt(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(client.WebUI, "_progress", interrupt)
    webui.routes[IMG2IMG] = lambda _: time.sleep(0.5)
    webui.routes[TASK] = None
    assert img2img(webui) == 130
    assert capsys.readouterr().err == "neuralmaster: stopped\n"
