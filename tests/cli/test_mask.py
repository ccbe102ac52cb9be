import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neuralmaster import TwoChannelMask, files
from neuralmaster.cli import main
from neuralmaster.making import edits, presets
from neuralmaster.making.finders import by_box, models
from tests.pictures import pixels, textured_scene
from tests.red import noise_with_red


@pytest.fixture
def job(tmp_path, monkeypatch):
    """image.png, and its mask's channels as a.png and b.png, in the working directory."""
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(90, 70)
    image.save("image.png")
    mask.save("mask.png")
    mask.getchannel("R").save("a.png")
    mask.getchannel("G").save("b.png")
    return image, mask


def mask(*arguments):
    return main(["mask", *arguments])


def written(name="out.png"):
    return pixels(files.read(name))


def test_two_pictures_become_a_mask_and_are_got_back(job):
    assert mask("--inpaint", "a.png", "--object", "b.png", "-o", "out.png") == 0
    read = TwoChannelMask.read(job[1])
    assert np.array_equal(written(), pixels(read.picture()))
    assert mask("--split", "out.png", "--inpaint-out", "r.png", "--object-out", "g.png") == 0
    assert np.array_equal(written("r.png"), read.inpaint)
    assert np.array_equal(written("g.png"), read.source)
    assert mask("--inpaint", "r.png", "--object", "g.png", "-o", "again.png") == 0
    assert np.array_equal(written("again.png"), written())


def test_all_needs_no_image(job):
    assert mask("--inpaint", "a.png", "--object", "all", "-o", "out.png") == 0
    assert (written()[..., 1] == 255).all()


def test_a_box_finds_the_object_in_the_image(job, capsys):
    box = ("--object", "auto", "--box", "2,2,88,68")
    assert mask("--inpaint", "a.png", "--image", "image.png", *box, "-o", "out.png") == 0
    found = by_box(job[0], (2, 2, 88, 68))
    assert np.array_equal(written()[..., 1] > 127, found > 127)
    assert "out.png: 90x70. The object found covers " in capsys.readouterr().out


def test_grow_and_feather_shape_the_red(job):
    shape = ("--grow", "4", "--feather", "10")
    assert mask("--inpaint", "a.png", "--object", "b.png", *shape, "-o", "out.png") == 0
    red = edits.feather(edits.grow(TwoChannelMask.read(job[1]).inpaint, 4), 10)
    assert np.array_equal(written()[..., 0], red)


def test_remove_takes_the_object_and_its_rim(job):
    assert mask("--remove", "b.png", "--rim", "3", "--feather", "0", "-o", "out.png") == 0
    composed = presets.remove(pixels(job[1])[..., 1], 3, 0)
    assert np.array_equal(written(), pixels(composed.picture()))


def test_outpaint_writes_the_image_as_well(job):
    out = ("--image-out", "wide.png", "-o", "out.png", "--feather", "9")
    assert mask("--image", "image.png", "--outpaint", "0,8,16,0", *out) == 0
    extended, composed = presets.outpaint(job[0], (0, 8, 16, 0), 9)
    assert np.array_equal(written("wide.png"), pixels(extended))
    assert np.array_equal(written(), pixels(composed.picture()))


def test_a_mask_that_cannot_steer_a_fill_is_written_with_a_warning(job, capsys):
    assert mask("--inpaint", "a.png", "--object", "a.png", "-o", "out.png") == 0
    assert "warning: Original is used: the mask's red and green" in capsys.readouterr().err
    assert mask("--inpaint", "a.png", "--object", "a.png", "-o", "out.png", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["output"] == ["out.png"]
    assert report["reason"].startswith("Original is used")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "expected one of --inpaint, --remove, --outpaint and --split"),
        (["--inpaint", "a.png", "--remove", "b.png"], "expected one of --inpaint"),
        (["--inpaint", "a.png"], "--inpaint needs -o as well"),
        (["--outpaint", "1,1,1,1", "-o", "out.png"], "--outpaint needs --image as well"),
        (["--split", "mask.png", "--inpaint-out", "r.png"], "--split needs --object-out as well"),
        (["--inpaint", "a.png", "--object", "auto", "-o", "out.png"], "expected --image as well"),
        (["--remove", "all.png", "-o", "out.png"], "all.png: cannot be read"),
        (["--inpaint", "a.png", "-o", "a.png"], "a.png: is an input"),
        (
            ["--inpaint", "a.png", "-o", "out.png", "--feather", "-2"],
            "feather: expected 0 to 16384",
        ),
        (["--remove", "b.png", "-o", "out.png", "--rim", "nan"], "rim: expected 0 to 16384 pixels"),
        (["--inpaint", "a.png", "-o", "o.png", "--box", "1,2,3"], "argument --box: expected four"),
        (
            ["--inpaint", "a.png", "--image", "image.png", "--object", "alpha", "-o", "out.png"],
            "expected a picture with transparency",
        ),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(job, capsys, tmp_path, arguments, message):
    before = sorted(path.name for path in tmp_path.iterdir())
    try:
        status = mask(*arguments)
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    assert status == 2
    assert out == ""
    assert err.startswith(f"neuralmaster: {message}")
    assert err.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_what_found_the_object_is_told(job, capsys, red_model):
    image, _ = noise_with_red((120, 90), (30, 20, 80, 60))
    image.save("noise.png")
    found = ("--remove", "auto", "--image", "noise.png", "--model", str(red_model))
    assert mask(*found, "--rim", "0", "-o", "out.png") == 0
    told = "The object found covers 19% of the image; it was found by the model red.onnx.\n"
    assert capsys.readouterr().out.endswith(told)
    assert (written()[22:58, 32:78, 0] == 255).all()
    models.use(None)
    Image.new("RGB", (120, 90), "gray").save("flat.png")
    assert mask("--remove", "auto", "--image", "flat.png", "-o", "none.png") == 2
    assert capsys.readouterr().err == (
        "neuralmaster: expected an object that stands out, found none; find it by a box or strokes "
        "instead\n"
    )
    assert not Path("none.png").exists()


def test_an_empty_picture_marks_nothing_to_remove(job, capsys):
    Image.new("L", (90, 70)).save("black.png")
    assert mask("--remove", "black.png", "-o", "none.png") == 2
    sentence = "neuralmaster: black.png: expected the object to remove in white, got none\n"
    assert capsys.readouterr().err == sentence
    assert not Path("none.png").exists()


@pytest.mark.parametrize(
    ("box", "sentence"),
    [
        ("90,0,200,70", "expected a box with pixels in it, got none; draw it within the picture"),
        ("-50,-50,0,0", "expected a box with pixels in it, got none; draw it within the picture"),
        ("5,5,7,60", "expected a box of at least 3x3 pixels, got 2x55; draw it around the object"),
    ],
)
def test_a_box_outside_the_picture_or_too_narrow_is_refused(job, capsys, box, sentence):
    given = ("--image", "image.png", "--remove", "auto", f"--box={box}")
    assert mask(*given, "-o", "none.png") == 2
    assert capsys.readouterr().err == f"neuralmaster: {sentence}\n"
    assert not Path("none.png").exists()
