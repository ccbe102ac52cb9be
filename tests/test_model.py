"""Saliency models: which is used, what of it is understood, and what a bad one does."""

import contextlib
import os
import random
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PIL import Image

from neuralmaster.making.finders import find, in_box, models, network, onnx
from neuralmaster.making.finders.saliency import saliency
from tests import onnx_models
from tests.pictures import ROOT
from tests.red import noise_with_red

RED, GRAY = (220, 40, 40), (128, 128, 128)
REFUSED = (
    "{}: expected a saliency model in ONNX, such as u2netp.onnx, got another file or a damaged one"
)


# Which one


def test_the_model_that_is_named_goes_before_those_in_folders(tmp_path, monkeypatch):
    home, added = tmp_path / "home", tmp_path / "added"
    for folder in (home, added):
        folder.mkdir()
    monkeypatch.setenv("U2NET_HOME", str(home))
    assert models.model() is None
    for folder, name in ((home, "u2net.onnx"), (home, "other.onnx"), (added, "u2net.onnx")):
        (folder / name).touch()
    assert models.model() == home / "u2net.onnx"
    models.look_in(added)
    assert models.model() == added / "u2net.onnx"
    (home / "u2netp.onnx").touch()
    assert models.model() == home / "u2netp.onnx"  # the faster one
    monkeypatch.setenv("NEURALMASTER_MODEL", str(home / "other.onnx"))
    assert models.model() == home / "other.onnx"
    models.use("~/named.onnx")
    assert models.model() == Path("~/named.onnx").expanduser()
    models.use("")
    assert models.model() == home / "other.onnx"


def test_rembgs_folder_is_below_the_data_home_if_that_is_set(tmp_path, monkeypatch):
    monkeypatch.delenv("U2NET_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    (tmp_path / ".u2net").mkdir()
    (tmp_path / ".u2net" / "silueta.onnx").touch()
    assert models.model() == tmp_path / ".u2net" / "silueta.onnx"


# What is understood


def test_what_the_file_says_of_input_and_outputs():
    inputs, outputs = onnx.ends(onnx_models.model(side=64, outputs=2))
    assert inputs == [onnx.Tensor("entry", onnx.FLOAT, (1, 3, 64, 64))]
    assert outputs == [onnx.Tensor(f"map{k}", onnx.FLOAT, (1, 1, 64, 64)) for k in (0, 1)]
    assert onnx.ends(onnx_models.model(side=0))[0][0].shape == (1, 3, 0, 0)


@pytest.mark.parametrize(
    "content", [b"", b"\x08", b"\x3a\x05abc", b"\x3f", b"\xff" * 20, b"\x38\x01"]
)
def test_what_is_no_onnx_file_is_refused(content):
    with pytest.raises(ValueError, match=r"^expected an ONNX file, got another or a part of one$"):
        onnx.ends(content)


def test_any_part_of_a_file_is_read_or_refused():
    whole = onnx_models.model(side=64)
    rng = random.Random(0)
    for _ in range(300):
        content = bytearray(whole[: rng.randrange(len(whole) + 1)])
        for _ in range(rng.randrange(4) if content else 0):
            content[rng.randrange(len(content))] = rng.randrange(256)
        with contextlib.suppress(ValueError):
            inputs, outputs = onnx.ends(bytes(content))
            assert all(isinstance(end, onnx.Tensor) for end in (*inputs, *outputs))


@pytest.mark.parametrize(
    ("side", "mean", "deviation"),
    [(320, network.U2NET[0][0], network.U2NET[1][0]), (0, 0.485, 0.229), (1024, 0.5, 1.0)],
)
def test_each_kind_of_network_gets_the_numbers_it_was_trained_with(tmp_path, side, mean, deviation):
    """Its map is the sigmoid of the first number that it gets: of red."""
    path = tmp_path / "model.onnx"
    path.write_bytes(onnx_models.model(side, weights=(1, 0, 0), bias=0))
    models.use(path)
    pixels = np.zeros((50, 80, 3), np.uint8)
    pixels[..., 2] = 60
    pixels[25:, :, 1] = 200  # the brightest
    shown, name = saliency(pixels)
    assert name == "model.onnx"
    assert shown.shape == ((side or 320),) * 2
    expected = 1 / (1 + np.exp(-(60 / 200 - mean) / deviation))
    assert np.abs(shown - expected).max() < 1e-4


def test_the_first_of_several_maps_is_the_result(tmp_path, red_model):
    path = tmp_path / "model.onnx"
    path.write_bytes(onnx_models.model(outputs=3))
    image, _ = noise_with_red()
    results = []
    for model in (path, red_model):
        models.use(model)
        results.append(find(image).plane)
    assert np.array_equal(*results)


def cut_out_instead(sentence):
    """A bad model is told in one sentence, and the classical finders find as they do without it."""
    image = Image.new("RGB", (120, 90), GRAY)
    image.paste((20, 200, 220), (40, 30, 80, 60))
    found = in_box(image, (34, 24, 86, 66))
    assert found.by == "GrabCut"
    assert found.notes == (f"No model was used: {sentence}.",)
    models.use(None)
    assert np.array_equal(found.plane, in_box(image, (34, 24, 86, 66)).plane)


KINDS = {
    "random bytes": random.Random(3).randbytes(100_000),
    "nothing": b"",
    "of gray pictures": onnx_models.model(bands=1),
    "of tiny pictures": onnx_models.model(side=8),
    "of huge pictures": onnx_models.model(side=4096),
    "half a file": onnx_models.model()[:200],
    "of an operator that there is not": onnx_models.model().replace(b"Sigmoid", b"Sigmoit"),
    "without the output that it names": b"mapX".join(onnx_models.model().rsplit(b"map0", 1)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_of_another_kind_is_told_and_not_used(kind, tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(KINDS[kind])
    models.use(path)
    cut_out_instead(REFUSED.format(path))


@pytest.mark.parametrize(
    "result",
    [
        np.zeros((1, 1, 160, 160), np.float32),
        np.zeros((1, 2, 320, 320), np.float32),
        np.zeros((1, 1000), np.float32),
        np.full((1, 1, 320, 320), np.nan, np.float32),
    ],
)
def test_a_network_with_another_result_is_told_and_not_used(finds_red, monkeypatch, result):
    image, _ = noise_with_red((80, 80), (20, 20, 60, 60))
    fake = SimpleNamespace(setInput=lambda _: None, forward=lambda _: result)
    monkeypatch.setattr(network, "load", lambda _: network.Network(320, "map", fake))
    os.utime(models.model())  # so that it is read again
    assert find(image).notes == (f"No model was used: {REFUSED.format(models.model())}.",)
    os.utime(models.model())


def test_a_file_that_crashes_or_hangs_opencv_does_so_in_a_process_of_its_own(tmp_path, monkeypatch):
    path = tmp_path / "model.onnx"
    path.write_bytes(onnx_models.model())
    for trial, patience in (("import os; os.abort()", 60), ("import time; time.sleep(60)", 0.5)):
        monkeypatch.setattr(network, "_TRIAL", trial)
        monkeypatch.setattr(network, "PATIENCE", patience)
        with pytest.raises(network.ModelError) as error:
            network.load(path)
        assert str(error.value) == REFUSED.format(path)


def test_a_trial_finds_the_package_wherever_it_runs(red_model, tmp_path, monkeypatch):
    """A WebUI takes an extension's folder from the path once the extension is loaded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p not in ("", str(ROOT))])
    assert network.load(red_model).side == 320


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "model.onnx"
    with path.open("wb") as file:
        file.truncate(2 << 30)  # takes no room on the disk
    monkeypatch.setattr(Path, "read_bytes", None)
    models.use(path)
    cut_out_instead(f"{path}: expected a model of at most 400 MB, got 2147 MB")


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: None, "No such file or directory"),
        (Path.mkdir, "no file"),
        (os.mkfifo, "no file"),
    ],
)
def test_what_is_no_file_is_told(make, problem, tmp_path):
    path = tmp_path / "model.onnx"
    make(path)
    models.use(path)
    cut_out_instead(f"{path}: expected a model, got {problem}")


def test_the_files_that_rembg_has_are_not_tried_apart(tmp_path, monkeypatch, red_model):
    monkeypatch.setattr(network, "_TRIAL", "raise SystemExit(1)")
    content = red_model.read_bytes()
    with pytest.raises(network.ModelError):
        network.load(red_model)
    digest = network.hashlib.md5(content, usedforsecurity=False).hexdigest()
    monkeypatch.setattr(network, "KNOWN", (*network.KNOWN, digest))
    shutil.copy(red_model, tmp_path / "known.onnx")
    assert network.load(tmp_path / "known.onnx").side == 320


def test_opencv_reports_its_own_refusal_as_ours(tmp_path, monkeypatch, finds_red):
    def fails(*_):
        raise cv2.error("no")

    monkeypatch.setattr(network.Network, "run", fails)
    image, _ = noise_with_red((90, 90), (20, 20, 60, 60))
    (note,) = find(image).notes
    assert note == f"No model was used: {REFUSED.format(models.model())}."
