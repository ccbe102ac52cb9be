"""What is found with a saliency model: without a box, in one, and under strokes."""

import os
import threading

import numpy as np
import pytest
from PIL import Image

from neuralmaster.making.finders import FINDERS, find, in_box, models, network, under_strokes
from tests import onnx_models
from tests.red import RED, noise_with_red, overlap

GRAY = (128, 128, 128)


def test_what_stands_out_is_found(finds_red):
    image, truth = noise_with_red()
    found = find(image)
    assert overlap(found.plane, truth) > 0.95
    assert (found.by, found.notes) == ("the model red.onnx", ())
    assert np.array_equal(FINDERS["model"](image), FINDERS["auto"](image))


def test_a_small_thing_in_a_large_picture_is_found_by_its_box(finds_red):
    """The whole picture, at the size that the network sees, would show two pixels of it."""
    image, truth = noise_with_red((3000, 2600), (1500, 1200, 1519, 1222))
    box = (1495, 1195, 1524, 1227)
    assert overlap(in_box(image, box).plane, truth) > 0.9


def test_nothing_outside_the_box_is_found(finds_red):
    image, truth = noise_with_red()
    image.paste(RED, (125, 40, 190, 110))
    found = in_box(image, (55, 35, 123, 115)).plane
    assert overlap(found, truth) > 0.95
    assert not found[:, 123:].any()


def test_strokes_choose_among_what_is_found(finds_red):
    image, truth = noise_with_red()
    image.paste(RED, (135, 40, 190, 110))
    strokes = np.zeros((150, 200), np.uint8)
    strokes[70:75, 80:100] = 255
    found = under_strokes(image, strokes)
    assert found.by == "the model red.onnx"
    assert overlap(found.plane, truth) > 0.95
    assert (found.plane[strokes > 0] == 255).all()


def test_strokes_beside_what_is_found_are_cut_out(finds_red):
    image, truth = noise_with_red()
    image.paste((20, 200, 220), (135, 30, 190, 120))
    strokes = np.zeros((150, 200), np.uint8)
    strokes[50:100, 160:165] = 255
    found = under_strokes(image, strokes)
    assert found.by == "GrabCut"
    assert found.plane[40:110, 140:185].mean() > 200
    assert found.plane[truth].mean() < 50


def test_a_box_that_the_model_finds_nothing_in_is_cut_out(finds_red):
    image = Image.new("RGB", (120, 90), GRAY)
    image.paste((20, 200, 220), (40, 30, 80, 60))
    found = in_box(image, (34, 24, 86, 66))
    assert found.by == "GrabCut"
    assert (found.plane[32:58, 42:78] == 255).all()


def test_nothing_is_told(finds_red):
    image, _ = noise_with_red()
    image.paste((0, 0, 0), (0, 0, 200, 150))
    image.paste((0, 90, 0), (0, 0, 100, 150))
    assert not find(image).plane.any()
    sentence = "^expected an object that stands out, found none; find it by a box or strokes inst"
    for name in ("auto", "model"):
        with pytest.raises(ValueError, match=sentence):
            FINDERS[name](image)


def test_without_a_model_its_finder_says_how_to_have_one():
    with pytest.raises(ValueError, match=r"^expected a saliency model such as u2netp.onnx, got no"):
        FINDERS["model"](noise_with_red()[0])


def test_the_same_picture_is_looked_at_once(finds_red, monkeypatch):
    runs = []
    run = network.Network.run
    monkeypatch.setattr(network.Network, "run", lambda *given: runs.append(1) or run(*given))
    image, _ = noise_with_red((170, 110))
    first = find(image).plane
    assert np.array_equal(find(image.copy()).plane, first)
    assert len(runs) == 1
    image.putpixel((3, 3), RED)
    find(image)
    assert len(runs) == 2


def test_a_file_that_changed_is_read_again(tmp_path):
    path = tmp_path / "model.onnx"
    image, truth = noise_with_red()
    path.write_bytes(onnx_models.model(weights=(9, 0, -9)))
    models.use(path)
    assert overlap(find(image).plane, truth) > 0.9
    path.write_bytes(onnx_models.model(weights=(0, 0, 0)))
    os.utime(path, (1, 1))
    assert not find(image).plane.any()


def test_several_threads_get_what_one_gets(finds_red):
    images = [noise_with_red(box=(10 * k, 20, 10 * k + 60, 100))[0] for k in range(6)]
    found = [None] * len(images)

    def work(k):
        found[k] = find(images[k]).plane

    threads = [threading.Thread(target=work, args=(k,)) for k in range(len(images))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k, image in enumerate(images):
        assert np.array_equal(found[k], find(image).plane)
