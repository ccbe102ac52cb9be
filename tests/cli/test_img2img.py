"""The command `img2img` against a fake WebUI: jobs, answers, bad input."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neuralmaster import __version__, files, preprocess
from neuralmaster.cli import main
from tests.cli.jobs import NOT_FOUND, SECRET, img2img, sent
from tests.fake_webui import IMG2IMG, INFO, PROGRESS, PROPS, picture
from tests.pictures import pixels

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
