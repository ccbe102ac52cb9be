import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from neuralmaster import FillParams, __version__, files, preprocess
from neuralmaster.cli import main
from neuralmaster.fills import FILLS
from neuralmaster.sheet import host_fill
from tests.pictures import ROOT, flat_scene, pixels, textured_scene


@pytest.fixture
def job(tmp_path, monkeypatch):
    """image.png and mask.png in the working directory."""
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(90, 70)
    image.save("image.png")
    mask.save("mask.png")
    return image, mask


def fill(*arguments):
    return main(["fill", "image.png", "mask.png", "-o", "out.png", *arguments])


def test_it_writes_what_preprocess_makes(job, capsys):
    assert fill("--mask-out", "red.png") == 0
    prepared = preprocess(*job)
    assert np.array_equal(pixels(files.read("out.png")), pixels(prepared.image))
    assert np.array_equal(pixels(files.read("red.png")), pixels(prepared.inpaint_mask))
    out, err = capsys.readouterr()
    assert out.startswith("out.png: filled by context in ")
    assert err == ""


@pytest.mark.parametrize("method", FILLS)
def test_every_parameter_has_an_option(job, method):
    assert fill("--method", method, "--source", "all", "--feather", "9", "--invert") == 0
    params = FillParams(method=method, source="all", feather=9)
    expected = preprocess(*job, params, invert=True).image
    assert np.array_equal(pixels(files.read("out.png")), pixels(expected))


def test_another_picture_can_mark_the_object(job):
    image, mask = job
    mask.getchannel("R").save("mask.png")
    mask.getchannel("G").save("object.png")
    assert fill("--object", "object.png") == 0
    expected = preprocess(image, mask).image
    assert np.array_equal(pixels(files.read("out.png")), pixels(expected))


def test_json_tells_the_numbers(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    image, mask = flat_scene(64)
    image.save("image.png")
    mask.save("mask.png")
    assert fill("--json") == 0
    report = json.loads(capsys.readouterr().out)
    milliseconds = report.pop("milliseconds")
    assert 0 < milliseconds < 60_000
    useful = (pixels(mask)[..., 1] > 0) & (pixels(mask)[..., 0] < 128)
    assert report == {
        "output": "out.png",
        "applied": True,
        "reason": "",
        "notes": [],
        "method": "context",
        "useful_percent": round(useful.mean() * 100, 2),
        "mean_colour": [200, 80, 40],
    }


@pytest.mark.parametrize(("strict", "status"), [([], 0), (["--strict"], 1)])
def test_a_fallback_is_a_warning_and_strict_makes_it_an_exit_status(job, capsys, strict, status):
    image, mask = job
    mask.getchannel("R").save("mask.png")
    assert fill(*strict) == status
    out, err = capsys.readouterr()
    assert out == "out.png: unchanged\n"
    assert err.startswith("neuralmaster: warning: Original is used: the mask's red and green")
    assert err.count("\n") == 1
    assert np.array_equal(pixels(files.read("out.png")), pixels(image))


def test_notes_are_warnings(job, capsys):
    job[1].resize((45, 35)).save("mask.png")
    assert fill() == 0
    assert capsys.readouterr().err == (
        "neuralmaster: warning: The mask is 45x35 and the image 90x70: "
        "the mask was resized to the image.\n"
    )


def test_the_sheet_shows_six_panels(job):
    image, mask = job
    assert fill("--sheet", "sheet.png") == 0
    sheet = files.read("sheet.png").convert("RGB")
    left = np.array([6 + (220 - 90) // 2 + k * 226 for k in range(3)])
    top = np.array([40, 40 + 110])
    panels = [sheet.crop((x, y, x + 90, y + 70)) for y in top for x in left]
    red = mask.getchannel("R")
    expected = [image, None, None, image, host_fill(image, red), preprocess(image, mask).image]
    for panel, picture in zip(panels, expected, strict=True):
        assert picture is None or np.array_equal(pixels(panel), pixels(picture))
    assert np.array_equal(pixels(panels[1])[..., 0], pixels(red))
    assert np.array_equal(pixels(panels[2])[..., 1], pixels(mask)[..., 1])


def test_a_sheet_of_a_large_or_transparent_picture_is_small(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image, mask = flat_scene(1100)
    image.putalpha(128)
    image.save("image.png")
    mask.save("mask.png")
    assert fill("--sheet", "sheet.jpg") == 0
    assert files.read("sheet.jpg").size == (3 * 518 + 6, 2 * (512 + 40) + 6)


def spoil(name, content):
    def act():
        Path(name).write_bytes(content)

    return act


@pytest.mark.parametrize(
    ("arguments", "act", "message"),
    [
        ([], spoil("image.png", b""), "image.png: expected a picture, got an empty file"),
        ([], spoil("mask.png", b"x" * 99), "mask.png: expected a picture, got a file of another"),
        ([], lambda: Path("mask.png").unlink(), "mask.png: cannot be read: No such file"),
        (["-o", "."], None, ".: expected a file name to write to, got a directory"),
        (["-o", "none/out.png"], None, "none/out.png: cannot be written: there is no directory"),
        (["-o", "out.txt"], None, "out.txt: expected a name that ends in .png"),
        (["-o", "image.png"], None, "image.png: is an input or named twice"),
        (["--sheet", "out.png"], None, "out.png: is an input or named twice"),
        (["--feather", "-3"], None, "feather: expected a number from 0 to 512, got -3.0"),
        (["--feather", "nan"], None, "feather: expected a number from 0 to 512, got nan"),
        (["--feather", "x"], None, "argument --feather: invalid float value: 'x'"),
        (["--method", "best"], None, "argument --method: invalid choice: 'best'"),
        (["--unknown"], None, "unrecognized arguments: --unknown"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(job, capsys, arguments, act, message):
    if act:
        act()
    before = {path.name: path.read_bytes() for path in Path.cwd().iterdir()}
    try:
        status = fill(*arguments)
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    assert status == 2
    assert out == ""
    assert err.startswith(f"neuralmaster: {message}")
    assert err.count("\n") == 1
    assert {path.name: path.read_bytes() for path in Path.cwd().iterdir()} == before


def test_it_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "neuralmaster", "--version"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"neuralmaster {__version__}\n"


def test_the_studio_without_gradio_is_one_sentence(monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("neuralmaster.studio.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "gradio", None)
    assert main(["studio"]) == 2
    said = "neuralmaster: the studio needs the package gradio: pip install gradio\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize("port", ["-1", "0", "65536", "99999999", "x", "٣", "1e3"])
def test_a_port_that_is_none_is_refused(capsys, port):
    with pytest.raises(SystemExit) as stop:
        main(["studio", "--no-browser", "--port", port])
    assert stop.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("neuralmaster: argument --port: expected a number from 1 to 65535, got ")
    assert err.count("\n") == 1


def test_help_names_every_option():
    done = subprocess.run(
        [sys.executable, "-m", "neuralmaster", "fill", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for word in ("IMAGE", "MASK", "--method", "--feather", "--source", "--sheet", "exit status"):
        assert word in done.stdout
