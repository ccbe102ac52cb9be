import json

import numpy as np
import pytest

from neuralmaster import TwoChannelMask, files
from neuralmaster.cli import main
from neuralmaster.making import edits, presets
from neuralmaster.making.finders import by_box
from tests.pictures import pixels, textured_scene


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
