import numpy as np
import pytest
from PIL import Image

from neuralmaster import preprocess
from neuralmaster.making import edits, presets
from tests.pictures import BACKGROUND, OBJECT, flat_scene, pixels, textured_scene


def test_removing_fills_the_object_with_what_is_around_it():
    image, mask = flat_scene(96)
    unwanted = pixels(mask)[..., 1]
    image = pixels(image).copy()
    image[unwanted > 0] = OBJECT
    halo = edits.erase(edits.grow(unwanted, 3), unwanted)
    image[halo > 0] = (250, 0, 250)  # its shadow, say
    image = Image.fromarray(image)
    composed = presets.remove(unwanted, rim=6, feather=8)
    assert (composed.source == 255).all()
    prepared = preprocess(image, composed.picture())
    assert prepared.applied
    assert prepared.mean == BACKGROUND
    assert (np.abs(pixels(prepared.image)[unwanted > 0] - np.array(BACKGROUND)) <= 1).all()


def test_outpainting_extends_the_canvas_and_keeps_the_old_part():
    image, _ = textured_scene(60, 40)
    larger, mask = presets.outpaint(image, (10, 0, 20, 5), gradient=12)
    assert larger.size == (90, 45)
    assert np.array_equal(pixels(larger)[0:40, 10:70], pixels(image))
    new = np.ones((45, 90), bool)
    new[0:40, 10:70] = False
    assert (mask.inpaint[new] == 255).all()
    assert (mask.inpaint[:20, 30:50] == 0).all()
    falling = mask.inpaint[20, 10:22].astype(int)
    assert (np.diff(falling) < 0).all()
    assert falling[0] > 220
    assert (mask.inpaint[0, 30:50] == 0).all()  # no gradient where nothing is new
    prepared = preprocess(larger, mask.picture())
    assert prepared.applied
    outside = pixels(prepared.image)[new].astype(int)
    assert outside.std(axis=0).max() < 60


@pytest.mark.parametrize(
    ("sides", "sentence"),
    [
        ((0, 0, 0, 0), "expected new pixels on a side at least, got none"),
        ((0, -4, 0, 0), "upper: expected 0 or more new pixels, got -4"),
        ((0, 0, 20000, 0), "expected at most 16384 pixels a side, got 20060x40"),
        ((0, 0, 9940, 8900), "expected at most 89 megapixels, got 10000x8940: extend the picture"),
    ],
)
def test_a_canvas_that_cannot_be_is_one_sentence_and_takes_no_memory(sides, sentence, monkeypatch):
    monkeypatch.setattr(presets.cv2, "copyMakeBorder", None)
    with pytest.raises(ValueError, match=sentence):
        presets.outpaint(textured_scene(60, 40)[0], sides, 10)


def test_the_largest_canvas_is_the_largest_picture_that_is_read():
    assert presets.extended_size((60, 40), (0, 0, 9940, 8860)) == (10_000, 8_900)


def test_retexture_keeps_the_repainted_area():
    red, green = edits.rectangle((50, 50), (20, 20, 30, 50)), edits.blank((50, 50), 255)
    mask = presets.retexture(red, green, 8)
    assert np.array_equal(mask.inpaint >= 128, red >= 128)
    assert mask.source is green


def test_sizes_that_suit_follow_the_picture():
    assert (presets.feather_for((768, 768)), presets.rim_for((768, 500))) == (48, 15)
