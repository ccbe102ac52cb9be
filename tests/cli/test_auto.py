"""`--source auto`, `--model` and `--method colour` on the command line."""

import json

import pytest

from neuralmaster import FillParams, files, preprocess
from neuralmaster.cli import main
from neuralmaster.making.finders import models
from tests.pictures import pixels
from tests.red import noise_with_red


@pytest.fixture
def scene(tmp_path, monkeypatch):
    """photo.png and the brush over a part of its red box, in the working directory."""
    monkeypatch.chdir(tmp_path)
    image, _ = noise_with_red((120, 90), (30, 20, 80, 60))
    image.paste("white", (50, 30, 60, 50))
    brush = image.convert("L").point(lambda _: 0)
    brush.paste(255, (48, 28, 62, 52))
    image.save("photo.png")
    brush.save("brush.png")
    return image, brush


def run(*arguments):
    return main(["fill", "photo.png", "brush.png", "-o", "out.png", *arguments])


def test_a_brush_is_enough(scene, red_model, capsys):
    assert run("--source", "auto", "--model", str(red_model), "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["applied"]
    told = "The useful object was found by the model red.onnx: 19% of the image."
    assert report["notes"] == [told]
    expected = preprocess(*scene, FillParams(source="auto")).image
    assert pixels(files.read("out.png")).tobytes() == expected.tobytes()


def test_the_model_is_that_of_the_environment_unless_one_is_named(
    scene, red_model, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("NEURALMASTER_MODEL", str(red_model))
    assert run("--source", "auto") == 0
    assert "found by the model red.onnx" in capsys.readouterr().err
    assert run("--source", "auto", "--model", "gone.onnx") == 0
    told = capsys.readouterr().err
    assert "found by GrabCut" in told
    assert "No model was used: gone.onnx: expected a model, got No such file" in told
    assert run("--source", "auto") == 0  # the name was for one run
    assert models.model() == red_model


def test_a_colour_of_ones_own(scene, capsys):
    assert run("--method", "colour", "--colour", "#b2543a") == 0
    assert "ms; colour [178, 84, 58]\n" in capsys.readouterr().out
    assert files.read("out.png").getpixel((55, 40)) == (178, 84, 58)
    assert files.read("out.png").getpixel((45, 40)) == (220, 40, 40)


def test_what_is_no_colour_is_refused(scene, capsys):
    assert run("--method", "colour", "--colour", "brick") == 2
    assert capsys.readouterr().err == (
        "neuralmaster: colour: expected a colour as in #b2543a, got 'brick'\n"
    )


def test_a_job_sent_to_a_webui_names_both(scene, capsys):
    job = ["img2img", "photo.png", "brush.png", "--dry-run", "--source", "auto"]
    assert main([*job, "--method", "colour", "--colour", "#00ff7f"]) == 0
    (arguments,) = json.loads(capsys.readouterr().out)["alwayson_scripts"]["NeuralMaster"]["args"]
    assert arguments == {
        "enabled": True, "method": "colour", "colour": "#00ff7f", "source": "auto",
    }  # fmt: skip


def test_a_job_prepared_here_has_the_object_that_is_found(scene, red_model, capsys):
    job = ["img2img", "photo.png", "brush.png", "--dry-run", "--source", "auto", "--local"]
    assert main([*job, "--model", str(red_model)]) == 0
    (sent,) = json.loads(capsys.readouterr().out)["init_images"]
    expected = preprocess(*scene, FillParams(source="auto")).image
    assert files.in_base64(expected) == sent
