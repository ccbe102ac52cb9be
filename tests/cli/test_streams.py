"""Standard output and error, control characters in names, and signals."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from neuralmaster import files, preprocess
from neuralmaster.cli import main
from tests.cli.process import ENVIRONMENT, FILE, FOLDER, PYTHON, run
from tests.fake_webui import IMG2IMG, FakeWebUI
from tests.pictures import pixels

# --- standard output and error ----------------------------------------------------------------


@pytest.mark.parametrize("arguments", [FOLDER, (*FOLDER, "--json"), FILE, ("fill", "--help")])
def test_a_broken_pipe_ends_quietly(workspace, arguments):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run(*arguments, stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    ("arguments", "status"), [(FILE, 2), (FOLDER, 3), ((*FOLDER, "--json"), 3), (("--help",), 2)]
)
def test_a_full_standard_output_is_one_sentence_and_the_pictures_are_written(
    workspace, arguments, status
):
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - not a path to look into
        done = run(*arguments, stdout=full)
    assert done.returncode == status
    assert done.stderr == (
        b"neuralmaster: standard output cannot be written, what was done is not reported: "
        b"No space left on device\n"
    )
    if arguments == FOLDER:
        assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "b.png", "c.png"]


@pytest.mark.parametrize(("arguments", "status"), [(FILE, 2), (FOLDER, 3)])
def test_a_closed_standard_output_is_one_sentence(workspace, arguments, status):
    shell = ["sh", "-c", 'exec "$0" "$@" >&-', *PYTHON]
    done = run(*arguments, command=shell)
    assert done.returncode == status
    assert done.stderr == (
        b"neuralmaster: standard output is closed: what was done cannot be reported\n"
    )


def test_with_all_streams_closed_no_picture_takes_their_place(workspace):
    shell = ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', *PYTHON]
    assert run(*FILE, command=shell).returncode == 2
    assert np.array_equal(pixels(files.read("out.png")), pixels(preprocess(*workspace).image))
    assert run("fill", "none.png", "mask.png", "-o", "out.png", command=shell).returncode == 2


def test_names_that_the_encoding_does_not_know_are_escaped(workspace):
    done = run(*FILE[:-1], "кот.png", env={**ENVIRONMENT, "PYTHONIOENCODING": "cp1252"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(rb"\u043a\u043e\u0442.png: filled by context")


def test_control_characters_in_options_are_escaped(workspace, capsys):
    with pytest.raises(SystemExit):
        main([*FILE, "--\x1b[31m\x9b"])
    assert capsys.readouterr().err.startswith(
        r"neuralmaster: unrecognized arguments: --\x1b[31m\x9b; see "
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b[31mred\n.png", r"\x1b[31mred\n.png"),
        ("\x9b31m\u202egnp.png", r"\x9b31m\u202egnp.png"),
        (os.fsdecode(b"\xff.png"), r"\udcff.png"),
    ],
)
def test_control_characters_in_names_are_escaped(workspace, capsys, name, shown):
    assert main([*FILE[:-1], name]) == 0
    assert capsys.readouterr().out.startswith(f"{shown}: filled by")
    assert main(["fill", "image.png", f"no{name}", "-o", "out.png"]) == 2
    assert capsys.readouterr().err == (
        f"neuralmaster: no{shown}: cannot be read: No such file or directory\n"
    )


# --- ended from outside -----------------------------------------------------------------------

SLOW = """
import pathlib, signal, sys, time
from neuralmaster.cli import main
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the test run may have been started by nohup
pathlib.Path.replace = lambda *_: time.sleep(60)
sys.exit(main())
"""


def parts(folder):
    return [path for path in Path(folder).iterdir() if path.suffix == ".part"]


def writing(*arguments):
    """A process that is about to put a finished file in its place."""
    running = subprocess.Popen(
        [sys.executable, "-c", SLOW, *arguments],
        env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    end = time.monotonic() + 30
    while not parts("out") and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.1)  # so that it has the name and the content
    return running


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_leaves_nothing_behind(workspace, name):
    number = getattr(signal, name)
    running = writing(*FOLDER)
    assert len(parts("out")) == 1
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 128 + number
    assert out == b"0 written, 0 skipped, 0 failed, 3 left\n"
    assert err == b"neuralmaster: stopped\n"
    assert list(Path("out").iterdir()) == []


def test_resume_cleans_up_what_a_killed_run_left(workspace):
    running = writing(*FOLDER)
    running.kill()
    running.communicate(timeout=30)
    assert len(parts("out")) == 1
    assert main([*FOLDER, "--resume"]) == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "b.png", "c.png"]


def test_sigterm_stops_the_job_at_the_webui_too(workspace):
    with FakeWebUI() as webui:
        webui.routes[IMG2IMG] = lambda job: webui.interrupted.wait(20) and webui.img2img(job)
        running = subprocess.Popen(
            [*PYTHON, "img2img", "image.png", "mask.png", "-o", "o.png", "--url", webui.url],
            env=ENVIRONMENT, stderr=subprocess.PIPE,
        )  # fmt: skip
        end = time.monotonic() + 20
        while not webui.jobs and time.monotonic() < end:
            time.sleep(0.02)
        time.sleep(0.2)
        running.terminate()
        _, err = running.communicate(timeout=30)
        assert (running.returncode, err) == (143, b"neuralmaster: stopped\n")
        assert webui.interrupted.is_set()


def test_signals_are_left_as_they_were(workspace, monkeypatch):
    """Also while a command runs in another thread than the main one, or for who handles them."""

    def handler(*_):
        pass

    before = signal.getsignal(signal.SIGTERM)
    seen = []
    real = files.write_all

    def write_all(pictures):
        seen.append(signal.getsignal(signal.SIGTERM))
        return real(pictures)

    monkeypatch.setattr(files, "write_all", write_all)
    assert main(list(FILE)) == 0
    assert signal.getsignal(signal.SIGTERM) is before
    thread = threading.Thread(target=main, args=[list(FILE)])
    thread.start()
    thread.join()
    signal.signal(signal.SIGTERM, handler)
    try:
        assert main(list(FILE)) == 0
        assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen[0] is not before
    assert seen[1:] == [before, handler]
