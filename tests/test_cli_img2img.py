"""The command `img2img` against a fake WebUI."""

import base64
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neuralmaster import __version__, files, preprocess
from neuralmaster.cli import main
from neuralmaster.remote import client
from neuralmaster.remote.address import Address
from tests.fake_webui import IMG2IMG, INFO, INTERRUPT, PROGRESS, PROPS, TASK, FakeWebUI, picture
from tests.pictures import ROOT, pixels, textured_scene

SECRET = "ann:s3cret"


# Ctrl-C works, even if whoever runs the tests has it switched off, as a shell does with "&"
MAIN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from neuralmaster.remote.address import Address
from neuralmaster.cli import main
sys.exit(main(sys.argv[1:]))
"""
WAITS = list(client.WebUI(Address("http://host"))._waits())


@pytest.fixture
def webui(monkeypatch):
    monkeypatch.setattr(client, "POLL", 0.05)
    monkeypatch.setattr(client.WebUI, "_waits", lambda self: iter([0.01] * 9 + [None]))
    monkeypatch.delenv("NEURALMASTER_AUTH", raising=False)
    with FakeWebUI() as fake:
        yield fake


@pytest.fixture
def job(tmp_path, monkeypatch):
    """image.png and mask.png in the working directory."""
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(91, 70)
    image.save("image.png")
    mask.save("mask.png")
    return image, mask


def img2img(webui, *arguments, out="out.png"):
    output = ["-o", out] if out else []
    return main(["img2img", "image.png", "mask.png", "--url", webui.url, *output, *arguments])


def sent(job, name="init_images"):
    content = job[name][0] if name == "init_images" else job[name]
    return Image.open(io.BytesIO(base64.b64decode(content)))


# --- a job ------------------------------------------------------------------------------------


def test_a_job_by_name_is_sent_and_its_result_written_byte_for_byte(webui, job, capsys):
    assert img2img(webui, "--prompt", "an apple", "--method", "mean") == 0
    (sent_job,) = webui.jobs
    task = sent_job.pop("force_task_id")
    assert task.startswith("task(")
    assert np.array_equal(pixels(sent(sent_job)), pixels(job[0]))
    assert np.array_equal(pixels(sent(sent_job, "mask")), pixels(job[1]))
    del sent_job["init_images"], sent_job["mask"]
    assert sent_job == {
        "prompt": "an apple",
        "width": 88,
        "height": 72,
        "inpainting_fill": 1,
        "inpaint_full_res": False,
        "mask_blur": 0,
        "alwayson_scripts": {"NeuralMaster": {"args": [{"enabled": True, "method": "mean"}]}},
    }
    assert Path("out.png").read_bytes() == base64.b64decode(picture({"init_images": [_image()]}))
    out, err = capsys.readouterr()
    assert out.startswith("out.png: made in ")
    assert err == ""


def _image():
    return files.in_base64(files.read("image.png"))


def test_fields_are_set_as_json_or_text_and_into_objects(webui, job):
    settings = [
        "steps=30", "sampler_name=Euler a", "width=512", "seed=NaN", "prompt=a = b",
        "override_settings.neuralmaster_keep_gradient=true", "override_settings.CLIP=2",
        'alwayson_scripts={"ControlNet": {"args": []}}',
    ]  # fmt: skip
    assert img2img(webui, *(word for setting in settings for word in ("--set", setting))) == 0
    (sent_job,) = webui.jobs
    assert (sent_job["steps"], sent_job["sampler_name"], sent_job["width"]) == (30, "Euler a", 512)
    assert (sent_job["seed"], sent_job["prompt"]) == ("NaN", "a = b")
    assert sent_job["override_settings"] == {"neuralmaster_keep_gradient": True, "CLIP": 2}
    assert sent_job["alwayson_scripts"] == {
        "ControlNet": {"args": []},
        "NeuralMaster": {"args": [{"enabled": True}]},
    }


def test_an_object_and_inverting_go_along(webui, job):
    job[1].getchannel("G").save("object.png")
    assert img2img(webui, "--object", "object.png", "--invert", "--feather", "9") == 0
    (sent_job,) = webui.jobs
    (arguments,) = sent_job["alwayson_scripts"]["NeuralMaster"]["args"]
    assert arguments.pop("object_mask") == files.in_base64(job[1].getchannel("G"))
    assert arguments == {"enabled": True, "feather": 9.0}
    assert sent_job["inpainting_mask_invert"] == 1


@pytest.mark.parametrize("invert", [False, True])
def test_local_sends_the_prepared_image_and_the_red_mask_and_asks_nothing(webui, job, invert):
    webui.routes[INFO] = (404, {"detail": "Not Found"})
    assert img2img(webui, "--local", *(["--invert"] if invert else [])) == 0
    (sent_job,) = webui.jobs
    prepared = preprocess(*job, invert=invert)
    assert np.array_equal(pixels(sent(sent_job)), pixels(prepared.image))
    assert np.array_equal(pixels(sent(sent_job, "mask")), pixels(prepared.inpaint_mask))
    assert sent_job["inpainting_fill"] == 1
    assert sent_job.get("inpainting_mask_invert", 0) == invert
    assert "alwayson_scripts" not in sent_job
    assert INFO not in webui.paths


def test_local_tells_that_the_object_mask_was_resized(webui, job, capsys):
    job[1].getchannel("G").resize((40, 30)).save("object.png")
    assert img2img(webui, "--local", "--object", "object.png") == 0
    assert (
        "neuralmaster: warning: The object mask is 40x30 and the mask 91x70: "
        "the object mask was resized to the mask.\n"
    ) in capsys.readouterr().err


def test_several_results_are_numbered(webui, job):
    webui.pictures = 3
    assert img2img(webui) == 0
    assert {path.name for path in Path.cwd().glob("out*")} == {"out.png", "out-2.png", "out-3.png"}


def test_another_ending_converts_the_result(webui, job, capsys):
    assert img2img(webui, out="out.bmp") == 0
    assert files.read("out.bmp").format is None  # read and turned upright
    assert img2img(webui, out="out.jpg") == 0
    assert Path("out.bmp").read_bytes()[:2] == b"BM"
    assert "warning: out.jpg: JPEG does not keep pixels as they are: " in capsys.readouterr().err


@pytest.mark.parametrize("mode", ["P", "I;16", "CMYK", "1", "RGBA"])
def test_pictures_of_any_mode_are_sent(webui, job, mode):
    Image.open("image.png").convert("L" if mode == "I;16" else "RGB").convert(mode).save("i.tif")
    job[1].save("mask.png")
    assert main(["img2img", "i.tif", "mask.png", "--url", webui.url, "-o", "out.png"]) == 0
    assert sent(webui.jobs[0]).mode in ("L", "RGB", "RGBA")


def test_a_fallback_is_a_warning_and_with_strict_an_exit_status(webui, job, capsys):
    webui.note = "Original is used: red and green match."
    assert img2img(webui) == 0
    assert capsys.readouterr().err == f"neuralmaster: warning: {webui.note}\n"
    assert img2img(webui, "--strict") == 1
    webui.note = "The mask was resized."
    assert img2img(webui, "--strict") == 0


def test_a_field_that_the_webui_does_not_know_is_a_warning(webui, job, capsys):
    assert img2img(webui, "--set", "unknown=1") == 0
    assert "does not know the field unknown" in capsys.readouterr().err


def test_the_report_is_json(webui, job, capsys):
    assert img2img(webui, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report.pop("seconds") >= 0
    assert report == {"output": ["out.png"], "applied": True, "note": "", "ignored": []}


def test_a_dry_run_prints_the_job_and_sends_nothing(webui, job, capsys):
    assert img2img(webui, "--dry-run", "--auth", SECRET, out=None) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["init_images"] == [_image()]
    assert "s3cret" not in out + err
    assert webui.paths == []


# --- what a WebUI may answer ------------------------------------------------------------------

NOT_FOUND = (404, {"detail": "Not Found"})


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ({INFO: NOT_FOUND, PROPS: NOT_FOUND}, "has no NeuralMaster: install the extension there"),
        ({INFO: NOT_FOUND, PROPS: (200, {"version": "0.9.0"})}, "has NeuralMaster 0.9.0, which is"),
        ({INFO: (200, {"version": "2.0.0"})}, f"has NeuralMaster 2.0.0, this is {__version__}"),
        ({INFO: (200, {"hello": 1})}, "is not a WebUI: it sent an unexpected answer"),
        ({INFO: (200, b"<html>")}, "is not a WebUI: it sent an unexpected answer"),
        ({INFO: (500, b"oops")}, "refused the job: Internal Server Error"),
        ({IMG2IMG: NOT_FOUND}, "does not offer its API: start it with --api"),
        ({PROGRESS: NOT_FOUND, IMG2IMG: None}, "does not offer its API: start it with --api"),
        ({IMG2IMG: (404, {"detail": "Sampler not found"})}, "refused the job: Sampler not found"),
        ({IMG2IMG: (422, {"detail": "NeuralMaster: no"})}, "refused the job: NeuralMaster: no"),
        (
            {IMG2IMG: (422, {"detail": [{"loc": ["body", "steps"], "msg": "no integer"}]})},
            "refused the job: steps: no integer",
        ),
        (
            {IMG2IMG: (500, {"error": "OutOfMemoryError", "detail": "", "errors": "CUDA\nout"})},
            "refused the job: CUDA out",
        ),
        ({IMG2IMG: (200, {"images": []})}, "returned no picture"),
        ({IMG2IMG: (200, {"images": ["AAAA"]})}, "returned no picture"),
        ({IMG2IMG: (200, {"images": None})}, "returned no picture"),
        ({IMG2IMG: (200, b"[]")}, "is not a WebUI: it sent an unexpected answer"),
        (
            {INFO: (307, {}, {"Location": "http://127.0.0.2:1/"})},
            "redirects to http://127.0.0.2:1/: use that address",
        ),
    ],
)
def test_what_goes_wrong_is_one_line_and_exit_status_3(webui, job, capsys, routes, message):
    webui.routes.update(routes)
    assert img2img(webui) == 3
    out, err = capsys.readouterr()
    assert err.startswith(f"neuralmaster: {webui.url} {message}")
    assert (out, err.count("\n")) == ("", 1)
    assert not Path("out.png").exists()


def test_an_unreachable_webui_is_reported_at_once(job, capsys, webui):
    webui.__exit__()
    try:
        assert img2img(webui) == 3
    finally:
        webui.__enter__()
    assert "cannot be reached: " in capsys.readouterr().err


@pytest.mark.parametrize("flag", ["interrupted", "skipped"])
def test_a_job_that_somebody_interrupted_has_no_result(webui, job, capsys, flag):
    webui.state[flag] = True
    assert img2img(webui) == 3
    assert "the job was interrupted at" in capsys.readouterr().err
    assert not Path("out.png").exists()


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


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "image.png"], "image.png: is an input or named twice"),
        (["-o", "none/out.png"], "none/out.png: cannot be written: there is no directory"),
        (["-o", "out"], "out: expected a name that ends in .png"),
        (["--set", "steps"], "argument --set: expected FIELD=VALUE, as in steps=30"),
        (["--set", ".a=1"], "argument --set: expected FIELD=VALUE, as in steps=30"),
        (["--set", "mask=x"], "mask: cannot be set, it is made from the image and the mask"),
        (["--set", "alwayson_scripts=5"], "alwayson_scripts: expected an object of scripts, got 5"),
        (
            ["--set", "alwayson_scripts.neuralMaster.args=[]"],
            "alwayson_scripts.NeuralMaster: cannot be set; the script's arguments have options",
        ),
        (["--set", "a=" + "[" * 100_000], "argument --set: a: is nested too deeply"),
        (["--set", "a=" + "[" * 100 + "]" * 100], "argument --set: a: is nested too deeply"),
        (["--set", ".".join("a" * 50) + "=1"], "argument --set: a: is nested too deeply"),
        (["--set", "prompt.x=1"], "--set prompt.x: prompt already has a plain value"),
        (["--feather", "-1"], "feather: expected a number from 0 to 512, got -1"),
        (["--object", "mask.png", "--source", "all"], "expected --object or --source, got both"),
        (["--url", "http://"], "expected an address such as http://127.0.0.1:7860"),
        (["--url", "http://h:x"], "expected an address such as http://127.0.0.1:7860"),
        (["--auth", "ann"], "expected user:password for the login, got no colon in it"),
        (["--resume"], "image.png: expected a folder of images with --resume, got a file"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_sent(webui, job, capsys, arguments, message):
    try:
        status = img2img(webui, *arguments)
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"neuralmaster: {message}")
    assert webui.jobs == []


def test_an_output_is_needed(webui, job, capsys):
    assert img2img(webui, out=None) == 2
    assert capsys.readouterr().err.startswith("neuralmaster: expected -o OUT, ")


def test_a_result_never_replaces_an_input(webui, job, capsys):
    job[1].save("out-2.png")
    webui.pictures = 2
    arguments = ["img2img", "image.png", "out-2.png", "--url", webui.url, "-o", "out.png"]
    assert main(arguments) == 2
    assert "out-2.png: is an input or another's result" in capsys.readouterr().err
    assert np.array_equal(pixels(files.read("out-2.png")), pixels(job[1]))
