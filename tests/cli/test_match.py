"""The command `match`, for one picture and for folders."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from neuralmaster import SamplingParams, match
from neuralmaster.cli import main
from tests.pictures import pixels, textured_scene

PASTED = (
    "neuralmaster: warning: No tint was taken out: the kept pixels of the result are those of the "
    "original. If the original was pasted over it, give the result as the model made it.\n"
)


def tinted(image):
    """A result: the picture, and over all of it a tint."""
    levels = pixels(image) + np.array([9, -6, 12])
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


@pytest.fixture
def scene(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    image, mask = textured_scene(120, 110)
    image.save("image.png")
    mask.save("mask.png")
    tinted(image).save("made.png")
    return image, mask


@pytest.fixture
def folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pairs = {name: textured_scene(120, 110, seed) for seed, name in enumerate("abc")}
    for folder in ("images", "made", "masks"):
        Path(folder).mkdir()
    for name, (image, mask) in pairs.items():
        image.save(f"images/{name}.png")
        tinted(image).save(f"made/{name}.png")
        mask.save(f"masks/{name}.png")
    return pairs


def run(*arguments):
    return main(["match", "image.png", "made.png", "mask.png", "-o", "out.png", *arguments])


def written(path="out.png"):
    with Image.open(path) as picture:
        return picture.convert("RGB").tobytes()


@pytest.mark.parametrize(
    ("options", "params"),
    [
        ((), SamplingParams()),
        (("--match", "off"), SamplingParams(match="off")),
        (
            ("--match", "object", "--match-strength", "0.5"),
            SamplingParams(match="object", match_strength=0.5),
        ),
    ],
)
def test_a_result_is_matched_as_the_function_does(scene, capsys, options, params):
    image, mask = scene
    assert run(*options) == 0
    assert written() == match(image, tinted(image), mask, params).image.tobytes()
    out, err = capsys.readouterr()
    assert out.startswith(f"out.png: matched by {params.match} in ")
    assert err == ""


def test_the_object_may_be_in_a_picture_of_its_own(scene):
    image, mask = scene
    mask.getchannel(0).save("mask.png")
    mask.getchannel(1).save("object.png")
    assert run("--match", "object", "--object", "object.png") == 0
    params = SamplingParams(match="object")
    assert written() == match(image, tinted(image), mask, params).image.tobytes()


def test_inverted_what_is_not_red_was_repainted(scene):
    image, mask = scene
    assert run("--invert") == 0
    assert written() == match(image, tinted(image), mask, invert=True).image.tobytes()


def test_a_result_that_shows_no_tint_is_told_of(scene, capsys):
    scene[0].save("made.png")
    assert run("--strict") == 1
    assert capsys.readouterr().err == PASTED
    assert run() == 0
    assert written() == scene[0].tobytes()


def test_json_reports_what_was_done(scene, capsys):
    assert run("--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report.pop("milliseconds") > 0
    assert report == {"output": "out.png", "applied": True, "notes": [], "match": "seam"}


def test_a_folder_is_matched_by_name(folders, capsys):
    assert main(["match", "images", "made", "masks", "-o", "out"]) == 0
    for name, (image, mask) in folders.items():
        assert written(f"out/{name}.png") == match(image, tinted(image), mask).image.tobytes()
    assert capsys.readouterr().out == "3 written, 0 skipped, 0 failed\n"


def test_an_image_without_a_result_fails_alone(folders, capsys):
    Path("made/b.png").unlink()
    assert main(["match", "images", "made", "masks", "-o", "out"]) == 3
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "c.png"]
    assert "neuralmaster: b: there is no result b.* in made\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["images", "made/a.png", "masks", "-o", "out"],
            "made/a.png: expected a folder of results, as ORIGINAL is one",
        ),
        (
            ["images", "made", "masks", "-o", "made"],
            "made: is an input or named twice; choose another folder",
        ),
        (
            ["images/a.png", "made/a.png", "masks/a.png", "-o", "made/a.png"],
            "made/a.png: is an input or named twice; choose another name to write to",
        ),
        (
            ["images", "made", "masks", "-o", "out", "--match-strength", "2"],
            "match_strength: expected a number from 0 to 1, got 2.0",
        ),
    ],
)
def test_what_cannot_be_is_told_in_one_line(folders, capsys, arguments, sentence):
    assert main(["match", *arguments]) == 2
    assert capsys.readouterr().err == f"neuralmaster: {sentence}\n"
    assert not Path("out").exists()
